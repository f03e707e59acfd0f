// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	pkgwatch "k8s.io/apimachinery/pkg/watch"
	kubefake "k8s.io/client-go/kubernetes/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	networkingfake "knative.dev/networking/pkg/client/clientset/versioned/fake"
	networkingclient "knative.dev/networking/pkg/client/injection/client/fake"
	ingressinformer "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress/fake"
	"knative.dev/pkg/apis"
	kubeclient "knative.dev/pkg/client/injection/kube/client/fake"
	_ "knative.dev/pkg/client/injection/kube/informers/core/v1/namespace/fake" // injected
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	rtesting "knative.dev/pkg/reconciler/testing"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayfake "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/prober/fakenet"
)

// TestMain lets informers only log their errors: another handler of client-go sleeps until some time
// after the last error of the process, and each synctest bubble has a time of its own.
func TestMain(m *testing.M) {
	utilruntime.ErrorHandlers = utilruntime.ErrorHandlers[:1]
	m.Run()
}

// world is a cluster of fakes around a real Reconciler. The test is the controller's only worker: it
// takes keys from the real work queue, so that it need not sleep, and events must enqueue the KIngresses
// that they concern.
type world struct {
	*testing.T
	networking *networkingfake.Clientset
	gateway    *gatewayfake.Clientset
	kube       *kubefake.Clientset
	metadata   *metadatafake.FakeMetadataClient
	gateways   ktesting.ObjectTracker // a tracker that manages fields guesses their plural wrong
	version    func() string          // the next resource version
	clock      bubbleClock
	events     *record.FakeRecorder

	configuration *configmap.ManualWatcher
	network       fakenet.Network // with the data planes

	r    *Reconciler
	impl *controller.Impl
}

// newWorld starts a controller in a cluster with these objects, each in the API that serves it. One of
// them may be config-gateway; without it, config-gateway has the three Gateways of an installation. It
// takes a synctest bubble, so that no test waits for a clock, and times are exact.
func newWorld(t *testing.T, objects ...runtime.Object) *world {
	t.Helper()
	synctest.Wait() // or the panic says that this is no bubble
	t.Setenv("SYSTEM_NAMESPACE", "knative-serving")
	ctx, cancel, informers := rtesting.SetupFakeContextWithCancel(t)
	t.Cleanup(cancel)
	w := &world{
		T: t, events: record.NewFakeRecorder(1000), clock: bubbleClock{},
		networking: networkingclient.Get(ctx), kube: kubeclient.Get(ctx), gateway: gatewayfake.NewClientset(),
		metadata: metadatafake.NewSimpleMetadataClient(metadataScheme()),
	}
	versions := &atomic.Int64{}
	w.version = func() string { return strconv.FormatInt(1000+versions.Add(1), 10) }
	serveWrites(&w.networking.Fake, w.networking.Tracker(), w.version)
	serveWrites(&w.gateway.Fake, w.gateway.Tracker(), w.version)
	w.gateways = gatewayfake.NewSimpleClientset().Tracker()
	w.gateway.PrependReactor("*", "gateways", ktesting.ObjectReaction(w.gateways))
	w.gateway.PrependWatchReactor("gateways", func(action ktesting.Action) (bool, pkgwatch.Interface, error) {
		started, err := w.gateways.Watch(action.GetResource(), action.GetNamespace())
		return true, started, err
	})
	w.serveGatewayApply()
	watching := announceWatches(&w.gateway.Fake, w.gateway.Tracker())
	configured := configurationAmong(objects)
	for _, object := range objects {
		if object != configured {
			w.store(object)
		}
	}
	ctx = controller.WithEventRecorder(ctx, w.events)
	w.configuration = &configmap.ManualWatcher{Namespace: "knative-serving"}
	clients := cluster.Clients{Kube: w.kube, Gateway: w.gateway, Metadata: w.metadata, Ingresses: ingressinformer.Get(ctx).Informer().GetStore()}
	w.r, w.impl = newController(ctx, w.configuration, cluster.Connect(ctx, clients), prober.Options{Dial: w.network.Dial})
	w.r.clock = w.clock
	w.configuration.OnChange(configured)
	ended, err := rtesting.RunAndSyncInformers(ctx, informers...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		ended()
		w.r.prober.Wait()
		w.r.liveness.prober.Wait()
		w.impl.WorkQueue().ShutDown()
	})
	if err := w.r.Promote(reconciler.UniversalBucket(), w.impl.MaybeEnqueueBucketKey); err != nil {
		t.Fatal(err)
	}
	// A fake API server forgets what happens between a list and its watch.
	if _, err := w.r.cluster.Ensure(ctx, cluster.OurRoutes); err != nil {
		t.Fatal(err)
	}
	<-watching
	return w
}

// bubbleClock is the clock of the bubble, which all its goroutines have.
type bubbleClock struct{ clock.RealClock }

// SetTime lets time pass until then. Keys that are added meanwhile wait in the queue.
func (bubbleClock) SetTime(then time.Time) { time.Sleep(time.Until(then)) }

