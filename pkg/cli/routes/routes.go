// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"maps"
	"slices"
	"strings"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

// Report has the HTTPRoutes of some services.
type Report struct {
	output.Type
	Routes   []Route       `json:"routes"`
	Unseen   []view.Unseen `json:"unseen,omitempty"`
	Requests int           `json:"requests"`
}

// Change is what the controller would write.
type Change string

// The changes.
const (
	None   Change = "none"
	Create Change = "create"
	Update Change = "update"
	Delete Change = "delete"
)

// Route is an HTTPRoute.
type Route struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Service is that of the KIngress, as NAMESPACE/NAME.
	Service string `json:"service"`
	Change  Change `json:"change"`
	// Text is the HTTPRoute as it should be, in YAML. Diff has its lines where the stored one differs, with - and + in front.
	Text string   `json:"text,omitempty"`
	Diff []string `json:"diff,omitempty"`
}

// Found implements output.Report: something is not stored as it should be.
func (r Report) Found() bool {
	return slices.ContainsFunc(r.Routes, func(route Route) bool { return route.Change != None })
}

// Of translates the KIngresses that the reader lists; service, NAMESPACE/NAME, is the only one that is wanted if it is not empty.
func Of(reader *view.Reader, service string, now time.Time) (Report, error) {
	report := Report{Type: output.TypeOf("Routes")}
	all, err := reader.Ingresses()
	if err != nil {
		return Report{}, err
	}
	for _, ing := range all {
		if name := ing.Namespace + "/" + ing.Name; !view.Ours(ing) || service != "" && service != name {
			continue
		}
		found, err := examine.Examine(reader, ing, now)
		if err != nil {
			return Report{}, err
		}
		routes, err := of(ing, found)
		if err != nil {
			return Report{}, err
		}
		report.Routes = append(report.Routes, routes...)
	}
	report.Unseen = reader.Unseen()
	return report, nil
}

// of are the HTTPRoutes of a KIngress, in the order of the translation, and then those that should go.
func of(ing *v1alpha1.Ingress, found *examine.Examination) ([]Route, error) {
	preserved, current := found.Seen.Preserve(found.Desired), []*gatewayv1.HTTPRoute{}
	for _, name := range slices.Sorted(maps.Keys(found.Seen.Routes)) {
		if !preserved.Routes.Has(name) {
			current = append(current, found.Seen.Routes[name])
		}
	}
	desired := slices.Concat(found.Desired.Objects(), preserved.Parts)
	plan, routes := apply.Plan(ing, current, desired), []Route{}
	add := func(change Change, wanted, stored *gatewayv1.HTTPRoute) error {
		named := stored
		if wanted != nil {
			named = wanted
		}
		route := Route{Namespace: named.Namespace, Name: named.Name, Service: ing.Namespace + "/" + ing.Name, Change: change}
		text, err := written(wanted, wanted)
		if err != nil {
			return err
		}
		if route.Text = text; change == Update {
			before, err := written(stored, wanted)
			if err != nil {
				return err
			}
			route.Diff = differing(strings.Split(before, "\n"), strings.Split(text, "\n"))
		}
		routes = append(routes, route)
		return nil
	}
	for _, wanted := range desired {
		change, stored := None, (*gatewayv1.HTTPRoute)(nil)
		if slices.Contains(plan.Create, wanted) {
			change = Create
		}
		for _, update := range plan.Update {
			if update.Desired == wanted {
				change, stored = Update, update.Current
			}
		}
		if err := add(change, wanted, stored); err != nil {
			return nil, err
		}
	}
	for _, stored := range plan.Delete {
		if err := add(Delete, nil, stored); err != nil {
			return nil, err
		}
	}
	return routes, nil
}

// written is an HTTPRoute in YAML, with what the controller writes: of labels and annotations those that are wanted.
func written(route, wanted *gatewayv1.HTTPRoute) (string, error) {
	if route == nil {
		return "", nil
	}
	metadata := map[string]any{"namespace": route.Namespace, "name": route.Name}
	for field, pair := range map[string][2]map[string]string{"labels": {route.Labels, wanted.Labels}, "annotations": {route.Annotations, wanted.Annotations}} {
		own := maps.Clone(pair[0])
		maps.DeleteFunc(own, func(key, _ string) bool { _, has := pair[1][key]; return !has })
		if len(own) > 0 {
			metadata[field] = own
		}
	}
	text, err := yaml.Marshal(map[string]any{"apiVersion": gatewayv1.GroupVersion.String(), "kind": "HTTPRoute", "metadata": metadata, "spec": route.Spec})
	return string(text), err
}
