// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"cmp"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// sideOf explains one visibility.
func sideOf(found *examine.Examination, visibility v1alpha1.IngressVisibility) Side {
	side := Side{Visibility: examine.Words[visibility], Hosts: found.Hosts(visibility), Checks: []Check{}}
	for _, known := range found.Sides {
		if known.Visibility != visibility {
			continue
		}
		if known.Refusal == nil {
			side.Gateway, side.Entry = known.Entry.Gateway.String(), known.Entry.String()
		}
		for _, outcome := range known.Walk() {
			if check, shown := explained(found, known, outcome); shown {
				side.Checks = append(side.Checks, check)
			}
		}
	}
	return side
}

// explained is a step in words; false if there is nothing to say.
func explained(found *examine.Examination, side status.Side, outcome status.Outcome) (Check, bool) {
	check := Check{Name: string(outcome.Step), State: output.OK}
	unreadable := unreadable(found, side)
	switch {
	case found.Unconfigured != "" && outcome.Step == status.StepEntry:
		check.State, check.Detail = output.Unknown, found.Unconfigured+"; what the KIngress says: "+reportedOf(found)
	case outcome.Step == status.StepListeners && len(side.Listeners) == 0 && outcome.Blocker == nil:
		return check, false
	case outcome.Step == status.StepGateway && unreadable != "":
		check.State, check.Detail = output.Unknown, unreadable+"; what the KIngress says of it: "+reportedOf(found)
	case outcome.Step != status.StepEntry && unreadable != "", outcome.Skipped:
		check.State, check.Detail = output.Unknown, "not looked at"
		if outcome.Step == status.StepAddress {
			check.Detail = published(found, side)
		}
	case outcome.Blocker != nil && side.Preserved:
		check.State, check.Detail = output.Warning, outcome.Blocker.Message+"; what is served stays as it is"
	case outcome.Blocker != nil && !side.Needed && side.Unserved:
		check.State, check.Detail = output.Unknown, outcome.Blocker.Message
	case outcome.Blocker != nil:
		if check.State = output.Waits; outcome.Blocker.Certainty != status.Unanswered || outcome.Blocker.Terminal {
			check.State = output.Failed
		}
		check.Detail = outcome.Blocker.Message
		if outcome.Step == status.StepProof && found.Reported != nil && found.Ready() == found.Reported && !found.Reported.IsTrue() {
			check.State, check.Detail = output.Failed, found.Reported.Message
		}
	case outcome.Step == status.StepRoutes && unstored(side) != "":
		check.State, check.Detail = output.Waits, unstored(side)+" is not stored yet"
	default:
		check.Detail = good(found, side, outcome.Step)
	}
	return check, true
}

// unstored is the first HTTPRoute of a side that does not exist; empty if all do.
func unstored(side status.Side) string {
	for _, route := range side.Routes {
		if route.Object == nil {
			return "HTTPRoute " + route.Name.String()
		}
	}
	return ""
}

// unreadable says that the Gateway of a side could not be read.
func unreadable(found *examine.Examination, side status.Side) string {
	for _, unseen := range found.Unseen {
		if side.Refusal == nil && unseen.What == "Gateway "+side.Entry.Gateway.String() {
			return unseen.String()
		}
	}
	return ""
}

func reportedOf(found *examine.Examination) string {
	if found.Reported == nil {
		return "nothing yet"
	}
	return strings.TrimSuffix(fmt.Sprintf("Ready is %s: %s", found.Reported.Status, cmp.Or(found.Reported.Message, found.Reported.Reason)), ": ")
}

// good is what a step that blocks nothing shows.
func good(found *examine.Examination, side status.Side, step status.Step) string {
	switch step {
	case status.StepEntry:
		return fmt.Sprintf("%s: %s", side.Entry, chosenBy(found, side.Entry))
	case status.StepGateway:
		return gateway(side.Gateway)
	case status.StepListeners:
		return fmt.Sprintf("%s programmed", counted(len(side.Listeners), "listener"))
	case status.StepRoutes:
		return routes(side)
	case status.StepProof:
		return proof(found, side)
	case status.StepAddress:
		return published(found, side)
	}
	return ""
}

// chosenBy says why the selection chose an entry.
func chosenBy(found *examine.Examination, entry config.Entry) string {
	annotation := selection.ExternalAnnotation
	if entry.Visibility == v1alpha1.IngressVisibilityClusterLocal {
		annotation = selection.LocalAnnotation
	}
	why := []string{}
	switch {
	case found.Seen.Ingress.Annotations[annotation] == entry.Gateway.String():
		why = append(why, "annotation "+annotation)
	case entry.IsDefault():
		why = append(why, "the default")
	}
	if entry.LabelSelector != nil {
		why = append(why, "label-selector "+entry.LabelSelector.String())
	}
	if entry.NamespaceSelector != nil {
		why = append(why, "namespace-selector "+entry.NamespaceSelector.String())
	}
	return strings.Join(why, ", ")
}

func gateway(gateway *gatewayv1.Gateway) string {
	said := []string{}
	for _, condition := range gateway.Status.Conditions {
		if kind := condition.Type; condition.Status == metav1.ConditionTrue && (kind == "Accepted" || kind == "Programmed") {
			said = append(said, kind)
		}
	}
	for _, address := range gateway.Status.Addresses {
		said = append(said, address.Value)
	}
	return strings.TrimSuffix(fmt.Sprintf("%s/%s (class %s): %s", gateway.Namespace, gateway.Name, gateway.Spec.GatewayClassName, strings.Join(said, ", ")), ": ")
}

func routes(side status.Side) string {
	names := []string{}
	for _, route := range side.Routes {
		names = append(names, route.Name.Name)
	}
	switch len(names) {
	case 0:
		return "none"
	case 1, 2:
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
}

func proof(found *examine.Examination, side status.Side) string {
	for _, route := range side.Routes {
		switch {
		case route.Degraded != "":
			return "weaker than asked for: " + route.Degraded
		case route.ByStatus:
			return "by the status of the Gateway and its HTTPRoutes"
		}
	}
	if len(side.Routes) == 0 {
		return "nothing to prove"
	}
	return fmt.Sprintf("generation %d answers through the Gateway", found.Seen.Ingress.Generation)
}

// published is the address in the status of the KIngress.
func published(found *examine.Examination, side status.Side) string {
	said := []string{}
	for _, one := range observe.PublishedAt(found.Seen.Ingress, side.Visibility) {
		if one.MeshOnly {
			said = append(said, "none: callers are refused")
		}
		if address := cmp.Or(one.IP, one.Domain, one.DomainInternal); address != "" {
			said = append(said, address)
		}
	}
	if len(said) == 0 {
		return "none is published yet"
	}
	at := ""
	if former := found.Proof(side.Visibility).Gateway; former != "" && side.Refusal == nil && former != side.Entry.Gateway.String() {
		at = fmt.Sprintf(" of %s is still published; both serve until %s is proven", former, side.Entry.Gateway)
	}
	return strings.Join(said, ", ") + at
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
