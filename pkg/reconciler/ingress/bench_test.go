// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"testing"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/selection"
)

// aReconcilerOf is a Reconciler with so many KIngresses in its cache, and without an API server.
func aReconcilerOf(b *testing.B, many int, ingress func(int) *v1alpha1.Ingress) *Reconciler {
	b.Helper()
	namespaces := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	r := &Reconciler{
		indexer: cache.NewIndexer(cache.MetaNamespaceKeyFunc, indexers()), namespaces: corelisters.NewNamespaceLister(namespaces),
		config: config.NewStore("knative-serving", nil), classes: newClasses(),
	}
	r.own(cluster.Clients{})
	r.config.OnConfigMap(aConfigGateway(testConfig))
	err := namespaces.Add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}})
	for i := 0; i < many && err == nil; i++ {
		err = r.indexer.Add(ingress(i))
	}
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkTenantsService: B-OPS-5, the cost of one patch of a tenant's Service that claims to be a
// Gateway's, with 1,010 KIngresses. It was 110 ms when each patch enqueued all of them.
func BenchmarkTenantsService(b *testing.B) {
	r := aReconcilerOf(b, 1010, func(i int) *v1alpha1.Ingress { return aKIngress(fmt.Sprintf("s%d", i), 0) })
	logger := zap.NewNop().Sugar()
	e := &clusterEvents{r: r, logger: logger, throttle: newThrottle(b.Context(), logger)}
	r.cluster = cluster.New(b.Context(), cluster.Connect(b.Context(), cluster.Clients{}), e, e)
	states := []*corev1.Service{}
	for i := range 2 {
		states = append(states, &corev1.Service{ObjectMeta: metav1.ObjectMeta{
			Namespace: "tenant", Name: "mine", Labels: map[string]string{"gateway.networking.k8s.io/gateway-name": fmt.Sprintf("blue%d", i)},
		}})
	}
	for i := 0; b.Loop(); i++ {
		e.OnUpdate(states[i%2], states[(i+1)%2])
	}
}

// BenchmarkSharers: B-OPS-1, the cost of finding the KIngresses that share a certificate with one of
// them, out of 1,000. It was 2.3 ms when it found all.
func BenchmarkSharers(b *testing.B) {
	const many = 1000
	r := aReconcilerOf(b, many, func(i int) *v1alpha1.Ingress { return aSharer(i * 7919 % many) })
	ing := aSharer(many)
	related := &observe.Relations{Subject: observe.Subject{Ingress: ing, Namespace: &corev1.Namespace{}}}
	selected := observe.Selected{State: r.config.Load()}
	selected.Choices = selection.Choose(selected.State.Config, related.Request())
	for b.Loop() {
		if _, err := observe.Gateways(withoutGateways{r.reader(b.Context())}, related, selected); err != nil {
			b.Fatal(err)
		}
	}
}

// withoutGateways reads nothing but KIngresses.
type withoutGateways struct{ *informers }

func (withoutGateways) Gateway(types.NamespacedName) (*gatewayv1.Gateway, error) { return nil, nil }
