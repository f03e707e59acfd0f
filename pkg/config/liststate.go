// SPDX-License-Identifier: Apache-2.0

package config

import (
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// ListState tells whether a list is there and has entries.
type ListState int

const (
	// ListAbsent means that the list is absent, blank or null. Operators remove a key by mistake, or by applying
	// a release, so it is not the wish that nothing is to be served (SPEC B-INS-9).
	ListAbsent ListState = iota
	// ListEmpty means that the list is []: nothing of the visibility is to be served.
	ListEmpty
	// ListFilled means that the list has entries.
	ListFilled
)

// Visibilities are both, in the order of the file, in which the controller also renders, observes and reports.
var Visibilities = []v1alpha1.IngressVisibility{v1alpha1.IngressVisibilityExternalIP, v1alpha1.IngressVisibilityClusterLocal}

// ListState is that of the list of a visibility.
func (c *Config) ListState(visibility v1alpha1.IngressVisibility) ListState {
	switch {
	case len(c.Entries(visibility)) > 0:
		return ListFilled
	case c.Unserved.Has(visibility):
		return ListEmpty
	}
	return ListAbsent
}

// AbsentLists are the keys of the absent lists, in the order of the file.
func (c *Config) AbsentLists() []string {
	keys := []string{}
	for _, visibility := range Visibilities {
		if c.ListState(visibility) == ListAbsent {
			keys = append(keys, ListKey(visibility))
		}
	}
	return keys
}

// dropUnservedIfAll takes two lists that are both [] for absent: an operator who wants nothing
// served at all removes the controller (SPEC B-INS-3).
func (c *Config) dropUnservedIfAll() {
	if c.Unserved.Len() == len(Visibilities) || c.Unserved.Len() == 0 {
		c.Unserved = nil
	}
}

// mergedWith is the configuration with the lists that it lacks taken from the last good one, and the
// visibilities of these.
func (c *Config) mergedWith(last *Config) (*Config, []v1alpha1.IngressVisibility) {
	missing := []v1alpha1.IngressVisibility{}
	merged := &Config{Drain: c.Drain, NoPaths: c.NoPaths, Unserved: sets.New[v1alpha1.IngressVisibility]()}
	for _, visibility := range Visibilities {
		from := c
		if c.ListState(visibility) == ListAbsent && last.ListState(visibility) != ListAbsent {
			from, missing = last, append(missing, visibility)
		}
		merged.take(visibility, from)
	}
	if merged.dropUnservedIfAll(); merged.Unserved == nil && len(missing) == 1 && !merged.Configured() {
		// The present list is [], and so is the one taken from last.
		merged.Unserved = last.Unserved
		merged.External, merged.Local, missing = last.External, last.Local, Visibilities
	}
	return merged, missing
}

func (c *Config) take(visibility v1alpha1.IngressVisibility, from *Config) {
	if from.ListState(visibility) == ListEmpty {
		c.Unserved.Insert(visibility)
	}
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		c.Local = from.Local
	} else {
		c.External = from.External
	}
}
