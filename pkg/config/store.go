// SPDX-License-Identifier: Apache-2.0

package config

import (
	"reflect"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
)

// State is what is known of config-gateway at one moment.
type State struct {
	// Config is the last good configuration; never nil, but empty when there was none.
	Config *Config
	// Problem says why the present data is refused; nil when Config is the present data.
	Problem error
	// Warnings are what is ignored in the present data.
	Warnings []Warning
	// Configured tells whether Config names any Gateway. Not configured without
	// a Problem means that the operator has not written anything yet.
	Configured bool
	// Observed tells whether the ConfigMap (or its absence) has been seen at all.
	Observed bool
	// ResourceVersion is that of the ConfigMap last seen.
	ResourceVersion string
}

// Store holds the State. It never exits and never panics, whatever the data.
type Store struct {
	systemNamespace string
	onChange        func(State)

	mu    sync.Mutex // serialises OnConfigMap; Load takes no lock
	last  map[string]string
	state atomic.Pointer[State]
}

// NewStore returns a Store with nothing observed. onChange (may be nil) is called
// after each change of content, one call at a time, and must not call OnConfigMap.
func NewStore(systemNamespace string, onChange func(State)) *Store {
	store := &Store{systemNamespace: systemNamespace, onChange: onChange}
	store.state.Store(&State{Config: &Config{}})
	return store
}

// Load returns the present State without a lock. Its content must not be changed.
func (s *Store) Load() State { return *s.state.Load() }

// OnConfigMap takes in a ConfigMap; nil means that it does not exist.
func (s *Store) OnConfigMap(cm *corev1.ConfigMap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.Load()
	next := State{Config: old.Config, Observed: true, ResourceVersion: cm.ResourceVersion}
	cfg, warnings, err := Parse(cm.Data, s.systemNamespace)
	next.Warnings, next.Problem = warnings, err
	if err == nil {
		next.Config = cfg
	}
	next.Configured = next.Config.Configured()
	s.state.Store(&next)
	if s.onChange != nil && !reflect.DeepEqual(s.last, cm.Data) {
		s.onChange(next)
	}
	s.last = cm.Data
}
