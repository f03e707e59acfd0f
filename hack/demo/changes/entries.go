// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// namespaceSelector reserves an entry of config-gateway for the demo's services.
const namespaceSelector = "kubernetes.io/metadata.name=" + Namespace

// AddEntries adds entries of config-gateway to a list, reserved for the demo's services: those of others keep their
// Gateways. A list that is absent or blank becomes the entries as they are.
func AddEntries(former *string, entries string) (string, error) {
	if former == nil || strings.TrimSpace(*former) == "" {
		return entries, nil
	}
	var list, added []map[string]any
	if err := errors.Join(yaml.Unmarshal([]byte(*former), &list), yaml.Unmarshal([]byte(entries), &added)); err != nil {
		return "", fmt.Errorf("it is no list of entries: correct it, or remove it: %w", err)
	}
	if len(list) == 0 {
		return "", fmt.Errorf("it is %s: that none of these hosts are served is a wish, which the demo does not change. Remove the key if it is not yours", strings.TrimSpace(*former))
	}
	missing := slices.DeleteFunc(slices.Clone(added), func(entry map[string]any) bool {
		return slices.ContainsFunc(list, func(known map[string]any) bool { return known["gateway"] == entry["gateway"] })
	})
	switch len(missing) {
	case 0: // as hack/install writes it
		return *former, nil
	case len(added):
		for _, entry := range added {
			entry["namespace-selector"] = namespaceSelector
			list = append(list, entry)
		}
		text, err := yaml.Marshal(list)
		return string(text), err
	}
	return "", fmt.Errorf("it has entries for some of the demo's Gateways, but not for %s: add an entry for it, or remove theirs", missing[0]["gateway"])
}
