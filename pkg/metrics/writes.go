// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"net/http"
	"slices"
	"strings"
)

// write is what is counted of a request that changes something.
type write struct{ resource, verb, outcome string }

// writable are the resources that the programs write; others are one series, so that their number is known.
var writable = []string{
	"backendtlspolicies", "configmaps", "events", "gateways", "httproutes", "ingresses", "ingresses/status", "leases", "listenersets", "referencegrants",
	"secrets", "validatingwebhookconfigurations",
}

var verbs = map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodPatch: "patch", http.MethodDelete: "delete"}

// CountWrites is a transport wrapper of a client of the API server. What the client sends is what is counted, so that no
// write is left out.
func (r *Registry) CountWrites(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		verb, is := verbs[request.Method]
		if !is {
			return next.RoundTrip(request)
		}
		response, err := next.RoundTrip(request)
		outcome := "failed"
		if err == nil {
			outcome = outcomeOf(response.StatusCode)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.written[write{resourceOf(request.URL.Path), verb, outcome}]++
		return response, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func outcomeOf(code int) string {
	switch {
	case code < http.StatusBadRequest:
		return "ok"
	case code == http.StatusConflict:
		return "conflict"
	case code < http.StatusInternalServerError:
		return "refused"
	}
	return "failed"
}

// resourceOf is the resource in a path of the API server: /api/VERSION/... or /apis/GROUP/VERSION/..., then
// namespaces/NAMESPACE, then RESOURCE/NAME/SUBRESOURCE.
func resourceOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		parts = parts[3:]
	default:
		return others
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		parts = parts[2:]
	}
	resource := parts[0]
	if len(parts) > 2 {
		resource += "/" + parts[2]
	}
	if !slices.Contains(writable, resource) {
		return others
	}
	return resource
}

func (w write) sample(count int64) sample {
	return writes.is(float64(count), w.resource, w.verb, w.outcome)
}
