// SPDX-License-Identifier: Apache-2.0

package network

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes/fake"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/record"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
)

const other = "other.ingress.networking.knative.dev"

// place is config-network in an API server that keeps track of who owns its fields.
type place struct {
	*testing.T
	client   *fake.Clientset
	events   *record.FakeRecorder
	r        *Reconciler
	promoted bool
}

// newPlace has config-network with the user's data and, unless empty, the ingress-class
// that we applied before.
func newPlace(t *testing.T, users map[string]string, applied string) *place {
	t.Helper()
	t.Setenv("SYSTEM_NAMESPACE", "knative-serving")
	p := &place{T: t, client: fake.NewClientset(), events: record.NewFakeRecorder(100), promoted: true}
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: key().Namespace, Name: key().Name}, Data: users}
	if _, err := p.client.CoreV1().ConfigMaps(cm.Namespace).Create(t.Context(), cm, metav1.CreateOptions{FieldManager: "user"}); err != nil {
		t.Fatal(err)
	}
	if applied != "" {
		ours := applycorev1.ConfigMap(cm.Name, cm.Namespace).WithData(map[string]string{classKey: applied})
		if _, err := p.client.CoreV1().ConfigMaps(cm.Namespace).Apply(t.Context(), ours, metav1.ApplyOptions{FieldManager: apply.FieldManager}); err != nil {
			t.Fatal(err)
		}
	}
	p.client.ClearActions()
	p.r = &Reconciler{client: p.client, recorder: p.events, logger: zap.NewNop().Sugar(), contests: apply.NewContests()}
	p.r.seen.Store(p.stored())
	return p
}

func (p *place) stored() *corev1.ConfigMap {
	p.Helper()
	cm, err := p.client.CoreV1().ConfigMaps(key().Namespace).Get(p.Context(), key().Name, metav1.GetOptions{})
	if err != nil {
		p.Fatal(err)
	}
	return cm
}

func (p *place) reconcile() error {
	p.Helper()
	if p.promoted {
		if err := p.r.Promote(reconciler.UniversalBucket(), nil); err != nil {
			p.Fatal(err)
		}
	}
	p.client.ClearActions()
	return p.r.Reconcile(p.Context(), key().String())
}

// applies counts the requests that write, and fails the test for one with force.
func (p *place) applies() int {
	p.Helper()
	count := 0
	for _, action := range p.client.Actions() {
		if action.GetVerb() == "get" {
			continue
		}
		count++
		patch, ok := action.(ktesting.PatchActionImpl)
		if !ok || patch.PatchOptions.FieldManager != apply.FieldManager || patch.PatchOptions.Force != nil && *patch.PatchOptions.Force {
			p.Errorf("want an apply as %s without force: %+v", apply.FieldManager, action)
		}
	}
	return count
}

// TestNetworkLayer: B-INS-2, the line sets the class, and its going takes it back; what
// another field manager owns is left alone.
func TestNetworkLayer(t *testing.T) {
	layer := func(name string) map[string]string { return map[string]string{layerKey: name, "theirs": "stays"} }
	with := func(data map[string]string, class string) map[string]string {
		data = maps.Clone(data)
		data[classKey] = class
		return data
	}
	for _, c := range []struct {
		name    string
		users   map[string]string
		applied string
		want    map[string]string
		applies int
		event   []string
	}{
		{name: "ours", users: layer(ourLayer), want: with(layer(ourLayer), config.IngressClass), applies: 1},
		{name: "ours, and applied", users: layer(ourLayer), applied: config.IngressClass, want: with(layer(ourLayer), config.IngressClass)},
		{name: "ours, and a user has set the class", users: with(layer(ourLayer), config.IngressClass), want: with(layer(ourLayer), config.IngressClass)},
		{name: "ours, and a user has set another class", users: with(layer(ourLayer), other), want: with(layer(ourLayer), other), applies: 1,
			event: []string{"Warning IngressClassConflict", classKey, other, config.IngressClass, `"user"`}},
		{name: "another's", users: layer("istio"), want: layer("istio")},
		{name: "another's, and its class", users: with(layer("istio"), other), want: with(layer("istio"), other)},
		{name: "none", users: map[string]string{classKey: other}, want: map[string]string{classKey: other}},
		{name: "none, and a user has set our class", users: map[string]string{classKey: config.IngressClass}, want: map[string]string{classKey: config.IngressClass}},
		{name: "another's by now", users: layer("istio"), applied: config.IngressClass, want: layer("istio"), applies: 1},
		{name: "none by now", users: map[string]string{"theirs": "stays"}, applied: config.IngressClass, want: map[string]string{"theirs": "stays"}, applies: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t, c.users, c.applied)
			if err := p.reconcile(); err != nil {
				t.Fatal(err)
			}
			if got := p.applies(); got != c.applies {
				t.Errorf("%d applies, want %d", got, c.applies)
			}
			if diff := cmp.Diff(c.want, p.stored().Data); diff != "" {
				t.Errorf("Data (-want, +got):\n%s", diff)
			}
			p.said(c.event)
			p.r.seen.Store(p.stored())
			if err := p.reconcile(); err != nil || len(c.event) == 0 && p.applies() != 0 {
				t.Errorf("B-TRN-4: a second look writes %d times: %v", p.applies(), err)
			}
		})
	}
}

