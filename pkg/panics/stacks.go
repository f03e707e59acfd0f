// SPDX-License-Identifier: Apache-2.0

package panics

import (
	"sync"

	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/types"
)

// Stacks logs the stack of a panic once for each object, however often its key is retried.
type Stacks struct {
	Logger *zap.SugaredLogger
	logged sync.Map // the last message, by the name of the object
}

// Log logs the stack of an error that is a panic, unless the last one of the object was the same.
func (s *Stacks) Log(name types.NamespacedName, err error) {
	stack := StackOf(err)
	if stack == "" {
		return
	}
	if last, known := s.logged.Swap(name, err.Error()); !known || last != err.Error() {
		s.Logger.Errorw("Panic over "+name.String(), zap.Error(err), zap.String("stack", stack))
	}
}

// Evict drops an object that is deleted.
func (s *Stacks) Evict(name types.NamespacedName) { s.logged.Delete(name) }
