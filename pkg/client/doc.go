// SPDX-License-Identifier: Apache-2.0

// Package client holds generated code: the injection client of the Gateway API.
// hack/generate-client.sh makes it, `make verify` checks that it is current. Nothing
// here is written by hand.
package client
