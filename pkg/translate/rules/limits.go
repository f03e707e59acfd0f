// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// An HTTPRoute with one value that the Gateway API does not allow is refused as a
// whole, and some gateways stop reading their configuration at one that slips
// through. So such values are refused here, by field, and the rest is served.

// Limits of the Gateway and the KIngress API.
const (
	MaxHeaders     = 16 // that a rule matches, and that it sets
	maxHeaderName  = 256
	maxHeaderValue = 4096
	maxPath        = 1024
	maxPercent     = 100
	// maxAppended is how many headers of a list are read: each one that a rule cannot set is reported.
	maxAppended = 64
)

var (
	pathCharacters = regexp.MustCompile("^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$")
	pathForbidden  = regexp.MustCompile(`//|/\./|/\.\./|/\.\.$|/\.$|%2[fF]`)
)

// PossibleHosts leaves out and reports the hosts that an HTTPRoute cannot have.
func PossibleHosts(hosts []string, field string, report *conditions.Report) []string {
	possible := make([]string, 0, len(hosts))
	for i, host := range hosts {
		suffix := strings.TrimPrefix(host, "*.")
		if len(host) > validation.DNS1123SubdomainMaxLength || len(validation.IsDNS1123Subdomain(suffix)) > 0 {
			report.Refuse(*conditions.Unsupported(fmt.Sprintf("%s.hosts[%d]", field, i), "%q is not a host name in lower case", host))
			continue
		}
		possible = append(possible, host)
	}
	return possible
}

// checkMatch says why an HTTPRoute cannot match what the path matches, or nil.
func checkMatch(path v1alpha1.HTTPIngressPath, field string) *conditions.Refusal {
	switch {
	case path.Path != "" && !PossiblePath(path.Path):
		return conditions.Unsupported(field+".path", "%q is not a path that a gateway can match", path.Path)
	case len(path.Headers) > MaxHeaders:
		return conditions.Unsupported(field+".headers", "%d headers to match, an HTTPRoute rule holds %d at most", len(path.Headers), MaxHeaders)
	}
	matched := matchedHeaders(path)
	for i, header := range matched {
		if slices.ContainsFunc(matched[:i], header.sameName) || header.Value == "" || !header.Possible() {
			return conditions.Unsupported(fmt.Sprintf("%s.headers[%s]", field, header.Name), "a gateway cannot match the value %q", header.Value)
		}
	}
	return nil
}

// checkTarget says why requests cannot be sent to the backends of the path, or nil.
func checkTarget(path v1alpha1.HTTPIngressPath, field string) *conditions.Refusal {
	if path.RewriteHost != "" && len(validation.IsDNS1123Subdomain(path.RewriteHost)) > 0 {
		return conditions.Unsupported(field+".rewriteHost", "%q is not a host name in lower case", path.RewriteHost)
	}
	for i, split := range path.Splits {
		if refusal := checkSplit(split); refusal != nil {
			refusal.Field = splitField(field, i) + refusal.Field
			return refusal
		}
	}
	return nil
}

// splitField is where a split of a path stands in the KIngress.
func splitField(path string, split int) string { return fmt.Sprintf("%s.splits[%d]", path, split) }

// reportUnread adds a gap for each list of headers that is longer than what is read of it.
func reportUnread(path v1alpha1.HTTPIngressPath, field string, report *conditions.Report) {
	add := func(field string, many int) {
		report.AddGap(conditions.Gap{Field: field + ".appendHeaders", Detail: fmt.Sprintf("of %d headers only the first %d are looked at", many, maxAppended)})
	}
	if many := len(path.AppendHeaders); many > maxAppended {
		add(field, many)
	}
	for i, split := range path.Splits {
		if many := len(split.AppendHeaders); many > maxAppended {
			add(splitField(field, i), many)
		}
	}
}

// PossiblePath tells whether a gateway can match a path.
func PossiblePath(path string) bool {
	return strings.HasPrefix(path, "/") && len(path) <= maxPath && pathCharacters.MatchString(path) && !pathForbidden.MatchString(path)
}

// Possible tells whether an HTTPRoute can match the header, or set it.
func (h Header) Possible() bool {
	return httpguts.ValidHeaderFieldName(h.Name) && len(h.Name) <= maxHeaderName &&
		httpguts.ValidHeaderFieldValue(h.Value) && len(h.Value) <= maxHeaderValue
}

// checkSplit says because of which field of a split, and why, an HTTPRoute cannot reference its backend,
// or nil. The gateway reports whether the Service exists.
func checkSplit(split v1alpha1.IngressBackendSplit) *conditions.Refusal {
	port := split.ServicePort
	switch {
	case split.Percent < 0 || split.Percent > maxPercent:
		return conditions.Unsupported(".percent", "%d is not between 0 and %d", split.Percent, maxPercent)
	case len(validation.IsDNS1123Label(split.ServiceName)) > 0:
		return conditions.Unsupported(".serviceName", "%q is not the name of a Service", split.ServiceName)
	case split.ServiceNamespace != "" && len(validation.IsDNS1123Label(split.ServiceNamespace)) > 0:
		return conditions.Unsupported(".serviceNamespace", "%q is not the name of a namespace", split.ServiceNamespace)
	case port.Type == intstr.Int && len(validation.IsValidPortNum(port.IntValue())) > 0:
		return conditions.Unsupported(".servicePort", "%d is not a port", port.IntVal)
	}
	return nil
}
