// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// hostConflict says that another KIngress keeps a host from one.
type hostConflict struct {
	conditions.Refusal
	host   string
	holder types.NamespacedName
}

// newHostConflict names the holder to those who may read its namespace. What another tenant has is
// not told; the log has it for the operator.
func newHostConflict(host string, ing, holder *v1alpha1.Ingress) hostConflict {
	detail := fmt.Sprintf("host %s is served by the older KIngress %s: change the host of one of them, or delete one", host, apply.NameOf(holder))
	if holder.Namespace != ing.Namespace {
		detail = fmt.Sprintf("host %s is served by an older KIngress of another namespace: change the host, or ask the operator, to whom the log of net-gateways-controller names it", host)
	}
	return hostConflict{conditions.Refusal{Code: conditions.ReasonHostConflict, Detail: detail}, host, apply.NameOf(holder)}
}

// logHolders names in the log the KIngresses of other namespaces that keep hosts from this one.
func (r *Reconciler) logHolders(ing *v1alpha1.Ingress, failures []conditions.Reasoned) {
	for _, failure := range failures {
		if conflict, is := failure.(hostConflict); is && conflict.holder.Namespace != ing.Namespace {
			r.logger.Infof("KIngress %s: host %s is served by the older KIngress %s", apply.NameOf(ing), conflict.host, conflict.holder)
		}
	}
}
