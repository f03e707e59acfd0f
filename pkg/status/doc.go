// SPDX-License-Identifier: Apache-2.0

// Package status decides what a KIngress reports. It is the only writer of its
// conditions and load balancers.
//
// For each side of the KIngress, an ordered chain of pure checks looks at what was observed; the first
// that fails is the Blocker that users read. How soon it is reported depends on its Certainty and on the
// present status (grace.go): the controller does not write a status for every step on the way to Ready,
// and restarts, resyncs and lagging caches do not take Ready away. Nor does a new version of an unchanged
// generation, while the data plane answers with that generation (held.go).
//
// In `kubectl get ksvc` (Serving v0.50, Route.PropagateIngressStatus, then
// Service.PropagateRouteStatus) users see the status, reason and message of the KIngress's
// Ready, False and Unknown alike, and no other condition. So whatever is worth reading must
// be in Ready. They do not see:
//   - a status of an older generation: until the first report of a generation the ksvc says
//     IngressNotConfigured, and during a gradual rollout RolloutInProgress;
//   - the message of a condition that is True: our advisories are in the KIngress and in Events;
//   - a % in a message: Serving takes it for a format, and %2F becomes %!F(MISSING).
//
// The package is pure: the time comes in with the facts. What comes next:
// pkg/reconciler/ingress writes the result if it differs.
package status
