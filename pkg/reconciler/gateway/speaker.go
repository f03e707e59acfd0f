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

// speaker records each statement once, as an Event and in the log, and again only after a
// pass that did not make it: a resync must not repeat Events.
type speaker struct {
	recorder record.EventRecorder
	logger   *zap.SugaredLogger

	mu sync.Mutex
	// said are the statements of the pass before, saying those of the present one.
	said, saying map[statement]bool
}

// statement is about one object. It is made again for another object of that name, whose Events kubectl describe shows.
type statement struct {
	about           types.UID
	reason, message string
}

func newSpeaker(recorder record.EventRecorder, logger *zap.SugaredLogger) *speaker {
	return &speaker{recorder: recorder, logger: logger, saying: map[statement]bool{}}
}

// begin starts a pass.
func (s *speaker) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said, s.saying = s.saying, map[statement]bool{}
}

// say records a statement that neither this pass nor the one before has made.
func (s *speaker) say(about runtime.Object, kind, reason, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what := statement{about: uidOf(about), reason: reason, message: message}
	known := s.said[what] || s.saying[what]
	s.saying[what] = true
	if known {
		return
	}
	s.recorder.Event(about, kind, reason, message)
	if kind == corev1.EventTypeWarning {
		s.logger.Warnw(message, zap.String("reason", reason))
	} else {
		s.logger.Infow(message, zap.String("reason", reason))
	}
}

func uidOf(object runtime.Object) types.UID {
	accessor, err := meta.Accessor(object)
	if err != nil { // no object of Kubernetes
		return ""
	}
	return accessor.GetUID()
}
