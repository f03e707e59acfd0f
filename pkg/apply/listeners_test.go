// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ktesting "k8s.io/client-go/testing"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

func onGateway(name string, edits ...func(*gatewayv1.Listener)) gatewayv1.Listener {
	listener := gatewayv1.Listener{
		Name: gatewayv1.SectionName(name), Hostname: new(gatewayv1.Hostname(name + ".example.com")), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
		TLS: &gatewayv1.ListenerTLSConfig{Mode: new(gatewayv1.TLSModeTerminate), CertificateRefs: []gatewayv1.SecretObjectReference{{Name: "certificate"}}},
	}
	for _, edit := range edits {
		edit(&listener)
	}
	return listener
}

// theirGateway has these listeners; those named a, b and c are the owner's.
func theirGateway(listeners ...gatewayv1.Listener) *gatewayv1.Gateway {
	gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "blue", UID: "blue"}}
	fields := map[string]any{}
	for _, listener := range listeners {
		gateway.Spec.Listeners = append(gateway.Spec.Listeners, listener)
		if strings.Contains("abc", string(listener.Name)) {
			fields[`k:{"name":"`+string(listener.Name)+`"}`] = map[string]any{".": map[string]any{}}
		}
	}
	raw, _ := json.Marshal(map[string]any{"f:spec": map[string]any{"f:listeners": fields}})
	gateway.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "net-gateways-" + string(owner.GetUID()), FieldsV1: &metav1.FieldsV1{Raw: raw}}}
	return gateway
}

// TestPlanListeners: B-TRN-4, B-TRN-5, only our listeners are compared, and of them only
// what we write.
func TestPlanListeners(t *testing.T) {
	a, b, http := onGateway("a"), onGateway("b"), onGateway("http")
	drifted := onGateway("a", func(l *gatewayv1.Listener) { l.TLS.CertificateRefs[0].Name = "other" })
	extended := onGateway("a", func(l *gatewayv1.Listener) {
		l.TLS.Options = map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{"example.com/ciphers": "strong"}
	})
	tests := []struct {
		name         string
		stands, want []gatewayv1.Listener
		writes, adds bool
	}{
		{"nothing of ours", []gatewayv1.Listener{http}, nil, false, false},
		{"new", []gatewayv1.Listener{http}, []gatewayv1.Listener{a}, true, true},
		{"as it should be", []gatewayv1.Listener{http, a}, []gatewayv1.Listener{a}, false, false},
		{"drifted", []gatewayv1.Listener{http, drifted}, []gatewayv1.Listener{a}, true, true},
		{"extended by another manager", []gatewayv1.Listener{http, extended}, []gatewayv1.Listener{a}, false, false},
		{"one too many", []gatewayv1.Listener{http, a, b}, []gatewayv1.Listener{a}, true, false},
		{"another one", []gatewayv1.Listener{http, a}, []gatewayv1.Listener{b}, true, true},
		{"none any more", []gatewayv1.Listener{http, a}, nil, true, false},
		{"one of that name that is not ours", []gatewayv1.Listener{http}, []gatewayv1.Listener{http}, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			change := apply.PlanListeners(owner.GetUID(), theirGateway(test.stands...), test.want)
			if (change != nil) != test.writes || change != nil && (change.Adds != test.adds || len(change.Desired) != len(test.want)) {
				t.Errorf("Planned %+v", change)
			}
		})
	}
}

