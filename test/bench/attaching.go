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
// at the second are 200, under the load of a move.
func (p *place) attachments(ctx context.Context) ([]float64, error) {
	host := p.externalHost("bare")
	route := p.newRoute([]string{host}, p.external.name, moved)
	route.Spec.Rules = p.activatorRules(moved + "-00001")
	if _, err := p.gateway.GatewayV1().HTTPRoutes(p.namespace).Create(ctx, route, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	if _, err := (request{address: p.external.address, host: host}).until(ctx); err != nil {
		return nil, err
	}
	load := startLoad(p.other.address, host, moveRate)
	defer load.end()
	one := []gatewayv1.ParentReference{parentRef(p.external.name)}
	two := append(one, parentRef(p.other.name))
	took := []float64{}
	for range moveTimes {
		if _, err := load.turned(ctx, time.Now(), isCode(http.StatusNotFound)); err != nil {
			return nil, err
		}
		began := time.Now()
		if err := p.patchRoute(ctx, host, map[string]any{"parentRefs": two}); err != nil {
			return nil, err
		}
		turned, err := load.turned(ctx, began, isCode(http.StatusOK))
		if err != nil {
			return nil, err
		}
		took = append(took, turned.Sub(began).Seconds())
		if err := p.patchRoute(ctx, host, map[string]any{"parentRefs": one}); err != nil {
			return nil, err
		}
	}
	return took, nil
}

func isCode(code int) func(answer) bool {
	return func(a answer) bool { return a.code == code }
}
