// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// readAbsentList completes the side of a visibility whose list in config-gateway is absent, and has been
// since the start of the controller. It is not known then what is wanted: the stored objects stay, and a
// KIngress that is not served yet reports what to write (SPEC B-INS-9).
func (o *Observation) readAbsentList(reader Reader, visibility v1alpha1.IngressVisibility, side *Side) error {
	list := o.State.Config.ListState(visibility)
	side.ListAbsent, side.Unserved = list == config.ListAbsent, list == config.ListEmpty
	if !side.ListAbsent {
		return nil
	}
	if side.Preserved = !o.Needs(visibility) || o.settledAt(visibility); side.Preserved {
		return nil
	}
	if o.State.Problem != nil {
		// The ConfigMap is refused, and there is no earlier list. That is not "nothing configured"
		// (SPEC B-INS-6), but as little is known of what the operator wants (SPEC B-INS-4).
		side.Refusal = &conditions.Refusal{Code: conditions.ReasonConfigurationRefused, Detail: fmt.Sprintf("ConfigMap %s is invalid, and the controller has seen no valid version since it started: correct it: %v", config.Name, o.State.Problem)}
		return nil
	}
	command, open, err := missingLists(reader, o.State)
	if err != nil {
		return err
	}
	// A complete command is the whole message, so that it can be pasted as it is (SPEC B-INS-3).
	if open != "" {
		command = fmt.Sprintf("ConfigMap %s has nothing under %s, so no Gateway is known for these hosts: %s: %s",
			config.Name, strings.Join(o.State.Config.AbsentLists(), " and "), open, command)
	}
	side.Refusal = &conditions.Refusal{Code: conditions.ReasonGatewayNotConfigured, Detail: command}
	return nil
}

// missingLists is the command that writes the absent lists, and what the operator has to decide first.
func missingLists(reader Reader, state config.State) (command, open string, err error) {
	lists, decisions := []config.List{}, []string{}
	for _, visibility := range config.Visibilities {
		if state.Config.ListState(visibility) != config.ListAbsent {
			continue
		}
		proposals, err := reader.Proposals(visibility)
		if err != nil {
			return "", "", err
		}
		lists = append(lists, config.Propose(config.ListKey(visibility), proposals))
		if decision := proposals.Open(); decision != "" && !slices.Contains(decisions, decision) {
			decisions = append(decisions, decision)
		}
	}
	return config.Command(state.Exists, state.Namespace, lists), strings.Join(decisions, "; "), nil
}

// settledAt tells whether this generation was Ready at a visibility, and each of its hosts still has a
// route.
func (r *Relations) settledAt(visibility v1alpha1.IngressVisibility) bool {
	proof, proven := status.ProofsOf(r.Ingress.Status)[visibility]
	if !status.IsSettled(r.Ingress.Status, r.Ingress.Generation) && (!proven || proof.Generation != r.Ingress.Generation) {
		return false
	}
	serving := sets.New[gatewayv1.Hostname]()
	for _, route := range r.Routes {
		if r.isOfSide(route, visibility) && !names.IsAttached(route.Name) {
			serving.Insert(route.Spec.Hostnames...)
		}
	}
	return serving.IsSuperset(r.HostsAt(visibility))
}

// isOfSide tells whether a route serves hosts that the KIngress has at a visibility. A route with a host
// that is private now is not of the external side, whatever else it serves (SPEC B-SEL-7). For a route
// without a visibility its hosts decide.
func (r *Relations) isOfSide(route *gatewayv1.HTTPRoute, visibility v1alpha1.IngressVisibility) bool {
	hosts := r.HostsAt(visibility)
	own, known := names.VisibilityOf(route)
	switch {
	case !known:
		return len(route.Spec.Hostnames) > 0 && hosts.HasAll(route.Spec.Hostnames...)
	case own != visibility || !hosts.HasAny(route.Spec.Hostnames...):
		return false
	case visibility == v1alpha1.IngressVisibilityExternalIP:
		return !r.HostsAt(v1alpha1.IngressVisibilityClusterLocal).Difference(hosts).HasAny(route.Spec.Hostnames...)
	}
	return true
}
