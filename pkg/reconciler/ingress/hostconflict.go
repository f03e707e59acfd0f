// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// hostConflict says who keeps a host from a KIngress of the namespace.
type hostConflict struct {
	host      string
	holder    types.NamespacedName
	namespace string
}

// Error names the holder to those who may read its namespace. What another tenant has is not
// told; the log has it for the operator.
func (c hostConflict) Error() string {
	if c.across() {
		return fmt.Sprintf("host %s is served by an older KIngress of another namespace: change the host, or ask the operator, to whom the log of net-gateways-controller names it", c.host)
	}
	return fmt.Sprintf("host %s is served by the older KIngress %s: change the host of one of them, or delete one", c.host, c.holder)
}

func (hostConflict) Reason() string { return status.ReasonHostConflict }
func (hostConflict) Terminal() bool { return true }

func (c hostConflict) across() bool { return c.holder.Namespace != c.namespace }

// logHolders names in the log the KIngresses of other namespaces that keep hosts from this one.
func (r *Reconciler) logHolders(ing *v1alpha1.Ingress, failures []status.Reasoned) {
	for _, failure := range failures {
		if conflict, is := failure.(hostConflict); is && conflict.across() {
			r.logger.Infof("KIngress %s: host %s is served by the older KIngress %s", nameOf(ing), conflict.host, conflict.holder)
		}
	}
}
