// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// recordConfiguration tells what is wrong with the file. That nothing is configured is no
// fault (SPEC B-INS-6).
func (r *Reconciler) recordConfiguration(state config.State) {
	if state.Problem != nil {
		r.recorder.event(r.configMap(), corev1.EventTypeWarning, conditions.ReasonConfigurationRefused, fmt.Sprintf(
			"ConfigMap %s is invalid; its last valid version (%d external, %d local gateways) stays in effect: correct it: %v", config.Name, len(state.Config.External), len(state.Config.Local), state.Problem))
	}
	for _, warning := range state.Warnings {
		r.recorder.event(r.configMap(), corev1.EventTypeWarning, reasonIgnored, fmt.Sprintf("ConfigMap %s has a key that is ignored: %s", config.Name, warning))
	}
	for _, entry := range state.Config.Shared() {
		r.recorder.event(r.configMap(), corev1.EventTypeWarning, conditions.ReasonLocalGatewayExposed, config.SharedAdvice(entry))
	}
	r.recordKept(state)
}

// longestCommand is the longest command in an Event, in bytes. A longer one is not readable there, and an operator with
// such a list has it in a file.
const longestCommand = 800

// recordKept tells which lists are gone, that the last ones stay in force, and what to write (SPEC B-INS-9).
func (r *Reconciler) recordKept(state config.State) {
	if len(state.Missing) == 0 {
		return
	}
	message := fmt.Sprintf("ConfigMap %s has lost %s; the last entries stay in effect, for new services, too: write it again, or [] if no such hosts are to be served",
		config.Name, keysOf(state.Missing))
	if command := config.Command(state.Exists, system.Namespace(), state.Missing); len(command) <= longestCommand {
		message += ": " + command
	}
	r.recorder.event(r.configMap(), corev1.EventTypeWarning, reasonKept, message)
}

// recordAbsentLists tells which lists have been absent since the start of the controller. Where the other list is absent, too, and
// no HTTPRoute needs this one, the operator has just not finished the installation.
func (r *Reconciler) recordAbsentLists(ctx context.Context, state config.State) error {
	lists, advice := []config.List{}, "write it, or [] if no such hosts are to be served"
	for _, visibility := range config.Visibilities {
		if state.Config.ListState(visibility) != config.ListAbsent {
			continue
		}
		attached, err := r.cluster.AttachedGateways(ctx, visibility)
		if err != nil {
			return err
		}
		if len(attached) == 0 && !state.Configured {
			continue
		}
		proposals, err := r.cluster.Proposals(ctx, visibility)
		if err != nil {
			return err
		}
		lists = append(lists, config.Propose(config.ListKey(visibility), proposals))
		if open := proposals.Open(); open != "" && !strings.HasSuffix(advice, open) {
			advice += "; " + open
		}
	}
	if len(lists) > 0 {
		r.recorder.event(r.configMap(), corev1.EventTypeWarning, conditions.ReasonGatewayNotConfigured, fmt.Sprintf(
			"ConfigMap %s has nothing under %s; what is served stays as it is, and nothing new is served there: %s: %s",
			config.Name, keysOf(lists), advice, config.Command(state.Exists, system.Namespace(), lists)))
	}
	return nil
}

func keysOf(lists []config.List) string {
	keys := []string{}
	for _, list := range lists {
		keys = append(keys, list.Key)
	}
	return strings.Join(keys, " and ")
}
