// SPDX-License-Identifier: Apache-2.0

// Package ingress reconciles KIngresses. It is the edge at which the pure packages
// meet the cluster:
//
//	preconditions  must it be served at all?            preconditions.go
//	observe        what it depends on                   pkg/observe, reader.go
//	select         which Gateway, by visibility         pkg/selection
//	render         what should exist, how to prove it   pkg/translate
//	apply          the writes that lead there           pkg/apply, applyall.go, attempt.go
//	prove          ask the data planes                  pkg/prober, prove.go
//	report         conditions and addresses             pkg/status, report.go
//
// ingress.go reads as these steps and nothing else. The package decides neither how a KIngress is
// translated nor what its status is.
package ingress
