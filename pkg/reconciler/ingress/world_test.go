// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	pkgwatch "k8s.io/apimachinery/pkg/watch"
	kubefake "k8s.io/client-go/kubernetes/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/record"
	networkingfake "knative.dev/networking/pkg/client/clientset/versioned/fake"
	networkingclient "knative.dev/networking/pkg/client/injection/client/fake"
	ingressinformer "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress/fake"
	kubeclient "knative.dev/pkg/client/injection/kube/client/fake"
	_ "knative.dev/pkg/client/injection/kube/informers/core/v1/namespace/fake" // injected
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	rtesting "knative.dev/pkg/reconciler/testing"
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

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}
