// SPDX-License-Identifier: Apache-2.0

package preview

import (
	"slices"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/paths"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// Report says what changes.
type Report struct {
	output.Type
	// Change names what would be changed.
	Change string `json:"change"`
	Moves  []Move `json:"moves,omitempty"`
	Loses  []Loss `json:"loses,omitempty"`
	Gains  []Move `json:"gains,omitempty"`
	Gaps   []Gap  `json:"gaps,omitempty"`
	// Paths are those that HTTPRoutes lead elsewhere than before; Refusals are what is then not served of HTTPRoutes as it is written.
	Paths    []PathChange `json:"paths,omitempty"`
	Refusals []Refusal    `json:"refusals,omitempty"`
	// Stay is how many services are not concerned, of Services.
	Stay     int           `json:"stay"`
	Services int           `json:"services"`
	Drain    string        `json:"drainTime"`
	Unseen   []view.Unseen `json:"unseen,omitempty"`
	Requests int           `json:"requests"`
}

// Move is a service that gets another Gateway at a visibility; From is empty if it had none.
type Move struct {
	Service    string `json:"service"`
	Visibility string `json:"visibility"`
	From       string `json:"from,omitempty"`
	To         string `json:"to"`
	Hosts      int    `json:"hosts"`
}

// Loss is a service that is not served any more at a visibility, or whose Gateway cannot serve it.
type Loss struct {
	Service    string `json:"service"`
	Visibility string `json:"visibility"`
	From       string `json:"from"`
	To         string `json:"to,omitempty"`
	Reason     string `json:"reason"`
	Message    string `json:"message"`
}

// Gap is something that a service asks for and then does not get.
type Gap struct {
	Service string `json:"service"`
	Gap     string `json:"gap"`
}

// served is how a service is served.
type served struct {
	gateway map[v1alpha1.IngressVisibility]string
	// trouble says why the Gateway of a visibility cannot serve.
	trouble map[v1alpha1.IngressVisibility]*trouble
	hosts   map[v1alpha1.IngressVisibility]int
	gaps    []string
	// attached are the HTTPRoutes whose parent owns the hosts.
	attached []paths.Route
}

type trouble struct{ reason, message string }

// Compare compares two Readers, of which the second shows the change. Its KIngresses are those of the first.
func Compare(before, after *view.Reader, change string, now time.Time) (Report, error) {
	report := Report{Type: output.TypeOf("Preview"), Change: change, Drain: after.State().Config.Drain.String()}
	old, err := before.Ingresses()
	if err != nil {
		return Report{}, err
	}
	changed, err := after.Ingresses()
	if err != nil {
		return Report{}, err
	}
	for _, ing := range old {
		if !view.Ours(ing) {
			continue
		}
		next := ing
		if at := slices.IndexFunc(changed, func(other *v1alpha1.Ingress) bool { return other.Namespace == ing.Namespace && other.Name == ing.Name }); at >= 0 {
			next = changed[at]
		}
		is, err := serve(before, ing, now)
		if err != nil {
			return Report{}, err
		}
		will, err := serve(after, next, now)
		if err != nil {
			return Report{}, err
		}
		report.add(ing.Namespace+"/"+ing.Name, is, will)
	}
	report.Unseen = after.Unseen()
	return report, nil
}

// serve is how a KIngress is served.
func serve(reader *view.Reader, ing *v1alpha1.Ingress, now time.Time) (served, error) {
	found, err := examine.Examine(reader, ing, now)
	if err != nil {
		return served{}, err
	}
	is := served{gateway: map[v1alpha1.IngressVisibility]string{}, trouble: map[v1alpha1.IngressVisibility]*trouble{}, hosts: map[v1alpha1.IngressVisibility]int{}}
	is.attached = paths.Of(found)
	for _, gap := range found.Desired.Gaps {
		is.gaps = append(is.gaps, gap.String())
	}
	for _, refusal := range found.Desired.Refusals {
		is.gaps = append(is.gaps, refusal.Error())
	}
	for _, visibility := range config.Visibilities {
		if !found.Seen.Needs(visibility) {
			continue
		}
		side := found.Seen.Sides[visibility]
		is.hosts[visibility] = len(found.Hosts(visibility))
		switch {
		case side.Refusal != nil:
			is.trouble[visibility] = &trouble{side.Refusal.Reason(), side.Refusal.Error()}
		default:
			is.gateway[visibility] = side.Entry.Gateway.String()
			for _, known := range found.Sides {
				if blocker := known.Decision(); known.Visibility == visibility && blocker != nil && !side.Serves() {
					is.trouble[visibility] = &trouble{blocker.Reason, blocker.Message}
				}
			}
		}
	}
	return is, nil
}

func (r *Report) add(name string, is, will served) {
	r.Services++
	changed := false
	for _, visibility := range config.Visibilities {
		if will.hosts[visibility] == 0 {
			continue
		}
		from, to := is.gateway[visibility], will.gateway[visibility]
		now, then := is.trouble[visibility], will.trouble[visibility]
		switch {
		case then != nil && (now == nil || from != to):
			r.Loses = append(r.Loses, Loss{Service: name, Visibility: examine.Words[visibility], From: from, To: to, Reason: then.reason, Message: then.message})
		case then == nil && from != to && from != "" && now == nil:
			r.Moves = append(r.Moves, Move{Service: name, Visibility: examine.Words[visibility], From: from, To: to, Hosts: will.hosts[visibility]})
		case then == nil && now != nil:
			r.Gains = append(r.Gains, Move{Service: name, Visibility: examine.Words[visibility], From: from, To: to, Hosts: will.hosts[visibility]})
		default:
			continue
		}
		changed = true
	}
	for _, gap := range will.gaps {
		if !slices.Contains(is.gaps, gap) {
			r.Gaps, changed = append(r.Gaps, Gap{Service: name, Gap: gap}), true
		}
	}
	if changed = r.addPaths(name, is.attached, will.attached) || changed; !changed {
		r.Stay++
	}
}
