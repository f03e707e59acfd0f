// SPDX-License-Identifier: Apache-2.0

package metrics

import "strings"

// Kind of a metric, as Prometheus names it.
type Kind string

const (
	// Gauge is a present value.
	Gauge Kind = "gauge"
	// Counter only grows, and begins anew with the process.
	Counter Kind = "counter"
	// Histogram is three series of counts: ..._bucket, ..._sum, ..._count.
	Histogram Kind = "histogram"
)

// Definition is one metric.
type Definition struct {
	// Name is that of OpenTelemetry, with dots.
	Name string
	Kind Kind
	// Unit is that of OpenTelemetry; empty for none.
	Unit string
	Help string
	// Labels in the order of the documentation.
	Labels []string
	// From says which replica exports it.
	From Source
}

// Source is which replica exports a metric.
type Source string

const (
	// Everyone is each replica, also of the webhook.
	Everyone Source = "every replica, and the webhook"
	// Controllers is each replica of the controller.
	Controllers Source = "every replica of the controller"
	// GatewayLeader is the replica that looks after Gateways.
	GatewayLeader Source = "the replica that leads for Gateways"
	// IngressLeader is each replica that leads for KIngresses.
	IngressLeader Source = "the replica that leads for KIngresses"
)

// Labels of metrics by Gateway, and their values where the package decides them.
const (
	LabelGatewayNamespace = "gateway_namespace"
	LabelGatewayName      = "gateway_name"
	LabelVisibility       = "visibility"
)

var byGateway = []string{LabelGatewayNamespace, LabelGatewayName}

// byEntry are the labels of an entry of config-gateway: a Gateway may stand in both lists.
func byEntry(more ...string) []string {
	return append([]string{LabelGatewayNamespace, LabelGatewayName, LabelVisibility}, more...)
}

