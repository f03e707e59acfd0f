// SPDX-License-Identifier: Apache-2.0

// Package rollout decides how far the change of an HTTPRoute may go now, so that no
// request is lost on the way (SPEC B-RDY-3, B-SEL-5).
//
//	           backends that nobody vouches for
//	settled ------------------------------------> making
//	 ^   |                                           | all of them answered
//	 |   | other weights, headers, hosts, Gateway;   | through the gateway
//	 |   | backends known to work                    v
//	 |   +--------------------------------------> moved
//	 |                                               | proven, and its address published
//	 |            drain time over                    v
//	 +------------------------------------------- draining
//
// Making: traffic stays on the rules that stand; beside them each new backend has a
// rule that only probes meet. Moved: traffic is on the new rules; Gateways that the
// route was attached to before stay attached. Draining: so do they until clients have
// followed the published address. A new route, and one that somebody else has
// changed, has nothing to keep and is moved at once.
//
// A gateway that warms new backends keeps the old ones itself until requests go elsewhere. On
// any other the backends that lost their traffic stay on the moved route, in rules that only
// probes meet, until the move is proven: those rules are the state (pkg/translate/keep.go).
//
// Writes of the HTTPRoute: one for a new route, other weights, headers or hosts, and
// backends that are vouched for; two where backends are made first; one more to leave
// a Gateway, and one more to let old backends go where the gateway does not keep them.
//
// The phase is the annotation on the HTTPRoute: a restarted or new leader reads it and
// goes on where the old one stopped (SPEC B-RDY-4). The package is pure and knows
// nothing of Kubernetes.
package rollout
