// SPDX-License-Identifier: Apache-2.0

package config

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/panics"
)

// State is the state of config-gateway at one moment.
type State struct {
	// Namespace is that of the ConfigMap.
	Namespace string
	// Config is the last good configuration; never nil, but empty when there was none. A
	// list that the present data lack is taken from the one before.
	Config *Config
	// Missing are the lists that the present data lack, as they were written last.
	Missing []List
	// Problem says why the present data is refused; nil when Config is the present data.
	Problem error
	// Warnings are what is ignored in the present data.
	Warnings []Warning
	// Configured tells whether Config names any Gateway. It is not a fault if it does not
	// and there is no Problem: the operator has not written anything yet.
	Configured bool
	// Observed tells whether the watch has reported the ConfigMap or its absence yet; Exists
	// tells which.
	Observed, Exists bool
	// UID is that of the ConfigMap. kubectl describe shows Events only if they have it.
	UID types.UID

	// written are the lists of Config as they were written last, by key.
	written map[string]string
}

// List is one of the lists as text.
type List struct{ Key, Text string }

// Store holds the State. Bad data do not end the process; in knative.dev/pkg's own store
// they do at the first load.
type Store struct {
	systemNamespace string
	onChange        func(State)
	parse           func(data map[string]string, systemNamespace string) (*Config, []Warning, error)

	mu    sync.Mutex // serialises OnConfigMap; Load takes no lock
	last  *corev1.ConfigMap
	state atomic.Pointer[State]
}

// NewStore returns a Store that has observed nothing. It calls onChange, which may be
// nil, after each change of the data and after the first observation, one call at a
// time. onChange must not call OnConfigMap.
func NewStore(systemNamespace string, onChange func(State)) *Store {
	store := &Store{systemNamespace: systemNamespace, onChange: onChange, parse: Parse}
	store.state.Store(&State{Namespace: systemNamespace, Config: &Config{}})
	return store
}

// Load returns the present State without a lock. Callers must not change its content.
func (s *Store) Load() State { return *s.state.Load() }

// OnConfigMap makes the next State of the ConfigMap that a watch reports; nil means that it
// does not exist. If its data have not changed, onChange is not called.
func (s *Store) OnConfigMap(cm *corev1.ConfigMap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.Load()
	next := s.next(old, cm)
	s.state.Store(&next)
	changed := !old.Observed || !sameData(s.last, cm)
	s.last = cm
	if changed && s.onChange != nil {
		s.onChange(next)
	}
}

// next is the state after old. It keeps the lists of the last good data that the present data
// lack, and all of them if the present data are refused. The ConfigMap is deleted and created again
// when an operator uninstalls the single-gateway plugin and applies our release; keys disappear when
// an operator applies a release's file over the own one (SPEC B-INS-9).
func (s *Store) next(old State, cm *corev1.ConfigMap) State {
	next := State{Namespace: old.Namespace, Config: old.Config, Configured: old.Configured, Observed: true, written: old.written}
	data := map[string]string{}
	if cm != nil {
		next.UID, next.Exists = cm.UID, true
		data = cm.Data
	}
	cfg, warnings, err := s.read(data)
	next.Warnings, next.Problem = warnings, err
	if err != nil {
		return next
	}
	if cm == nil && old.Config.Configured() {
		cfg.Drain, cfg.NoPaths = old.Config.Drain, old.Config.NoPaths
	}
	merged, missing := cfg.mergedWith(old.Config)
	next.Config, next.Configured, next.written = merged, merged.Configured(), map[string]string{}
	for _, visibility := range Visibilities {
		key := ListKey(visibility)
		if slices.Contains(missing, visibility) {
			next.written[key] = old.written[key]
			next.Missing = append(next.Missing, List{Key: key, Text: old.written[key]})
		} else {
			next.written[key] = data[key]
		}
	}
	return next
}

// read parses. It turns a panic into an error.
func (s *Store) read(data map[string]string) (cfg *Config, warnings []Warning, err error) {
	defer panics.Into(&err)
	return s.parse(data, s.systemNamespace)
}

func sameData(a, b *corev1.ConfigMap) bool {
	if a == nil || b == nil {
		return a == b
	}
	return maps.Equal(a.Data, b.Data)
}
