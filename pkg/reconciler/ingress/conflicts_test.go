// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestHostConflict: B-TRN-5, the older KIngress holds the host, the younger one names it, and takes over
// when it is deleted.
func TestHostConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		older := aKIngress("older", time.Hour)
		older.Spec.Rules = older.Spec.Rules[1:]
		w := data.serves(newWorld(t, append(anInstallation(data), older, aKIngress("hello", 0))...))
		w.until("the older is Ready, the younger is not", func() bool { return w.is("older", "True")() && w.is("hello", "False")() })
		expect(t, "Conditions", network("False HostConflict: host hello.default.example.com is served by the older KIngress default/older: change the host of one of them, or delete one"), w.conditions("hello"))
		if routes := w.routes(); len(routes) != 2 || !metav1.IsControlledBy(routes[publicHost], older) || !metav1.IsControlledBy(routes[privateHost], w.ingress("hello")) {
			t.Errorf("HTTPRoutes %v", routes)
		}
		w.must(w.networking.Tracker().Delete(ingresses, "default", "older"))
		w.until("the older is gone", func() bool {
			_, err := w.r.lister.Ingresses("default").Get("older")
			return apierrors.IsNotFound(err)
		})
		w.writes()
		w.must(w.gateway.Tracker().Delete(httpRoutes, "default", publicHost)) // as the garbage collector does
		w.until("the younger is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"create httproutes", "update ingresses/status"}, w.writes())
	})
}
