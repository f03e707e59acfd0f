// SPDX-License-Identifier: Apache-2.0

package probe

import "k8s.io/apimachinery/pkg/types"

// Answerer says who puts the version into the answer to a probe.
type Answerer string

const (
	// Backend is a Knative probe handler (activator, queue-proxy) that echoes the hash which the
	// route set on the request: the answer is 200 with the expected hash.
	Backend Answerer = "Backend"
	// Gateway adds the hash itself, by a response header filter of the route: any status with the
	// expected hash counts, except 5xx, with which a gateway says that it reached no backend (500 for one
	// that is missing or not permitted, by the Gateway API).
	Gateway Answerer = "Gateway"
)

// MarkerHeader is the response header by which a gateway tells one object's answer from
// that of another of the same name and spec.
const MarkerHeader = "Net-Gateways-Ingress"

// Target is one question to one address of a data plane. It is comparable; two equal targets are one question.
type Target struct {
	// Gateway whose data plane is asked; readiness is reported gateway by gateway.
	Gateway types.NamespacedName
	// Route is the name of the HTTPRoute that the answer proves; for messages.
	Route string
	// Address to dial, host:port. IPv6 hosts are in brackets. A host name is resolved at each dial.
	Address string
	// Pod is the UID of the data plane's pod that has the address; empty when no pod is known.
	Pod string
	// Scheme is "http" or "https".
	Scheme string
	// Host is the Host header, and the SNI of https. It may carry a port, which SNI leaves out.
	Host string
	// Path of the request, beginning with a slash; empty means "/".
	Path string
	// Hash is the expected value of the header K-Network-Hash.
	Hash string
	// Marker is the expected value of MarkerHeader; empty expects nothing. FormerMarker, which counts as much, is
	// the value in routes that an earlier release wrote.
	Marker, FormerMarker string
	// Answers says who gives the hash; empty means Backend.
	Answers Answerer
	// ProxyProtocol makes the connection begin with a PROXY protocol header: version 2 first, version 1
	// after a failure that leaves the version in doubt, and so on in turn.
	ProxyProtocol bool
}

// Question is what an answer from any address of the target's pod proves: a pod may have an address of each IP family and
// listen on one of them. Where no pod is known, each address is a question of its own.
func (t Target) Question() Target {
	if t.Pod != "" {
		t.Address = ""
	}
	return t
}
