// SPDX-License-Identifier: Apache-2.0

// Package objects is where the command line reads objects from: a [Source] is a cluster (pkg/cli/live), or a [Store] of
// objects from YAML files or from a dump.
//
// A Source says of what it may not read that it is [Denied], and of a kind that the API server does not have that it is
// [NotServed]. Both are answers: the reports show them as a line. Any other error ends the command.
package objects
