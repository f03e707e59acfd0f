// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/record"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
)

// TestComplaint: B-RDY-7, one Event of a Gateway repeats its complaint, and another one does when the complaint
// comes again.
func TestComplaint(t *testing.T) {
	events := record.NewFakeRecorder(10)
	r := &Reconciler{recorder: newOnceRecorder(events, zap.NewNop().Sugar())}
	entry := parsed(t, "- class: fast\n  gateway: gateways/blue\n").External[0]
	gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "blue"}}
	gateway.Status.Conditions = []metav1.Condition{{Type: "Accepted", Status: "True"}, {Type: "Programmed", Status: "False", Reason: "AddressNotAssigned", Message: "no address"}}
	fine := gateway.DeepCopy()
	fine.Status.Conditions[1].Status = "True"
	said := []int{}
	for _, now := range []*gatewayv1.Gateway{fine, gateway, gateway, fine, gateway} {
		r.recorder.begin()
		r.recordComplaint(entry, now)
		said = append(said, len(events.Events))
	}
	if diff := cmp.Diff([]int{0, 1, 1, 1, 2}, said); diff != "" {
		t.Error(diff)
	}
	const want = "Warning GatewayNotProgrammed Gateway gateways/blue: Programmed is False: AddressNotAssigned: no address; services of external-gateways[0] (gateways/blue) are Ready where its data plane answers"
	if diff := cmp.Diff(want, <-events.Events); diff != "" {
		t.Error(diff)
	}
}

// TestOutdatedCRD: B-INS-7, B-INS-9, a CRD that only looks old is told with what goes on.
func TestOutdatedCRD(t *testing.T) {
	t.Setenv("SYSTEM_NAMESPACE", "knative-serving")
	events := record.NewFakeRecorder(10)
	r := &Reconciler{recorder: newOnceRecorder(events, zap.NewNop().Sugar()), config: config.NewStore("knative-serving", nil)}
	for range 2 {
		r.recorder.begin()
		r.withoutGatewayAPI(&gatewayapi.Missing{Outdated: true})
	}
	const want = "Warning GatewayAPIMissing ; services that are Ready are still served, changes and new ones wait"
	if diff := cmp.Diff(want, <-events.Events); diff != "" || len(events.Events) > 0 {
		t.Error(diff, len(events.Events))
	}
}

// TestClassGone: B-INS-9, one Event of the Gateway reports that its GatewayClass is gone or refused, which conditions of
// services that go on do not.
func TestClassGone(t *testing.T) {
	events := record.NewFakeRecorder(10)
	r := &Reconciler{recorder: newOnceRecorder(events, zap.NewNop().Sugar())}
	gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "blue"}, Spec: gatewayv1.GatewaySpec{GatewayClassName: "fast"}}
	refused := &gatewayv1.GatewayClass{Status: gatewayv1.GatewayClassStatus{Conditions: []metav1.Condition{{Type: "Accepted", Status: "False", Reason: "InvalidParameters", Message: "no such file"}}}}
	for _, now := range []*gatewayv1.GatewayClass{{}, nil, nil, refused} {
		r.recorder.begin()
		r.recordClass(gateway, now)
	}
	for _, problem := range []string{"does not exist", "is not accepted: InvalidParameters: no such file"} {
		want := "Warning GatewayNotProgrammed GatewayClass fast of Gateway gateways/blue " + problem + "; services are served by what was known of it, and after a restart of this controller changes and new services wait for it"
		if diff := cmp.Diff(want, <-events.Events); diff != "" {
			t.Error(diff)
		}
	}
	if len(events.Events) > 0 {
		t.Error("It is said again")
	}
}
