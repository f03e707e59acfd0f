// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

// Text implements output.Report.
func (r Report) Text(paper *output.Paper) {
	heading, rows := []string{"GATEWAY", "CLASS", "LIST", "ADDRESS", "PROOF", "SERVICES", "READY", "WAITING", "FAILED", "MOVING"}, [][]string{}
	for _, one := range r.Gateways {
		proof := one.Proof
		if one.Weaker != "" {
			proof += "*"
		}
		rows = append(rows, []string{one.Gateway, one.Class, one.List, cmp.Or(one.Address, "none"), proof,
			strconv.Itoa(one.Services), strconv.Itoa(one.Ready), strconv.Itoa(one.Waiting), strconv.Itoa(one.Failed), strconv.Itoa(one.Moving)})
	}
	if len(rows) > 0 {
		paper.Table(heading, rows)
	} else {
		paper.Shell("config-gateway names no Gateway. What to write: ", "kn gateways config init")
	}
	r.remarks(paper)
}

func (r Report) remarks(paper *output.Paper) {
	if r.Problem != "" {
		paper.Line("config-gateway is refused: %s", r.Problem)
	}
	for _, one := range r.Gateways {
		if one.Missing {
			paper.Line("Gateway %s does not exist: create it, or change config-gateway", one.Gateway)
		}
		if one.Weaker != "" {
			paper.Line("* %s: weaker than asked for: %s", one.Gateway, one.Weaker)
		}
	}
	if len(r.Unselected) > 0 {
		paper.Line("%d have hosts for which no Gateway is selected, such as %s", len(r.Unselected), r.Unselected[0].Name)
	}
	if r.OtherClass > 0 {
		paper.Line("%d more are of another ingress class.", r.OtherClass)
	}
	for _, unseen := range r.Unseen {
		paper.Line("%s", unseen)
	}
	if len(r.NotReady) > 0 {
		namespace, name, _ := strings.Cut(r.NotReady[0].Name, "/")
		are := "are"
		if len(r.NotReady) == 1 {
			are = "is"
		}
		paper.Shell(fmt.Sprintf("%d %s not Ready: ", len(r.NotReady), are), fmt.Sprintf("kn gateways explain %s -n %s", name, namespace))
	}
}
