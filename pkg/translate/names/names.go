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

// Route is the name of the HTTPRoute that serves a group of hosts: one of these, and of a service's
// cluster-local names the full one. Operators know routes by these names, and the single-gateway plugin
// uses the same (SPEC B-INS-8).
//
// The names for a wildcard host, for parts after the first and with another suffix end in a label that no
// host ends in, a word or a number. So they are never the name of another host's route.
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

// PartNumber reads from the name of an HTTPRoute which part it is of those that are named after the host
// with this suffix.
func PartNumber(name, host, suffix string) (part int, found bool) {
	if !strings.HasSuffix(name, suffix) { // as of most names, if many HTTPRoutes of users are attached to the host
		return 0, false
	}
	if name == Route(host, suffix) {
		return 0, true
	}
	plain := strings.TrimSuffix(name, suffix)
	number, err := strconv.Atoi(plain[strings.LastIndex(plain, ".")+1:])
	return number - 1, err == nil && number > 1 && name == Route(host, PartSuffix(number-1)+suffix)
}

// Shorten gives a name the length that an object's name may have. A digest tells shortened names apart.
func Shorten(name, suffix string) string {
	room := validation.DNS1123SubdomainMaxLength - len(suffix)
	if len(name) <= room {
		return name + suffix
	}
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(name)))[:9]
	return strings.TrimRight(name[:room-len(digest)], ".-") + digest + suffix
}

// LocalSuffix ends the name of the cluster-local HTTPRoute of a host that has both visibilities; the
// external one has no suffix.
const LocalSuffix = ".0"

// RedirectSuffix ends the names of the HTTPRoutes with the redirects of a host.
const RedirectSuffix = ".redirect"

// ListenerSet is the name of a part of the KIngress's own ListenerSets. It differs for each Gateway,
// because a service that moves has listeners on two for a while.
func ListenerSet(ingress string, gateway types.NamespacedName, part int) string {
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(gateway.String())))[:9]
	return Shorten(ingress, digest+PartSuffix(part))
}

// SharedListenerSet is the name of the shared ListenerSet of a Secret and a domain. It is the same for all
// KIngresses of the namespace on the Gateway, and never that of a KIngress's own ListenerSet.
func SharedListenerSet(gateway types.NamespacedName, domain, secret string) string {
	digest := sha256.Sum256([]byte(gateway.String() + "\n" + domain + "\n" + secret))
	return Shorten(secret, fmt.Sprintf("-%x.shared", digest[:4]))
}

// Grant is the name of the ReferenceGrant for a Gateway and a Secret.
func Grant(ingress string, gateway types.NamespacedName, secret gatewayv1.ObjectName) string {
	digest := sha256.Sum256([]byte(gateway.String() + "\x00" + string(secret)))
	return Shorten(ingress, fmt.Sprintf("-%x", digest)[:9])
}

// IngressLabelValue is the KIngress's name if it fits into a label, else a shortened name that is unique
// nevertheless.
func IngressLabelValue(ing *v1alpha1.Ingress) string {
	if len(ing.Name) <= validation.LabelValueMaxLength {
		return ing.Name
	}
	return kmeta.ChildName(ing.Name, "")
}
