// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// TestPods: B-RDY-1, slices of both families show one pod twice; only what surely is one pod's counts as that.
func TestPods(t *testing.T) {
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "system", Name: "envoy"}}
	endpoint := func(kind string, uid types.UID, address string) discoveryv1.Endpoint {
		return discoveryv1.Endpoint{Addresses: []string{address}, TargetRef: &corev1.ObjectReference{Kind: kind, UID: uid}}
	}
	slice := func(of string, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
		labels := map[string]string{discoveryv1.LabelServiceName: of}
		return &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: "system", Labels: labels}, Endpoints: endpoints}
	}
	got := Pods(service, []*discoveryv1.EndpointSlice{
		slice("envoy", endpoint("Pod", "a", "10.0.0.1"), endpoint("Pod", "b", "10.0.0.2"), endpoint("Pod", "c", "192.0.2.9"), endpoint("Pod", "d", "192.0.2.9"), endpoint("Pod", "c", "192.0.2.9")),
		slice("envoy", endpoint("Pod", "a", "fd00::1"), discoveryv1.Endpoint{Addresses: []string{"fd00::2"}}, endpoint("Node", "n", "fd00::3")),
		slice("another", endpoint("Pod", "z", "10.0.0.9")),
	})
	want := map[string]types.UID{"10.0.0.1": "a", "10.0.0.2": "b", "fd00::1": "a", "192.0.2.9": "", "fd00::2": "", "fd00::3": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want, +got)\n%s", diff)
	}
	if got := Pods(nil, nil); len(got) != 0 {
		t.Errorf("pods of no Service: %v", got)
	}
}
