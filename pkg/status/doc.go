// SPDX-License-Identifier: Apache-2.0

// Package status decides what a KIngress reports. It is the only writer of its
// conditions and load balancers.
//
// For each visibility an ordered chain of pure checks looks at what was observed;
// the first that fails is the Blocker that users read. How soon it is reported depends
// on its Certainty and on what is reported already (patience.go): a KIngress is not
// written for every step on its way to Ready, and restarts, resyncs and lagging caches
// do not take Ready away.
//
// The package is pure and knows neither clients nor clocks: durations come in.
// What comes next: pkg/reconciler/ingress writes the result if it differs.
package status
