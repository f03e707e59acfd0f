// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// Advice returns the warnings about a valid ConfigMap, and none about one that is not. old is the state that it replaces;
// nil if it is new.
func Advice(cm, old *corev1.ConfigMap) []string {
	cfg, _, err := Parse(cm.Data, cm.Namespace)
	if err != nil {
		return nil
	}
	before := &Config{}
	if old != nil {
		if said, _, err := Parse(old.Data, old.Namespace); err == nil {
			before = said
		}
	}
	said := []string{}
	for _, entry := range cfg.Shared() {
		said = append(said, SharedAdvice(entry))
	}
	for _, visibility := range Visibilities {
		key := ListKey(visibility)
		switch {
		case cfg.ListState(visibility) != ListAbsent:
		case before.ListState(visibility) != ListAbsent:
			said = append(said, fmt.Sprintf("%s is removed; its last entries stay in effect, and after a restart of the controller what is served stays as it is, but nothing new is: write it again, or [] if no such hosts are to be served", key))
		case cfg.Configured():
			said = append(said, fmt.Sprintf("%s is absent, so new services with hosts of visibility %s do not become Ready: write it, or [] if no such hosts are to be served", key, visibility))
		}
	}
	return said
}

// SharedAdvice is the warning about a Gateway that both lists name.
func SharedAdvice(entry Entry) string {
	return fmt.Sprintf("%s is under %s, too: cluster-local services can be reached from outside through it", entry, ExternalGateways)
}
