// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	kubefake "k8s.io/client-go/kubernetes/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	networkinglisters "knative.dev/networking/pkg/client/listers/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayfake "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

type noDelays struct{}

func (noDelays) Missed(error)        {}
func (noDelays) Arrived(watch.Scope) {}

// beating is a Heart of one entry with one proxy, which answers while up is true.
func beating(ctx context.Context, t *testing.T) (heart *Heart, up *atomic.Bool, asked *atomic.Int32) {
	t.Helper()
	gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "blue"}, Spec: gatewayv1.GatewaySpec{
		GatewayClassName: "fast", Listeners: []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}},
	}}
	gateway.Status.Conditions = []metav1.Condition{{Type: "Accepted", Status: "True"}, {Type: "Programmed", Status: "False"}}
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "proxies"}}
	service.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80}}
	slice := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "proxies-1", Labels: map[string]string{discoveryv1.LabelServiceName: "proxies"}},
		Ports:     []discoveryv1.EndpointPort{{Name: new("http"), Port: new(int32(10080))}},
		Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"10.0.0.1"}}, {Addresses: []string{"10.0.0.2"}, Conditions: discoveryv1.EndpointConditions{Ready: new(false)}}}}
	clients := cluster.Clients{Kube: kubefake.NewClientset(service, slice), Gateway: gatewayfake.NewSimpleClientset(), Metadata: metadatafake.NewSimpleMetadataClient(metadatafake.NewTestScheme())}
	if _, err := clients.Gateway.GatewayV1().Gateways("gateways").Create(ctx, gateway, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{External: []config.Entry{{
		Visibility: v1alpha1.IngressVisibilityExternalIP, Class: "fast", Gateway: types.NamespacedName{Namespace: "gateways", Name: "blue"},
		Service: types.NamespacedName{Namespace: "gateways", Name: "proxies"}, Probe: probe.Auto,
	}}}
	up, asked = &atomic.Bool{}, &atomic.Int32{}
	heart = &Heart{
		Cluster: cluster.New(ctx, cluster.Connect(ctx, clients), cache.ResourceEventHandlerFuncs{}, noDelays{}),
		Config:  func() config.State { return config.State{Config: cfg} }, Metrics: metrics.New(), Logger: zap.NewNop().Sugar(),
		Ingresses: networkinglisters.NewIngressLister(cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})),
		Ask: func(_ context.Context, target probe.Target) probe.Result {
			asked.Add(1)
			if up.Load() && target.Address == "10.0.0.1:10080" {
				return probe.Result{Target: target, State: probe.Failed, Kind: probe.NotServed, Code: 404}
			}
			return probe.Result{Target: target, State: probe.Failed, Kind: probe.Unreachable}
		},
	}
	up.Store(true)
	return heart, up, asked
}

// B-OPS-8: within 60 s of a dead proxy the metric shows it; with the leadership, the requests and the series end.
func TestHeart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		heart, up, asked := beating(ctx, t)
		at := metrics.Entry{Gateway: types.NamespacedName{Namespace: "gateways", Name: "blue"}, Visibility: v1alpha1.IngressVisibilityExternalIP}
		heart.Start(ctx)
		time.Sleep(time.Second)
		if beat := heart.Metrics.Beat(at); beat != (metrics.Beat{Mode: probe.DataPlane, Reachable: 1, NotReady: 1}) {
			t.Errorf("At first: %+v", beat)
		}
		if gateway := heart.Metrics.Gateway(at); gateway != (metrics.Gateway{Class: "fast", Exists: true, Accepted: true, Address: true, OtherListeners: 1}) {
			t.Errorf("The Gateway: %+v", gateway)
		}
		up.Store(false)
		time.Sleep(time.Minute)
		if beat := heart.Metrics.Beat(at); beat != (metrics.Beat{Mode: probe.DataPlane, Unreachable: 1, NotReady: 1}) {
			t.Errorf("A minute after its death: %+v", beat)
		}
		up.Store(true)
		time.Sleep(time.Minute)
		if beat := heart.Metrics.Beat(at); beat.Reachable != 1 {
			t.Errorf("A minute after it came back: %+v", beat)
		}
		heart.Stop()
		before := asked.Load()
		time.Sleep(10 * time.Minute)
		if asked.Load() != before || heart.Metrics.Beat(at) != (metrics.Beat{}) || heart.Metrics.Gateway(at) != (metrics.Gateway{}) {
			t.Errorf("Without the leadership: %d requests, %+v", asked.Load()-before, heart.Metrics.Beat(at))
		}
		if heart.Look(ctx); heart.Metrics.Gateway(at) != (metrics.Gateway{}) {
			t.Errorf("A look that ends after the leadership leaves %+v", heart.Metrics.Gateway(at))
		}
	})
}
