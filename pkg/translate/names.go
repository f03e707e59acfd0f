// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
)

// RouteName is the name of the HTTPRoute that serves a set of hosts: the
// alphabetically last host, which for a service's local names is the full one.
// Operators know routes by it, and the single-gateway plugin names them so too
// (SPEC B-INS-8).
//
// Parts after the first carry a number as their last label. No host ends in a
// number, so a part never takes the name of another host's route.
func RouteName(hosts []string, part int) string {
	name := strings.ReplaceAll(hosts[len(hosts)-1], "*", "wildcard")
	if part == 0 {
		return name
	}
	return fmt.Sprintf("%s.%d", name, part+1)
}

// localTwin names the cluster-local route of a host that is served at both
// visibilities; the external one keeps the plain name.
const localTwin = ".0"

// ingressLabelValue is the KIngress's name where a label can hold it, else a
// shortened name that still belongs to it alone.
func ingressLabelValue(ing *v1alpha1.Ingress) string {
	if len(ing.Name) <= validation.LabelValueMaxLength {
		return ing.Name
	}
	return kmeta.ChildName(ing.Name, "")
}
