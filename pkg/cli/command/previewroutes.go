// SPDX-License-Identifier: Apache-2.0

package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// attachedRoutes are the HTTPRoutes of a text, each of which has a Knative object as its parent; none if the text has no HTTPRoute.
func (c *common) attachedRoutes(text []byte) ([]*gatewayv1.HTTPRoute, error) {
	store := objects.NewStore().In(c.cluster.Namespace())
	if err := store.Decode(text); err != nil {
		return nil, nil // it may be the data of a ConfigMap, which says so itself if it is not
	}
	all, err := store.List(objects.HTTPRoutes, "", labels.Everything())
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if store.Len() > len(all) {
		return nil, errors.New("it has other objects besides HTTPRoutes: write them into files of their own")
	}
	found := []*gatewayv1.HTTPRoute{}
	for _, object := range all {
		route, err := strictly(object)
		if err != nil {
			return nil, fmt.Errorf("HTTPRoute %s/%s: %w", object.GetNamespace(), object.GetName(), err)
		}
		if len(attached.Frontends(route)) == 0 {
			return nil, fmt.Errorf("HTTPRoute %s/%s has no parentRef with group serving.knative.dev and kind Service or DomainMapping, so no service depends on it", route.Namespace, route.Name)
		}
		found = append(found, route)
	}
	return found, nil
}

// strictly reads an HTTPRoute as the API server would: fields that there are not are mistakes.
func strictly(object *unstructured.Unstructured) (*gatewayv1.HTTPRoute, error) {
	text, err := object.MarshalJSON()
	if err != nil {
		return nil, err
	}
	route := &gatewayv1.HTTPRoute{}
	err = yaml.UnmarshalStrict(text, route)
	route.Status = gatewayv1.HTTPRouteStatus{}
	return route, err
}

// previewRoutes tells what HTTPRoutes would do. One of which there is an older version keeps its place among the others; a new one
// is the youngest.
func (c *common) previewRoutes(cmd *cobra.Command, file string, routes []*gatewayv1.HTTPRoute) error {
	return c.preview(cmd, "with the HTTPRoutes of "+file, func(before *view.Reader) (change, error) {
		for _, route := range routes {
			stored, err := objects.Get[gatewayv1.HTTPRoute](before.Source(), objects.HTTPRoutes, types.NamespacedName{Namespace: route.Namespace, Name: route.Name})
			if err != nil && !objects.IsAnswer(err) {
				return change{}, err
			}
			route.UID, route.Generation, route.CreationTimestamp = "preview", 1, metav1.NewTime(c.Now())
			if stored != nil {
				route.UID, route.Generation, route.CreationTimestamp, route.Status = stored.UID, stored.Generation+1, stored.CreationTimestamp, stored.Status
			}
		}
		return change{show: func(*view.Reader) {}, routes: routes}, nil
	})
}

// with is a Store with HTTPRoutes in place of those of their names.
func with(store *objects.Store, routes []*gatewayv1.HTTPRoute) (*objects.Store, error) {
	untyped := []*unstructured.Unstructured{}
	for _, route := range routes {
		object, err := objects.Untyped(objects.HTTPRoutes, route)
		if err != nil {
			return nil, err
		}
		untyped = append(untyped, object)
	}
	return store.With(untyped...)
}
