// SPDX-License-Identifier: Apache-2.0

package panics

import (
	"errors"
	"fmt"

	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/tools/cache"
)

// Handler is an event handler that logs the panics of another one, which would end the process.
type Handler struct {
	Events cache.ResourceEventHandler
	Logger *zap.SugaredLogger
}

var _ cache.ResourceEventHandler = Handler{}

// OnAdd implements cache.ResourceEventHandler.
func (h Handler) OnAdd(object any, initial bool) {
	h.log(object, Catch(func() { h.Events.OnAdd(object, initial) }))
}

// OnUpdate implements cache.ResourceEventHandler.
func (h Handler) OnUpdate(old, object any) {
	h.log(object, Catch(func() { h.Events.OnUpdate(old, object) }))
}

// OnDelete implements cache.ResourceEventHandler.
func (h Handler) OnDelete(object any) {
	h.log(object, Catch(func() { h.Events.OnDelete(object) }))
}

func (h Handler) log(object any, err error) {
	logged(h.Logger, "Panic over an event, which is lost", object, err)
}

// Indexers are indexers that log the panics and errors of index functions, and then index nothing. client-go itself ends
// the process in both cases.
func Indexers(indexers cache.Indexers, logger *zap.SugaredLogger) cache.Indexers {
	safe := cache.Indexers{}
	for name, index := range indexers {
		safe[name] = func(object any) (values []string, _ error) {
			var err error
			panicked := Catch(func() { values, err = index(object) })
			logged(logger, "Not added to index "+name, object, errors.Join(err, panicked))
			return values, nil
		}
	}
	return safe
}

func logged(logger *zap.SugaredLogger, what string, object any, err error) {
	if err == nil {
		return
	}
	name := fmt.Sprintf("%T", object)
	if accessor, err := meta.Accessor(object); err == nil {
		name += fmt.Sprintf(" %s/%s", accessor.GetNamespace(), accessor.GetName())
	}
	logger.Errorw(what+": "+name, zap.Error(err), zap.String("stack", StackOf(err)))
}

// Logged calls work and logs its panic.
func Logged(logger *zap.SugaredLogger, what string, work func()) {
	if err := Catch(work); err != nil {
		logger.Errorw(what, zap.Error(err), zap.String("stack", StackOf(err)))
	}
}
