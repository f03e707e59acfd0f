// SPDX-License-Identifier: Apache-2.0

// Package probe is the vocabulary of readiness: what is asked of a data plane, what is known of the answers, and how
// to prove that a version of a route is served (B-RDY-1, B-RDY-2). pkg/prober does the asking.
//
// It is pure, so that pkg/translate and pkg/status, which must not reach the network, can name a [Target] and judge a
// [Report].
//
// # Asking
//
// A [Target] is one question to one address. A [Report] holds one [Result] for each, in the order of the questions.
// Only the expected hash is success. The prober of knative.dev/networking's pkg/status also takes 200 without a
// hash, and any status that it cannot read, for ready; here each is a failure with a [Kind].
//
// # How to prove
//
// [Choose] picks the [Mode]. A reconciliation, with a prober.Prober, goes
//
//	choice := probe.Choose(configured, offer, prober.Known(owner), now)
//	report := prober.Check(owner, targetsAt(choice.Addresses), targetsAt(choice.Background)...)
//	if choice.Mode == probe.Status { trust the Gateway API's conditions } else { report.Proven() ... }
//	requeue after choice.Recheck, if it is not 0
//
// The addresses of a better mode that refused are still asked in the background, every 10 s. When they answer again, the
// prober notifies the owner, and Choose goes back to that mode. While a mode is being refused, the next one is asked in
// the background, too, so that its answers are known when Choose comes to it. Offer must come from synced caches: with an
// empty Offer, Auto trusts the Gateway's conditions.
package probe
