// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// write writes a Gateway. If another writer changes or deletes it over and over, it waits before it writes again, and an
// Event names the other.
func (r *Reconciler) write(gateway *gatewayv1.Gateway, current []*gatewayv1.Gateway, request func() error) error {
	what, by := apply.Contested{Kind: "Gateway", Name: apply.NameOf(gateway)}, apply.Writer{Now: time.Now()}
	digest := apply.DigestOfValue(gateway.Spec)
	try := r.contests.Due(what, by, func(wrote apply.Digest) bool { return maps.Equal(wrote, digest) })
	if try.Wait > 0 {
		if r.pause == 0 || try.Wait < r.pause {
			r.pause = try.Wait
		}
		return nil
	}
	if err := request(); err != nil {
		return err
	}
	r.contests.Wrote(what, by, digest, try.Times)
	if !try.ShouldReport() {
		return nil
	}
	others := []string{}
	if at := slices.IndexFunc(current, func(g *gatewayv1.Gateway) bool { return apply.NameOf(g) == apply.NameOf(gateway) }); at >= 0 {
		others = apply.ForeignManagers(current[at], "spec")
	}
	r.recorder.event(r.configMap(), corev1.EventTypeWarning, apply.ReasonContested, apply.ContestMessage(what, others))
	return nil
}
