// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"errors"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// Gateway is what translation needs to know of a selected Gateway.
type Gateway struct {
	Name types.NamespacedName
	// Warms tells that the gateway sends requests to a new backend only once it can
	// reach it, so that a Revision that Serving calls ready needs no proof before.
	Warms bool
	// Merges tells that the gateway serves the HTTP listeners of a port from one table: a host is served from any of
	// them, and must not be attached to two.
	Merges bool
	// Section is the listener to attach to; empty attaches to all that admit us.
	Section string
	// HTTPListeners are those of its listeners that speak plain HTTP and that we may use.
	HTTPListeners []string
	HTTPS         HTTPS
	// ClientPorts are those at which clients reach its listeners, by the listeners' port, where they differ.
	ClientPorts map[int32]int32
	Features    sets.Set[gwfeatures.FeatureName]
}

// HostAt is a host at one visibility.
type HostAt struct {
	Visibility v1alpha1.IngressVisibility
	Host       string
}

// Input is everything that a translation depends on.
type Input struct {
	Ingress *v1alpha1.Ingress
	// Namespace is that of the KIngress; nil when it does not exist.
	Namespace metav1.Object
	// Gateways holds the selected Gateways. Rules of a visibility without one are
	// left out: the caller says why.
	Gateways map[v1alpha1.IngressVisibility]Gateway
	// Services holds the backend Services that exist.
	Services map[types.NamespacedName]*corev1.Service
	// Mapped holds, for a rewriteHost, the KIngress that serves that host in the
	// same namespace (a DomainMapping's target).
	Mapped map[string]*v1alpha1.Ingress
	// Lost are the hosts that an older KIngress has on the same Gateway.
	Lost sets.Set[HostAt]
	// Routes are this KIngress's HTTPRoutes as they stand, by name: a change begins
	// with what is served, and hosts and rules stay on the route on which they are.
	Routes map[string]*gatewayv1.HTTPRoute
	// Served are the Services to which Routes lead that exist.
	Served sets.Set[types.NamespacedName]
	// ListenerSets are this KIngress's as they stand, and those that it shares, by name.
	// NoListenerSets says why the kind is not served.
	ListenerSets   map[string]*gatewayv1.ListenerSet
	NoListenerSets string
	// Standing is what the selected Gateways, and those that this KIngress has listeners
	// on, have for listeners. Grants are its ReferenceGrants, by name.
	Standing map[types.NamespacedName]dataplane.Standing
	Grants   map[string]*gatewayv1beta1.ReferenceGrant
	// Sharers are the other KIngresses of the namespace that name a Secret that this one
	// names, and have the same Gateway; of very many those that Sharing asks for.
	Sharers map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress
	// Made names the routes whose questions about new backends are all answered.
	Made sets.Set[string]
	// Moves says what is known of the way from one Gateway to another.
	Moves Moves
	// Trust is what TLS to Knative's own backends needs.
	Trust Trust
}

// Moves is what leaving a Gateway depends on.
type Moves struct {
	Now time.Time
	// Drain is how long a route stays on a Gateway after the new one's address was
	// published.
	Drain time.Duration
	// Expelled are Gateways on which the rules of a visibility must not stay, and Guest
	// those on which they may stay for Drain only.
	Expelled, Guest map[v1alpha1.IngressVisibility]sets.Set[types.NamespacedName]
	// Published says, for each visibility, which version was proven and published, and when.
	Published map[v1alpha1.IngressVisibility]Published
}

// Published is a version that is known to be served, since when its address is known
// to clients.
type Published struct {
	Version string
	At      time.Time
}

// Desired is what should exist in the cluster, and how to see that it works.
type Desired struct {
	Routes []Route
	// Unshared are ListenerSets that KIngresses have shared and that none may share now.
	Unshared sets.Set[string]
	// ListenerSets and Gateways hold the listeners of spec.tls, and Listeners are these.
	ListenerSets []*gatewayv1.ListenerSet
	Gateways     []GatewayListeners
	Listeners    []Listener
	// Grants let the Gateways read the certificates of their listeners.
	Grants []*gatewayv1beta1.ReferenceGrant
	// Policies and Trust make gateways speak TLS to Knative's own backends. Other
	// KIngresses may want the same ones; Trust is nil when there are no Policies.
	Policies []*gatewayv1.BackendTLSPolicy
	Trust    *corev1.ConfigMap
	// Withheld are hosts whose routes stay as they are: their backends ask for TLS that
	// cannot be had. A Refusal says why.
	Withheld sets.Set[HostAt]
	Gaps     []Gap
	// Refusals name the parts that could not be translated; the rest is served.
	Refusals []*conditions.Refusal
	// Again is after how long the answer will be another one although nothing happens;
	// 0 is never.
	Again time.Duration
}

