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
	// Unobserved tells that the controller could not read the objects: proofs stay.
	Unobserved bool
	// Sides are those of the KIngress, the external one first.
	Sides []Side
	// Advisories are shown if nothing blocks, before those of degraded proofs.
	Advisories []Advisory
	// Waited is how long these versions have been waiting for an answer.
	Waited time.Duration
	// Refused is how long a gateway has been reporting negative conditions for them.
	Refused time.Duration
	// Progressing tells that the data planes still take up versions that are older than these, and none that
	// are newer.
	Progressing bool
	// SinceReport is how long ago they were last reported as not Ready.
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

// Advisory is the message of a condition that is True.
type Advisory struct {
	Reason, Message string
}

// Side is what was observed for one visibility of a KIngress: a KIngress has an external and a
// cluster-local side.
type Side struct {
	Visibility v1alpha1.IngressVisibility
	// Needed tells that the KIngress has rules of this visibility.
	Needed bool
	// Refusal says why no entry was selected; nil if one was.
	Refusal *conditions.Refusal
	// Unserved tells that config-gateway has [] for this visibility: its hosts must not be served.
	Unserved bool
	// Preserved tells that it is not known what is wanted, and that the stored objects stay.
	Preserved bool
	Entry     config.Entry
	// Gateway is nil when it does not exist.
	Gateway *gatewayv1.Gateway
	// Controller is that of the Gateway's class; empty when the class is not known.
	Controller gatewayv1.GatewayController
	// NoClass says why the Gateway's features are not known; nil if they are. If they are not, the routes
	// are preserved; ReportedReady tells that the status reports these as Ready.
	NoClass       *conditions.Refusal
	ReportedReady bool
	// Listeners are the HTTPS listeners of its hosts.
	Listeners []Listener
	Routes    []Route
	// Version identifies what must be proven: routes, Gateway and hashes.
	Version string
	// Leaving tells that a route is still attached to a Gateway that it leaves.
	Leaving bool
	// Held tells that this generation was proven before, in a version that stays in service until the
	// new one is proven.
	Held bool
	// Liveness says what probes tell about the data plane, if the side is settled and its Gateway reports
	// a negative condition.
	Liveness Liveness
	// Former tells that this generation was proven before in another version, with which the KIngress was Ready.
	Former bool
	// LoadBalancer is the address to publish; empty if there is none yet. Next, if it is not empty, is the
	// address to publish instead once it has answered.
	LoadBalancer, Next []v1alpha1.LoadBalancerIngressStatus
	// Published tells that this generation is reported as Ready, with this address.
	Published bool
	// MissingPort is the port that callers in the cluster use and no listener has, or nil.
	MissingPort *MissingPort
	// Exposure says how a local gateway can be reached from outside; empty if it cannot.
	Exposure string
}

// Route is what was observed for one HTTPRoute.
type Route struct {
	Name types.NamespacedName
	// Object is the stored HTTPRoute; nil when the cache has not seen it yet.
	Object *gatewayv1.HTTPRoute
	// Unwritten tells that it is not stored as this version wants it: conditions and answers are
	// those of another version.
	Unwritten bool
	// Parents are its parentRefs at the side's Gateway; none for the Gateway as a whole.
	Parents []gatewayv1.ParentReference
	// Unresolved tells that it names a backend that does not exist, for a user's HTTPRoute whose status says so: that the
	// gateway reports ResolvedRefs as False is no news, and nothing against the other rules.
	Unresolved bool
	// Warming are the new backends that have to answer before they get traffic.
	Warming []string
	// Stays tells that traffic stays on the proven version until the new one is proven.
	Stays bool
	// Proven tells that the route is known to be served.
	Proven bool
	// ByStatus tells that the conditions of the Gateway API are the proof.
	ByStatus bool
	// Degraded says why the proof is weaker than the entry asks for; empty if it is not.
	Degraded string
	// AuthProxyMode is the mode in which it is proven because an auth proxy answers in better ones; empty if none
	// does.
	AuthProxyMode probe.Mode
	// Unasked says why no address can be probed although one should be; empty if one can.
	Unasked string
	// NotAdmitted says what to change on the Gateway so that a listener admits the route; empty if one
	// does by the Gateway's spec. The route's conditions count for more.
	NotAdmitted string
	// Report has the answers to its probes.
	Report probe.Report
}