// until works on the queue until a condition holds.
func (w *world) until(what string, wanted func() bool) {
	w.Helper()
	if _, was := w.work(10*time.Minute, wanted); !was {
		w.Fatalf("Not so in time: %s\n%s", what, w.describe())
	}
}

// pass lets time pass, works on the queue meanwhile, and returns the keys that were reconciled.
func (w *world) pass(d time.Duration) []types.NamespacedName {
	w.Helper()
	keys, _ := w.work(d, func() bool { return false })
	return keys
}

// drain works on the queue until no key has been added for a second of the bubble's time, and returns the
// keys that were reconciled. All that is under way ends in that time; for what is due later, such as the
// end of a drain time, use pass.
func (w *world) drain() []types.NamespacedName {
	w.Helper()
	all := []types.NamespacedName{}
	for range 600 {
		keys := w.pass(time.Second)
		if len(keys) == 0 {
			return all
		}
		all = append(all, keys...)
	}
	w.Fatalf("It does not come to rest: %v", all[len(all)-3:])
	return nil
}

// work takes keys from the queue until a condition holds, or the time is over. The time of the bubble
// passes when all its goroutines are blocked, but not while one waits for a lock, such as that of a fake
// API server whose reactor is blocked.
func (w *world) work(most time.Duration, done func() bool) (keys []types.NamespacedName, was bool) {
	w.Helper()
	queue, over := w.impl.WorkQueue(), new(int)
	late := time.AfterFunc(most, func() { queue.Add(over) })
	defer late.Stop()
	for {
		synctest.Wait() // what changed is in the queue
		if done() {
			return keys, true
		}
		next, _ := queue.Get()
		if key, ok := next.(types.NamespacedName); ok {
			keys = append(keys, key)
			w.reconcile(key)
		}
		queue.Done(next)
		if next == over {
			return keys, false
		}
	}
}

// reconcile does what a worker does with a key, once informers have shown what changed.
func (w *world) reconcile(key types.NamespacedName) {
	w.Helper()
	synctest.Wait()
	err := w.r.Reconcile(context.Background(), key.String())
	if requeue, delay := controller.IsRequeueKey(err); requeue {
		w.impl.EnqueueKeyAfter(key, delay)
	} else if err != nil && !controller.IsSkipKey(err) {
		w.Logf("Reconcile %s: %v", key, err)
		w.impl.EnqueueKeyAfter(key, firstRetry)
	}
}

func (w *world) ingress(name string) *v1alpha1.Ingress {
	w.Helper()
	stored, err := w.networking.Tracker().Get(ingresses, "default", name)
	if err != nil {
		w.Fatal(err)
	}
	return stored.(*v1alpha1.Ingress)
}

// conditions are the conditions of a KIngress, as "True", or "False Reason: message".
func (w *world) conditions(name string) map[string]string {
	w.Helper()
	found := map[string]string{}
	ing := w.ingress(name)
	for _, kind := range []apis.ConditionType{"Ready", "NetworkConfigured", "LoadBalancerReady"} {
		if condition := ing.Status.GetCondition(kind); condition != nil {
			found[string(kind)] = strings.TrimSuffix(fmt.Sprintf("%s %s: %s", condition.Status, condition.Reason, condition.Message), " : ")
		}
	}
	return found
}

func (w *world) is(name, ready string) func() bool {
	return func() bool { return strings.HasPrefix(w.conditions(name)["Ready"], ready) }
}

// routes are the stored HTTPRoutes, by name.
func (w *world) routes() map[string]*gatewayv1.HTTPRoute {
	w.Helper()
	stored, err := w.gateway.Tracker().List(httpRoutes, schema.GroupVersion(gatewayv1.GroupVersion).WithKind("HTTPRoute"), "")
	if err != nil {
		w.Fatal(err)
	}
	found := map[string]*gatewayv1.HTTPRoute{}
	for _, route := range stored.(*gatewayv1.HTTPRouteList).Items {
		found[route.Name] = &route
	}
	return found
}

// writes are the requests that write since the last call, in their order by API.
func (w *world) writes() []string {
	found := []string{}
	for _, action := range slices.Concat(w.gateway.Actions(), w.networking.Actions()) {
		if verb := action.GetVerb(); verb != "get" && verb != "list" && verb != "watch" {
			found = append(found, strings.TrimSuffix(verb+" "+action.GetResource().Resource+"/"+action.GetSubresource(), "/"))
		}
	}
	w.gateway.ClearActions()
	w.networking.ClearActions()
	return found
}

func (w *world) describe() string {
	text := ""
	for _, name := range []string{"hello", "older"} {
		if _, err := w.networking.Tracker().Get(ingresses, "default", name); err == nil {
			text += fmt.Sprintf("%s: %v\n", name, w.conditions(name))
		}
	}
	return text + fmt.Sprintf("routes: %d, writes: %v", len(w.routes()), w.writes())
}
