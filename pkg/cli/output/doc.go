// SPDX-License-Identifier: Apache-2.0

// Package output writes reports: as text for people, or as JSON and YAML, which have the fields of the report. Text that
// comes from objects is cleaned, so that it cannot command a terminal.
package output
