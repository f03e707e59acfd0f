// SPDX-License-Identifier: Apache-2.0

package names

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Route is the name of the HTTPRoute that serves a group of hosts: one of them,
// for a service's local names the full one. Operators know routes by it, and the
// single-gateway plugin names them so too (SPEC B-INS-8).
//
// A wildcard host, parts after the first and twins carry a last label that no host
// ends in, a word or a number, so that they never take the name of another host's
// route.
func Route(host, suffix string) string {
	if under, wildcard := strings.CutPrefix(host, "*."); wildcard {
		host = under + ".wildcard"
	}
	return Shorten(host, suffix)
}

// PartSuffix tells apart the HTTPRoutes that serve the same hosts; part counts from 0.
func PartSuffix(part int) string {
	if part == 0 {
		return ""
	}
	return fmt.Sprintf(".%d", part+1)
}

// PartNumber reads from the name of an HTTPRoute which part it is of those named after the
// host.
func PartNumber(name, host, twin string) (part int, found bool) {
	if name == Route(host, twin) {
		return 0, true
	}
	plain := strings.TrimSuffix(name, twin)
	number, err := strconv.Atoi(plain[strings.LastIndex(plain, ".")+1:])
	return number - 1, err == nil && number > 1 && name == Route(host, PartSuffix(number-1)+twin)
}

// Shorten keeps names within what an object's name may have; a digest keeps them
// apart.
func Shorten(name, suffix string) string {
	room := validation.DNS1123SubdomainMaxLength - len(suffix)
	if len(name) <= room {
		return name + suffix
	}
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(name)))[:9]
	return strings.TrimRight(name[:room-len(digest)], ".-") + digest + suffix
}

// LocalTwin ends the name of the cluster-local route of a host that is served at both
// visibilities; the external one keeps the plain name.
const LocalTwin = ".0"

// RedirectSuffix ends the names of the HTTPRoutes with the redirects of a host.
const RedirectSuffix = ".redirect"

// ListenerSet is the name of a part of the KIngress's own ListenerSets, another one for each Gateway:
// a service that moves has listeners on both for a while.
func ListenerSet(ingress string, gateway types.NamespacedName, part int) string {
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(gateway.String())))[:9]
	return Shorten(ingress, digest+PartSuffix(part))
}

// SharedListenerSet is the name of the ListenerSet of a Secret and a domain. All KIngresses of the
// namespace on the Gateway come to the same, and none to it for a ListenerSet of its own.
func SharedListenerSet(gateway types.NamespacedName, domain, secret string) string {
	digest := sha256.Sum256([]byte(gateway.String() + "\n" + domain + "\n" + secret))
	return Shorten(secret, fmt.Sprintf("-%x.shared", digest[:4]))
}

// Grant is the name of the ReferenceGrant for a Gateway and a Secret.
func Grant(ingress string, gateway types.NamespacedName, secret gatewayv1.ObjectName) string {
	digest := sha256.Sum256([]byte(gateway.String() + "\x00" + string(secret)))
	return Shorten(ingress, fmt.Sprintf("-%x", digest)[:9])
}

// ingressLabelValue is the KIngress's name where a label can hold it, else a
// shortened name that still belongs to it alone.
func ingressLabelValue(ing *v1alpha1.Ingress) string {
	if len(ing.Name) <= validation.LabelValueMaxLength {
		return ing.Name
	}
	return kmeta.ChildName(ing.Name, "")
}
