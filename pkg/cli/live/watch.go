// SPDX-License-Identifier: Apache-2.0

package live

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// Watch calls see for the present state of an object, and after each change of it, until see says that it is done, fails, or
// the context ends.
func (c *Cluster) Watch(ctx context.Context, kind objects.Kind, name types.NamespacedName, see func() (done bool, err error)) error {
	resource := source{c, ctx}.resource(kind, name.Namespace)
	for ctx.Err() == nil {
		changes, err := resource.Watch(ctx, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector(metav1.ObjectNameField, name.Name).String()})
		if err != nil {
			return translated(err, objects.Denied{Kind: kind, Namespace: name.Namespace, Name: name.Name})
		}
		for range changes.ResultChan() { // it ends when the API server ends the request
			if done, err := see(); done || err != nil {
				changes.Stop()
				return err
			}
		}
	}
	return ctx.Err()
}
