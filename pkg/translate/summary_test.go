// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"cmp"
	"fmt"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate"
)

// summary says in a line for each rule and each listener what a case comes to:
//
//	VISIBILITY HOST,… PATH [HEADER=VALUE …] -> WEIGHT SERVICE:PORT, … | PARENT, …
//	listener HOST:PORT PROTOCOL NAMESPACE/SECRET | PARENT
//
// It is made from the objects that come out. What it leaves out, such as filters of headers, is in
// the sections below it.
func summary(desired translate.Desired) string {
	lines := []string{}
	for _, route := range desired.All() {
		for _, rule := range route.Object.Spec.Rules {
			lines = append(lines, fmt.Sprintf("%s %s %s -> %s | %s", route.Visibility, joined(route.Object.Spec.Hostnames, ",", hostname),
				joined(rule.Matches, " or ", matchOf), targetOf(rule, route.Object.Namespace), joined(route.Object.Spec.ParentRefs, ", ", parentOf)))
		}
	}
	for _, set := range desired.ListenerSets {
		for _, entry := range set.Spec.Listeners {
			listener := gatewayv1.Listener{Hostname: entry.Hostname, Port: entry.Port, Protocol: entry.Protocol, TLS: entry.TLS}
			lines = append(lines, fmt.Sprintf("%s | ListenerSet %s of %s/%s", listenerOf(listener, set.Namespace), set.Name, *set.Spec.ParentRef.Namespace, set.Spec.ParentRef.Name))
		}
	}
	for _, gateway := range desired.Gateways {
		for _, listener := range gateway.Listeners {
			lines = append(lines, fmt.Sprintf("%s | %s", listenerOf(listener, ""), gateway.Gateway))
		}
	}
	return cmp.Or(strings.Join(lines, "\n"), "nothing") + "\n"
}

func joined[T any](list []T, separator string, text func(T) string) string {
	texts := []string{}
	for _, element := range list {
		texts = append(texts, text(element))
	}
	return strings.Join(texts, separator)
}

func hostname(host gatewayv1.Hostname) string { return string(host) }

// matchOf is a path, with a * where all below it are meant, and what headers have to be.
func matchOf(match gatewayv1.HTTPRouteMatch) string {
	text := *match.Path.Value
	if *match.Path.Type == gatewayv1.PathMatchPathPrefix {
		text = strings.TrimSuffix(text, "/") + "/*"
	}
	if match.Method != nil {
		text = string(*match.Method) + " " + text
	}
	if len(match.QueryParams) > 0 {
		text += "?" + joined(match.QueryParams, "&", func(param gatewayv1.HTTPQueryParamMatch) string { return string(param.Name) + "=" + param.Value })
	}
	if len(match.Headers) == 0 {
		return text
	}
	return text + " [" + joined(match.Headers, " ", func(header gatewayv1.HTTPHeaderMatch) string { return string(header.Name) + "=" + header.Value }) + "]"
}

// targetOf is where requests go: with the host that they are given, if they are.
func targetOf(rule gatewayv1.HTTPRouteRule, namespace string) string {
	for _, filter := range rule.Filters {
		if redirect := filter.RequestRedirect; redirect != nil {
			scheme := "redirect"
			if redirect.Scheme != nil {
				scheme = *redirect.Scheme
			}
			return fmt.Sprintf("%d %s", *redirect.StatusCode, scheme)
		}
	}
	target := cmp.Or(joined(rule.BackendRefs, ", ", func(backend gatewayv1.HTTPBackendRef) string {
		name, port := string(backend.Name), "none"
		if of := backend.Namespace; of != nil && string(*of) != namespace {
			name = string(*of) + "/" + name
		}
		if backend.Port != nil {
			port = fmt.Sprint(*backend.Port)
		}
		return fmt.Sprintf("%d %s:%s", *backend.Weight, name, port)
	}), "nothing")
	for _, filter := range rule.Filters {
		if filter.URLRewrite != nil && filter.URLRewrite.Hostname != nil {
			target += " as " + string(*filter.URLRewrite.Hostname)
		}
	}
	return target
}

func parentOf(ref gatewayv1.ParentReference) string {
	text := fmt.Sprintf("%s/%s", *ref.Namespace, ref.Name)
	if *ref.Kind != "Gateway" {
		text = string(*ref.Kind) + " " + string(ref.Name)
	}
	if ref.SectionName != nil {
		text += "#" + string(*ref.SectionName)
	}
	return text
}

func listenerOf(listener gatewayv1.Listener, namespace string) string {
	secret := listener.TLS.CertificateRefs[0]
	if secret.Namespace != nil {
		namespace = string(*secret.Namespace)
	}
	return fmt.Sprintf("listener %s:%d %s %s/%s", *listener.Hostname, listener.Port, listener.Protocol, namespace, secret.Name)
}
