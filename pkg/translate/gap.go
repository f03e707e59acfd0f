// SPDX-License-Identifier: Apache-2.0

package translate

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

// Refusal is why a KIngress, or a part of it, cannot be translated. It carries
// what it means for status.
type Refusal struct {
	// Field is the path in the KIngress.
	Field  string
	Detail string
	// Code is the condition reason.
	Code string
	// Wait is true when somebody else can cure it without a change of the KIngress.
	Wait bool
}

// Reasons of refusals, as SPEC B-RDY-6 names them.
const (
	ReasonUnsupported     = "Unsupported"
	ReasonRefsNotResolved = "RefsNotResolved"
)

func (r *Refusal) Error() string { return r.Field + ": " + r.Detail }

// Reason is the condition reason.
func (r *Refusal) Reason() string { return r.Code }

// Terminal tells that only a change of the KIngress or of the named object helps.
func (r *Refusal) Terminal() bool { return !r.Wait }
