// SPDX-License-Identifier: Apache-2.0

package config

import (
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// Wish is what a list says of its visibility.
type Wish int

const (
	// Unsaid: the list is absent, blank or null. Operators remove a key by mistake or by applying
	// a release, so it does not mean that nothing is to be served (SPEC B-INS-9).
	Unsaid Wish = iota
	// Nothing: the list is []: nothing of the visibility is to be served.
	Nothing
	// Gateways: the list has entries.
	Gateways
)

// Visibilities in the order of the file, which is that of all that is rendered, observed and reported.
var Visibilities = []v1alpha1.IngressVisibility{v1alpha1.IngressVisibilityExternalIP, v1alpha1.IngressVisibilityClusterLocal}

// Wish tells what the list of a visibility says.
func (c *Config) Wish(visibility v1alpha1.IngressVisibility) Wish {
	switch {
	case len(c.Entries(visibility)) > 0:
		return Gateways
	case c.Unserved.Has(visibility):
		return Nothing
	}
	return Unsaid
}

// Unsaid are the keys of the lists that say nothing, in the order of the file.
func (c *Config) Unsaid() []string {
	keys := []string{}
	for _, visibility := range Visibilities {
		if c.Wish(visibility) == Unsaid {
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
	kept := []v1alpha1.IngressVisibility{}
	merged := &Config{Drain: c.Drain, Unserved: sets.New[v1alpha1.IngressVisibility]()}
	for _, visibility := range Visibilities {
		from := c
		if c.Wish(visibility) == Unsaid && last.Wish(visibility) != Unsaid {
			from, kept = last, append(kept, visibility)
		}
		merged.take(visibility, from)
	}
	if merged.dropUnservedIfAll(); merged.Unserved == nil && len(kept) == 1 && !merged.Configured() {
		// The present list is [], and so is the one taken from last.
		merged.Unserved = last.Unserved
		merged.External, merged.Local, kept = last.External, last.Local, Visibilities
	}
	return merged, kept
}

func (c *Config) take(visibility v1alpha1.IngressVisibility, from *Config) {
	if from.Wish(visibility) == Nothing {
		c.Unserved.Insert(visibility)
	}
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		c.Local = from.Local
	} else {
		c.External = from.External
	}
}
