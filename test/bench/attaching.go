// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net/http"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// attachments is the bare minimum of a move: an HTTPRoute of ours gets a second
// Gateway, and loses it again. It tells the seconds from each write until all answers
// at the second are 200, and counts what was answered at the first meanwhile.
func (p *place) attachments(ctx context.Context) (took []float64, kept tally, err error) {
	host := p.externalHost("bare")
	route := p.newRoute([]string{host}, p.external.name, moved)
	route.Spec.Rules = p.activatorRules(moved + "-00001")
	if _, err := p.gateway.GatewayV1().HTTPRoutes(p.namespace).Create(ctx, route, metav1.CreateOptions{}); err != nil {
		return nil, kept, err
	}
	if _, err := (request{address: p.external.address, host: host}).until(ctx); err != nil {
		return nil, kept, err
	}
	load, first := startLoad(p.other.address, host, *rate), startLoad(p.external.address, host, *rate)
	defer load.end()
	defer func() { kept = first.stop() }()
	one := []gatewayv1.ParentReference{parentRef(p.external.name)}
	two := append(one, parentRef(p.other.name))
	for range moveTimes {
		if _, err := load.turned(ctx, time.Now(), isCode(http.StatusNotFound)); err != nil {
			return nil, kept, err
		}
		began := time.Now()
		if err := p.patchRoute(ctx, host, map[string]any{"parentRefs": two}); err != nil {
			return nil, kept, err
		}
		turned, err := load.turned(ctx, began, isCode(http.StatusOK))
		if err != nil {
			return nil, kept, err
		}
		took = append(took, turned.Sub(began).Seconds())
		if err := p.patchRoute(ctx, host, map[string]any{"parentRefs": one}); err != nil {
			return nil, kept, err
		}
	}
	return took, kept, nil
}

func isCode(code int) func(answer) bool {
	return func(a answer) bool { return a.code == code }
}
