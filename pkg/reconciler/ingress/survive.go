// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"errors"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/panics"
)

// survive reconciles a KIngress. A panic is an unexpected error, which is retried and reported like
// others. It must not end the process, because then no other KIngress would be served either (SPEC
// B-OPS-5).
func (r *Reconciler) survive(ctx context.Context, ing *v1alpha1.Ingress, work func(context.Context, *v1alpha1.Ingress) error) error {
	var err error
	panicked := panics.Catch(func() { err = work(ctx, ing) })
	r.stacks.Log(apply.NameOf(ing), errors.Join(panicked, err)) // a panic in a concurrent write is in err
	if panicked == nil {
		return err
	}
	if again := panics.Catch(func() { err = r.reportFailed(ctx, ing, panicked) }); again != nil {
		return errors.Join(panicked, again)
	}
	return err
}