// Objects are the routes without their questions.
func (d Desired) Objects() []*gatewayv1.HTTPRoute {
	objects := make([]*gatewayv1.HTTPRoute, 0, len(d.Routes))
	for _, route := range d.Routes {
		objects = append(objects, route.Object)
	}
	return objects
}

// Route is an HTTPRoute together with the questions that prove it.
type Route struct {
	Object     *gatewayv1.HTTPRoute
	Visibility v1alpha1.IngressVisibility
	Proofs     []Proof
	// Making are the new backends that the questions are about; traffic is where it was.
	Making []string
	// Leaving are the Gateways that it is attached to besides its own.
	Leaving []string

	version string
	own     int      // the parentRefs at its own Gateway, which come first
	over    []string // the KIngress's listeners on the Gateway through which it is served
}

// Parents are what a route is attached to at its own Gateway.
func (r Route) Parents() []gatewayv1.ParentReference { return r.Object.Spec.ParentRefs[:r.own] }

// Ingress translates a KIngress. The result depends on nothing but the input, to
// the byte (SPEC B-TRN-4). An error means that nothing of it can be translated.
func Ingress(in Input) (Desired, error) {
	specHash, err := specHash(in.Ingress)
	if err != nil {
		return Desired{}, err
	}
	report := &report{}
	renderer := renderer{in: in, specHash: specHash, report: report, names: sets.New[string](),
		outside: outsideNames(in.Ingress), serving: routesByHost(in.Routes), listeners: readHTTPS(in, report)}
	desired := Desired{Withheld: sets.New[HostAt](), Unshared: sets.New[string]()}
	uses := map[v1alpha1.IngressVisibility]listenerUses{}
	internal := internalTLS{in: in, report: report, policies: map[string]*gatewayv1.BackendTLSPolicy{}}
	for _, set := range ruleSets(in, report) {
		gateway, selected := in.Gateways[set.Visibility]
		if !selected {
			continue
		}
		if !internal.admit(set, gateway) {
			desired.withhold(set)
			continue
		}
		set.Rules = resolveBackends(set.Rules, backendContext{services: in.Services, gateway: gateway, report: report})
		if len(set.Rules) == 0 {
			continue
		}
		shares, redirected := renderer.redirects(set, gateway)
		uses[set.Visibility] = uses[set.Visibility].with(redirected)
		for _, share := range shares {
			for _, part := range renderer.attached(share, gateway) {
				desired.Routes = append(desired.Routes, renderer.routes(part, gateway)...)
			}
		}
	}
	desired.Gaps, desired.Refusals = report.gaps, report.refusals
	desired.leave(in.Moves)
	desired.forget(in.Moves)
	for _, visibility := range visibilities {
		desired.Listeners = append(desired.Listeners, renderer.listeners[visibility].wanted(uses[visibility])...)
		desired.lookAgain(renderer.listeners[visibility].again)
		desired.Unshared.Insert(slices.Collect(maps.Keys(renderer.listeners[visibility].unshared))...)
	}
	desired.ListenerSets = renderer.listenerSets(desired.Routes)
	internal.write(&desired)
	desired.Gateways, desired.Grants = renderer.gatewayListeners(desired.Routes)
	return desired, nil
}

func (d *Desired) withhold(set RuleSet) {
	for _, host := range set.Hosts {
		d.Withheld.Insert(HostAt{Visibility: set.Visibility, Host: host})
	}
}

// report collects what could not be done. Entries repeat when a rule is rendered
// for several groups of hosts; the first of each is kept.
type report struct {
	gaps     []Gap
	refusals []*conditions.Refusal
	known    sets.Set[any]
}

func (r *report) gap(g Gap) {
	if r.isNew(g) {
		r.gaps = append(r.gaps, g)
	}
}

func (r *report) refuse(refusal conditions.Refusal) {
	if r.isNew(refusal) {
		r.refusals = append(r.refusals, &refusal)
	}
}

func (r *report) isNew(entry any) bool {
	if r.known == nil {
		r.known = sets.New[any]()
	}
	defer r.known.Insert(entry)
	return !r.known.Has(entry)
}

var errNoIngress = errors.New("no KIngress to translate")
