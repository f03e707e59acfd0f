// SPDX-License-Identifier: Apache-2.0

package observe_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// aReader has a namespace and a Gateway with its class, and nothing else. It records what is read, and
// fails for one object or kind.
type aReader struct {
	asked *[]string
	fails string
}

var errDenied = errors.New("you may not read it")

// asks records what is read, and fails if it should.
func (r aReader) asks(what string) error {
	*r.asked = append(*r.asked, what)
	if r.fails == what {
		return errDenied
	}
	return nil
}

func (r aReader) Namespace(name string) (*corev1.Namespace, error) {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, r.asks("Namespace " + name)
}

func (r aReader) IngressesAt(host string) ([]*v1alpha1.Ingress, error) {
	return nil, r.asks("KIngresses at " + host)
}

func (r aReader) IngressesWith(secret types.NamespacedName) ([]*v1alpha1.Ingress, error) {
	return nil, r.asks("KIngresses with Secret " + secret.String())
}

func (r aReader) Attached(frontend attached.Frontend) ([]*gatewayv1.HTTPRoute, error) {
	return nil, r.asks("HTTPRoutes attached to " + frontend.String())
}

func (r aReader) Backend(name types.NamespacedName) (*corev1.Service, error) {
	return nil, r.asks("backend " + name.String())
}

func (r aReader) Routes(*v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
	return nil, r.asks("HTTPRoutes")
}

func (r aReader) ListenerSets(*v1alpha1.Ingress) ([]*gatewayv1.ListenerSet, error) {
	return nil, r.asks("ListenerSets")
}

func (r aReader) Grants(*v1alpha1.Ingress) ([]*gatewayv1beta1.ReferenceGrant, error) {
	return nil, r.asks("ReferenceGrants")
}

func (r aReader) GatewaysOf(*v1alpha1.Ingress) ([]*gatewayv1.Gateway, error) {
	return nil, r.asks("Gateways with listeners")
}

func (r aReader) Policies([]*corev1.Service) ([]*gatewayv1.BackendTLSPolicy, error) {
	if err := r.asks("BackendTLSPolicies"); err != nil {
		return nil, err
	}
	return nil, &observe.NotServed{Detail: "there is no such kind"}
}

func (r aReader) Trust() (input.Trust, error) { return input.Trust{}, r.asks("authorities") }

func (r aReader) StoredTrust(namespace string) (*corev1.ConfigMap, error) {
	return nil, r.asks("authorities of " + namespace)
}

func (r aReader) Gateway(name types.NamespacedName) (*gatewayv1.Gateway, error) {
	gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name}}
	gateway.Spec.GatewayClassName = "envoy"
	return gateway, r.asks("Gateway " + name.String())
}

func (r aReader) GatewayClass(name string) (*gatewayv1.GatewayClass, error) {
	return &gatewayv1.GatewayClass{}, r.asks("GatewayClass " + name)
}

func (r aReader) Service(name types.NamespacedName) (*corev1.Service, error) {
	return nil, r.asks("Service " + name.String())
}

func (r aReader) Claiming(gateway *gatewayv1.Gateway) ([]*corev1.Service, error) {
	return nil, r.asks("Services of Gateway " + gateway.Namespace + "/" + gateway.Name)
}

func (r aReader) EndpointSlices(*corev1.Service, bool) ([]*discoveryv1.EndpointSlice, error) {
	return nil, r.asks("EndpointSlices")
}

func (r aReader) AbsentFor(types.NamespacedName, bool) time.Duration { return 0 }

func (r aReader) Proposals(v1alpha1.IngressVisibility) (config.Proposals, error) {
	return config.Proposals{}, r.asks("proposals")
}

// observed observes a KIngress with one external host, and returns what that reads.
func observed(t *testing.T, fails string, spec func(*v1alpha1.Ingress)) (*observe.Observation, []string, error) {
	t.Helper()
	cfg, _, err := config.Parse(map[string]string{config.ExternalGateways: "- {class: envoy, gateway: gateways/blue}", config.LocalGateways: "[]"}, "knative-serving")
	if err != nil {
		t.Fatal(err)
	}
	ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "uid"}}
	ing.Spec.Rules = []v1alpha1.IngressRule{{Hosts: []string{"hello.example.com"}, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: []v1alpha1.HTTPIngressPath{{
		Splits: []v1alpha1.IngressBackendSplit{{IngressBackend: v1alpha1.IngressBackend{ServiceName: "hello-00001"}}},
	}}}}}
	spec(ing)
	asked := []string{}
	reader := aReader{asked: &asked, fails: fails}
	related, err := observe.Related(reader, ing)
	if err != nil {
		return nil, asked, err
	}
	selected := observe.Selected{State: config.State{Config: cfg}, Choices: selection.Choose(cfg, related.Request())}
	seen, err := observe.Gateways(reader, related, selected)
	return seen, asked, err
}

// TestReads: what is read to observe one KIngress, and what of it may fail. No kind is listed as a whole.
func TestReads(t *testing.T) {
	plain := []string{
		"Namespace default", "backend default/hello-00001", "HTTPRoutes", "ListenerSets", "BackendTLSPolicies",
		"Gateway gateways/blue", "GatewayClass envoy", "Services of Gateway gateways/blue", "KIngresses at hello.example.com",
	}
	for name, test := range map[string]struct {
		spec func(*v1alpha1.Ingress)
		want []string
		// spared is what this KIngress does not need.
		spared []string
	}{
		"plain": {func(*v1alpha1.Ingress) {}, plain, []string{"ListenerSets", "BackendTLSPolicies"}},
		"with a certificate": {func(ing *v1alpha1.Ingress) {
			ing.Spec.TLS = []v1alpha1.IngressTLS{{SecretName: "secret"}}
		}, append(slices.Clone(plain), "KIngresses with Secret default/secret"), []string{"BackendTLSPolicies"}},
		"with listeners on Gateways": {func(ing *v1alpha1.Ingress) {
			ing.Finalizers = []string{observe.ListenerFinalizer}
		}, append(slices.Clone(plain), "Gateways with listeners", "ReferenceGrants"), []string{"BackendTLSPolicies"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, asked, err := observed(t, "", test.spec)
			if diff := cmp.Diff(test.want, asked); err != nil || diff != "" {
				t.Errorf("It reads (-want, +got), %v:\n%s", err, diff)
			}
			for _, what := range test.want {
				_, _, err := observed(t, what, test.spec)
				if spared := slices.Contains(test.spared, what); errors.Is(err, errDenied) == spared {
					t.Errorf("Without %s: %v", what, err)
				}
			}
		})
	}
}

// TestInput: the input of a translation is what was observed.
func TestInput(t *testing.T) {
	seen, _, err := observed(t, "", func(*v1alpha1.Ingress) {})
	if err != nil {
		t.Fatal(err)
	}
	gateway, served := seen.Input().Gateways[v1alpha1.IngressVisibilityExternalIP]
	if want := (types.NamespacedName{Namespace: "gateways", Name: "blue"}); !served || gateway.Name != want {
		t.Errorf("It is served by %s", gateway.Name)
	}
	if side := seen.Sides[v1alpha1.IngressVisibilityClusterLocal]; !side.Unserved || side.Serves() {
		t.Errorf("The side that must not be served is %+v", side)
	}
}
