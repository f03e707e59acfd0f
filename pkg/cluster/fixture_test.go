// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	kubefake "k8s.io/client-go/kubernetes/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	ktesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayfake "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// TestMain leaves errors of informers to the log: client-go's other handler sleeps by the time of
// the last error of the process, and each synctest bubble has a time of its own.
func TestMain(m *testing.M) {
	utilruntime.ErrorHandlers = utilruntime.ErrorHandlers[:1]
	m.Run()
}

// fixture is a Cluster over fake API servers.
type fixture struct {
	cluster.Cluster
	connection cluster.Connection
	kube       *kubefake.Clientset
	gateway    *gatewayfake.Clientset
	metadata   *metadatafake.FakeMetadataClient
	missed     []string
}

// Missed implements watch.Delays.
func (f *fixture) Missed(err error) { f.missed = append(f.missed, err.Error()) }

// Arrived implements watch.Delays.
func (*fixture) Arrived(watch.Scope) {}

// inBubble runs a subtest in virtual time, in which a Cluster reads the objects. It ends when all
// informers have ended.
func inBubble(t *testing.T, name string, objects []runtime.Object, test func(*testing.T, *fixture)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			t.Setenv("SYSTEM_NAMESPACE", "knative-serving")
			scheme := metadatafake.NewTestScheme()
			must(t, metav1.AddMetaToScheme(scheme))
			f := &fixture{kube: kubefake.NewClientset(), gateway: gatewayfake.NewSimpleClientset(), metadata: metadatafake.NewSimpleMetadataClient(scheme)}
			for _, object := range objects {
				must(t, f.add(object.DeepCopyObject()))
			}
			f.connection = cluster.Connect(t.Context(), cluster.Clients{Kube: f.kube, Gateway: f.gateway, Metadata: f.metadata})
			f.Cluster = cluster.New(t.Context(), f.connection, cache.ResourceEventHandlerFuncs{}, f)
			test(t, f)
		})
	})
}

// add puts an object into the API server of its kind.
func (f *fixture) add(object runtime.Object) error {
	switch object := object.(type) {
	case *metav1.PartialObjectMetadata:
		return f.metadata.Tracker().Add(object)
	case *gatewayv1.Gateway: // Add would guess "gatewaies"
		return f.gateway.Tracker().Create(schema.GroupVersion(gatewayv1.GroupVersion).WithResource("gateways"), object, object.Namespace)
	case *gatewayv1.GatewayClass, *gatewayv1.HTTPRoute, *gatewayv1.ListenerSet, *gatewayv1.BackendTLSPolicy:
		return f.gateway.Tracker().Add(object)
	}
	return f.kube.Tracker().Add(object)
}

// refuse makes the API servers answer lists of a resource with Forbidden.
func (f *fixture) refuse(resource string) {
	f.answer(resource, forbidden(resource))
}

func forbidden(resource string) error {
	return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", errors.New("no right"))
}

// answer makes the API servers answer lists of a resource with an error.
func (f *fixture) answer(resource string, err error) {
	for _, fake := range []*ktesting.Fake{&f.kube.Fake, &f.gateway.Fake, &f.metadata.Fake} {
		fake.PrependReactor("list", resource, func(ktesting.Action) (bool, runtime.Object, error) { return true, nil, err })
	}
}

// lists are what the API servers were asked for, sorted.
func (f *fixture) lists() []string {
	found := []string{}
	for _, action := range slices.Concat(f.kube.Actions(), f.gateway.Actions(), f.metadata.Actions()) {
		if list, is := action.(ktesting.ListAction); is {
			resource, selected := list.GetResource(), list.GetListRestrictions()
			found = append(found, fmt.Sprintf("%s of %q, labels %q, fields %q", resource.GroupResource(), list.GetNamespace(), selected.Labels, selected.Fields))
		}
	}
	slices.Sort(found)
	return found
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want, +got):\n%s", what, diff)
	}
}

// textOf is the text of an error; empty without one.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// named is the metadata of an object.
func named(namespace, name string, labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}
}

// namesOf are the objects, sorted.
func namesOf[T metav1.Object](objects []T) []string {
	names := []string{}
	for _, object := range objects {
		names = append(names, object.GetNamespace()+"/"+object.GetName())
	}
	slices.Sort(names)
	return names
}
