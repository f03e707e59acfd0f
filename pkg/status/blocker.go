// SPDX-License-Identifier: Apache-2.0

package status

import (
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// Conditions that blockers concern.
const (
	network      = v1alpha1.IngressConditionNetworkConfigured
	loadBalancer = v1alpha1.IngressConditionLoadBalancerReady
)

// Certainty says how soon a blocker is reported.
type Certainty int

const (
	// Unanswered: neither the gateway nor its data plane has answered yet.
	Unanswered Certainty = iota
	// Answered: a gateway reports a negative condition. For a new route that may pass: gateways learn of a
	// Service after the route that names it.
	Answered
	// Certain: the objects or the API server rule it out. Waiting changes nothing.
	Certain
)

// Blocker is why a KIngress is not Ready.
type Blocker struct {
	Condition apis.ConditionType
	Reason    string
	Message   string
	// Terminal makes the condition False instead of Unknown.
	Terminal  bool
	Certainty Certainty
}

func terminal(condition apis.ConditionType, reason, message string) *Blocker {
	return &Blocker{Condition: condition, Reason: reason, Message: message, Terminal: true, Certainty: Certain}
}

func answered(condition apis.ConditionType, reason, message string) *Blocker {
	return &Blocker{Condition: condition, Reason: reason, Message: message, Certainty: Answered}
}

func waiting(condition apis.ConditionType, reason, message string) *Blocker {
	return &Blocker{Condition: condition, Reason: reason, Message: message}
}

// failed is Certain for an error that is terminal.
func failed(condition apis.ConditionType, err conditions.Reasoned) *Blocker {
	found := Blocker{Condition: condition, Reason: err.Reason(), Message: err.Error(), Certainty: Answered}
	if err.Terminal() {
		found.Terminal, found.Certainty = true, Certain
	}
	return &found
}
