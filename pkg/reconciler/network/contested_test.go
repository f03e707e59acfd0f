// SPDX-License-Identifier: Apache-2.0

package network

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/controller"
)

// TestKeyIsContested: B-INS-2, B-TRN-6, a tool that writes config-network without ingress-class each time that
// it is applied is answered after ever longer pauses, and named.
func TestKeyIsContested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, applies := newPlace(t, map[string]string{layerKey: ourLayer}, ""), 0
		for range 600 {
			err := p.reconcile()
			if waits, _ := controller.IsRequeueKey(err); err != nil && !waits {
				t.Fatal(err)
			}
			applies += p.applies()
			if cm := p.stored(); cm.Data[classKey] != "" {
				delete(cm.Data, classKey)
				cm.Data["example"] = cm.ResourceVersion
				if _, err := p.client.CoreV1().ConfigMaps(cm.Namespace).Update(t.Context(), cm, metav1.UpdateOptions{FieldManager: "argocd-controller"}); err != nil {
					t.Fatal(err)
				}
			}
			p.r.seen.Store(p.stored())
			time.Sleep(time.Second)
		}
		if applies < 5 || applies > 16 {
			t.Errorf("%d writes in ten minutes", applies)
		}
		if said := <-p.events.Events; !strings.Contains(said, "WrittenByOthers ConfigMap knative-serving/config-network: argocd-controller (Update of data)") {
			t.Errorf("Event %q", said)
		}
	})
}
