// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Proposal is an entry that an operator may want to write. Without Gateway, the controller
// creates one for the class.
type Proposal struct {
	Class   string
	Gateway types.NamespacedName
}

// Proposals are what is known of a list that the operator has to write.
type Proposals struct {
	// Entries are those to write, if that is known.
	Entries []Proposal
	// Classes are the names of the accepted GatewayClasses, one of which the operator has to choose, if it is not known.
	Classes []string
}

// Open says what the operator has to decide before a command with these proposals can be run. It is empty where the
// command is complete.
func (p Proposals) Open() string {
	switch {
	case len(p.Entries) == 1:
		return ""
	case len(p.Entries) > 1:
		return "choose the label-selector of each further Gateway"
	case len(p.Classes) > 0:
		return fmt.Sprintf("put one of the accepted GatewayClasses (%s) in place of %s", strings.Join(p.Classes, ", "), noClass)
	}
	return fmt.Sprintf("no GatewayClass is accepted: install an implementation of the Gateway API, and put the name of its GatewayClass in place of %s", noClass)
}

// noClass stands for a name that the operator has to fill in. It is not a valid one, so the webhook refuses it.
const noClass = "NAME-OF-A-GATEWAYCLASS"

// Propose writes proposals on one line, as the list of a key. The first entry is the default; each other one has a
// label selector, which the operator has to change.
func Propose(key string, proposals Proposals) List {
	proposed := proposals.Entries
	if len(proposed) == 0 {
		proposed = []Proposal{{Class: noClass}}
	}
	entries := []string{}
	for i, proposal := range proposed {
		entry := "class: " + proposal.Class
		if proposal.Gateway.Name != "" {
			entry += ", gateway: " + proposal.Gateway.String()
		}
		if i > 0 {
			name := cmp.Or(proposal.Gateway.Name, proposal.Class)
			entry += ", label-selector: gateway=" + strings.TrimRight(name[:min(len(name), validation.LabelValueMaxLength)], "-.")
		}
		entries = append(entries, "{"+entry+"}")
	}
	return List{Key: key, Text: "[" + strings.Join(entries, ", ") + "]"}
}

// Command is the kubectl command that writes lists into the ConfigMap, which it creates if that does not exist. It has a
// percent sign, which Serving would take for a format, only where the operator's own text has one.
func Command(exists bool, namespace string, lists []List) string {
	if exists {
		data := map[string]string{}
		for _, list := range lists {
			data[list.Key] = list.Text
		}
		patch, err := json.Marshal(map[string]any{"data": data})
		if err != nil { // strings always marshal
			panic(err)
		}
		return fmt.Sprintf("kubectl -n %s patch configmap %s --type merge -p %s", namespace, Name, Quoted(string(patch)))
	}
	command := fmt.Sprintf("kubectl -n %s create configmap %s", namespace, Name)
	for _, list := range lists {
		command += " --from-literal=" + Quoted(list.Key+"="+list.Text)
	}
	return command
}

// Quoted is one word of a POSIX shell.
func Quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
