// SPDX-License-Identifier: Apache-2.0

// Package clitest is for tests of the command line: it brings the objects of a small cluster to where the controller and
// its gateways would bring them, so that a test describes only what it is about.
package clitest
