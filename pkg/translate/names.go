// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"crypto/sha256"
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
// A wildcard host and parts after the first carry a last label that no host ends in,
// a word or a number, so that they never take the name of another host's route.
func RouteName(hosts []string, part int) string {
	name := hosts[len(hosts)-1]
	if suffix, wildcard := strings.CutPrefix(name, "*."); wildcard {
		name = suffix + ".wildcard"
	}
	if part > 0 {
		name = fmt.Sprintf("%s.%d", name, part+1)
	}
	return shortened(name)
}

// shortened keeps names within what an object's name may have; a digest keeps them
// apart.
func shortened(name string) string {
	if len(name) <= validation.DNS1123SubdomainMaxLength {
		return name
	}
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(name)))[:9]
	return strings.TrimRight(name[:validation.DNS1123SubdomainMaxLength-len(digest)], ".-") + digest
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
