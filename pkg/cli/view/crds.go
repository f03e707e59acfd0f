// SPDX-License-Identifier: Apache-2.0

package view

import (
	"slices"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
)

// MissingCRD says which CRD of the Gateway API has to be installed before anything can be served; nil if none has, or if the
// CRDs may not be read.
func (r *Reader) MissingCRD() (*gatewayapi.Missing, error) {
	return gatewayapi.FirstMissing(func(crd gatewayapi.CRD) (*gatewayapi.Missing, error) {
		stored, err := r.source.Get(objects.CRDs, types.NamespacedName{Name: crd.Name()})
		switch {
		case objects.IsAnswer(err):
			return nil, nil
		case err != nil:
			return nil, err
		case stored != nil:
			return crd.Outdated(stored), nil
		}
		return r.unserved(crd)
	})
}

// unserved says that there is no CRD of a kind, unless its objects can be read: files may have these without the CRD.
func (r *Reader) unserved(crd gatewayapi.CRD) (*gatewayapi.Missing, error) {
	at := slices.IndexFunc(objects.Kinds, func(kind objects.Kind) bool {
		return kind.Group == gatewayv1.GroupName && kind.Resource == crd.Resource
	})
	unnamed := types.NamespacedName{Namespace: r.system, Name: "any"}
	if objects.Kinds[at].Cluster {
		unnamed.Namespace = ""
	}
	_, err := r.source.Get(objects.Kinds[at], unnamed)
	if objects.IsAnswer(err) {
		return crd.Absent(), nil
	}
	return nil, err
}
