// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/record"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestGatewayIsContested: B-TRN-6, a Gateway of ours that another client changes, or deletes, after each write
// is written again after ever longer pauses, and an Event names the client. What config-gateway
// wants anew is written at once.
func TestGatewayIsContested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		t.Setenv("SYSTEM_NAMESPACE", "knative-serving")
		events := record.NewFakeRecorder(100)
		r := &Reconciler{recorder: newOnceRecorder(events, zap.NewNop().Sugar()), config: config.NewStore("knative-serving", nil), contests: apply.NewContests()}
		desired := desiredGateway(parsed(t, "- class: fast\n").External[0], gatewayv1.RouteNamespaces{})
		current := desired.DeepCopy()
		fields := &metav1.FieldsV1{Raw: []byte(`{"f:spec":{"f:gatewayClassName":{}}}`)}
		current.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "argocd-controller", Operation: "Apply", FieldsV1: fields}, {Manager: apply.FieldManager, FieldsV1: fields}}
		writes := 0
		for range 600 {
			r.recorder.begin()
			r.pause = 0
			before := writes
			if err := r.write(desired, []*gatewayv1.Gateway{current}, func() error { writes++; return nil }); err != nil {
				t.Fatal(err)
			}
			if writes == before && r.pause == 0 {
				t.Fatal("It does not come back")
			}
			time.Sleep(time.Second)
		}
		if writes != 16 {
			t.Errorf("%d writes in ten minutes", writes)
		}
		if len(events.Events) == 0 {
			t.Fatal("Nothing is said")
		}
		if said := <-events.Events; !strings.Contains(said, "WrittenByOthers Gateway knative-serving/"+desired.Name+": argocd-controller (Apply of spec) keeps changing") {
			t.Errorf("Event %q", said)
		}
		other := desired.DeepCopy()
		other.Spec.GatewayClassName = "faster"
		down := errors.New("down")
		for range 2 { // no other writer is to blame for what could not be written
			if err := r.write(other, []*gatewayv1.Gateway{current}, func() error { return down }); !errors.Is(err, down) {
				t.Errorf("What is wanted anew waits: %v", err)
			}
		}
	})
}
