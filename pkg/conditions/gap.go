// SPDX-License-Identifier: Apache-2.0

package conditions

import (
	"fmt"

	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"
)

// Gap is something the KIngress asks for that its gateway cannot do. The rest of
// the KIngress is served without it (SPEC B-TRN-2).
type Gap struct {
	// Field is the path in the KIngress, or the object and key that is not used.
	Field string
	// Feature is the Gateway API feature that is missing; empty when no feature
	// exists for it.
	Feature gwfeatures.FeatureName
	// Detail says what is not done.
	Detail string
}

// String is the gap as users read it in conditions and Events.
func (g Gap) String() string {
	if g.Feature == "" {
		return fmt.Sprintf("%s: %s", g.Field, g.Detail)
	}
	return fmt.Sprintf("%s: %s (the gateway does not support %s)", g.Field, g.Detail, g.Feature)
}
