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

// Route is an HTTPRoute together with the probes that prove it.
type Route struct {
	Object     *gatewayv1.HTTPRoute
	Visibility v1alpha1.IngressVisibility
	Proofs     []Proof
	// Warming are the new backends that Proofs ask for, while traffic goes where it went before.
	Warming []string
	// Leaving are the Gateways to which it is still attached besides its own.
	Leaving []string
	// Unresolved tells that it names a backend of a user's HTTPRoute that does not exist. The gateway answers its
	// share with 500, and reports ResolvedRefs as False.
	Unresolved bool

	version     string   // what an answer proves
	ownParents  int      // how many of the parentRefs, the first ones, are at its own Gateway
	ownSections []string // the KIngress's listeners on the Gateway through which it is served
}

// Parents are the parentRefs of a route at its own Gateway.
func (r Route) Parents() []gatewayv1.ParentReference { return r.Object.Spec.ParentRefs[:r.ownParents] }

// Proof is a probe whose answer proves that an HTTPRoute is served.
type Proof struct {
	// Host is one host of the route: a gateway programs them together.
	Host string
	// Path is the probed path. Each HTTPRoute of the same hosts has another one: otherwise one of
	// them would answer for all.
	Path string
	// Hash is the expected answer.
	Hash string
	// Marker comes with the answer if the gateway can add it. It tells the KIngress from a deleted one
	// of the same name and spec (SPEC B-RDY-4). FormerMarker is the one that an earlier release has
	// written to routes.
	Marker, FormerMarker string
	// HTTPS is the port to probe over TLS, with the host as SNI; 0 probes the Gateway's own listener.
	HTTPS int32
	// Answers says whether the backend or the gateway answers; empty if neither can, and only the status
	// of the HTTPRoute tells whether it is served.
	Answers probe.Answerer
}

// Version identifies what has to be proven for a visibility: which routes answer what, through which
// Gateway. Labels and annotations do not count, nor do Gateways that routes are leaving.
func Version(routes []Route, visibility v1alpha1.IngressVisibility) string {
	sum := sha256.New()
	for _, route := range routes {
		if route.Visibility == visibility {
			parent := route.Object.Spec.ParentRefs[0]
			fmt.Fprintf(sum, "%s %s/%s %s\n", route.Object.Name, *parent.Namespace, parent.Name, route.version)
			for _, further := range route.Object.Spec.ParentRefs[1:route.ownParents] {
				fmt.Fprintf(sum, "and %s\n", further.Name)
			}
			for _, listener := range route.ownSections {
				fmt.Fprintf(sum, "over %s\n", listener)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
