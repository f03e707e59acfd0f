// SPDX-License-Identifier: Apache-2.0

// Command kn-gateways tells what net-gateways serves, and why it does not serve something. kn runs it as `kn gateways`, and
// kubectl, by another name of the same file, as `kubectl net-gateways`.
package main