// said checks that there is one Event with the wanted words, or none if none are wanted.
func (p *place) said(words []string) {
	p.Helper()
	said := ""
	if len(p.events.Events) > 0 {
		said = <-p.events.Events
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			p.Errorf("Event %q, want it to say %q", said, word)
		}
	}
	if len(words) == 0 && said != "" {
		p.Errorf("Event %q, want none", said)
	}
}

// TestConflictEnds: B-INS-2, when the user removes the key that stood in the way, ours
// is applied.
func TestConflictEnds(t *testing.T) {
	p := newPlace(t, map[string]string{layerKey: ourLayer, classKey: other}, "")
	if err := p.reconcile(); err != nil {
		t.Fatal(err)
	}
	cm := p.stored()
	delete(cm.Data, classKey)
	cm, err := p.client.CoreV1().ConfigMaps(cm.Namespace).Update(t.Context(), cm, metav1.UpdateOptions{FieldManager: "user"})
	if err != nil {
		t.Fatal(err)
	}
	p.r.seen.Store(cm)
	if err := p.reconcile(); err != nil {
		t.Fatal(err)
	}
	if class := p.stored().Data[classKey]; class != config.IngressClass {
		t.Errorf("ingress-class is %q", class)
	}
}

// TestAbsent: B-INS-9, the log has once that config-network does not exist, and
// nothing is written; when it is there again the reconciler follows it.
func TestAbsent(t *testing.T) {
	p := newPlace(t, map[string]string{layerKey: ourLayer}, "")
	core, logs := observer.New(zap.WarnLevel)
	p.r.logger = zap.New(core).Sugar()
	there := p.r.seen.Swap(nil)
	for range 2 {
		if err := p.reconcile(); err != nil || p.applies() != 0 {
			t.Errorf("absent: %v, %d applies", err, p.applies())
		}
	}
	if logs.Len() != 1 || !strings.Contains(logs.All()[0].Message, "knative-serving/config-network does not exist") {
		t.Errorf("Log: %v", logs.All())
	}
	p.r.seen.Store(there)
	if err := p.reconcile(); err != nil || p.stored().Data[classKey] != config.IngressClass {
		t.Errorf("there again: %v, %v", err, p.stored().Data)
	}
}

// TestFollower: only the leader writes, and not before config-network was seen.
func TestFollower(t *testing.T) {
	p := newPlace(t, map[string]string{layerKey: ourLayer}, "")
	p.promoted = false
	if err := p.reconcile(); !controller.IsSkipKey(err) || p.applies() != 0 {
		t.Errorf("a follower: %v, %d applies", err, p.applies())
	}
	p.promoted = true
	p.r.seen.Store(nil)
	if err := p.reconcile(); err != nil || p.applies() != 0 {
		t.Errorf("before the first look: %v, %d applies", err, p.applies())
	}
}
