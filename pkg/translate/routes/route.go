// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Route is an HTTPRoute together with the questions that prove it.
type Route struct {
	Object     *gatewayv1.HTTPRoute
	Visibility v1alpha1.IngressVisibility
	Proofs     []Proof
	// Warming are the new backends that Proofs are about; traffic is where it was.
	Warming []string
	// Leaving are the Gateways that it is attached to besides its own.
	Leaving []string

	version string
	own     int      // the parentRefs at its own Gateway, which come first
	over    []string // the KIngress's listeners on the Gateway through which it is served
}

// Parents are what a route is attached to at its own Gateway.
func (r Route) Parents() []gatewayv1.ParentReference { return r.Object.Spec.ParentRefs[:r.own] }

// Proof is the question whose answer proves that an HTTPRoute is served.
type Proof struct {
	// Host is one host of the route: a gateway programs them together.
	Host string
	// Path is asked for. Routes that share their hosts differ in it: otherwise one of
	// them would answer for all.
	Path string
	// Hash is the expected answer.
	Hash string
	// Marker comes with the answer where the gateway can add it: it tells the KIngress
	// from one of the same name and spec that was there before (SPEC B-RDY-4). FormerMarker is
	// the one that an earlier release has left on routes.
	Marker, FormerMarker string
	// HTTPS is the port to ask through TLS, with the host as SNI; 0 asks through the
	// Gateway's own listener.
	HTTPS int32
	// Answers says who gives the answer; empty when nobody can, and only the Gateway
	// API's own status tells whether the route is served.
	Answers probe.Answerer
}

// Version identifies what has to be proven for a visibility: which routes answer what,
// through which Gateway. Labels and annotations do not count, nor do Gateways that are
// being left.
func Version(routes []Route, visibility v1alpha1.IngressVisibility) string {
	sum := sha256.New()
	for _, route := range routes {
		if route.Visibility == visibility {
			parent := route.Object.Spec.ParentRefs[0]
			fmt.Fprintf(sum, "%s %s/%s %s\n", route.Object.Name, *parent.Namespace, parent.Name, route.version)
			for _, further := range route.Object.Spec.ParentRefs[1:route.own] {
				fmt.Fprintf(sum, "and %s\n", further.Name)
			}
			for _, listener := range route.over {
				fmt.Fprintf(sum, "over %s\n", listener)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
