// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/record"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

func ownedBy(version, kind string, controls bool) []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: version, Kind: kind, Name: "cart", UID: "owner", Controller: &controls}}
}

func ingress(owners []metav1.OwnerReference) *v1alpha1.Ingress {
	return &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cart", UID: "ingress", OwnerReferences: owners}}
}

// B-PTH-5: an Event about a KIngress is also about the Route or the DomainMapping that controls it, and about
// nothing else that an owner reference could name.
func TestEventsOfKIngressAlsoAboutOwner_BPTH5(t *testing.T) {
	itself := "networking.internal.knative.dev/v1alpha1 Ingress shop/cart ingress"
	for name, test := range map[string]struct {
		about runtime.Object
		want  []string
	}{
		"of a Route":         {ingress(ownedBy("serving.knative.dev/v1", "Route", true)), []string{itself, "serving.knative.dev/v1 Route shop/cart owner"}},
		"of a DomainMapping": {ingress(ownedBy("serving.knative.dev/v1beta1", "DomainMapping", true)), []string{itself, "serving.knative.dev/v1beta1 DomainMapping shop/cart owner"}},
		"of nothing":         {ingress(nil), []string{itself}},
		"that is only owned": {ingress(ownedBy("serving.knative.dev/v1", "Route", false)), []string{itself}},
		"of another kind":    {ingress(ownedBy("serving.knative.dev/v1", "Revision", true)), []string{itself}},
		"of another group":   {ingress(ownedBy("route.openshift.io/v1", "Route", true)), []string{itself}},
		"of a similar group": {ingress(ownedBy("serving.knative.dev.example/v1", "Route", true)), []string{itself}},
		"no KIngress": {&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cart", UID: "map", OwnerReferences: ownedBy("serving.knative.dev/v1", "Route", true)}},
			[]string{"v1 ConfigMap shop/cart map"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := []string{}
			for _, event := range recorded(t, test.about, 1) {
				about := event.InvolvedObject
				got = append(got, fmt.Sprintf("%s %s %s/%s %s", about.APIVersion, about.Kind, about.Namespace, about.Name, about.UID))
				if text := fmt.Sprintln(event.Namespace, event.Type, event.Reason, event.Message, event.Count); text != "shop Warning NotOwned HTTPRoute shop/cart 1\n" {
					t.Error("Event", text)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("Events about %q, want %q", got, test.want)
			}
		})
	}
}

// B-PTH-5: equal Events are counted in one object for the KIngress and in one for its owner, and from some number
// on in neither.
func TestEqualEventsAreCountedForOwner_BPTH5(t *testing.T) {
	const times = 100
	counts := map[string][]int32{}
	for _, event := range recorded(t, ingress(ownedBy("serving.knative.dev/v1", "Route", true)), times) {
		counts[event.InvolvedObject.Kind] = append(counts[event.InvolvedObject.Kind], event.Count)
	}
	if about := counts["Ingress"]; len(about) != 1 || about[0] < 2 || about[0] == times || !slices.Equal(about, counts["Route"]) {
		t.Errorf("Counts of Events %v, want one object for each kind, with the same count below %d", counts, times)
	}
}

// stored are the Events that an API server has by then.
type stored struct {
	mu     sync.Mutex
	events []corev1.Event
}

var _ record.EventSink = (*stored)(nil)

func (s *stored) Create(event *corev1.Event) (*corev1.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, *event)
	return event, nil
}

func (s *stored) Update(event *corev1.Event) (*corev1.Event, error) { return s.Patch(event, nil) }

// Patch gets the event as it is to become.
func (s *stored) Patch(event *corev1.Event, _ []byte) (*corev1.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.events {
		if s.events[i].InvolvedObject.UID == event.InvolvedObject.UID {
			s.events[i].Count = event.Count
		}
	}
	return event, nil
}

// recorded are the Events that are stored when the controller's recorder has recorded one some times.
func recorded(t *testing.T, about runtime.Object, times int) []corev1.Event {
	t.Helper()
	sink := &stored{}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		recorder := newRecorder(ctx, sink)
		for range times {
			recorder.Eventf(about, corev1.EventTypeWarning, "NotOwned", "HTTPRoute %s", "shop/cart")
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
	})
	return sink.events
}
