// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/features"
)

// A Gateway that the controller created has this label. It has no owner, so that traffic goes on when an operator
// deletes the release (SPEC B-INS-3).
const (
	managedByLabel = "app.kubernetes.io/managed-by"
	managedBy      = "net-gateways"
)

// changes are the writes that the Gateways of the controller need.
type changes struct {
	create []*gatewayv1.Gateway
	update []*gatewayv1.Gateway
	// remove are Gateways that no entry names and no HTTPRoute is attached to.
	remove []*gatewayv1.Gateway
	// busy are Gateways that no entry names, but HTTPRoutes are still attached to.
	busy []*gatewayv1.Gateway
	// foreign are entries for which a Gateway exists that the controller did not create.
	foreign []config.Entry
}

// observed is what the plan depends on besides config-gateway.
type observed struct {
	// current are the Gateways of the controller's namespace.
	current []*gatewayv1.Gateway
	// classes are the GatewayClasses.
	classes []*gatewayv1.GatewayClass
	// used tells whether an HTTPRoute of the controller is attached to a Gateway.
	used func(types.NamespacedName) bool
	// listenerSets tells whether the API server serves ListenerSets, and with them the Gateways' allowedListeners.
	listenerSets bool
}

// plan compares the entries without a `gateway` with the Gateways of the controller's namespace.
func plan(cfg *config.Config, seen observed) changes {
	todo := changes{}
	wanted := map[types.NamespacedName]bool{}
	for _, entry := range slices.Concat(cfg.External, cfg.Local) {
		wanted[entry.Gateway] = true
		if !entry.Managed {
			continue
		}
		desired := desiredGateway(entry, admittedBy(cfg, entry.Gateway))
		desired.Annotations = seen.private(entry)
		at := slices.IndexFunc(seen.current, func(g *gatewayv1.Gateway) bool { return apply.NameOf(g) == entry.Gateway })
		switch {
		case at < 0:
			todo.create = append(todo.create, desired)
		case !isManaged(seen.current[at]):
			todo.foreign = append(todo.foreign, entry)
		case differs(seen.current[at], desired), seen.listenerSets && seen.current[at].Spec.AllowedListeners == nil:
			todo.update = append(todo.update, desired)
		}
	}
	for _, gateway := range seen.current {
		switch {
		case !isManaged(gateway) || wanted[apply.NameOf(gateway)] || ofAbsentList(cfg, gateway) || gateway.DeletionTimestamp != nil:
		case seen.used(apply.NameOf(gateway)):
			todo.busy = append(todo.busy, gateway)
		default:
			todo.remove = append(todo.remove, gateway)
		}
	}
	return todo
}

// private are the annotations by which a local Gateway gets no address outside of the cluster (SPEC B-SEL-7); nil if none are
// known of the controller of its class, or the class does not exist yet.
func (o observed) private(entry config.Entry) map[string]string {
	at := slices.IndexFunc(o.classes, func(class *gatewayv1.GatewayClass) bool { return class.Name == entry.Class })
	if at < 0 || entry.Visibility != v1alpha1.IngressVisibilityClusterLocal {
		return nil
	}
	return features.Private(o.classes[at].Spec.ControllerName)
}

// ofAbsentList tells that the controller created a Gateway for a visibility whose list is absent from config-gateway
// now: it stays (SPEC B-INS-9).
func ofAbsentList(cfg *config.Config, gateway *gatewayv1.Gateway) bool {
	return slices.ContainsFunc(config.Visibilities, func(visibility v1alpha1.IngressVisibility) bool {
		return cfg.ListState(visibility) == config.ListAbsent && gateway.Name == config.ManagedGatewayName(visibility, string(gateway.Spec.GatewayClassName))
	})
}

// admittedBy are the namespaces whose HTTPRoutes a Gateway is to admit: those that its entry selects, so that no other
// tenant takes a host there; all if the entry has no namespace-selector, or several entries share the Gateway.
func admittedBy(cfg *config.Config, gateway types.NamespacedName) gatewayv1.RouteNamespaces {
	var selectors []labels.Selector
	for _, entry := range slices.Concat(cfg.External, cfg.Local) {
		if entry.Gateway == gateway {
			selectors = append(selectors, entry.NamespaceSelector)
		}
	}
	if len(selectors) != 1 || selectors[0] == nil {
		return gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}
	}
	return gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSelector), Selector: labelSelector(selectors[0])}
}

// labelSelector is a selector as a field of an object, with an expression for each requirement.
func labelSelector(selector labels.Selector) *metav1.LabelSelector {
	operators := map[selection.Operator]metav1.LabelSelectorOperator{
		selection.In: metav1.LabelSelectorOpIn, selection.Equals: metav1.LabelSelectorOpIn, selection.DoubleEquals: metav1.LabelSelectorOpIn,
		selection.NotIn: metav1.LabelSelectorOpNotIn, selection.NotEquals: metav1.LabelSelectorOpNotIn,
		selection.Exists: metav1.LabelSelectorOpExists, selection.DoesNotExist: metav1.LabelSelectorOpDoesNotExist,
	}
	requirements, _ := selector.Requirements()
	found := &metav1.LabelSelector{}
	for _, requirement := range requirements {
		expression := metav1.LabelSelectorRequirement{Key: requirement.Key(), Operator: operators[requirement.Operator()]}
		if values := requirement.Values().List(); len(values) > 0 {
			expression.Values = values
		}
		found.MatchExpressions = append(found.MatchExpressions, expression)
	}
	return found
}

// desiredGateway has one listener, HTTP on port 80, for the HTTPRoutes of the namespaces that it admits. It admits their
// ListenerSets, too, so that TLS needs no change of the Gateway.
func desiredGateway(entry config.Entry, admitted gatewayv1.RouteNamespaces) *gatewayv1.Gateway {
	return &gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: entry.Gateway.Namespace,
			Name:      entry.Gateway.Name,
			Labels:    map[string]string{managedByLabel: managedBy},
		},
		Spec: gatewayv1.GatewaySpec{
			GatewayClassName: gatewayv1.ObjectName(entry.Class),
			Listeners: []gatewayv1.Listener{{
				Name:          "http",
				Port:          80,
				Protocol:      gatewayv1.HTTPProtocolType,
				AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &admitted},
			}},
			AllowedListeners: &gatewayv1.AllowedListeners{Namespaces: &gatewayv1.ListenerNamespaces{From: admitted.From, Selector: admitted.Selector}},
		},
	}
}

// differs compares the fields that the controller sets and no others: operators may add listeners. It leaves out
// allowedListeners, because an API server with older CRDs drops that field each time.
func differs(current, desired *gatewayv1.Gateway) bool {
	want := desired.Spec.Listeners[0]
	at := slices.IndexFunc(current.Spec.Listeners, func(l gatewayv1.Listener) bool { return l.Name == want.Name })
	for key, value := range desired.Annotations {
		if current.Annotations[key] != value {
			return true
		}
	}
	return at < 0 ||
		current.Spec.Listeners[at].Port != want.Port ||
		current.Spec.Listeners[at].Protocol != want.Protocol ||
		current.Spec.Listeners[at].AllowedRoutes == nil ||
		!equality.Semantic.DeepEqual(current.Spec.Listeners[at].AllowedRoutes.Namespaces, want.AllowedRoutes.Namespaces) ||
		current.Spec.GatewayClassName != desired.Spec.GatewayClassName
}

func isManaged(gateway *gatewayv1.Gateway) bool { return gateway.Labels[managedByLabel] == managedBy }
