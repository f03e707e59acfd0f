// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"
)

// listenerRemoval are listeners to remove, and the field manager that does it.
type listenerRemoval struct {
	names   sets.Set[gatewayv1.SectionName]
	manager string
}

// withoutListeners removes listeners from a Gateway by their index, which is valid at its resource version:
// it writes no other field, whatever fields the CRD has.
func withoutListeners(ctx context.Context, clients gatewayclientset.Interface, gateway *gatewayv1.Gateway, removal listenerRemoval) (*gatewayv1.Gateway, error) {
	operations := []map[string]any{{"op": "replace", "path": "/metadata/resourceVersion", "value": gateway.ResourceVersion}}
	for i, listener := range slices.Backward(gateway.Spec.Listeners) {
		if removal.names.Has(listener.Name) {
			operations = append(operations, map[string]any{"op": "remove", "path": fmt.Sprintf("/spec/listeners/%d", i)})
		}
	}
	body, err := json.Marshal(operations)
	if err != nil {
		return nil, fmt.Errorf("convert the removal of listeners: %w", err)
	}
	stored, err := clients.GatewayV1().Gateways(gateway.Namespace).Patch(ctx, gateway.Name, types.JSONPatchType, body, metav1.PatchOptions{FieldManager: removal.manager})
	switch {
	case err == nil:
		return stored, nil
	case apierrors.IsConflict(err):
		return nil, fmt.Errorf("remove listeners of Gateway %s: %w", NameOf(gateway), err) // which is retried
	}
	return nil, refusedListeners(gateway, err)
}
