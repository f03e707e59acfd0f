// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// B-INS-4, B-INS-6: a story of one ConfigMap. Each step says what is in force
// (class), what is told, and whether the controller is called.
func TestStore(t *testing.T) {
	good := map[string]string{config.ExternalGateways: "- class: a"}
	better := map[string]string{config.ExternalGateways: "- class: b"}
	bad := map[string]string{config.ExternalGateways: "- klass: b"}
	newer := map[string]string{config.ExternalGateways: "- class: c\n  colour: red"}

	var told []config.State
	store := config.NewStore(system, func(state config.State) { told = append(told, state) })
	if state := store.Load(); state.Observed || state.Configured || state.Problem != nil || state.Config == nil {
		t.Fatalf("at first: %+v", state)
	}
	for _, step := range []struct {
		name           string
		cm             *corev1.ConfigMap
		class, problem string
		warnings       int
		called         bool
		missing        int
	}{
		{"bad at first start", configMap(bad), "", "[0].class: Required value", 1, true, 0},
		{"the same again", configMap(bad), "", "[0].class: Required value", 1, false, 0},
		{"nothing configured is no problem", configMap(nil), "", "", 0, true, 0},
		{"good", configMap(good), "a", "", 0, true, 0},
		{"labelled only", configMap(good), "a", "", 0, false, 0},
		{"bad keeps the last good", configMap(bad), "a", "[0].class: Required value", 1, true, 0},
		{"deleted keeps it too", nil, "a", "", 0, true, 1},
		{"still deleted", nil, "a", "", 0, false, 1},
		{"better", configMap(better), "b", "", 0, true, 0},
		{"from a newer version", configMap(newer), "c", "", 1, true, 0},
		{"B-INS-9 emptied is no wish", configMap(nil), "c", "", 0, true, 1},
	} {
		told = nil
		store.OnConfigMap(step.cm)
		state := store.Load()
		class := ""
		if len(state.Config.External) > 0 {
			class = state.Config.External[0].Class
		}
		if class != step.class || state.Configured != (step.class != "") || !state.Observed ||
			len(state.Warnings) != step.warnings || len(state.Missing) != step.missing || state.Exists != (step.cm != nil) {
			t.Errorf("%s: class %q in %+v", step.name, class, state)
		}
		if (state.Problem == nil) != (step.problem == "") ||
			state.Problem != nil && !strings.Contains(state.Problem.Error(), step.problem) {
			t.Errorf("%s: problem %v", step.name, state.Problem)
		}
		if called := len(told) == 1; called != step.called || called && told[0].Config != state.Config {
			t.Errorf("%s: told %+v", step.name, told)
		}
	}
}

// Readers take no lock, writers one after the other; run with -race.
func TestStoreConcurrently(t *testing.T) {
	calls := 0 // guarded by the Store's promise of one call at a time
	store := config.NewStore(system, func(config.State) { calls++ })
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 50 {
				class := string(rune('a' + (i+j)%3))
				store.OnConfigMap(configMap(map[string]string{config.LocalGateways: "- class: " + class}))
				if state := store.Load(); len(state.Config.Local) != 1 || state.Problem != nil {
					t.Errorf("%+v", state)
				}
			}
		})
	}
	group.Wait()
	if calls == 0 {
		t.Error("onChange was never called")
	}
	config.NewStore(system, nil).OnConfigMap(nil) // no callback, no ConfigMap
}
