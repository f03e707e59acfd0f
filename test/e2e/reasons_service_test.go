// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"context"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// B-RDY-6 HostConflict: a Knative Service whose host an older KIngress of another
// namespace has says so in `kubectl get ksvc`, and gets the host when that one goes.
func TestKServiceHostTaken_BRDY6_HostConflict(t *testing.T) {
	t.Parallel()
	holders, space := world.Space(t, nil), world.Space(t, nil)
	host := space.ExternalHost("hello")
	holders.Backend(t, "holder")
	cluster.KIngresses.Create(t, world.Cluster, holders.Ingress("holder", nil, holders.Rule(v1alpha1.IngressVisibilityExternalIP, "holder", host)))
	holders.AwaitReady(t, "holder", cluster.Seconds)

	space.KService(t, fixture.Service{Name: "hello"})
	says(t, space, "hello", "HostConflict", host, "an older KIngress of another namespace")
	cluster.AwaitAnswer(t, world.Internal, space.LocalHost("hello"), 200, cluster.Seconds) // its other host is served
	cluster.KIngresses.Delete(t, world.Cluster, holders.Name, "holder")
	cured(t, space, "hello")
	cluster.Answers(t, world.Blue, host, 200)
}

// B-RDY-6 NotOwned: a Knative Service whose HTTPRoute's name another client has taken.
func TestKServiceRouteTaken_BRDY6_NotOwned(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	host := space.ExternalHost("hello")
	cluster.HTTPRoutes.Create(t, world.Cluster, userRoute(space, host, "theirs-"+host, "theirs"))
	space.KService(t, fixture.Service{Name: "hello"})
	says(t, space, "hello", "NotOwned", "HTTPRoute "+space.Name+"/"+host, "delete it, or recreate it under another name")
	cluster.HTTPRoutes.Delete(t, world.Cluster, space.Name, host)
	cured(t, space, "hello")
	cluster.Answers(t, world.Blue, host, 200)
}

// B-RDY-6 ProbeFailed: a policy at the Gateway answers in the service's place; the
// condition says where was asked, for which host, and the code.
func TestKServiceBehindFault_BRDY6_ProbeFailed(t *testing.T) {
	t.Parallel()
	world.Need(t, gateways.HasPolicies)
	address := world.ServeGateway(t, "faulty", "e2e-public")
	policy := cluster.Object{
		"metadata": map[string]any{"namespace": fixture.GatewayNamespace, "name": "faulty"},
		"spec": map[string]any{
			"targetRefs":     []any{map[string]any{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "faulty"}},
			"faultInjection": map[string]any{"abort": map[string]any{"httpStatus": int64(503), "percentage": int64(100)}},
		},
	}
	cluster.TrafficPolicies.Create(t, world.Cluster, &policy)
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "hello", Labels: map[string]string{"gateway": "faulty"}})
	says(t, space, "hello", "ProbeFailed", "Gateway e2e-gateways/faulty", "http://"+space.ExternalHost("hello")+" at ", "503")
	cluster.TrafficPolicies.Delete(t, world.Cluster, fixture.GatewayNamespace, "faulty")
	cured(t, space, "hello")
	cluster.AwaitAnswers(t, address, space.ExternalHost("hello"), 200)
}

// B-RDY-6 RefsNotResolved: the Revision's Service is deleted, and a quota keeps Serving
// from making it again until it is lifted.
func TestKServiceWithoutBackend_BRDY6_RefsNotResolved(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "hello"})
	cured(t, space, "hello")
	backend := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello").Spec.Rules[0].HTTP.Paths[0].Splits[0].ServiceName
	quota := &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: "none"}}
	quota.Spec.Hard = corev1.ResourceList{corev1.ResourceServices: resource.MustParse("0")}
	cluster.Quotas.Create(t, world.Cluster, quota)
	cluster.Quotas.Await(t, world.Cluster, space.Name, "none", cluster.Seconds, func(quota *corev1.ResourceQuota) error {
		if quota == nil || len(quota.Status.Hard) == 0 {
			return errors.New("is not in force")
		}
		return nil
	})
	cluster.Services.Delete(t, world.Cluster, space.Name, backend)
	says(t, space, "hello", "RefsNotResolved", "HTTPRoute "+space.Name+"/", backend)
	cluster.Quotas.Delete(t, world.Cluster, space.Name, "none")
	cluster.Services.Await(t, world.Cluster, space.Name, backend, cluster.Minutes, exists[corev1.Service])
	cured(t, space, "hello")
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 200)
}

// B-RDY-6 Unsupported: the API server refuses our HTTPRoutes, here by a policy of the
// operator's. Nothing tells us that it has gone, and the service is Ready all the same.
func TestKServiceAgainstPolicy_BRDY6_Unsupported(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	denyRoutes(t, space)
	space.KService(t, fixture.Service{Name: "hello"})
	says(t, space, "hello", "Unsupported", "HTTPRoute "+space.Name+"/"+space.ExternalHost("hello"), "every HTTPRoute needs a team")
	cluster.PolicyBindings.Delete(t, world.Cluster, "", space.Name)
	cured(t, space, "hello")
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 200)
}

// denyRoutes keeps HTTPRoutes without a team label out of a namespace, and returns when
// the API server does.
func denyRoutes(t *testing.T, space *fixture.Space) {
	t.Helper()
	metadata := map[string]any{"name": space.Name}
	cluster.Policies.Create(t, world.Cluster, &cluster.Object{"metadata": metadata, "spec": map[string]any{
		"matchConstraints": map[string]any{"resourceRules": []any{map[string]any{
			"apiGroups": []any{gatewayv1.GroupName}, "apiVersions": []any{"*"}, "resources": []any{"httproutes"}, "operations": []any{"CREATE", "UPDATE"},
		}}},
		"validations": []any{map[string]any{"expression": "has(object.metadata.labels) && 'team' in object.metadata.labels", "message": "every HTTPRoute needs a team"}},
	}})
	cluster.PolicyBindings.Create(t, world.Cluster, &cluster.Object{"metadata": metadata, "spec": map[string]any{
		"policyName": space.Name, "validationActions": []any{"Deny"},
		"matchResources": map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{corev1.LabelMetadataName: space.Name}}},
	}})
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, cluster.Seconds, true, func(ctx context.Context) (bool, error) {
		_, err := cluster.HTTPRoutes.TryCreate(ctx, world.Cluster, userRoute(space, "canary", "canary.example.com", "none"))
		switch {
		case apierrors.IsInvalid(err):
			return true, nil
		case err != nil:
			return false, err
		}
		return false, cluster.HTTPRoutes.TryDelete(ctx, world.Cluster, space.Name, "canary")
	})
	if err != nil {
		t.Fatalf("the policy is not in force: %v", err)
	}
}
