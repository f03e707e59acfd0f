// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// Listeners writes the listeners of a KIngress onto a Gateway that the controller does not own, by one
// server-side apply, which also removes its others that no other field manager owns. All other fields of the
// Gateway stay. A second write removes listeners of the KIngress that server-side apply does not remove. It
// returns the Gateway as it is afterwards, nil when it is gone.
func Listeners(ctx context.Context, clients gatewayclientset.Interface, owner types.UID, change ListenerChange) (*gatewayv1.Gateway, error) {
	stored, left := change.Gateway, change.left(change.Gateway, owner)
	if len(change.Desired) > 0 || left.Len() == 0 || dataplane.OwnedListeners(stored, owner).HasAny(left.UnsortedList()...) {
		applied, err := applyListeners(ctx, clients, owner, change)
		if err != nil || applied == nil {
			return nil, err
		}
		stored, left = applied, change.left(applied, owner)
	}
	if left.Len() == 0 {
		return stored, nil
	}
	return withoutListeners(ctx, clients, stored, listenerRemoval{left, dataplane.ListenerManager(owner)})
}

func applyListeners(ctx context.Context, clients gatewayclientset.Interface, owner types.UID, change ListenerChange) (*gatewayv1.Gateway, error) {
	gateway := change.Gateway
	content := map[string]any{
		"apiVersion": gatewayv1.GroupVersion.String(), "kind": "Gateway",
		// With the UID, the apply does not create a Gateway if this one is gone.
		"metadata": map[string]any{"namespace": gateway.Namespace, "name": gateway.Name, "uid": gateway.UID},
	}
	if len(change.Desired) > 0 {
		content["spec"] = map[string]any{"listeners": change.Desired}
	}
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("convert listeners: %w", err)
	}
	force := true // of fields that another manager has, too
	stored, err := clients.GatewayV1().Gateways(gateway.Namespace).Patch(ctx, gateway.Name, types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: dataplane.ListenerManager(owner), Force: &force})
	switch {
	case err == nil:
		return stored, nil
	case apierrors.IsConflict(err) && len(change.Desired) == 0:
		return nil, nil // a conflict under force is one of UIDs
	}
	return nil, refusedListeners(gateway, err)
}

// refusedListeners is the error of a write of listeners; nil if the Gateway is gone.
func refusedListeners(gateway *gatewayv1.Gateway, err error) error {
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case apierrors.IsForbidden(err):
		return &Refusal{Kind: "Gateway", Object: NameOf(gateway), Refusal: conditions.Refusal{Code: conditions.ReasonUnsupported, Detail: fmt.Sprintf(
			"Gateway %s: the controller may not change spec.listeners: grant it `patch` on gateways, or add an HTTPS listener with a wildcard hostname there, or use an implementation with ListenerSets: %v", NameOf(gateway), err)}}
	}
	return refused(gateway, err)
}
