// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"encoding/json"

	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// Tags are the tags of a Knative Service, by the hosts that are theirs alone. Serving lists these in an
// annotation.
func Tags(ing *v1alpha1.Ingress) map[string]string {
	listed := ing.Annotations[networking.TagToHostAnnotationKey]
	if listed == "" {
		return nil
	}
	found, byTag := map[string]string{}, map[string][]string{}
	if json.Unmarshal([]byte(listed), &byTag) == nil {
		for tag, hosts := range byTag {
			for _, host := range hosts {
				found[host] = tag
			}
		}
	}
	return found
}
