// SPDX-License-Identifier: Apache-2.0

// Package conformance runs the whole conformance suite of knative.dev/networking
// (stable, beta and alpha cases, at the version in go.mod) against a real cluster
// on which net-gateways serves its ingress class (SPEC B-TRN-1).
//
// hack/conformance builds and starts it; see there for its flags. The cases are
// the suite's own: there is nothing here but the place that pins their version.
package conformance
