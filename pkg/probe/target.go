// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/types"
)

// Answerer says who puts the version into the answer to a probe.
type Answerer string

const (
	// Backend is a Knative probe handler (activator, queue-proxy) that echoes the hash which the
	// route set on the request: the answer is 200 with the expected hash.
	Backend Answerer = "Backend"
	// Gateway adds the hash itself, by a response header filter of the route: any status with the
	// expected hash counts, except 502, 503 and 504, with which a gateway says that it reached no backend.
	Gateway Answerer = "Gateway"
)

// Target is one question to one address of a data plane. It is comparable; two equal targets are one question.
type Target struct {
	// Gateway whose data plane is asked; readiness is reported gateway by gateway.
	Gateway types.NamespacedName
	// Route is the name of the HTTPRoute that the answer proves; for messages.
	Route string
	// Address to dial, host:port. IPv6 hosts are in brackets. A host name is resolved at each dial.
	Address string
	// Scheme is "http" or "https".
	Scheme string
	// Host is the Host header, and the SNI of https. It may carry a port, which SNI leaves out.
	Host string
	// Hash is the expected value of the header K-Network-Hash.
	Hash string
	// Answers says who gives the hash; empty means Backend.
	Answers Answerer
	// ProxyProtocol makes the connection begin with a PROXY protocol header: version 2 first, version 1
	// after a failure that leaves the version in doubt, and so on in turn.
	ProxyProtocol bool
}

// onePod tells whether the address is a literal IP, so that no name service stands between us and it.
func (t Target) onePod() bool {
	_, err := netip.ParseAddrPort(t.Address)
	return err == nil
}

// url is where the request goes. For http the address is also the key of the connection pool, so that
// targets share connections. For https the host is, because a connection is made for one SNI, and
// asking for another host over it earns 421 Misdirected Request.
func (t Target) url() string {
	if t.Scheme == "https" {
		return "https://" + t.Host + "/"
	}
	return "http://" + t.Address + "/"
}

// serverName is the SNI: the host without a port, and nothing for a literal IP (RFC 6066, section 3).
func (t Target) serverName() string {
	host := t.Host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return host
}
