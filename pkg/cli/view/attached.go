// SPDX-License-Identifier: Apache-2.0

package view

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// Attached implements observe.Reader. A frontend is in the namespace of its KIngress, and HTTPRoutes of other namespaces are
// refused, so that those are read only if the Reader may list all namespaces.
func (r *Reader) Attached(frontend attached.Frontend) ([]*gatewayv1.HTTPRoute, error) {
	namespace := frontend.Namespace
	if r.within == "" {
		namespace = ""
	}
	found, err := r.attachedIn(namespace)
	if err != nil {
		return nil, r.note(err, true)
	}
	copies, err := r.copies(frontend)
	return slices.Concat(found[frontend], copies), r.note(err, true)
}

// Frontends are the Knative objects that HTTPRoutes of users name as their parents, in the namespaces of the Reader.
func (r *Reader) Frontends() (sets.Set[attached.Frontend], error) {
	found, err := r.attachedIn(r.within)
	return sets.KeySet(found), r.note(err, false)
}

// ofUsers select the HTTPRoutes that users have written, so that the API server does not send the routes of a thousand services:
// those of the controller have both labels.
var ofUsers = []labels.Selector{
	selecting(requirement(networking.IngressLabelKey, selection.DoesNotExist)),
	selecting(requirement(networking.IngressLabelKey, selection.Exists), requirement(networking.VisibilityLabelKey, selection.DoesNotExist)),
}

// attachedIn reads the HTTPRoutes of users, each list once.
func (r *Reader) attachedIn(namespace string) (map[attached.Frontend][]*gatewayv1.HTTPRoute, error) {
	if known, read := r.attached[namespace]; read {
		return known, nil
	}
	found := map[attached.Frontend][]*gatewayv1.HTTPRoute{}
	for _, selector := range ofUsers {
		all, err := listed[gatewayv1.HTTPRoute](r, objects.HTTPRoutes, namespace, selector)
		if err != nil {
			return nil, err
		}
		for _, route := range all {
			for _, frontend := range attached.Frontends(route) {
				found[frontend] = append(found[frontend], route)
			}
		}
	}
	r.attached[namespace] = found
	return found, nil
}

// copies are HTTPRoutes of users that have the labels of the controller's own, as they do if such a one was copied. Only those
// that were copied from the same service are seen, if the Reader reads for one.
func (r *Reader) copies(frontend attached.Frontend) ([]*gatewayv1.HTTPRoute, error) {
	of := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: frontend.Namespace, Name: frontend.Name}}
	all, err := listed[gatewayv1.HTTPRoute](r, objects.HTTPRoutes, frontend.Namespace, r.labelled(of))
	found := []*gatewayv1.HTTPRoute{}
	for _, route := range all {
		known := slices.ContainsFunc(ofUsers, func(selector labels.Selector) bool { return selector.Matches(labels.Set(route.Labels)) })
		if !known && len(attached.RefsTo(route, frontend)) > 0 {
			found = append(found, route)
		}
	}
	return found, err
}

func selecting(all ...labels.Requirement) labels.Selector { return labels.NewSelector().Add(all...) }

func requirement(key string, operator selection.Operator) labels.Requirement {
	found, err := labels.NewRequirement(key, operator, nil)
	if err != nil { // keys and operators are constants
		panic(err)
	}
	return *found
}
