// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/dataplane/shapes"
	"github.com/net-gateways/net-gateways/pkg/features"
)

// renderBehaviours is the table of what no feature tells.
func renderBehaviours(rows []features.Behaviour) string {
	var b strings.Builder
	b.WriteString("| implementation | its gateways | how that is known |\n| --- | --- | --- |\n")
	for _, row := range rows {
		at := slices.IndexFunc(known, func(g gateway) bool { return g.ControllerName == string(row.Controller) })
		title := string(row.Controller)
		if at >= 0 {
			title = known[at].Title
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", title, fact(row), row.Known)
	}
	b.WriteString("\nFrom pkg/features/behaviour.go, by `go run ./hack/features`.\n")
	return b.String()
}

// fact is a row in words.
func fact(row features.Behaviour) string {
	switch {
	case row.Warms:
		return "warm a new backend before it gets requests, so that a [rollout](rollouts.md) is one write"
	case row.Merges:
		return "serve the HTTP listeners of a port from one table, so that a route names one of two that overlap"
	case row.WithoutProxies != "":
		return fmt.Sprintf("report `Programmed: False`, `%s` while no proxy is ready: that takes no Ready away before 15 s", row.WithoutProxies)
	case row.Services != nil && row.Services.Class != "":
		return fmt.Sprintf("share a Service in `%s` that has the name of their class in the label `%s`", row.Services.Namespace, row.Services.Class)
	case row.Services != nil:
		return fmt.Sprintf("have a Service in `%s` with their name and namespace in the labels `%s` and `%s`", row.Services.Namespace, row.Services.Gateway, row.Services.GatewayNamespace)
	case row.Private != nil:
		return fmt.Sprintf("stay inside the cluster with the annotation `%s: %s`, which a local Gateway that net-gateways creates has", row.Private.Key, row.Private.Value)
	}
	return ""
}

// renderShapes is the table of data planes that cannot run in the project's tests.
func renderShapes(all []shapes.Shape) string {
	var b strings.Builder
	b.WriteString("| data plane | its Service | asked, in the mode | published | a local gateway is seen to be exposed | how |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, shape := range all {
		service, exposed := "none", "no"
		if shape.Found.Service != "" {
			service = "`" + shape.Found.Service + "`"
		}
		if shape.Found.Exposed != "" {
			exposed = "yes"
		}
		fmt.Fprintf(&b, "| [%s](../pkg/dataplane/shapes/%s.txtar) | %s | `%s`, `%s` | `%s` | %s | shape only |\n",
			shape.Title, shape.Name, service, strings.Join(shape.Found.Asked, "` `"), shape.Found.Mode, shape.Found.Published, exposed)
	}
	b.WriteString("\nFrom pkg/dataplane/shapes, by `go run ./hack/features`.\n")
	return b.String()
}
