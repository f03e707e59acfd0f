// SPDX-License-Identifier: Apache-2.0

package configure

import (
	"fmt"
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
	// Command writes the lists; Open is what to decide first.
	Command string        `json:"command,omitempty"`
	Open    string        `json:"open,omitempty"`
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
	if len(lists) > 0 {
		found.Command = config.Command(state.Exists, state.Namespace, lists)
	}
	found.Unseen = reader.Unseen()
	return found, nil
}

// Found implements output.Report.
func (b Beginning) Found() bool { return b.Command != "" }

// Text implements output.Report. What is to be run stands alone on its line.
func (b Beginning) Text(paper *output.Paper) {
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
