// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"context"
	"crypto/x509"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/record"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// reasonCertificate is that of the Event about a certificate that clients will not accept, now or soon.
const reasonCertificate = "CertificateProblem"

// allAsked is in how many beats each host is asked for its certificate: in ten minutes.
const allAsked = 20

// certificates has what Gateways present for the hosts of spec.tls. They are asked for again and again, because a Secret can be
// renewed, or not be, without any other change.
type certificates struct {
	recorder record.EventRecorder
	ask      func(context.Context, probe.Target) *x509.Certificate
	known    map[tlsHost]metrics.CertificateProblem
	next     int
}

// tlsHost is one host of a KIngress at a Gateway.
type tlsHost struct {
	at   metrics.Entry
	host string
}

func newCertificates(recorder record.EventRecorder) *certificates {
	return &certificates{recorder: recorder, known: map[tlsHost]metrics.CertificateProblem{}, ask: func(ctx context.Context, target probe.Target) *x509.Certificate {
		return prober.Certificate(ctx, prober.Options{}, target)
	}}
}

// beat asks for the next hosts, and returns how many have which problem.
func (c *certificates) beat(ctx context.Context, all []*v1alpha1.Ingress, planes []plane) map[metrics.Entry]map[metrics.CertificateProblem]int {
	owners := map[tlsHost]*v1alpha1.Ingress{}
	at := map[metrics.Entry]plane{}
	for _, plane := range planes {
		at[keyOf(plane.entry)] = plane
	}
	for _, ing := range all {
		for _, host := range hostsWithTLS(ing) {
			if _, has := at[host.at]; has {
				owners[host] = ing
			}
		}
	}
	for host := range c.known {
		if owners[host] == nil {
			delete(c.known, host)
		}
	}
	turn := c.turn(owners)
	for i, leaf := range c.askAll(ctx, turn, at) {
		if leaf != nil { // what cannot be asked now stays as it was
			c.judge(leaf, turn[i], owners[turn[i]])
		}
	}
	counts := map[metrics.Entry]map[metrics.CertificateProblem]int{}
	for host := range owners {
		if counts[host.at] == nil {
			counts[host.at] = map[metrics.CertificateProblem]int{}
		}
		counts[host.at][c.known[host]]++
	}
	return counts
}

// turn are the hosts of this beat.
func (c *certificates) turn(owners map[tlsHost]*v1alpha1.Ingress) (found []tlsHost) {
	hosts := make([]tlsHost, 0, len(owners))
	for host := range owners {
		hosts = append(hosts, host)
	}
	slices.SortFunc(hosts, func(a, b tlsHost) int {
		return strings.Compare(a.host+" "+a.at.Gateway.String(), b.host+" "+b.at.Gateway.String())
	})
	for range min(len(hosts), max(10, (len(hosts)+allAsked-1)/allAsked)) {
		found = append(found, hosts[c.next%len(hosts)])
		c.next++
	}
	return found
}

// askAll asks one proxy for each host; nil where there is no certificate.
func (c *certificates) askAll(ctx context.Context, hosts []tlsHost, at map[metrics.Entry]plane) []*x509.Certificate {
	found, asking := make([]*x509.Certificate, len(hosts)), errgroup.Group{}
	asking.SetLimit(8)
	for i, host := range hosts {
		target, has := at[host.at].secure(host.host)
		if !has {
			continue
		}
		asking.Go(func() error {
			found[i] = c.ask(ctx, target)
			return nil
		})
	}
	_ = asking.Wait() // none fails
	return found
}

// judge records an Event if a certificate has become a problem.
func (c *certificates) judge(leaf *x509.Certificate, host tlsHost, owner *v1alpha1.Ingress) {
	problem, detail := judgeCertificate(leaf, host.host, time.Now())
	if problem != "" && problem != c.known[host] {
		c.recorder.Eventf(owner, corev1.EventTypeWarning, reasonCertificate, "Gateway %s presents a certificate for %s that clients will not accept, now or soon: %s",
			host.at.Gateway, host.host, detail)
	}
	c.known[host] = problem
}

// secure is where a plane is asked for the certificate of a host: at one pod, else at one address.
func (p plane) secure(name string) (probe.Target, bool) {
	if p.gateway == nil {
		return probe.Target{}, false
	}
	listener := dataplane.Listener{Port: dataplane.HTTPSPort(p.gateway, dataplane.Tenant{}, p.service, p.slices), TLS: true}
	offers := slices.Concat(dataplane.Endpoints(listener, p.service, p.slices), dataplane.Addresses(listener, p.gateway, p.service, p.slices))
	if len(offers) == 0 {
		return probe.Target{}, false
	}
	return probe.Target{Gateway: p.entry.Gateway, Address: offers[0], Scheme: "https", Host: name, ProxyProtocol: p.entry.ProxyProtocol}, true
}

// hostsWithTLS are the hosts of spec.tls, at the Gateways where their KIngress was proven.
func hostsWithTLS(ing *v1alpha1.Ingress) (found []tlsHost) {
	if len(ing.Spec.TLS) == 0 {
		return nil
	}
	proofs := status.ProofsOf(ing.Status)
	for _, rule := range ing.Spec.Rules {
		visibility := rules.Visibility(rule)
		proof, proven := proofs[visibility]
		if !proven || proof.Generation == 0 {
			continue
		}
		at := metrics.Entry{Gateway: proof.At(), Visibility: visibility}
		for _, tls := range ing.Spec.TLS {
			for _, host := range tls.Hosts {
				if slices.Contains(rule.Hosts, host) && !strings.HasPrefix(host, "*") {
					found = append(found, tlsHost{at, host})
				}
			}
		}
	}
	return found
}

// all are the KIngresses that informers show.
func (h *Heart) all() []*v1alpha1.Ingress {
	found, err := h.Ingresses.List(labels.Everything())
	if err != nil {
		return nil
	}
	return found
}
