// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// wildcardSecret is the certificate of all external hosts of a place.
const wildcardSecret = "wildcard"

// underWildcard are KIngresses whose external hosts share a wildcard certificate, as Serving
// makes them with namespace-wildcard-cert-selector.
type underWildcard struct {
	*httpsHosts
	observed *observer
}

func newUnderWildcard(ctx context.Context, p *place) (*underWildcard, error) {
	authority, err := cluster.NewAuthority()
	if err != nil {
		return nil, err
	}
	u := &underWildcard{httpsHosts: &httpsHosts{place: p, by: authority}}
	secret, err := authority.Secret(p.namespace, wildcardSecret, p.externalHost("*"))
	if err != nil {
		return nil, err
	}
	if _, err = p.Kube.CoreV1().Secrets(p.namespace).Create(ctx, secret, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	u.observed = p.observe(ctx)
	return u, nil
}

func (u *underWildcard) ingress(ctx context.Context, name string) error {
	_, err := u.kingress(ctx, name, ingressClass, u.tls(name))
	return err
}

func (u *underWildcard) tls(name string) v1alpha1.IngressTLS {
	return v1alpha1.IngressTLS{Hosts: []string{u.externalHost(name)}, SecretName: wildcardSecret, SecretNamespace: u.namespace}
}

// oneMore adds a KIngress and tells how long it takes until it is Ready.
func (u *underWildcard) oneMore(ctx context.Context, name string) (float64, error) {
	began := time.Now()
	if err := u.ingress(ctx, name); err != nil {
		return 0, err
	}
	ready, err := u.observed.awaitOne(ctx, name)
	return ready.Sub(began).Seconds(), err
}

// oneMoreBare adds what the plugin writes for one more, with the parentRefs that the HTTPRoute
// of a KIngress has which is there, and tells how long it takes until all of it answers.
func (u *underWildcard) oneMoreBare(ctx context.Context, name string) (float64, error) {
	there, err := u.gateway.GatewayV1().HTTPRoutes(u.namespace).Get(ctx, u.externalHost(serviceName(0)), metav1.GetOptions{})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = u.bare(ctx, name, func(p *place, ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
		routes, err := p.sameRoutes(ing)
		for _, route := range routes {
			if route.Name == p.externalHost(name) {
				route.Spec.ParentRefs = there.Spec.ParentRefs
			}
		}
		return routes, err
	})
	if err != nil {
		return 0, err
	}
	for _, asked := range []request{u.externally(name), u.locally(name)} {
		if _, err := asked.until(ctx); err != nil {
			return 0, err
		}
	}
	return time.Since(began).Seconds(), u.overTLS(ctx, name)
}

// overTLS waits until a host answers over TLS with a certificate that is its own.
func (h *httpsHosts) overTLS(ctx context.Context, name string) error {
	ticker, host := time.NewTicker(askAgain), h.externalHost(name)
	defer ticker.Stop()
	for {
		answer := cluster.AskFor(ctx, h.host(), cluster.Request{Host: host, Roots: h.by.Roots})
		if answer.Code == http.StatusOK {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("https://%s: %s: %w", host, answer, ctx.Err())
		case <-ticker.C:
		}
	}
}
