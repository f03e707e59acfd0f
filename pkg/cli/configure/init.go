// SPDX-License-Identifier: Apache-2.0

package configure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// Beginning is what to write into a config-gateway that has nothing.
type Beginning struct {
	output.Type
	// Written are the lists that are there already.
	Written []string `json:"written,omitempty"`
	// Classes are the accepted GatewayClasses, and Class the one that is proposed.
	Classes []string `json:"classes"`
	Class   string   `json:"class,omitempty"`
	// Lists are the lists to write, by their keys.
	Lists map[string]string `json:"lists,omitempty"`
	// Command writes the lists; Open is what to decide first.
	Command string `json:"command,omitempty"`
	Open    string `json:"open,omitempty"`
	// Applied tells that the lists have been written.
	Applied bool          `json:"applied,omitempty"`
	Unseen  []view.Unseen `json:"unseen,omitempty"`
}

// Begin proposes the lists that are absent. class is the GatewayClass that the operator wants; empty for the only one.
func Begin(reader *view.Reader, class string) (Beginning, error) {
	state, found := reader.State(), Beginning{Type: output.TypeOf("Proposal")}
	lists := []config.List{}
	for _, visibility := range config.Visibilities {
		proposals, err := reader.Proposals(visibility)
		if err != nil {
			return Beginning{}, err
		}
		if found.Classes = proposals.Classes; class != "" {
			if !slices.Contains(proposals.Classes, class) && len(reader.Unseen()) == 0 {
				return Beginning{}, fmt.Errorf("no GatewayClass %s is accepted; those that are: %s", class, strings.Join(proposals.Classes, ", "))
			}
			proposals.Entries = []config.Proposal{{Class: class}}
		}
		if state.Config.ListState(visibility) != config.ListAbsent {
			found.Written = append(found.Written, config.ListKey(visibility))
			continue
		}
		if found.Open = proposals.Open(); len(proposals.Entries) == 1 {
			found.Class = proposals.Entries[0].Class
		}
		lists = append(lists, config.Propose(config.ListKey(visibility), proposals))
	}
	for _, list := range lists {
		if found.Lists == nil {
			found.Lists = map[string]string{}
		}
		found.Lists[list.Key] = list.Text
	}
	if len(lists) > 0 {
		found.Command = config.Command(state.Exists, state.Namespace, lists)
	}
	found.Unseen = reader.Unseen()
	return found, nil
}

// Found implements output.Report: something is to be written.
func (b Beginning) Found() bool { return b.Command != "" && !b.Applied }

// Undecided says why the lists cannot be written as they are; empty if they can.
func (b Beginning) Undecided() string {
	switch {
	case b.Open == "":
		return ""
	case len(b.Classes) == 0:
		return "no GatewayClass is accepted: install an implementation of the Gateway API first"
	}
	return "several GatewayClasses are accepted (" + strings.Join(b.Classes, ", ") + "): choose one with --class"
}

// Text implements output.Report. What is to be run stands alone on its line.
func (b Beginning) Text(paper *output.Paper) {
	if b.Applied {
		paper.Line("%s: written. What the Gateways do now: kn gateways check", strings.Join(slices.Sorted(maps.Keys(b.Lists)), " and "))
		return
	}
	if len(b.Written) > 0 {
		paper.Verbatim("# %s: written already; kn gateways config show", strings.Join(b.Written, " and "))
	}
	if b.Open != "" {
		paper.Verbatim("# %s", b.Open)
	}
	for _, unseen := range b.Unseen {
		paper.Verbatim("# %s", unseen)
	}
	if b.Command != "" {
		paper.Verbatim("%s", b.Command)
	}
}
