// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ktesting "k8s.io/client-go/testing"
	"sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"
)

// TestUpdate: B-INS-3, the controller changes a Gateway of its own by a server-side apply of the fields that it sets, also
// where another field manager owns them.
func TestUpdate(t *testing.T) {
	client, patches := fake.NewSimpleClientset(), []ktesting.PatchActionImpl{}
	client.PrependReactor("patch", "gateways", func(action ktesting.Action) (bool, runtime.Object, error) {
		patches = append(patches, action.(ktesting.PatchActionImpl))
		return true, nil, nil
	})
	if err := (&Reconciler{client: client}).update(t.Context(), own("blue", nil)); err != nil || len(patches) != 1 {
		t.Fatalf("%d patches, error %v", len(patches), err)
	}
	const want = `{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"labels":{"app.kubernetes.io/managed-by":"net-gateways"},"name":"blue","namespace":"knative-serving"},` +
		`"spec":{"allowedListeners":{"namespaces":{"from":"All"}},"gatewayClassName":"fast","listeners":[{"allowedRoutes":{"namespaces":{"from":"All"}},"name":"http","port":80,"protocol":"HTTP"}]}}`
	if diff := cmp.Diff(want, string(patches[0].Patch)); diff != "" {
		t.Errorf("Body (-want, +got):\n%s", diff)
	}
	options := patches[0].PatchOptions
	if patches[0].PatchType != types.ApplyPatchType || options.FieldManager != "net-gateways" || options.Force == nil || !*options.Force {
		t.Errorf("Patch of type %s with %+v", patches[0].PatchType, options)
	}
}
