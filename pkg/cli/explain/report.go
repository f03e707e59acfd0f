// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"slices"
	"time"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/paths"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

// Report explains a service.
type Report struct {
	output.Type
	Namespace string `json:"namespace"`
	// Service is the name of the Knative Service or DomainMapping, and of its KIngress.
	Service string `json:"service"`
	// Owner is the Knative object that owns the hosts, as in "DomainMapping shop.example.com". HTTPRoutes of the namespace may name
	// it as their parent.
	Owner string `json:"owner,omitempty"`
	// Ready is that of the KIngress: True, False or Unknown. Reason and Message say why.
	Ready   string `json:"ready"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// OtherClass is the ingress class of a KIngress that net-gateways does not serve. Ready is then what the plugin of that
	// class reports.
	OtherClass string `json:"otherClass,omitempty"`
	// Since is when Ready changed last.
	Since *time.Time `json:"since,omitempty"`
	// Age is the time since then.
	Age string `json:"age,omitempty"`
	// Above are conditions of the Knative Service that are not True and not about the network.
	Above []paths.Condition `json:"above,omitempty"`
	Sides []Side            `json:"sides,omitempty"`
	// Paths are where requests go, by host and path.
	Paths []Path `json:"paths,omitempty"`
	// Attached are the HTTPRoutes whose parent is the owner of the hosts, with the paths that they lead elsewhere.
	Attached []paths.Route `json:"attached,omitempty"`
	// Notes are what is not perfect about a service that is served.
	Notes []string `json:"notes,omitempty"`
	// Why, Look and More are what the reason means, a command to look further, and a page.
	Why  string `json:"why,omitempty"`
	Look string `json:"look,omitempty"`
	More string `json:"more,omitempty"`
	// Unseen is what could not be read.
	Unseen []view.Unseen `json:"unseen,omitempty"`
	// Requests is how many requests to the API server this took.
	Requests int `json:"requests"`
}

// Side is one visibility of a service.
type Side struct {
	// Visibility is external or cluster-local.
	Visibility string   `json:"visibility"`
	Hosts      []string `json:"hosts"`
	// Gateway is the one that is selected, and Entry its place in config-gateway.
	Gateway string  `json:"gateway,omitempty"`
	Entry   string  `json:"entry,omitempty"`
	Checks  []Check `json:"checks"`
}

// Check is something that was looked at.
type Check struct {
	Name   string       `json:"name"`
	State  output.State `json:"state"`
	Detail string       `json:"detail"`
}

// Path is where the requests for some hosts and a path go.
type Path struct {
	Hosts []string `json:"hosts,omitempty"`
	// Path is empty for all paths.
	Path string `json:"path,omitempty"`
	// Headers are those that a request must have.
	Headers map[string]string `json:"headers,omitempty"`
	// RewriteHost is the host that takes the requests on.
	RewriteHost string  `json:"rewriteHost,omitempty"`
	Shares      []Share `json:"shares"`
}

// Share is the part of the requests that a Service gets.
type Share struct {
	Percent int    `json:"percent"`
	Service string `json:"service"`
	// Warming tells that it gets requests only once it has answered through the Gateway.
	Warming bool `json:"warming,omitempty"`
}

// Found implements output.Report: net-gateways does not serve it, or an HTTPRoute that is attached to it, as it should.
func (r Report) Found() bool {
	return !r.Served() || slices.ContainsFunc(r.Attached, func(route paths.Route) bool { return !route.Served() })
}

// Served tells that net-gateways serves the service. HTTPRoutes that are attached to it do not count.
func (r Report) Served() bool { return r.Ready == "True" && r.OtherClass == "" }
