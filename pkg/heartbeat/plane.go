// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"context"
	"net"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// plane is the Gateway of an entry with its data plane.
type plane struct {
	entry   config.Entry
	gateway *gatewayv1.Gateway // nil where it does not exist
	service *corev1.Service    // nil where none is known
	slices  []*discoveryv1.EndpointSlice
}

// readPlane reads what belongs to an entry.
func readPlane(ctx context.Context, from cluster.Cluster, entry config.Entry) (plane, error) {
	found := plane{entry: entry}
	gateway, err := cluster.Get[gatewayv1.Gateway](ctx, from, cluster.AllGateways, entry.Gateway)
	if found.gateway = gateway; gateway == nil || err != nil {
		return found, err
	}
	class, err := cluster.Get[gatewayv1.GatewayClass](ctx, from, cluster.AllGatewayClasses, types.NamespacedName{Name: string(gateway.Spec.GatewayClassName)})
	if err != nil {
		return found, err
	}
	owner := dataplane.Owner{Gateway: gateway}
	if class != nil {
		owner.Controller = class.Spec.ControllerName
	}
	found.service, found.slices, err = observe.ServiceOf(from.Reader(ctx), entry, owner)
	return found, err
}

// facts are what is known of the Gateway itself. shared tells that it stands in both lists, so that the operator knows who
// can reach it.
func (p plane) facts(shared bool) metrics.Gateway {
	found := metrics.Gateway{Class: p.entry.Class}
	if p.gateway == nil {
		return found
	}
	found.Exists = true
	found.Accepted = p.holds(gatewayv1.GatewayConditionAccepted)
	found.Programmed = p.holds(gatewayv1.GatewayConditionProgrammed)
	found.Address = len(p.gateway.Status.Addresses) > 0 || p.service != nil
	if p.entry.Visibility == v1alpha1.IngressVisibilityClusterLocal && !shared {
		found.Private = new(dataplane.Exposure(p.gateway, p.service, nil) == "")
	}
	for _, listener := range p.gateway.Spec.Listeners {
		if dataplane.ListenerOwner(listener.Name) != "" {
			found.OwnListeners++
		} else {
			found.OtherListeners++
		}
	}
	return found
}

func (p plane) holds(kind gatewayv1.GatewayConditionType) bool {
	condition := meta.FindStatusCondition(p.gateway.Status.Conditions, string(kind))
	return condition != nil && condition.Status == metav1.ConditionTrue
}

// host is asked for. By RFC 6761 no domain has it.
const host = "net-gateways.invalid"

// targets are all that can be asked: pods and addresses.
func (p plane) targets() (pods, addresses []probe.Target) {
	if p.gateway == nil || p.entry.Probe == probe.Status {
		return nil, nil
	}
	listener := dataplane.AnyListener(p.gateway, p.entry.HTTPListener)
	if listener.Port == 0 {
		return nil, nil
	}
	target := probe.Target{Gateway: p.entry.Gateway, Scheme: "http", Host: host, ProxyProtocol: p.entry.ProxyProtocol}
	if listener.TLS {
		target.Scheme = "https"
	}
	uids := dataplane.Pods(p.service, p.slices)
	for _, address := range dataplane.Endpoints(listener, p.service, p.slices) {
		target.Address = address
		ip, _, _ := net.SplitHostPort(address)
		target.Pod = string(uids[ip])
		pods = append(pods, target)
	}
	target.Pod = ""
	for _, address := range dataplane.Addresses(listener, p.gateway, p.service, p.slices) {
		target.Address = address
		addresses = append(addresses, target)
	}
	return pods, addresses
}
