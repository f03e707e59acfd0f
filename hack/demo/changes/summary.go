// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"fmt"
	"slices"
	"strings"
)

// Summary says what the record has, a line for each kind of objects and for each key.
func (r *Record) Summary() []string {
	lines := []string{"created   Namespace " + Namespace + ", with the services, and with this list in ConfigMap " + recordName}
	for _, part := range []struct {
		of      string
		objects []Object
	}{{"net-gateways", r.Release}, {"the Gateways", r.Gateways}} {
		kinds, paths := []string{}, map[string][]string{}
		for _, object := range part.objects {
			if !slices.Contains(kinds, object.Kind) {
				kinds = append(kinds, object.Kind)
			}
			paths[object.Kind] = append(paths[object.Kind], object.path())
		}
		for _, kind := range kinds {
			lines = append(lines, fmt.Sprintf("created   for %s: %s %s", part.of, kind, strings.Join(paths[kind], ", ")))
		}
	}
	for _, key := range r.Keys {
		lines = append(lines, fmt.Sprintf("wrote     %s: %q. Before it was %s", key, key.Written, valueOf(key.Former)))
	}
	return lines
}
