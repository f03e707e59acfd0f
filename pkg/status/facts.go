// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Reasoned is an error that knows its condition. Those of selection, translation
// and apply do.
type Reasoned interface {
	error
	Reason() string
	Terminal() bool
}

// Facts is everything that the status of a KIngress depends on.
type Facts struct {
	Generation int64
	// Version identifies what must be proven: routes, Gateways and hashes.
	Version string
	// Failures concern the KIngress as a whole, or routes of either side.
	Failures []Reasoned
	// Sides are the visibilities, external first.
	Sides []Side
	// Notes are shown on a Ready KIngress: gaps and degradations.
	Notes []string
	// Waited is how long this generation has been without an answer.
	Waited time.Duration
}

// Side is what was observed for one visibility.
type Side struct {
	Visibility v1alpha1.IngressVisibility
	// Needed tells that the KIngress has rules of this visibility.
	Needed bool
	// Refusal says why no entry was selected, or nil.
	Refusal Reasoned
	Entry   config.Entry
	// Gateway is nil when it does not exist.
	Gateway *gatewayv1.Gateway
	Routes  []Route
	// LoadBalancer is the address to publish; empty when there is none yet.
	LoadBalancer []v1alpha1.LoadBalancerIngressStatus
	// Exposure says how a local gateway is reachable from outside; empty when it is
	// not.
	Exposure string
}

// Route is what was observed for one HTTPRoute.
type Route struct {
	Name types.NamespacedName
	// Object is the stored HTTPRoute; nil when the cache has not seen it yet.
	Object *gatewayv1.HTTPRoute
	// ByStatus tells that no probe can prove the route: the Gateway API's own word
	// counts.
	ByStatus bool
	// Report holds the probes' answers.
	Report probe.Report
}
