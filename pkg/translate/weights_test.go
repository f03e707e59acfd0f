// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"slices"
	"testing"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// TestWeightsOfOneBackend: B-TRN-3, however often a backend is named, no weight is above the limit of the
// API.
func TestWeightsOfOneBackend(t *testing.T) {
	one := service{}
	ing := one.ingress()
	ing.Spec.Rules[0].HTTP.Paths[0].Splits = slices.Repeat([]v1alpha1.IngressBackendSplit{aSplitTo(1, 100)}, 10_001)
	desired, err := translate.Ingress(input.Input{Ingress: ing, Gateways: map[v1alpha1.IngressVisibility]input.Gateway{v1alpha1.IngressVisibilityExternalIP: {}}})
	if err != nil || len(desired.Routes) != 1 {
		t.Fatal(desired, err)
	}
	weights := []int32{}
	for _, ref := range desired.Routes[0].Object.Spec.Rules[1].BackendRefs {
		weights = append(weights, *ref.Weight)
	}
	if !slices.Equal(weights, []int32{1_000_000, 100}) {
		t.Errorf("Weights %v", weights)
	}
}