// TestListenersRefused: B-RDY-6, what retrying does not help is a refusal that names the
// Gateway and the field; a Gateway that is gone has no listeners to remove.
func TestListenersRefused(t *testing.T) {
	resource := schema.GroupResource{Group: gatewayv1.GroupName, Resource: "gateways"}
	tests := []struct {
		name    string
		desired []gatewayv1.Listener
		answer  error
		refusal string
		err     string
	}{
		{"forbidden", []gatewayv1.Listener{onGateway("a")}, apierrors.NewForbidden(resource, "blue", errors.New("no")), "Gateway gateways/blue: the controller may not change spec.listeners: grant it `patch`", ""},
		{"invalid", []gatewayv1.Listener{onGateway("a")}, apierrors.NewInvalid(schema.GroupKind{Kind: "Gateway"}, "blue", nil), "Gateway gateways/blue is refused by the API server: ", ""},
		{"gone", nil, apierrors.NewConflict(resource, "blue", errors.New("uid mismatch")), "", ""},
		{"another one of that name", []gatewayv1.Listener{onGateway("a")}, apierrors.NewConflict(resource, "blue", errors.New("uid mismatch")), "", "uid mismatch"},
		{"down", nil, errors.New("connection refused"), "", "connection refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := fake.NewClientset()
			client.PrependReactor("patch", "gateways", func(action ktesting.Action) (bool, runtime.Object, error) {
				if patch := action.(ktesting.PatchActionImpl); patch.PatchOptions.FieldManager != "net-gateways-"+string(owner.GetUID()) || strings.Contains(string(patch.GetPatch()), "gatewayClassName") {
					t.Errorf("As %s: %s", patch.PatchOptions.FieldManager, patch.GetPatch())
				}
				return true, nil, test.answer
			})
			stored, err := apply.Listeners(t.Context(), client, owner.GetUID(), apply.ListenerChange{Gateway: theirGateway(), Desired: test.desired})
			var refusal *apply.Refusal
			switch {
			case errors.As(err, &refusal) != (test.refusal != "") || refusal != nil && (!strings.HasPrefix(refusal.Error(), test.refusal) || refusal.Reason() != "Unsupported"):
				t.Errorf("Refused: %v", err)
			case refusal == nil && (!strings.Contains(errorText(err), test.err) || (err == nil) != (test.err == "")):
				t.Errorf("Failed with %v", err)
			case stored != nil:
				t.Errorf("Stored %+v", stored)
			}
		})
	}
}

// TestListenersWhoseRecordIsLost: B-TLS-1, B-TRN-5, a listener that is the owner's by its name alone is
// planned to be owned, or to go, unless another manager applies it. It is removed by its place in the
// list, at the version of which that is known.
func TestListenersWhoseRecordIsLost(t *testing.T) {
	own := onGateway("a.example.com"+dataplane.ListenerSuffixOf(owner.GetUID()), func(l *gatewayv1.Listener) { l.Hostname = nil })
	lost := func(managers ...metav1.ManagedFieldsEntry) *gatewayv1.Gateway {
		gateway := theirGateway(onGateway("http"), own, onGateway("theirs"))
		gateway.ResourceVersion, gateway.ManagedFields = "7", managers
		return gateway
	}
	all := &metav1.FieldsV1{Raw: []byte(`{"f:spec":{"f:listeners":{"k:{\"name\":\"` + string(own.Name) + `\"}":{".":{}}}}}`)}
	if change := apply.PlanListeners(owner.GetUID(), lost(), []gatewayv1.Listener{own}); change == nil || !change.Adds {
		t.Errorf("Planned %+v for one that no manager owns", change)
	}
	if change := apply.PlanListeners(owner.GetUID(), lost(metav1.ManagedFieldsEntry{Manager: "gitops", Operation: metav1.ManagedFieldsOperationApply, FieldsV1: all}), nil); change != nil {
		t.Errorf("Planned %+v for one that another manager applies", change)
	}
	change := apply.PlanListeners(owner.GetUID(), lost(metav1.ManagedFieldsEntry{Manager: "before-first-apply", Operation: metav1.ManagedFieldsOperationUpdate, FieldsV1: all}), nil)
	if change == nil || change.Adds {
		t.Fatalf("Planned %+v for one that is not wanted any more", change)
	}
	client, patches := fake.NewClientset(), []string{}
	client.PrependReactor("patch", "gateways", func(action ktesting.Action) (bool, runtime.Object, error) {
		patches = append(patches, string(action.(ktesting.PatchActionImpl).GetPatch()))
		return true, nil, apierrors.NewConflict(schema.GroupResource{Group: gatewayv1.GroupName, Resource: "gateways"}, "blue", errors.New("changed meanwhile"))
	})
	_, err := apply.Listeners(t.Context(), client, owner.GetUID(), *change)
	var refusal *apply.Refusal
	if err == nil || errors.As(err, &refusal) {
		t.Errorf("A change meanwhile is %v", err)
	}
	want := []string{`[{"op":"replace","path":"/metadata/resourceVersion","value":"7"},{"op":"remove","path":"/spec/listeners/1"}]`}
	if !slices.Equal(patches, want) {
		t.Errorf("Patches %v", patches)
	}
}
