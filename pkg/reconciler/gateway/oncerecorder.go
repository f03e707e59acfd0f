// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"sync"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
)

// onceRecorder records each message once, as an Event and in the log, and again only after a pass in
// which it was not recorded: a resync must not repeat it.
type onceRecorder struct {
	events record.EventRecorder
	logger *zap.SugaredLogger

	mu sync.Mutex
	// before has the messages of the pass before, now those of the present one.
	before, now map[eventKey]bool
}

// eventKey tells messages apart. An object that is created anew under the same name has another UID, and gets
// the message again.
type eventKey struct {
	about           types.UID
	reason, message string
}

func newOnceRecorder(events record.EventRecorder, logger *zap.SugaredLogger) *onceRecorder {
	return &onceRecorder{events: events, logger: logger, now: map[eventKey]bool{}}
}

// begin starts a pass.
func (r *onceRecorder) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before, r.now = r.now, map[eventKey]bool{}
}

// event records a message unless the pass before, or this one, has recorded it.
func (r *onceRecorder) event(about runtime.Object, kind, reason, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what := eventKey{about: uidOf(about), reason: reason, message: message}
	known := r.before[what] || r.now[what]
	r.now[what] = true
	if known {
		return
	}
	r.events.Event(about, kind, reason, message)
	if kind == corev1.EventTypeWarning {
		r.logger.Warnw(message, zap.String("reason", reason))
	} else {
		r.logger.Infow(message, zap.String("reason", reason))
	}
}

func uidOf(object runtime.Object) types.UID {
	accessor, err := meta.Accessor(object)
	if err != nil { // no object of Kubernetes
		return ""
	}
	return accessor.GetUID()
}
