// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// HostHolder is an older KIngress with a host in common, and its Gateways.
type HostHolder struct {
	Ingress  *v1alpha1.Ingress
	Gateways map[v1alpha1.IngressVisibility]types.NamespacedName
}

// HostConflict says that a host is not served because an older KIngress holds it.
type HostConflict struct {
	conditions.Refusal
	Host   string
	Holder types.NamespacedName
}

// newHostConflict names the holder if it is in the same namespace. A tenant is not told what another
// one has; the operator finds it in the log.
func newHostConflict(host string, ing, holder *v1alpha1.Ingress) HostConflict {
	detail := fmt.Sprintf("host %s is served by the older KIngress %s: change the host of one of them, or delete one", host, nameOf(holder))
	if holder.Namespace != ing.Namespace {
		detail = fmt.Sprintf("host %s is served by an older KIngress of another namespace: change the host, or ask the operator, who finds that KIngress in the log of net-gateways-controller", host)
	}
	return HostConflict{conditions.Refusal{Code: conditions.ReasonHostConflict, Detail: detail}, host, nameOf(holder)}
}

// readHostHolders finds the older KIngresses with a host in common, and their Gateways.
func (o *Observation) readHostHolders(reader Reader) error {
	known := map[types.UID]bool{o.Ingress.UID: true}
	for host := range HostsOf(o.Ingress) {
		candidates, err := reader.IngressesAt(host)
		if err != nil {
			return err
		}
		for _, candidate := range candidates {
			if known[candidate.UID] || !Older(candidate, o.Ingress) || candidate.DeletionTimestamp != nil {
				continue
			}
			known[candidate.UID] = true
			gateways, err := SelectedFor(reader, candidate, o.State.Config)
			if err != nil {
				return err
			}
			o.HostHolders = append(o.HostHolders, HostHolder{Ingress: candidate, Gateways: gateways})
		}
	}
	slices.SortFunc(o.HostHolders, func(a, b HostHolder) int { return byAge(a.Ingress, b.Ingress) })
	return nil
}

// conflictingHosts are the hosts that an older KIngress holds on the same Gateway. The other hosts of
// the KIngress are served (SPEC B-TRN-5).
func (o *Observation) conflictingHosts() (sets.Set[input.HostAt], []conditions.Reasoned) {
	conflicting, conflicts := sets.New[input.HostAt](), []conditions.Reasoned{}
	for _, rule := range o.Ingress.Spec.Rules {
		for _, host := range rule.Hosts {
			at := input.HostAt{Visibility: rules.Visibility(rule), Host: host}
			if o.doubled(at) {
				conflicting.Insert(at)
			} else if holder := o.holder(at); holder != nil && !conflicting.Has(at) {
				conflicting.Insert(at)
				conflicts = append(conflicts, newHostConflict(host, o.Ingress, holder))
			}
		}
	}
	return conflicting, conflicts
}

// holder is the oldest KIngress that has a host on the Gateway of a side; nil when there is none.
func (o *Observation) holder(at input.HostAt) *v1alpha1.Ingress {
	side := o.Sides[at.Visibility]
	if side.Refusal != nil {
		return nil
	}
	for _, other := range o.HostHolders {
		for _, rule := range other.Ingress.Spec.Rules {
			if other.Gateways[rules.Visibility(rule)] == side.Entry.Gateway && slices.Contains(rule.Hosts, at.Host) {
				return other.Ingress
			}
		}
	}
	return nil
}

// doubled tells whether a cluster-local host is also an external host of the KIngress, on the same
// Gateway. The gateway would serve only one of two HTTPRoutes for it, so only the external rule is
// rendered.
func (o *Observation) doubled(at input.HostAt) bool {
	external, local := o.Sides[v1alpha1.IngressVisibilityExternalIP], o.Sides[v1alpha1.IngressVisibilityClusterLocal]
	return at.Visibility == v1alpha1.IngressVisibilityClusterLocal && external.Refusal == nil && local.Refusal == nil &&
		external.Entry.Gateway == local.Entry.Gateway && o.HostsAt(v1alpha1.IngressVisibilityExternalIP).Has(gatewayv1.Hostname(at.Host))
}
