// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	// tlsHosts are on one Gateway, each with a certificate of its own.
	tlsHosts = 300
	// added are measured one after another, on a Gateway with no other TLS host and on one with
	// all of them.
	added = 5
	// rotations of a certificate under rotationRate requests a second.
	rotations    = 5
	rotationRate = 200
)

// certificates measures what TLS hosts cost: to add one to none, and to many, and to rotate the
// certificate of one.
func certificates(ctx context.Context, c clients) ([]figure, error) {
	p, err := newBackedPlace(ctx, c, "tls")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	authority, err := cluster.NewAuthority()
	if err != nil {
		return nil, err
	}
	h := &httpsHosts{place: p, by: authority}
	observeCtx, stop := context.WithCancel(ctx)
	defer stop()
	observed := p.observe(observeCtx)
	if err := atRest(ctx, c); err != nil {
		return nil, err
	}
	few, err := h.addSome(ctx, observed, 0)
	if err != nil {
		return nil, err
	}
	fewBare, err := h.addBare(ctx, "first")
	if err != nil {
		return nil, err
	}
	allReady, err := h.addRest(ctx, observed)
	if err != nil {
		return nil, err
	}
	if err := atRest(ctx, c); err != nil {
		return nil, err
	}
	many, err := h.addSome(ctx, observed, tlsHosts)
	if err != nil {
		return nil, err
	}
	if err := atRest(ctx, c); err != nil {
		return nil, err
	}
	manyBare, err := h.addBare(ctx, "more")
	if err != nil {
		return nil, err
	}
	rotated, err := h.rotate(ctx)
	if err != nil {
		return nil, err
	}
	return append([]figure{
		seconds(fmt.Sprintf("%d TLS hosts: all Ready", tlsHosts), allReady.Seconds(), ""),
		seconds("first TLS hosts, one after another: until Ready, median", median(few), "").beside(median(fewBare)),
		seconds(fmt.Sprintf("one more TLS host, beside %d: until Ready, median", tlsHosts), median(many), "").beside(median(manyBare)),
		figure{Name: "of these two, the latter is so many times the former", Ours: median(many) / median(few), Unit: "x", Target: "1.5"}.beside(median(manyBare) / median(fewBare)),
	}, rotated...), nil
}

// httpsHosts are KIngresses with a certificate each.
type httpsHosts struct {
	*place
	by *cluster.Authority
}

func (h *httpsHosts) add(ctx context.Context, name string) error {
	if err := h.secret(ctx, name); err != nil {
		return err
	}
	return h.secureIngress(ctx, name)
}

// secret is the certificate of a host.
func (h *httpsHosts) secret(ctx context.Context, name string) error {
	secret, err := h.by.Secret(h.namespace, name, h.externalHost(name))
	if err != nil {
		return err
	}
	_, err = h.Kube.CoreV1().Secrets(h.namespace).Create(ctx, secret, metav1.CreateOptions{})
	return err
}

// addSome adds services one after another, and tells the seconds until each is Ready.
func (h *httpsHosts) addSome(ctx context.Context, observed *observer, from int) ([]float64, error) {
	took := []float64{}
	for i := range added {
		name, began := serviceName(from+i), time.Now()
		if err := h.add(ctx, name); err != nil {
			return nil, err
		}
		ready, err := observed.awaitOne(ctx, name)
		if err != nil {
			return nil, err
		}
		took = append(took, ready.Sub(began).Seconds())
	}
	return took, nil
}

// addRest adds all services but the first few at once, and tells the time until all are Ready; each answers then.
func (h *httpsHosts) addRest(ctx context.Context, observed *observer) (time.Duration, error) {
	began := time.Now()
	if err := h.addMany(ctx, added, tlsHosts-added); err != nil {
		return 0, err
	}
	allReady, err := observed.awaitReady(ctx, tlsHosts)
	if err != nil {
		return 0, err
	}
	return allReady.Sub(began), h.askAll(ctx, tlsHosts)
}

func (h *httpsHosts) addMany(ctx context.Context, from, count int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i := range count {
		group.Go(func() error { return h.add(ctx, serviceName(from+i)) })
	}
	return group.Wait()
}

// askAll fails unless every host answers with its own certificate.
func (h *httpsHosts) askAll(ctx context.Context, count int) error {
	for i := range count {
		host := h.externalHost(serviceName(i))
		answer := cluster.AskFor(ctx, h.host(), cluster.Request{Host: host, Roots: h.by.Roots})
		if answer.Code != http.StatusOK || answer.Leaf().VerifyHostname(host) != nil || len(answer.Leaf().DNSNames) != 1 {
			return fmt.Errorf("https://%s: %s", host, answer)
		}
	}
	return nil
}

// host is the external Gateway's address without a port.
func (h *httpsHosts) host() string {
	if host, _, err := net.SplitHostPort(h.external.address); err == nil {
		return host
	}
	return h.external.address
}

// rotate issues a host's certificate anew under load.
func (h *httpsHosts) rotate(ctx context.Context) ([]figure, error) {
	host := h.externalHost(serviceName(0))
	load := startTLSLoad(net.JoinHostPort(h.host(), "443"), host, rotationRate, &tls.Config{RootCAs: h.by.Roots, ServerName: host, MinVersion: tls.VersionTLS12})
	defer load.end()
	for range rotations {
		before := cluster.AskFor(ctx, h.host(), cluster.Request{Host: host, Roots: h.by.Roots}).Leaf()
		data, err := h.by.Issue(host)
		if err != nil {
			return nil, err
		}
		name := types.NamespacedName{Namespace: h.namespace, Name: serviceName(0)}
		if _, err := cluster.Secrets.UpdateAs(ctx, h.Cluster, manager, name, func(secret *corev1.Secret) { secret.Data = data }); err != nil {
			return nil, err
		}
		for {
			answer := cluster.AskFor(ctx, h.host(), cluster.Request{Host: host, Roots: h.by.Roots})
			if leaf := answer.Leaf(); leaf != nil && !leaf.Equal(before) {
				break
			}
			select {
			case <-ctx.Done():
				return nil, fmt.Errorf("the new certificate is not served: %w", ctx.Err())
			case <-time.After(askAgain):
			}
		}
	}
	answers, name := load.stop(), fmt.Sprintf("%d certificate rotations: ", rotations)
	return []figure{
		count(name+"requests, each over a new connection", answers.requests, "requests", ""),
		count(name+"answers other than 2xx", answers.refused, "answers", "0"),
		count(name+"connection errors", answers.lost, "requests", "0"),
	}, answers.check("rotations")
}
