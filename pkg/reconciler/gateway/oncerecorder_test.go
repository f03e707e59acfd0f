// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"testing"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
)

// TestOnceRecorder: B-INS-9, each message is recorded once while it holds, and again for an object that was
// created anew: kubectl describe shows the Events of one UID.
func TestOnceRecorder(t *testing.T) {
	events := record.NewFakeRecorder(10)
	recorder := newOnceRecorder(events, zap.NewNop().Sugar())
	said := func(uid types.UID, messages ...string) int {
		recorder.begin()
		about := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "config-gateway", UID: uid}}
		for _, message := range messages {
			recorder.event(about, corev1.EventTypeWarning, "ConfigurationKept", message)
		}
		count := len(events.Events)
		for range count {
			<-events.Events
		}
		return count
	}
	for _, pass := range []struct {
		what     string
		uid      types.UID
		messages []string
		want     int
	}{
		{"the first time", "a", []string{"gone"}, 1},
		{"it still holds", "a", []string{"gone", "gone"}, 0},
		{"the object is another one", "b", []string{"gone"}, 1},
		{"something else", "b", []string{"gone", "more"}, 1},
		{"repaired", "b", nil, 0},
		{"and broken again", "b", []string{"gone"}, 1},
	} {
		if got := said(pass.uid, pass.messages...); got != pass.want {
			t.Errorf("%s: %d Events, want %d", pass.what, got, pass.want)
		}
	}
}
