// SPDX-License-Identifier: Apache-2.0

// Package prober asks the data planes of gateways whether they serve a given version of a route, so that Ready
// means served (B-RDY-1, B-RDY-2). It knows addresses, hosts and hashes, and nothing of Kubernetes objects. The
// words for questions and answers, and the choice of how to prove, are in pkg/probe.
//
// # Asking
//
// [Prober.Check] takes all the questions of an [Owner], never blocks, and returns a [probe.Report] of what is known;
// the owner hears when there is more. A try is a GET with the headers of Knative's own ingress probes
// (K-Network-Probe, K-Network-Hash: override).
//
// # A proof comes over a new connection
//
// Tries share kept connections, because a burst of services asks a thousand times a second, and closing as many
// would use up the ephemeral ports. But a kept connection is no witness. Envoy answers it with the listener and the filter
// chain that accepted it, also when these have been replaced and drain
// (https://github.com/envoyproxy/envoy/issues/28656, https://github.com/envoyproxy/envoy/issues/44116,
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/operations/draining); only the routes behind a
// filter chain, which come by RDS, change under an open connection
// (https://github.com/envoyproxy/envoy/issues/14967). And behind a load balancer it stays with the pod
// that it began with. So the first success over a used connection is asked again over one made for it, and only
// that one proves. In the other direction, a connection that hides the new routes lives for a second at most.
//
// # When
//
// One goroutine starts the tries; a waiting target costs a heap entry. Each address is a lane:
//
//   - Each lane has a rate of its own, for what one proxy can bear in vain, and lanes take turns under a ceiling that keeps us
//     from spending more on all of them than on a few. So one address with a thousand targets does not delay another, many
//     proxies do not make anybody wait, and a fast data plane is followed.
//   - In a lane the namespaces of the owners take turns, so the services of one that are not served do not delay another's.
//   - An address that does not answer has one try under way, and that try speaks for all its targets. Such tries
//     use at most half of the workers. When it answers again, all its targets are due.
//   - Something in front of an address that asks everybody for credentials is known to the lane: a new target need not
//     find out for itself for how long. Background targets are asked after all others, and less often where they are many;
//     when the guard or the outage ends, all are due.
//   - In a lane, targets whose backend hangs have places of their own, so they do not delay the others of their namespace.
//   - Tries of a target back off from 25 ms by a quarter each time to 2 s: a target is seen within a quarter of the
//     time it has waited, and within 2 s. A success in the lane draws those that wait longest, so a burst
//     is seen at the pace at which the data plane takes it. [Prober.Nudge] starts the backoff anew.
//
// # What a data plane at work says
//
// [Prober.InLine] tells that nothing is wrong but that many came at once (line.go). A pod's answer at one of its
// addresses is enough: [probe.Target.Question].
//
// # What is kept
//
// A Prober keeps nothing that must survive it. What was proven is the caller's to remember, on the object.
package prober
