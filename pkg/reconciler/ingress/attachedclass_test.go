// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestAttachedBackendOfAnotherClass: B-PTH-5, B-PTH-7, a backend that another plugin serves does not exist for
// net-gateways: the status of the HTTPRoute names it, and its parent stays Ready.
func TestAttachedBackendOfAnotherClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallation(data), aPath("api"))
		w.until("it is served", w.isServed("api"))
		w.changesClass("users", "other")
		w.until("the status names the backend", func() bool {
			return strings.HasPrefix(w.entry("api")["ResolvedRefs"], "False BackendNotFound: spec.rules[0].backendRefs[0]: no Knative Service users is served by net-gateways in this namespace")
		})
		w.drain()
		expect(t, "Conditions", isReady, w.conditions("hello"))
		w.changesClass("users", config.IngressClass)
		w.until("it exists again", func() bool { return w.entry("api")["ResolvedRefs"] == "True ResolvedRefs: " })
		w.until("it is served", w.isServed("api"))
	})
}
