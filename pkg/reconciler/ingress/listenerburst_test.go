// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/controller"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"
	gatewayclientv1 "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/typed/apis/v1"
)

// slowly is a client for which each write to a Gateway takes a while, as on an API server.
type slowly struct {
	gatewayclientset.Interface
	takes time.Duration
}

func (c slowly) GatewayV1() gatewayclientv1.GatewayV1Interface {
	return slowlyV1{c.Interface.GatewayV1(), c.takes}
}

type slowlyV1 struct {
	gatewayclientv1.GatewayV1Interface
	takes time.Duration
}

func (c slowlyV1) Gateways(namespace string) gatewayclientv1.GatewayInterface {
	return slowGateways{c.GatewayV1Interface.Gateways(namespace), c.takes}
}

type slowGateways struct {
	gatewayclientv1.GatewayInterface
	takes time.Duration
}

func (c slowGateways) Patch(ctx context.Context, name string, kind types.PatchType, data []byte, options metav1.PatchOptions, subresources ...string) (*gatewayv1.Gateway, error) {
	time.Sleep(c.takes)
	return c.GatewayInterface.Patch(ctx, name, kind, data, options, subresources...)
}

// counted is a Reconciler that counts the reconciles of each KIngress.
type counted struct {
	controller.Reconciler
	mu    sync.Mutex
	looks map[string]int
}

func (c *counted) Reconcile(ctx context.Context, key string) error {
	c.mu.Lock()
	c.looks[key]++
	c.mu.Unlock()
	return c.Reconciler.Reconcile(ctx, key)
}

// counts are the numbers of all reconciles, and of those of the KIngress with the most.
func (c *counted) counts() (sum, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, times := range c.looks {
		sum, most = sum+times, max(most, times)
	}
	return sum, most
}

// runs runs all workers of the controller until the test ends.
func (w *world) runs() *counted {
	w.Helper()
	looked := &counted{Reconciler: w.impl.Reconciler, looks: map[string]int{}}
	w.impl.Reconciler = looked
	ctx, cancel := context.WithCancel(w.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := w.impl.RunContext(ctx, workers); err != nil {
			w.Error(err)
		}
	}()
	w.Cleanup(func() {
		cancel()
		<-ended
	})
	return looked
}

// TestBurstOnGateway: B-OPS-1, B-TLS-1, of thirty TLS hosts that come at once to a Gateway without
// ListenerSets each looks when something happened to its own listener, and not for each of the others.
// No write waits for anything but the one before. What may wake one: that it is there, once more as its controller starts to
// lead; its finalizer, grant and routes; its turn; the gateway's word about its listener; the answers over HTTP and over
// HTTPS; and its status. Those that come while it is in the queue make one look, so that seven are left.
func TestBurstOnGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, write = 30, 50 * time.Millisecond
		data := newPlane(t)
		objects := anInstallationWithoutListenerSets(t, data)
		for i := range many {
			objects = append(objects, aKIngressAlone(i))
		}
		w := data.serves(newWorld(t, objects...))
		w.r.gatewayClient = slowly{w.gateway, write}
		looked, begin := w.runs(), w.clock.Now()
		ready := func() (ready int) {
			for i := range many {
				if w.is(aSharer(i).Name, "True")() {
					ready++
				}
			}
			return ready
		}
		for ready() < many && w.clock.Now().Sub(begin) < time.Minute {
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			w.listenersAre("blue", programmed)
		}
		took := w.clock.Now().Sub(begin)
		sum, most := looked.counts()
		t.Logf("%d looks, at most %d of one, in %s", sum, most, took)
		if most > 12 || sum > 8*many || took > many*write*6/5 {
			t.Errorf("%d looks, at most %d of one, in %s", sum, most, took)
		}
	})
}
