// SPDX-License-Identifier: Apache-2.0

// Package rollout decides how far the change of an HTTPRoute may go now, so that no
// request is lost on the way (SPEC B-RDY-3, B-SEL-5).
//
//	           backends not known to be ready
//	settled ------------------------------------> warming
//	 ^   |                                           | all of them answered
//	 |   | other weights, headers, hosts, Gateway;   | through the gateway
//	 |   | backends known to be ready                v
//	 |   +--------------------------------------> moved
//	 |                                               | proven, and its address published
//	 |            drain time over                    v
//	 +------------------------------------------- draining
//
// Warming: traffic stays on the present rules; beside them each new backend has a
// rule that only probes match. Moved: traffic is on the new rules; the route stays
// attached to the former Gateways. Draining: it still is, until clients have followed
// the published address. A new route, and one that another field manager has changed,
// is moved at once: there are no rules to stay on.
//
// A gateway that warms new backends itself keeps the old ones until requests go elsewhere. On
// any other, the controller retains the backends that lost their traffic on the moved route,
// in rules that only probes match, until the move is proven. These rules are the state.
//
// Writes of the HTTPRoute: one for a new route, for other weights, headers or hosts, and
// for backends known to be ready; two if backends are warmed first; one more to leave
// a Gateway, and one more to remove the retained backends.
//
// The phase is the annotation on the HTTPRoute: a restarted or new leader reads it and
// goes on (SPEC B-RDY-4). The package is pure and knows nothing of Kubernetes.
package rollout
