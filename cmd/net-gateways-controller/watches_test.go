// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	metadatafake "k8s.io/client-go/metadata/fake"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/record"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	networkingclient "knative.dev/networking/pkg/client/injection/client/fake"
	ingressinformer "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress/fake"
	kubeclient "knative.dev/pkg/client/injection/kube/client/fake"
	namespaceinformer "knative.dev/pkg/client/injection/kube/informers/core/v1/namespace/fake"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/reconciler"
	rtesting "knative.dev/pkg/reconciler/testing"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayfake "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/reconciler/gateway"
	"github.com/net-gateways/net-gateways/pkg/reconciler/ingress"
)

// TestOneWatchForAll: B-OPS-2, what both reconcilers read is listed and watched once: twelve watches,
// and 22 with a connection of its own for each.
func TestOneWatchForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		t.Setenv("SYSTEM_NAMESPACE", "knative-serving")
		ctx, cancel, _ := rtesting.SetupFakeContextWithCancel(t)
		defer synctest.Wait()
		defer cancel()
		ctx = controller.WithEventRecorder(ctx, record.NewFakeRecorder(1000))
		ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "uid", Annotations: map[string]string{networking.IngressClassAnnotationKey: config.IngressClass}}}
		ing.Spec.Rules = []v1alpha1.IngressRule{{Hosts: []string{"hello.example.com"}, Visibility: v1alpha1.IngressVisibilityExternalIP}}
		for _, err := range []error{
			networkingclient.Get(ctx).Tracker().Add(ing), ingressinformer.Get(ctx).Informer().GetIndexer().Add(ing),
			namespaceinformer.Get(ctx).Informer().GetIndexer().Add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		kube, gateways, metadata := kubeclient.Get(ctx), gatewayfake.NewSimpleClientset(), metadatafake.NewSimpleMetadataClient(metadataScheme(t), crds()...)
		install(ctx, t, gateways)
		connection := cluster.Connect(ctx, cluster.Clients{Kube: kube, Gateway: gateways, Metadata: metadata})
		connect := func(context.Context) cluster.Connection { return connection }
		for key, constructor := range map[string]injection.ControllerConstructor{
			"default/hello": ingress.NewController(connect, metrics.New()), "knative-serving/config-gateway": gateway.NewController(connect, metrics.New()),
		} {
			reconcile(ctx, t, constructor, key)
		}
		watched := map[string]int{}
		for _, action := range slices.Concat(kube.Actions(), gateways.Actions(), metadata.Actions()) {
			if action, is := action.(ktesting.WatchAction); is {
				restrictions := action.GetWatchRestrictions()
				watched[fmt.Sprintf("%s %s %v %v", action.GetResource().Resource, action.GetNamespace(), restrictions.Labels, restrictions.Fields)]++
			}
		}
		once := map[string]int{}
		for what := range watched {
			once[what] = 1
		}
		if diff := cmp.Diff(once, watched); diff != "" || len(watched) < 5 {
			t.Errorf("Of %d: %s", len(watched), diff)
		}
	})
}

// reconcile works once on a key, as the leader.
func reconcile(ctx context.Context, t *testing.T, constructor injection.ControllerConstructor, key string) {
	t.Helper()
	cmw := &configmap.ManualWatcher{Namespace: "knative-serving"}
	impl := constructor(ctx, cmw)
	defer impl.WorkQueue().ShutDown()
	cmw.OnChange(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: config.Name, UID: "configured"}, Data: map[string]string{
		config.ExternalGateways: "[{class: fast, gateway: gateways/blue}]", config.LocalGateways: "[{class: fast, gateway: gateways/internal}]",
	}})
	if err := impl.Reconciler.(reconciler.LeaderAware).Promote(reconciler.UniversalBucket(), func(reconciler.Bucket, types.NamespacedName) {}); err != nil {
		t.Fatal(err)
	}
	err := impl.Reconciler.Reconcile(ctx, key)
	if again, _ := controller.IsRequeueKey(err); err != nil && !again {
		t.Fatal(err)
	}
}

// install makes the Gateways that config-gateway names, and their class.
func install(ctx context.Context, t *testing.T, clients *gatewayfake.Clientset) {
	t.Helper()
	class := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "fast"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "example.com/fast"}}
	class.Status.Conditions = []metav1.Condition{{Type: "Accepted", Status: "True"}}
	_, err := clients.GatewayV1().GatewayClasses().Create(ctx, class, metav1.CreateOptions{})
	for _, name := range []string{"blue", "internal"} {
		gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: name}, Spec: gatewayv1.GatewaySpec{GatewayClassName: "fast"}}
		_, another := clients.GatewayV1().Gateways("gateways").Create(ctx, gateway, metav1.CreateOptions{})
		err = errors.Join(err, another)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func metadataScheme(t *testing.T) *runtime.Scheme {
	scheme := metadatafake.NewTestScheme()
	if err := metav1.AddMetaToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	return scheme
}

// crds are those of the Gateway API.
func crds() (found []runtime.Object) {
	for _, name := range []string{"gatewayclasses", "gateways", "httproutes"} {
		found = append(found, &metav1.PartialObjectMetadata{
			TypeMeta:   metav1.TypeMeta{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"},
			ObjectMeta: metav1.ObjectMeta{Name: name + ".gateway.networking.k8s.io"},
		})
	}
	return found
}
