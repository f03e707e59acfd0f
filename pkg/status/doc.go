// SPDX-License-Identifier: Apache-2.0

// Package status decides what a KIngress reports. It is the only writer of its
// conditions and load balancers.
//
// For each visibility an ordered chain of pure checks looks at what was observed;
// the first that fails is the Blocker that users read. A blocker is
//
//   - definite: somebody's word that it does not work (no such Gateway, route not
//     accepted). It is reported at once, also on a KIngress that is Ready.
//   - not definite: nobody has answered yet. It is reported once it has lasted
//     PatienceBeforeReport, and never takes Ready away before PatienceWhenReady:
//     restarts, resyncs and lagging caches do not flip a Ready KIngress.
//
// The package is pure and knows neither clients nor clocks: durations come in.
// What comes next: pkg/reconciler/ingress writes the result if it differs.
package status
