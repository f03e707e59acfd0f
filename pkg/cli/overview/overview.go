// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"errors"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Report has the Gateways and what is served on them.
type Report struct {
	output.Type
	Gateways []Gateway `json:"gateways"`
	// NotReady are the services that are not Ready, by NAMESPACE/NAME.
	NotReady []Service `json:"notReady,omitempty"`
	// Unselected are services for which no Gateway is selected.
	Unselected []Service `json:"unselected,omitempty"`
	// OtherClass is how many KIngresses are of another class.
	OtherClass int `json:"otherClass,omitempty"`
	// Problem is what is wrong with config-gateway.
	Problem  string        `json:"problem,omitempty"`
	Unseen   []view.Unseen `json:"unseen,omitempty"`
	Requests int           `json:"requests"`
}

// Gateway is an entry of config-gateway.
type Gateway struct {
	Gateway string `json:"gateway"`
	Class   string `json:"class"`
	// List is external or local.
	List string `json:"list"`
	// Address is empty where there is none, or where it could not be read.
	Address string `json:"address,omitempty"`
	// Missing tells that the Gateway does not exist.
	Missing bool `json:"missing,omitempty"`
	// Proof is by what services are proven: dataplane, address or status. Weaker says why it is weaker than asked for.
	Proof    string `json:"proof"`
	Weaker   string `json:"weaker,omitempty"`
	Services int    `json:"services"`
	Ready    int    `json:"ready"`
	Waiting  int    `json:"waiting"`
	Failed   int    `json:"failed"`
	// Moving is how many services have routes on another Gateway still.
	Moving int `json:"moving"`
}

// Service is one that is not Ready.
type Service struct {
	Name   string `json:"name"`
	Reason string `json:"reason,omitempty"`
}

// Found implements output.Report.
func (r Report) Found() bool {
	return slices.ContainsFunc(r.Gateways, func(one Gateway) bool { return one.Missing }) || len(r.NotReady) > 0 || len(r.Unselected) > 0 || r.Problem != "" || len(r.Gateways) == 0
}

// counting collects the report.
type counting struct {
	Report
	reader *view.Reader
	now    time.Time
	at     map[key]*Gateway
}

type key struct {
	visibility v1alpha1.IngressVisibility
	gateway    types.NamespacedName
}

// Of counts the KIngresses that the reader lists.
func Of(reader *view.Reader, now time.Time) (Report, error) {
	counts := &counting{Report: Report{Type: output.TypeOf("Overview")}, reader: reader, now: now, at: map[key]*Gateway{}}
	if why := reader.Unconfigured(); why != "" {
		return Report{}, errors.New(why + ": without it no Gateway is known")
	}
	state := reader.State()
	if state.Problem != nil {
		counts.Problem = state.Problem.Error()
	}
	order := []key{}
	for _, visibility := range config.Visibilities {
		for _, entry := range state.Config.Entries(visibility) {
			one, err := counts.gateway(entry)
			if err != nil {
				return Report{}, err
			}
			at := key{visibility, entry.Gateway}
			counts.at[at], order = one, append(order, at)
		}
	}
	all, err := reader.Ingresses()
	if err != nil {
		return Report{}, err
	}
	for _, ing := range all {
		if err := counts.add(ing); err != nil {
			return Report{}, err
		}
	}
	for _, at := range order {
		counts.Gateways = append(counts.Gateways, *counts.at[at])
	}
	counts.Unseen = reader.Unseen()
	return counts.Report, nil
}

func (c *counting) gateway(entry config.Entry) (*Gateway, error) {
	found := &Gateway{Gateway: entry.Gateway.String(), Class: entry.Class, List: "external", Proof: string(entry.Probe)}
	if entry.Visibility == v1alpha1.IngressVisibilityClusterLocal {
		found.List = "local"
	}
	if found.Proof == "auto" {
		found.Proof = "dataplane"
	}
	before := len(c.reader.Unseen())
	gateway, err := c.reader.Gateway(entry.Gateway)
	if gateway == nil || err != nil {
		found.Missing = err == nil && len(c.reader.Unseen()) == before
		return found, err
	}
	addresses := []string{}
	for _, address := range gateway.Status.Addresses {
		addresses = append(addresses, address.Value)
	}
	found.Address = strings.Join(addresses, ",")
	return found, nil
}

func (c *counting) add(ing *v1alpha1.Ingress) error {
	if !view.Ours(ing) {
		c.OtherClass++
		return nil
	}
	gateways, err := observe.SelectedFor(c.reader, ing, c.reader.State().Config)
	if err != nil {
		return err
	}
	name, ready := ing.Namespace+"/"+ing.Name, ing.Status.GetCondition(v1alpha1.IngressConditionReady)
	current := ready != nil && ing.Status.ObservedGeneration == ing.Generation
	if !current || !ready.IsTrue() {
		service := Service{Name: name}
		if current {
			service.Reason = ready.Reason
		}
		c.NotReady = append(c.NotReady, service)
	}
	counted := map[v1alpha1.IngressVisibility]bool{}
	for _, rule := range ing.Spec.Rules {
		visibility := rules.Visibility(rule)
		if counted[visibility] {
			continue
		}
		counted[visibility] = true
		at := c.at[key{visibility, gateways[visibility]}]
		if at == nil {
			if n := len(c.Unselected); n == 0 || c.Unselected[n-1].Name != name {
				c.Unselected = append(c.Unselected, Service{Name: name})
			}
			continue
		}
		at.Services++
		switch {
		case !current || ready.IsUnknown():
			at.Waiting++
		case ready.IsTrue():
			at.Ready++
		default:
			at.Failed++
		}
		c.prove(at, status.ProofsOf(ing.Status)[visibility])
	}
	return nil
}

// prove counts by what a service is proven, and whether it is on its way from another Gateway.
func (c *counting) prove(at *Gateway, proof status.Proof) {
	drain := c.reader.State().Config.Drain
	if proof.Gateway != "" && proof.Gateway != at.Gateway || proof.Moved != nil && c.now.Sub(*proof.Moved) < drain {
		at.Moving++
	}
	for _, why := range proof.Degraded {
		switch {
		case strings.Contains(why, "using the Gateway's status"):
			at.Proof, at.Weaker = "status", why
		case at.Weaker == "":
			at.Proof, at.Weaker = "address", why
		}
	}
}
