// SPDX-License-Identifier: Apache-2.0

// Package graph makes the report of what leads where: from Gateways by hosts and paths to Revisions. It is shown as a tree, or
// as a figure for Markdown or Graphviz.
package graph
