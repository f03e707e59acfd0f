// SPDX-License-Identifier: Apache-2.0

// Package docs runs the commands of README.md, docs/install.md, docs/takeover.md and a section of docs/domains.md, as these files
// have them, in their order, on a cluster that has Serving and Envoy Gateway but not net-gateways. What a page shows as their
// output is compared with what comes. hack/docs-run brings the cluster.
//
// Each command and each block of code of these pages is run, or stands on a closed list with the reason why not (notrun.go). What
// a reader fills in, such as a registry, is one table (substitutions.go). What a page takes for granted, and looks of the
// test's own at what a command has done, stand beside the place that they belong to (steps_*.go).
//
// Reading pages, filling in and comparing know no cluster; their tests run with all unit tests.
package docs
