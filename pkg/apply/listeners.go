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

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// Listeners makes the listeners that a KIngress has on a Gateway of somebody else what
// they should be, by one server-side apply: what is not among them goes, as far as nobody
// else owns it; all other fields of the Gateway stay as they are. It returns the Gateway as
// it is afterwards, nil when it is gone.
func Listeners(ctx context.Context, clients gatewayclientset.Interface, owner types.UID, change ListenerChange) (*gatewayv1.Gateway, error) {
	gateway := change.Gateway
	content := map[string]any{
		"apiVersion": gatewayv1.GroupVersion.String(), "kind": "Gateway",
		// The UID keeps it from making another Gateway where this one is gone.
		"metadata": map[string]any{"namespace": gateway.Namespace, "name": gateway.Name, "uid": gateway.UID},
	}
	if len(change.Desired) > 0 {
		content["spec"] = map[string]any{"listeners": change.Desired}
	}
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("convert listeners: %w", err)
	}
	force := true // two managers of one field would fight for ever; ours are ours
	stored, err := clients.GatewayV1().Gateways(gateway.Namespace).Patch(ctx, gateway.Name, types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: dataplane.ListenerManager(owner), Force: &force})
	switch {
	case apierrors.IsNotFound(err), apierrors.IsConflict(err) && len(change.Desired) == 0:
		return nil, nil // a conflict under force is one of UIDs
	case apierrors.IsForbidden(err):
		return nil, &Refusal{Kind: "Gateway", Object: nameOf(gateway), Code: ReasonUnsupported, Detail: fmt.Sprintf(
			"spec.listeners of Gateway %s may not be changed: allow it, or add an HTTPS listener with a wildcard hostname there, or use an implementation with ListenerSets: %v", nameOf(gateway), err)}
	}
	if err != nil {
		return nil, refused(gateway, err)
	}
	return stored, nil
}
