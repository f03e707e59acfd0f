// SPDX-License-Identifier: Apache-2.0

package configure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Effective is what config-gateway says, with defaults filled in, and with what was found in the cluster.
type Effective struct {
	output.Type
	Entries []Entry `json:"entries"`
	// DrainTime is how long a route stays on a Gateway that it moves away from.
	DrainTime string `json:"drainTime"`
	// Missing are the lists that are not written.
	Missing []string `json:"missing,omitempty"`
	// Problem is why the file is refused.
	Problem  string        `json:"problem,omitempty"`
	Warnings []string      `json:"warnings,omitempty"`
	Unseen   []view.Unseen `json:"unseen,omitempty"`
}

// Entry is one Gateway.
type Entry struct {
	// Entry is its place in the file, as external-gateways[0].
	Entry   string `json:"entry"`
	Gateway string `json:"gateway"`
	Class   string `json:"class"`
	// Managed tells that the controller creates the Gateway.
	Managed bool `json:"managed,omitempty"`
	// Chosen says which services it serves.
	Chosen string `json:"chosen"`
	// Probe is how services are proven; Proxies is how many proxies are known, Service where they are known from.
	Probe   string `json:"probe"`
	Proxies int    `json:"proxies"`
	Service string `json:"service,omitempty"`
	// Features are those of the Gateway API that it has, and their sources.
	Features []Feature `json:"features,omitempty"`
	// Problem is what stands in its way.
	Problem string `json:"problem,omitempty"`
}

// Feature is one, with where it is known from: entry, GatewayClass or table.
type Feature struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// Show reads what is in effect.
func Show(reader *view.Reader) (Effective, error) {
	state := reader.State()
	found := Effective{Type: output.TypeOf("Configuration"), DrainTime: cmp.Or(state.Config.Drain, config.DefaultDrain).String(), Missing: state.Config.AbsentLists()}
	if state.Problem != nil {
		found.Problem = state.Problem.Error()
	}
	for _, warning := range state.Warnings {
		found.Warnings = append(found.Warnings, warning.String())
	}
	for _, entry := range slices.Concat(state.Config.External, state.Config.Local) {
		one, err := show(reader, entry)
		if err != nil {
			return Effective{}, err
		}
		found.Entries = append(found.Entries, one)
	}
	found.Unseen = reader.Unseen()
	return found, nil
}

func show(reader *view.Reader, entry config.Entry) (Entry, error) {
	place, _, _ := strings.Cut(entry.String(), " ")
	found := Entry{Entry: place, Gateway: entry.Gateway.String(), Class: entry.Class, Managed: entry.Managed, Probe: string(cmp.Or(entry.Probe, probe.Auto)), Chosen: chosen(entry)}
	before := len(reader.Unseen())
	gateway, err := reader.Gateway(entry.Gateway)
	if gateway == nil || err != nil {
		if found.Problem = "the Gateway does not exist"; len(reader.Unseen()) > before {
			found.Problem = "the Gateway could not be read"
		}
		return found, err
	}
	if class := string(gateway.Spec.GatewayClassName); class != entry.Class {
		found.Problem = fmt.Sprintf("the Gateway has gatewayClassName %q", class)
	}
	class := reader.ClassOf(entry.Gateway)
	if class == nil {
		found.Problem = cmp.Or(found.Problem, fmt.Sprintf("GatewayClass %s does not exist, or could not be read", gateway.Spec.GatewayClassName))
		return found, nil
	}
	service, slicesOf, err := observe.ServiceOf(reader, entry, dataplane.Owner{Gateway: gateway, Controller: class.Spec.ControllerName})
	if service != nil {
		found.Service, found.Proxies = types.NamespacedName{Namespace: service.Namespace, Name: service.Name}.String(), len(dataplane.Pods(service, slicesOf))
	}
	controller := string(class.Spec.ControllerName)
	table, all := features.Supported(controller, nil, nil), features.Supported(controller, class, entry.Features)
	for _, name := range sets.List(all) {
		source := "GatewayClass"
		switch {
		case entry.Features.Has(name):
			source = "entry"
		case table.Has(name):
			source = "table"
		}
		found.Features = append(found.Features, Feature{Name: string(name), Source: source})
	}
	return found, err
}

func chosen(entry config.Entry) string {
	said := []string{}
	if entry.LabelSelector != nil {
		said = append(said, "label-selector "+entry.LabelSelector.String())
	}
	if entry.NamespaceSelector != nil {
		said = append(said, "namespace-selector "+entry.NamespaceSelector.String())
	}
	return cmp.Or(strings.Join(said, ", "), "the default")
}

// Found implements output.Report.
func (e Effective) Found() bool {
	return e.Problem != "" || len(e.Warnings) > 0 || len(e.Entries) == 0 || slices.ContainsFunc(e.Entries, func(entry Entry) bool { return entry.Problem != "" })
}

// Text implements output.Report.
func (e Effective) Text(paper *output.Paper) {
	for _, entry := range e.Entries {
		service := "Service not found"
		if entry.Service != "" {
			service = fmt.Sprintf("%s (%d proxies)", entry.Service, entry.Proxies)
		}
		paper.Line("%s  %s  class %s  %s", entry.Entry, entry.Gateway, entry.Class, entry.Chosen)
		if entry.Problem != "" {
			paper.Item("  problem   ", "%s", entry.Problem)
		}
		paper.Item("  probe     ", "%s; %s", entry.Probe, service)
		names := []string{}
		for _, feature := range entry.Features {
			names = append(names, fmt.Sprintf("%s (%s)", feature.Name, feature.Source))
		}
		if len(names) > 0 {
			paper.Item("  features  ", "%s", strings.Join(names, ", "))
		}
	}
	for _, list := range e.Missing {
		paper.Line("%s is not written: kn gateways config init", list)
	}
	if paper.Line("drain-time %s", e.DrainTime); e.Problem != "" {
		paper.Line("refused: %s", e.Problem)
	}
	for _, warning := range e.Warnings {
		paper.Line("ignored: %s", warning)
	}
	for _, unseen := range e.Unseen {
		paper.Line("%s", unseen)
	}
}
