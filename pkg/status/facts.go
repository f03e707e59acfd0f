// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Facts is everything that the status of a KIngress depends on.
type Facts struct {
	Generation int64
	Now        time.Time
	// Failures concern the KIngress as a whole, or routes of either side.
	Failures []conditions.Reasoned
	// Unexpected is an error that is being retried, or nil.
	Unexpected error
	// Unobserved tells that nothing could be looked at: what was proven stays proven.
	Unobserved bool
	// Sides are the visibilities, external first.
	Sides []Side
	// Notes are shown where nothing blocks, before the degradations.
	Notes []Note
	// Waited is how long these versions have been without an answer.
	Waited time.Duration
	// Refused is how long a gateway has been saying no about them.
	Refused time.Duration
	// InLine tells that the gateways still take up what was asked for before these versions,
	// and nothing that came after them.
	InLine bool
	// SinceReport is how long ago they were last reported as waiting.
	SinceReport time.Duration
}

// Versions are those of the sides.
func (f Facts) Versions() []string {
	versions := make([]string, 0, len(f.Sides))
	for _, side := range f.Sides {
		versions = append(versions, side.Version)
	}
	return versions
}

// Note is what a condition that is True still has to say.
type Note struct {
	Reason, Message string
}

// Side is what was observed for one visibility.
type Side struct {
	Visibility v1alpha1.IngressVisibility
	// Needed tells that the KIngress has rules of this visibility.
	Needed bool
	// Refusal says why no entry was selected, or nil.
	Refusal *conditions.Refusal
	// Unserved tells that the operator wants no hosts of this visibility served.
	Unserved bool
	// Kept tells that nobody knows what is wanted here, and that what stands serves on.
	Kept  bool
	Entry config.Entry
	// Gateway is nil when it does not exist.
	Gateway *gatewayv1.Gateway
	// Controller is that of the Gateway's class; empty when the class is not known.
	Controller gatewayv1.GatewayController
	// NoClass says why nobody knows what the Gateway can do, or is nil. Its routes then stay as
	// they are; Stands tells that they are what is reported as Ready.
	NoClass *conditions.Refusal
	Stands  bool
	// Listeners are the HTTPS listeners of its hosts.
	Listeners []Listener
	Routes    []Route
	// Version identifies what must be proven: routes, Gateway and hashes.
	Version string
	// Leaving tells that a route is still attached to a Gateway that it is to leave.
	Leaving bool
	// Held tells that this generation was proven before, and what was proven is served on
	// until the new version is proven.
	Held bool
	// Liveness is what is known of the data plane of a settled side whose Gateway complains.
	Liveness Liveness
	// Former tells that this generation was proven before in another version.
	Former bool
	// LoadBalancer is the address to publish; empty when there is none yet. Next is what to publish
	// instead once it has answered; empty for nothing.
	LoadBalancer, Next []v1alpha1.LoadBalancerIngressStatus
	// Published tells that this generation is reported as Ready, with this address.
	Published bool
	// MissingPort is where callers in the cluster do not arrive; nil when they do.
	MissingPort *MissingPort
	// Exposure says how a local gateway is reachable from outside; empty when it is
	// not.
	Exposure string
}

// Route is what was observed for one HTTPRoute.
type Route struct {
	Name types.NamespacedName
	// Object is the stored HTTPRoute; nil when the cache has not seen it yet.
	Object *gatewayv1.HTTPRoute
	// Unwritten tells that it does not stand as this version wants it: what the Gateway or a
	// data plane says is about another version.
	Unwritten bool
	// Parents are what it is attached to at the side's Gateway; without any, the Gateway.
	Parents []gatewayv1.ParentReference
	// Making are new backends that are proven before they get traffic, if there are any.
	Making []string
	// Stays tells that traffic is where it was proven, until the new version is.
	Stays bool
	// Proven tells that the route is known to be served.
	Proven bool
	// ByStatus tells that the Gateway API's own word is the proof.
	ByStatus bool
	// Degraded says why its proof is weaker than the entry asks for; or is empty.
	Degraded string
	// Guarded is how it is proven because something in front of better ways asks for credentials;
	// or is empty.
	Guarded probe.Mode
	// Unasked says why nobody can be asked though somebody should; or is empty.
	Unasked string
	// NotAdmitted says what to change of the Gateway, where by its spec no listener admits the
	// route; or is empty. What the Gateway says of the route counts for more.
	NotAdmitted string
	// Report holds the probes' answers.
	Report probe.Report
}