// The metrics.
var (
	buildInfo = Definition{Name: "net_gateways.build.info", Kind: Gauge, From: Everyone, Labels: []string{"version", "revision", "gateway_api"},
		Help: "1, with the version of net-gateways, its commit, and the Gateway API that it was built with."}
	leader = Definition{Name: "net_gateways.leader", Kind: Gauge, From: Controllers, Labels: []string{"controller"},
		Help: "For how many buckets of leader election this replica leads, by controller: `ingresses` serves KIngresses, `gateways` looks after Gateways and config-gateway. If the sum over all replicas is 0, no replica leads."}
	configState = Definition{Name: "net_gateways.config.state", Kind: Gauge, From: Controllers, Labels: []string{"state"},
		Help: "1 for the state of config-gateway that holds, 0 for the others: `unconfigured`, `configured`, `kept` (a list is missing, its last entries stay in effect), `refused` (it is invalid, the last valid version stays in effect)."}
	writes = Definition{Name: "net_gateways.writes", Kind: Counter, Unit: "{request}", From: Everyone, Labels: []string{"resource", "verb", "outcome"},
		Help: "Requests that change something at the API server, by resource, by verb (`create`, `update`, `patch`, `delete`), and by outcome: `ok`, `conflict` (409, which is tried again), `refused` (another 4xx), `failed` (5xx, or no answer)."}

	gatewayStatus = Definition{Name: "net_gateways.gateway.status", Kind: Gauge, From: GatewayLeader, Labels: byEntry("gateway_class", "condition"),
		Help: "What the Gateway of an entry is, 1 or 0 for each condition: `exists`, `accepted`, `programmed`, `address` (clients have an address, or the name of a Service), `private` (only for local-gateways: clients outside the cluster cannot reach it. Left out for a Gateway that stands in both lists)."}
	gatewayEndpoints = Definition{Name: "net_gateways.gateway.endpoints", Kind: Gauge, Unit: "{endpoint}", From: GatewayLeader, Labels: byEntry("mode", "state"),
		Help: "Proxies of a Gateway, or its addresses, by what a request every 30 s found: `reachable` (any answer of HTTP or TLS), `unreachable`, `not_ready` (Kubernetes calls it so, and it is not asked). `mode` is how the entry is proven, `dataplane` or `address`; one whose mode is `status` has no series, because neither can be asked."}
	gatewayListeners = Definition{Name: "net_gateways.gateway.listeners", Kind: Gauge, Unit: "{listener}", From: GatewayLeader, Labels: append(byGateway[:2:2], "owner"),
		Help: "Listeners of a Gateway, by owner: `ours` for those that KIngresses have added, `others`. A Gateway can have 64."}
	certificates = Definition{Name: "net_gateways.gateway.certificates", Kind: Gauge, Unit: "{host}", From: GatewayLeader, Labels: byEntry("problem"),
		Help: "Hosts with HTTPS (spec.tls of KIngresses, without wildcards) whose certificate clients will not accept, by problem: `expired`, `wrong_name`, `ending` (less than a tenth of its life is left, so its renewal is late). Each host is asked for within ten minutes. Absent where no host has HTTPS."}
	lastProof = Definition{Name: "net_gateways.gateway.last_proof.timestamp", Kind: Gauge, Unit: "s", From: IngressLeader, Labels: byGateway,
		Help: "When a Gateway last answered a probe with the version that was expected, in seconds since 1970. Absent until one has, since this replica started."}
	probes = Definition{Name: "net_gateways.probe.attempts", Kind: Counter, Unit: "{request}", From: IngressLeader, Labels: append(byGateway[:2:2], "outcome"),
		Help: "Probes of services at a Gateway, by outcome: `proven`, `unreachable` (no connection, or no answer in time), `refused` (the TLS handshake failed, or something in front asks for credentials), `not_served` (404), `bad_status` (5xx and others), `other_version` (another version of the route answers)."}

	ingresses = Definition{Name: "net_gateways.ingresses", Kind: Gauge, Unit: "{ingress}", From: IngressLeader, Labels: byEntry("state", "reason"),
		Help: "KIngresses on a Gateway, by state and reason: `ready`, `degraded` (Ready, and its condition has a note), `waiting` (Ready is Unknown), `failed` (Ready is False). A KIngress with external and cluster-local hosts counts once at the Gateway of each. The Gateway is empty for those that no entry serves. Only states and reasons that occur, at most 5 for an entry; the smallest of more are one series with the reason `others`."}
	moving = Definition{Name: "net_gateways.ingresses.moving", Kind: Gauge, Unit: "{ingress}", From: IngressLeader, Labels: byEntry(),
		Help: "KIngresses that move to this Gateway, and are still attached to another one."}
	gaps = Definition{Name: "net_gateways.gaps", Kind: Gauge, Unit: "{ingress}", From: IngressLeader, Labels: byEntry("feature"),
		Help: "KIngresses that ask for something that a Gateway lacks, by the Gateway API feature; `none` if no feature exists for it. At most 3 series for an entry; the smallest of more are one with the feature `others`."}
	readyDuration = Definition{Name: "net_gateways.ingress.ready.duration", Kind: Histogram, Unit: "s", From: IngressLeader, Labels: byEntry("le"),
		Help: "How long a version of a KIngress took to be Ready at a Gateway: from when the controller had written its routes until it reported Ready."}
)

// Definitions are all metrics, in the order of the documentation.
func Definitions() []Definition {
	return []Definition{
		gatewayStatus, gatewayEndpoints, lastProof, gatewayListeners, certificates,
		ingresses, moving, gaps, readyDuration, probes,
		writes, configState, leader, buildInfo,
	}
}

// Prometheus are the names of the series, as the exporter of knative.dev/pkg translates them.
func (d Definition) Prometheus() []string {
	name := strings.ReplaceAll(d.Name, ".", "_")
	if d.Unit == "s" {
		name += "_seconds"
	}
	switch d.Kind {
	case Counter:
		return []string{name + "_total"}
	case Histogram:
		return []string{name + "_bucket", name + "_sum", name + "_count"}
	}
	return []string{name}
}
