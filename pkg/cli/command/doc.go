// SPDX-License-Identifier: Apache-2.0

// Package command is the commands of `kn gateways`: arguments, flags and exit codes. Each reads what it needs, asks a
// package beside it for a report, and writes that.
//
// A command exits with 0 if it finds nothing, with 1 if something is not as it should be, and with 2 if it could not look.
package command
