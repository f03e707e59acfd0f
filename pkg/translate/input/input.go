// SPDX-License-Identifier: Apache-2.0

package input

import (
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
	// Warms tells that the gateway itself sends requests to a new backend only once it can reach it,
	// so that a Revision that Serving calls ready needs no probes before it gets traffic.
	Warms bool
	// Merges tells that the gateway serves all HTTP listeners of a port from one table: a host is
	// served from any of them, and must not be attached to two.
	Merges bool
	// Section is the listener to attach routes to; empty attaches them to all that admit them.
	Section string
	// HTTPListeners are the listeners for plain HTTP that routes may be attached to.
	HTTPListeners []string
	HTTPS         HTTPS
	// ClientPorts are the ports at which clients reach its listeners, by the port of the listener,
	// where they differ.
	ClientPorts map[int32]int32
	Features    sets.Set[gwfeatures.FeatureName]
}

// ClientPort is the port at which clients reach the listeners of a port.
func (g Gateway) ClientPort(listener int32) int32 {
	if client, found := g.ClientPorts[listener]; found {
		return client
	}
	return listener
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
	// Gateways has the selected Gateways. Rules of a visibility without one are left out, and the
	// caller says why.
	Gateways map[v1alpha1.IngressVisibility]Gateway
	// Services has the backend Services that exist.
	Services map[types.NamespacedName]*corev1.Service
	// RewriteTargets has, by the rewriteHost of a path, the KIngress of the same namespace that
	// serves this host (a DomainMapping's target).
	RewriteTargets map[string]*v1alpha1.Ingress
	// ConflictingHosts are not served, because an older KIngress holds them on the same Gateway.
	ConflictingHosts sets.Set[HostAt]
	// Routes are the stored HTTPRoutes of this KIngress, by name: a change begins with what they
	// serve, and hosts and rules stay on the route on which they are.
	Routes map[string]*gatewayv1.HTTPRoute
	// LiveServices are the existing Services of the KIngress's namespace to which Routes lead.
	LiveServices map[types.NamespacedName]*corev1.Service
	// ListenerSets are the stored ones of this KIngress, and those that it shares, by name.
	// NoListenerSets says why the API server does not serve the kind.
	ListenerSets   map[string]*gatewayv1.ListenerSet
	NoListenerSets string
	// AvailableListeners are those of the selected Gateways, and of those that have listeners of
	// this KIngress. Grants are its stored ReferenceGrants, by name.
	AvailableListeners map[types.NamespacedName]dataplane.AvailableListeners
	Grants             map[string]*gatewayv1beta1.ReferenceGrant
	// Sharers are the other KIngresses of the namespace whose spec.tls names a Secret of this one's,
	// on the same Gateway. If there are very many, only those that listeners.Sharing asks for.
	Sharers map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress
	// Attached are the HTTPRoutes of users whose parent is the owner of the KIngress, in the order in which
	// they claim matches. Backing has, by the name of a Service to which one of them leads, the KIngress of the
	// namespace that serves this name: it is a Knative Service, or a tag of one.
	Attached []*gatewayv1.HTTPRoute
	Backing  map[string]*v1alpha1.Ingress
	// Warmed names the routes whose new backends have all answered, and Answered those that are rendered for
	// HTTPRoutes of users and are served in this version.
	Warmed, Answered sets.Set[string]
	// Move says what the routes may do that leave a Gateway.
	Move Move
	// Trust is what TLS to Knative's own backends needs.
	Trust Trust
}

// Move says how long routes stay attached to a Gateway that they leave for another one.
type Move struct {
	Now time.Time
	// Drain is how long a route stays on the old Gateway after the address of the new one was
	// published.
	Drain time.Duration
	// Forbidden are the Gateways on which the routes of a visibility must not stay at all, and
	// DrainOnly those on which they stay for Drain at most, proven on the new one or not.
	Forbidden, DrainOnly map[v1alpha1.IngressVisibility]sets.Set[types.NamespacedName]
	// Published says, for each visibility, which version was proven and published, and when.
	Published map[v1alpha1.IngressVisibility]Published
}

// Published is a version that was proven and whose address was published.
type Published struct {
	Version string
	At      time.Time
}

// HTTPS says how a Gateway takes listeners for hosts that have a certificate.
type HTTPS struct {
	// Port is that of the listeners.
	Port int32
	// Refusal says which field of the Gateway keeps ListenerSets out; empty when none does.
	Refusal string
	// Conflict says which listener of the Gateway speaks another protocol on Port; empty when none does.
	Conflict string
}

// Trust says who signs the certificates of activator and queue-proxies.
type Trust struct {
	// NoPolicies says why there can be no BackendTLSPolicies; empty when there can be.
	NoPolicies string
	// Authorities are their certificates in PEM. If they are empty, Missing says what does not exist.
	Authorities, Missing string
	// Stored is what the namespace trusts already. It stays while Authorities are empty, because a
	// Secret that is deleted and created again is absent for a moment.
	Stored string
	// Problems name the authorities that should be trusted and are not.
	Problems []conditions.Gap
}

// Sooner is the earlier of two times to look again; 0 is never.
func Sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
