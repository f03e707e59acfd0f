// SPDX-License-Identifier: Apache-2.0

package check

import (
	"encoding/json"
	"fmt"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// The commands that mend. Each can be copied as it is, and runs without the command line of net-gateways.

// target is an object that a command changes; one of the cluster has no namespace.
type target struct{ namespace, kind, name string }

// patchOf changes an object. The patch is what is marshalled.
func patchOf(at target, form string, patch any) string {
	return fmt.Sprintf("kubectl %spatch %s %s --type %s -p %s", in(at.namespace), at.kind, at.name, form, config.Quoted(marshalled(patch)))
}

func in(namespace string) string {
	if namespace == "" {
		return "" // the object is in none
	}
	return "-n " + namespace + " "
}

// operation is one of a JSON patch.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// object is one of Kubernetes, or a part of it.
type object map[string]any

// applied creates objects.
func applied(objects ...object) string {
	all := any(object{"apiVersion": "v1", "kind": "List", "items": objects})
	if len(objects) == 1 {
		all = objects[0]
	}
	return fmt.Sprintf("echo %s | kubectl apply -f -", config.Quoted(marshalled(all)))
}

func restarted(namespace, deployment string) string {
	return fmt.Sprintf("kubectl -n %s rollout restart deployment/%s", namespace, deployment)
}

func scaled(namespace, deployment string, replicas int) string {
	return fmt.Sprintf("kubectl -n %s scale deployment %s --replicas=%d", namespace, deployment, replicas)
}

func marshalled(value any) string {
	text, err := json.Marshal(value)
	if err != nil { // maps and strings always marshal
		panic(err)
	}
	return string(text)
}
