// SPDX-License-Identifier: Apache-2.0

package probe

import "strings"

// Host is a host that a request can name: a wildcard gets a label.
func Host(hostname string) string {
	return strings.Replace(hostname, "*", "net-gateways-probe", 1)
}
