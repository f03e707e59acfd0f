// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
)

// routeName is the name of the HTTPRoute that serves a group of hosts: one of them,
// for a service's local names the full one. Operators know routes by it, and the
// single-gateway plugin names them so too (SPEC B-INS-8).
//
// A wildcard host, parts after the first and twins carry a last label that no host
// ends in, a word or a number, so that they never take the name of another host's
// route.
func routeName(host, suffix string) string {
	if under, wildcard := strings.CutPrefix(host, "*."); wildcard {
		host = under + ".wildcard"
	}
	return shortened(host, suffix)
}

// partSuffix tells apart the HTTPRoutes that serve the same hosts; part counts from 0.
func partSuffix(part int) string {
	if part == 0 {
		return ""
	}
	return fmt.Sprintf(".%d", part+1)
}

// partOf reads from the name of an HTTPRoute which part it is of those named after the
// host.
func partOf(name, host, twin string) (part int, found bool) {
	if name == routeName(host, twin) {
		return 0, true
	}
	plain := strings.TrimSuffix(name, twin)
	number, err := strconv.Atoi(plain[strings.LastIndex(plain, ".")+1:])
	return number - 1, err == nil && number > 1 && name == routeName(host, partSuffix(number-1)+twin)
}

// shortened keeps names within what an object's name may have; a digest keeps them
// apart.
func shortened(name, suffix string) string {
	room := validation.DNS1123SubdomainMaxLength - len(suffix)
	if len(name) <= room {
		return name + suffix
	}
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(name)))[:9]
	return strings.TrimRight(name[:room-len(digest)], ".-") + digest + suffix
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
