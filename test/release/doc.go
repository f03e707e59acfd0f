// SPDX-License-Identifier: Apache-2.0

// Package release installs the files of dist/ on a cluster that has never had net-gateways, serves with
// them, uninstalls, and looks at what is left. hack/release-test builds the files first.
package release
