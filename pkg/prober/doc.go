// SPDX-License-Identifier: Apache-2.0

// Package prober asks the data planes of gateways whether they serve a given version of a route, so that Ready
// means served (B-RDY-1, B-RDY-2). It knows addresses, hosts and hashes, and nothing of Kubernetes objects. The
// vocabulary, and the choice of how to prove, are in pkg/probe.
//
// # From a target to its answer
//
// [Prober.Check] takes all targets of an [Owner], never blocks, and returns a [probe.Report] of what is known; the owner
// is notified when there is more. The files, in the order of the way:
//
//	prober.go        what an owner may call
//	targets.go       targets become tasks, or stay them
//	task.go          a target: when it is due, and what is known of it
//	addressqueue.go  where tasks wait: by address, and there by namespace (namespacequeue.go)
//	schedule.go      the one goroutine that starts tries
//	pick.go          which task is next; ratelimiter.go and expedite.go have a say
//	try.go           asks, and gives the outcome to the task, the address and the owner
//	overdue.go       what becomes of a try that is not answered in time
//	ask.go           the request: a GET with the headers of Knative's own ingress probes (K-Network-Probe, K-Network-Hash:
//	                 override), over the connections of conns.go; failure.go puts its error into words
//	subscription.go  all tasks of an owner: when it is notified, and what the next Check returns
//	progress.go      what proofs of others tell of a task that waits
//
// # A proof needs a new connection
//
// Tries reuse connections, because a burst of services asks a thousand times a second, and closing as many connections
// would use up the ephemeral ports. But a reused connection proves nothing. Envoy answers it with the listener and the
// filter chain that accepted it, even when these have been replaced and drain
// (https://github.com/envoyproxy/envoy/issues/28656, https://github.com/envoyproxy/envoy/issues/44116,
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/operations/draining); only the routes behind a
// filter chain, which come by RDS, change under an open connection
// (https://github.com/envoyproxy/envoy/issues/14967). And behind a load balancer it stays with the pod
// that it began with. So the first success over a reused connection is asked again over a new one, and only
// that one proves. In the other direction, a connection that hides the new routes lives for a second at most.
//
// # When
//
// A waiting target costs a heap entry. Each address has a queue:
//
//   - Queues take turns. Each has a rate limit of its own, for what one proxy can bear in vain, below a limit for all of
//     them. So one address with a thousand targets does not delay another, many proxies make no target wait, and a fast
//     data plane is followed.
//   - In a queue, the namespaces of the owners take turns, so targets of one namespace that are not
//     served do not delay those of another.
//   - An address that does not answer has one try under way, and that try speaks for all its targets. Such tries
//     use at most half of the workers. When the address answers again, all its targets are due.
//   - That an auth proxy answers for all targets of an address is known to the queue: a new target need not find out for
//     itself since when. When the auth proxy is gone, all targets are due.
//   - Targets whose backends hang, and background targets, each have a limit of their own. Background targets are tried
//     after all others, and less often where they are many.
//   - Tries of a target back off from 25 ms by a quarter each time to 2 s: a target is seen within a quarter of the
//     time it has waited, and within 2 s. A success expedites the oldest targets of the queue, so that a burst is seen at
//     the pace at which the data plane takes it up (expedite.go). [Prober.Nudge] starts the backoff anew.
//
// What each part is worth: how many milliseconds, on average, a route has been served when it is seen. The data plane takes up
// 15 routes a second in their order (second column: 60 at once, every 4 s); 500 others are never served.
// "go test -v -run TestPace ./pkg/prober" shows the first line, of virtual time; the others were measured in copies without the
// part. A data plane that keeps no order pays for it: 300 routes are then seen after 5.1 s, without expediting after 0.9 s.
//
//	                                    300  60 at   1000  100 at  alone beside  alone beside    300 beside
//	                                         once          each    500 of its    500 of another  500 of another
//	                                                       of ten  namespace     namespace       namespace
//	all parts                            27     41    655      69          1898              29             710
//	nothing is expedited                739    783   2156     469          3705              37            2873
//	only after a success                966     99   3175     474          3702              35            2788
//	only every burstInterval             36    300    650      71          1897              36             710
//	one at a time (expediteCount)        28     53    443      97          1896              34            2879
//	the oldest of whatever namespace     31     39    656      70          1899              30            2800
//	for 2 s (burstFor)                   30    529    653      70          3703              30             710
//	of any age (expediteMaxAge)          29     37     27      69          7765              32             711
//	a success uses up the rate           29    370    702      71          1895              36             868
//	namespaces take no turns             33     42    655      51          1898            1904            8548
//
// A Kubernetes work queue has no turns by address and by namespace, and no one try that speaks for others.
//
// # A data plane that is busy
//
// [Prober.Progressing] tells that nothing is wrong but that many routes came at once (progress.go). A pod's answer at one of its addresses is enough: [probe.Target.Question]. A try that a busy proxy answers late has not been in vain (overdue.go).
//
// # State
//
// A Prober has nothing that must survive it. The caller keeps proofs, on the object.
package prober
