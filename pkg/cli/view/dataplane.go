// SPDX-License-Identifier: Apache-2.0

package view

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
)

// Service implements observe.DataPlane.
func (r *Reader) Service(name types.NamespacedName) (*corev1.Service, error) {
	found, err := objects.Get[corev1.Service](r.source, objects.Services, name)
	return found, r.note(err, false)
}

// place is where Services of a Gateway are, and by which labels.
type place struct {
	namespace string
	labels    labels.Set
}

// Claiming implements observe.DataPlane. It looks where Services of a Gateway usually are: in the Gateway's namespace, and
// in that of its controller.
func (r *Reader) Claiming(gateway *gatewayv1.Gateway) ([]*corev1.Service, error) {
	found := []*corev1.Service{}
	for _, at := range r.places(gateway) {
		services, err := listed[corev1.Service](r, objects.Services, at.namespace, at.labels.AsSelector())
		if err := r.note(err, false); err != nil {
			return nil, err
		}
		for _, service := range services {
			if dataplane.Claims(service, gateway) {
				found = append(found, service)
			}
		}
	}
	return found, nil
}

func (r *Reader) places(gateway *gatewayv1.Gateway) []place {
	controller := gatewayv1.GatewayController("")
	if class, err := r.GatewayClass(string(gateway.Spec.GatewayClassName)); err == nil && class != nil {
		controller = class.Spec.ControllerName
	}
	found := []place{{gateway.Namespace, labels.Set{dataplane.GatewayNameLabel: gateway.Name}}}
	for _, known := range features.Services(controller) {
		own := labels.Set{known.Gateway: gateway.Name, known.GatewayNamespace: gateway.Namespace}
		if known.Class != "" {
			own = labels.Set{known.Class: string(gateway.Spec.GatewayClassName)}
		}
		found = append(found, place{known.Namespace, own})
	}
	return found
}

// EndpointSlices implements observe.DataPlane.
func (r *Reader) EndpointSlices(service *corev1.Service, _ bool) ([]*discoveryv1.EndpointSlice, error) {
	own := labels.Set{discoveryv1.LabelServiceName: service.Name}
	found, err := listed[discoveryv1.EndpointSlice](r, objects.EndpointSlices, service.Namespace, own.AsSelector())
	return found, r.note(err, false)
}
