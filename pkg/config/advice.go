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
			said = append(said, fmt.Sprintf("%s is taken away, which is no wish to serve nothing: its last entries serve on, and after a restart what stands stays as it is; write it again, or [] if nothing of it is to be served", key))
		case cfg.Configured():
			said = append(said, fmt.Sprintf("%s is absent: services with hosts of visibility %s do not become Ready; write entries, or [] if no such hosts are to be served", key, visibility))
		}
	}
	return said
}

// SharedAdvice is the warning about a Gateway that both lists name.
func SharedAdvice(entry Entry) string {
	return fmt.Sprintf("%s is under %s, too: cluster-local services can be reached from outside through it", entry, ExternalGateways)
}
