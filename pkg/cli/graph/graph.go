// SPDX-License-Identifier: Apache-2.0

package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/explain"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/paths"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Report is the graph.
type Report struct {
	output.Type
	Gateways []Gateway     `json:"gateways"`
	Unseen   []view.Unseen `json:"unseen,omitempty"`
	Requests int           `json:"requests"`
}

// Gateway has the hosts that lead through it. Its name is empty for hosts that no Gateway serves.
type Gateway struct {
	Gateway string `json:"gateway"`
	Class   string `json:"class,omitempty"`
	// List is external or local.
	List    string `json:"list,omitempty"`
	Address string `json:"address,omitempty"`
	Hosts   []Host `json:"hosts"`
}

// Host is a host with the service that has it.
type Host struct {
	Host string `json:"host"`
	// Service is its owner, as NAMESPACE/NAME.
	Service string         `json:"service"`
	Paths   []explain.Path `json:"paths,omitempty"`
	// Attached are the HTTPRoutes whose parent is the service, with the paths of this host.
	Attached []paths.Route `json:"attached,omitempty"`
	// Ready, Reason and Message are those of the service.
	Ready   string `json:"ready"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

// Selection says which part of the graph is wanted; all of it is the zero value.
type Selection struct {
	// Gateway is NAMESPACE/NAME.
	Gateway string
	// Service is NAMESPACE/NAME.
	Service string
}

// Of draws the KIngresses that the reader lists.
func Of(reader *view.Reader, wanted Selection, now time.Time) (Report, error) {
	all, err := reader.Ingresses()
	if err != nil {
		return Report{}, err
	}
	parents, err := reader.Frontends()
	if err != nil {
		return Report{}, err
	}
	drawn := drawing{reader: reader, now: now, parents: parents, hosts: map[string][]Host{}}
	for _, ing := range all {
		if view.Ours(ing) && (wanted.Service == "" || wanted.Service == ing.Namespace+"/"+ing.Name) {
			if err := drawn.add(ing); err != nil {
				return Report{}, err
			}
		}
	}
	report := Report{Type: output.TypeOf("Graph")}
	for _, visibility := range config.Visibilities {
		for _, entry := range reader.State().Config.Entries(visibility) {
			one := Gateway{Gateway: entry.Gateway.String(), Class: entry.Class, List: lists[visibility], Hosts: drawn.of(visibility, entry.Gateway.String())}
			if wanted.Gateway != "" && wanted.Gateway != one.Gateway || wanted.Service != "" && len(one.Hosts) == 0 {
				continue
			}
			gateway, err := reader.Gateway(entry.Gateway)
			if err != nil {
				return Report{}, err
			}
			if gateway != nil && len(gateway.Status.Addresses) > 0 {
				one.Address = gateway.Status.Addresses[0].Value
			}
			report.Gateways = append(report.Gateways, one)
		}
		if unserved := drawn.of(visibility, ""); len(unserved) > 0 && wanted.Gateway == "" {
			report.Gateways = append(report.Gateways, Gateway{List: lists[visibility], Hosts: unserved})
		}
	}
	report.Unseen = reader.Unseen()
	return report, nil
}

var lists = map[v1alpha1.IngressVisibility]string{v1alpha1.IngressVisibilityExternalIP: "external", v1alpha1.IngressVisibilityClusterLocal: "local"}

type drawing struct {
	reader *view.Reader
	now    time.Time
	// parents are the Knative objects to which HTTPRoutes are attached.
	parents sets.Set[attached.Frontend]
	hosts   map[string][]Host
}

func (d *drawing) of(visibility v1alpha1.IngressVisibility, gateway string) []Host {
	found := d.hosts[string(visibility)+" "+gateway]
	slices.SortStableFunc(found, func(a, b Host) int { return cmp.Compare(a.Host, b.Host) })
	return found
}

func (d *drawing) add(ing *v1alpha1.Ingress) error {
	related, err := observe.SelectedFor(d.reader, ing, d.reader.State().Config)
	if err != nil {
		return err
	}
	added, err := d.attached(ing)
	if err != nil {
		return err
	}
	ready := ing.Status.GetCondition(v1alpha1.IngressConditionReady)
	for _, rule := range ing.Spec.Rules {
		visibility, gateway := rules.Visibility(rule), ""
		if name, selected := related[visibility]; selected {
			gateway = name.String()
		}
		for _, name := range shown(rule, visibility) {
			one := Host{Host: name, Service: ing.Namespace + "/" + ing.Name, Paths: explain.Paths([]v1alpha1.IngressRule{rule}, nil), Ready: "Unknown"}
			one.Attached = at(name, added)
			for i := range one.Paths {
				one.Paths[i].Hosts = nil
			}
			if ready != nil && ing.Status.ObservedGeneration == ing.Generation {
				one.Ready, one.Reason, one.Message = string(ready.Status), ready.Reason, ready.Message
			}
			if gateway == "" {
				_, refusal := selection.Select(d.reader.State().Config, visibility, selection.Request{Ingress: ing})
				if one.Ready = "False"; refusal != nil {
					one.Reason, one.Message = refusal.Reason(), refusal.Error()
				}
			}
			key := string(visibility) + " " + gateway
			d.hosts[key] = append(d.hosts[key], one)
		}
	}
	return nil
}

// shown are the hosts of a rule; of the three names of a service inside the cluster only the longest.
func shown(rule v1alpha1.IngressRule, visibility v1alpha1.IngressVisibility) []string {
	if visibility != v1alpha1.IngressVisibilityClusterLocal || len(rule.Hosts) == 0 {
		return rule.Hosts
	}
	return []string{slices.MaxFunc(rule.Hosts, func(a, b string) int { return cmp.Compare(len(a), len(b)) })}
}

// Found implements output.Report.
func (r Report) Found() bool {
	return slices.ContainsFunc(r.Gateways, func(one Gateway) bool {
		return slices.ContainsFunc(one.Hosts, func(host Host) bool {
			return host.Ready != "True" || slices.ContainsFunc(host.Attached, func(route paths.Route) bool { return !route.Served() })
		})
	})
}

// lead is where the requests of a path go, in words.
func lead(path explain.Path) string {
	to := ""
	for i, share := range path.Shares {
		if i > 0 {
			to += " · "
		}
		to += fmt.Sprintf("%d%% %s", share.Percent, share.Service)
	}
	if path.RewriteHost != "" {
		to = "as " + path.RewriteHost
	}
	for _, name := range slices.Sorted(maps.Keys(path.Headers)) {
		to += fmt.Sprintf(" with %s: %s", name, path.Headers[name])
	}
	return to
}
