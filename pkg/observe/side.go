// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
)

// Side is the Gateway that is selected for a visibility, with its data plane.
type Side struct {
	Entry config.Entry
	// Refusal says why no entry was selected, or is nil.
	Refusal *conditions.Refusal
	// ListAbsent tells that config-gateway has no list for this visibility, so that it is not known what
	// is wanted; Preserved, that the stored objects serve this generation, and stay.
	ListAbsent, Preserved bool
	// Unserved tells that the operator wants nothing served at this visibility.
	Unserved bool
	// Gateway is nil where it does not exist.
	Gateway *gatewayv1.Gateway
	// Class is the GatewayClass as its controller last accepted it; NoClass says why none is known.
	Class   *gatewayv1.GatewayClass
	NoClass *conditions.Refusal
	// Service stands in front of the Gateway's pods, and EndpointSlices are those of the pods.
	Service        *corev1.Service
	EndpointSlices []*discoveryv1.EndpointSlice
	// Published is the address in the status of the KIngress. If it is the name of a Service, Absent is
	// for how long this has not existed.
	Published dataplane.Published
	Absent    time.Duration
}

// Serves tells whether routes can be attached to the side's Gateway.
func (s Side) Serves() bool {
	return s.Refusal == nil && s.Gateway != nil && string(s.Gateway.Spec.GatewayClassName) == s.Entry.Class && s.Class != nil
}

// Controller is the controller of the side's GatewayClass; empty if the class is not known.
func (s Side) Controller() gatewayv1.GatewayController {
	if s.Class == nil {
		return ""
	}
	return s.Class.Spec.ControllerName
}

// Attachment says how the KIngress's routes are attached to the Gateway of a side.
func (s *Subject) Attachment(side Side) dataplane.Attachment {
	return dataplane.Attachment{Gateway: side.Gateway, Section: side.Entry.HTTPListener, Tenant: s.tenant()}
}

// readSide reads the Gateway that is selected for a visibility, or why none is.
func (o *Observation) readSide(reader Reader, visibility v1alpha1.IngressVisibility) (Side, error) {
	choice := o.Choices[visibility]
	side := Side{Entry: choice.Entry, Refusal: choice.Refusal}
	if side.Refusal != nil {
		return side, o.readAbsentList(reader, visibility, &side)
	}
	gateway, err := reader.Gateway(side.Entry.Gateway)
	if side.Gateway = gateway; gateway == nil || err != nil {
		return side, err
	}
	name := string(gateway.Spec.GatewayClassName)
	class, err := reader.GatewayClass(name)
	if err != nil {
		return side, err
	}
	if side.NoClass = classUnknown(name, class); side.NoClass == nil {
		side.Class = class
	}
	return side, side.readDataPlane(reader, PublishedAt(o.Ingress, visibility))
}

// classUnknown says why it is not known what the Gateways of a class can do: the class does not exist, or
// its controller does not accept it. Either can change, so the KIngress waits.
func classUnknown(name string, class *gatewayv1.GatewayClass) *conditions.Refusal {
	if class == nil {
		return &conditions.Refusal{Wait: true, Code: conditions.ReasonGatewayNotFound, Detail: fmt.Sprintf(
			"GatewayClass %s does not exist; what was served before is still served, changes and new services wait: create it", name)}
	}
	refused := features.NotAccepted(class)
	if refused == nil {
		return nil
	}
	return &conditions.Refusal{Wait: true, Code: conditions.ReasonGatewayNotProgrammed, Detail: fmt.Sprintf(
		"GatewayClass %s: %s is False: %s: %s", name, refused.Type, refused.Reason, refused.Message)}
}

// readDataPlane finds the Service in front of the Gateway's pods. It looks for the Service whose name is
// published by that name, if it is not the one that was found.
func (s *Side) readDataPlane(reader Reader, published []v1alpha1.LoadBalancerIngressStatus) (err error) {
	name := dataplane.ServiceOf(published)
	owner := dataplane.Owner{Gateway: s.Gateway, Controller: s.Controller(), Published: name}
	if s.Service, s.EndpointSlices, err = ServiceOf(reader, s.Entry, owner); err != nil {
		return err
	}
	s.Published = dataplane.Published{Address: published, Named: s.Entry.Service.Name != ""}
	if name.Name == "" {
		return nil
	}
	current := s.Service
	if current == nil || current.Name != name.Name || current.Namespace != name.Namespace {
		if current, err = reader.Service(name); err != nil {
			return err
		}
	}
	s.Published.Exists = current != nil
	s.Absent = reader.AbsentFor(name, s.Published.Exists)
	return nil
}

// ServiceOf is the Service in front of a Gateway's pods, with its EndpointSlices. If the Service that the
// entry names does not exist, only the one whose name is published already can take its place.
func ServiceOf(reader DataPlane, entry config.Entry, owner dataplane.Owner) (*corev1.Service, []*discoveryv1.EndpointSlice, error) {
	named := entry.Service.Name != ""
	if named {
		service, err := reader.Service(entry.Service)
		if err != nil {
			return nil, nil, err
		}
		if service != nil {
			slices, err := reader.EndpointSlices(service, false)
			return service, slices, err
		}
	}
	candidates, err := reader.Claiming(owner.Gateway)
	if err != nil {
		return nil, nil, err
	}
	service := dataplane.Discover(owner, candidates)
	if service == nil || named && (types.NamespacedName{Namespace: service.Namespace, Name: service.Name}) != owner.Published {
		return nil, nil, nil
	}
	slices, err := reader.EndpointSlices(service, true)
	return service, slices, err
}
