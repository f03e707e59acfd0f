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
)

// A Gateway that we created carries this label. It has no owner: deleting the release
// leaves traffic flowing (SPEC B-INS-3).
const (
	ManagedByLabel = "app.kubernetes.io/managed-by"
	ManagedBy      = "net-gateways"
)

// changes are what has to be done about the Gateways that we own.
type changes struct {
	create []*gatewayv1.Gateway
	update []*gatewayv1.Gateway
	// remove are Gateways that no entry wants and no route uses.
	remove []*gatewayv1.Gateway
	// busy are Gateways that no entry wants, but routes still use.
	busy []*gatewayv1.Gateway
	// foreign are names that we would use, taken by somebody else's Gateway.
	foreign []config.Entry
}

// plan compares the entries without a `gateway` with the Gateways of our namespace.
// Used tells whether a route of ours is attached; listenerSets whether these are served,
// and with them the Gateways' allowedListeners.
func plan(cfg *config.Config, current []*gatewayv1.Gateway, used func(types.NamespacedName) bool, listenerSets bool) changes {
	todo := changes{}
	wanted := map[types.NamespacedName]bool{}
	for _, entry := range slices.Concat(cfg.External, cfg.Local) {
		wanted[entry.Gateway] = true
		if !entry.Managed {
			continue
		}
		desired := desiredGateway(entry, admittedBy(cfg, entry.Gateway))
		at := slices.IndexFunc(current, func(g *gatewayv1.Gateway) bool { return apply.NameOf(g) == entry.Gateway })
		switch {
		case at < 0:
			todo.create = append(todo.create, desired)
		case !isManaged(current[at]):
			todo.foreign = append(todo.foreign, entry)
		case differs(current[at], desired), listenerSets && current[at].Spec.AllowedListeners == nil:
			todo.update = append(todo.update, desired)
		}
	}
	for _, gateway := range current {
		switch {
		case !isManaged(gateway) || wanted[apply.NameOf(gateway)] || unsaid(cfg, gateway) || gateway.DeletionTimestamp != nil:
		case used(apply.NameOf(gateway)):
			todo.busy = append(todo.busy, gateway)
		default:
			todo.remove = append(todo.remove, gateway)
		}
	}
	return todo
}

// unsaid tells that a Gateway was made for a visibility of which it is not known what is
// wanted: it stays (SPEC B-INS-9).
func unsaid(cfg *config.Config, gateway *gatewayv1.Gateway) bool {
	return slices.ContainsFunc(config.Visibilities, func(visibility v1alpha1.IngressVisibility) bool {
		return cfg.ListState(visibility) == config.ListAbsent && gateway.Name == config.ManagedGatewayName(visibility, string(gateway.Spec.GatewayClassName))
	})
}

// admittedBy are the namespaces whose routes a Gateway admits: those that its entry selects, so that no other tenant takes
// a host there; all where it has no namespace-selector, or where several entries share the Gateway.
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

// labelSelector is the selector as objects have it, every requirement an expression.
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

// desiredGateway has one listener, HTTP on port 80, for the routes of the namespaces that it admits, and takes their
// ListenerSets, so that certificates need no change of it.
func desiredGateway(entry config.Entry, admitted gatewayv1.RouteNamespaces) *gatewayv1.Gateway {
	return &gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: entry.Gateway.Namespace,
			Name:      entry.Gateway.Name,
			Labels:    map[string]string{ManagedByLabel: ManagedBy},
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

// differs looks at what we set and nothing else: operators may add listeners. Not at
// allowedListeners: an API server whose CRD is too old for it drops it, and would for ever.
func differs(current, desired *gatewayv1.Gateway) bool {
	want := desired.Spec.Listeners[0]
	at := slices.IndexFunc(current.Spec.Listeners, func(l gatewayv1.Listener) bool { return l.Name == want.Name })
	return at < 0 ||
		current.Spec.Listeners[at].Port != want.Port ||
		current.Spec.Listeners[at].Protocol != want.Protocol ||
		current.Spec.Listeners[at].AllowedRoutes == nil ||
		!equality.Semantic.DeepEqual(current.Spec.Listeners[at].AllowedRoutes.Namespaces, want.AllowedRoutes.Namespaces) ||
		current.Spec.GatewayClassName != desired.Spec.GatewayClassName
}

func isManaged(gateway *gatewayv1.Gateway) bool { return gateway.Labels[ManagedByLabel] == ManagedBy }
