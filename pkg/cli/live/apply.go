// SPDX-License-Identifier: Apache-2.0

package live

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// FieldManager is the owner of the fields that the command writes.
const FieldManager = "kn-gateways"

// Apply writes the fields of an object by server-side apply, and creates the object if there is none. Fields of other managers
// are not overwritten: that is an error.
func (c *Cluster) Apply(ctx context.Context, kind objects.Kind, object *unstructured.Unstructured) error {
	_, err := source{c, ctx}.resource(kind, object.GetNamespace()).Apply(ctx, object.GetName(), object, metav1.ApplyOptions{FieldManager: FieldManager})
	name, refused := fmt.Sprintf("%s %s/%s", kind, object.GetNamespace(), object.GetName()), apierrors.APIStatus(nil)
	switch {
	case err == nil:
		return nil
	case apierrors.IsConflict(err):
		return fmt.Errorf("another field manager has written %s meanwhile: %w", name, err)
	case errors.As(err, &refused):
		return fmt.Errorf("the API server refuses %s: %w", name, err)
	}
	return fmt.Errorf("the API server could not be asked to write %s: %w", name, err)
}
