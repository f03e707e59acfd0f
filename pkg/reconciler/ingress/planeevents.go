// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// gateway enqueues the KIngresses that use a changed Gateway. A change of the controller's own listeners
// concerns only those with HTTPS. A Gateway that config-gateway does not name concerns no KIngress,
// whatever a tenant does to it (SPEC B-OPS-5).
func (e *clusterEvents) gateway(before, gateway *gatewayv1.Gateway) {
	name := apply.NameOf(gateway)
	switch {
	case !e.named(name):
	case before == nil || gatewayChanged(before, gateway) || e.r.cluster.Front(e.owner(before)) != e.r.cluster.Front(e.owner(gateway)):
		e.users(name)
	case listenersChanged(before, gateway):
		e.listeners(before, gateway)
	}
	if before == nil || before.Spec.GatewayClassName != gateway.Spec.GatewayClassName {
		e.proposals()
	}
}

// named tells whether config-gateway names a Gateway.
func (e *clusterEvents) named(gateway types.NamespacedName) bool {
	cfg := e.r.config.Load().Config
	_, external := cfg.Entry(v1alpha1.IngressVisibilityExternalIP, gateway)
	_, local := cfg.Entry(v1alpha1.IngressVisibilityClusterLocal, gateway)
	return external || local
}

// entries are the entries of both lists.
func (e *clusterEvents) entries() (all []config.Entry) {
	cfg := e.r.config.Load().Config
	for _, visibility := range config.Visibilities {
		all = append(all, cfg.Entries(visibility)...)
	}
	return all
}

func (e *clusterEvents) shownGateway(name types.NamespacedName) *gatewayv1.Gateway {
	return cluster.Shown[gatewayv1.Gateway](e.r.cluster, cluster.AllGateways, name)
}

// class enqueues the KIngresses that use a Gateway of a class: either config-gateway or the Gateway
// itself names the class.
func (e *clusterEvents) class(class *gatewayv1.GatewayClass) {
	for _, entry := range e.entries() {
		gateway := e.shownGateway(entry.Gateway)
		if entry.Class == class.Name || gateway != nil && string(gateway.Spec.GatewayClassName) == class.Name {
			e.users(entry.Gateway)
		}
	}
	e.proposals()
}

// service enqueues the KIngresses that have a Service as a backend or publish its name, and those on a
// Gateway whose pods it leads to, or led to.
func (e *clusterEvents) service(before, service *corev1.Service) {
	if before != nil && !backendChanged(before, service) {
		return
	}
	name := apply.NameOf(service)
	if before == nil || frontChanged(before, service) {
		e.behind(name, before, service)
	}
	e.concerned(byBackend, name.String())
	e.frontends(e.r.cluster.ShownFrontends(name))
}

// behind enqueues the KIngresses on Gateways to whose pods a Service leads, in one of its versions.
func (e *clusterEvents) behind(name types.NamespacedName, versions ...*corev1.Service) {
	gateways := sets.New[types.NamespacedName]()
	for _, entry := range e.entries() {
		for _, service := range versions {
			if !gateways.Has(entry.Gateway) && e.leadsTo(entry, name, service) {
				gateways.Insert(entry.Gateway)
			}
		}
	}
	for gateway := range gateways {
		e.users(gateway)
	}
	if len(e.by(byPublished, name.String())) == 0 {
		return
	}
	e.lookAmong("Service "+name.String(), func() []any { return e.by(byPublished, name.String()) }, func(ing *v1alpha1.Ingress) bool {
		return publishedBy(ing).Has(name.String()) && !slices.ContainsFunc(gateways.UnsortedList(), func(gateway types.NamespacedName) bool { return e.r.usesGateway(ing, gateway) })
	})
}

// leadsTo tells whether a Service leads to the pods of the Gateway of an entry: the entry names it, or it
// is found for the Gateway. A label alone is not enough, because tenants can write it.
func (e *clusterEvents) leadsTo(entry config.Entry, name types.NamespacedName, service *corev1.Service) bool {
	switch {
	case entry.Service.Name != "":
		return entry.Service == name
	case service == nil:
		return false
	}
	gateway := e.shownGateway(entry.Gateway)
	return gateway != nil && dataplane.Claims(service, gateway) && e.r.cluster.IsFront(e.owner(gateway), service)
}

func (e *clusterEvents) owner(gateway *gatewayv1.Gateway) dataplane.Owner {
	return dataplane.Owner{Gateway: gateway, Controller: e.r.classes.controller(string(gateway.Spec.GatewayClassName))}
}

// endpointSlice enqueues the KIngresses on the Gateways whose pods an EndpointSlice has.
func (e *clusterEvents) endpointSlice(before, slice *discoveryv1.EndpointSlice) {
	if before != nil && !endpointsChanged(before, slice) {
		return
	}
	name := types.NamespacedName{Namespace: slice.Namespace, Name: slice.Labels[discoveryv1.LabelServiceName]}
	e.behind(name, e.r.cluster.ShownFront(name))
}
