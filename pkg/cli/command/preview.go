// SPDX-License-Identifier: Apache-2.0

package command

import (
	"fmt"
	"maps"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/configure"
	"github.com/net-gateways/net-gateways/pkg/cli/find"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/preview"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/selection"
)

// previewed are the kinds of which all objects are read.
var previewed = []objects.Kind{objects.Namespaces, objects.GatewayClasses, objects.Gateways, objects.KIngresses, objects.HTTPRoutes, objects.ListenerSets,
	objects.ReferenceGrants, objects.BackendTLSPolicies, objects.Services, objects.EndpointSlices}

func newPreview(c *common) *cobra.Command {
	file := ""
	command := &cobra.Command{
		Use: "preview -f FILE", Short: "Tell what a change would do: which services move, lose their Gateway or get gaps, which paths lead elsewhere", Args: cobra.NoArgs,
		Long: `Tell what a change would do: which services move to another Gateway, which lose theirs, and which get gaps; which paths of
HTTPRoutes whose parent is a Knative Service or DomainMapping lead elsewhere, and what of these HTTPRoutes is refused.

With -f the change is another config-gateway: a ConfigMap, or its data alone. Or it is one or more such HTTPRoutes, new or changed.
It changes nothing.`,
		Example: "  kn gateways preview -f config-gateway.yaml\n  kn gateways preview -f paths.yaml -n shop\n  kn gateways preview label checkout gateway=green -n shop\n  kn gateways preview move checkout --to gateways/green -n shop",
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := c.read(file)
			if err != nil {
				return err
			}
			if routes, err := c.attachedRoutes(text); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			} else if len(routes) > 0 {
				return c.previewRoutes(cmd, file, routes)
			}
			cm, err := configure.Parse(text, c.system)
			if err != nil {
				return err
			}
			if _, err := config.NewFromConfigMap(cm); err != nil {
				return fmt.Errorf("the webhook would refuse %s: %w", file, err)
			}
			return c.preview(cmd, "with "+file, func(before *view.Reader) (change, error) {
				present, err := before.ConfigMap()
				return change{show: func(after *view.Reader) { after.SetState(view.StateOf(c.system, present, cm)) }}, err
			})
		},
	}
	requireFile(command, &file, "file with the ConfigMap or its data, or with HTTPRoutes; - is standard input")
	command.AddCommand(newPreviewLabel(c), newPreviewMove(c))
	return command
}

// change is what would not be as it is now.
type change struct {
	// show makes a Reader show it.
	show func(*view.Reader)
	// routes are HTTPRoutes that are new, or stand in place of those of their names.
	routes []*gatewayv1.HTTPRoute
}

func (c *common) preview(cmd *cobra.Command, what string, plan func(*view.Reader) (change, error)) error {
	source, err := c.source(cmd.Context())
	if err != nil {
		return err
	}
	store, err := objects.Snapshot(source, "", previewed...)
	if err != nil {
		return err
	}
	known := objects.Beside(source, store, previewed...)
	before, err := view.NewReader(known, c.system, "")
	if err != nil {
		return err
	}
	planned, err := plan(before.ForMany())
	if err != nil {
		return err
	}
	changed, err := with(store, planned.routes)
	if err != nil {
		return err
	}
	after, err := view.NewReader(objects.Beside(source, changed, previewed...), c.system, "")
	if err != nil {
		return err
	}
	planned.show(after.ForMany())
	report, err := preview.Compare(before, after, what, c.Now())
	if err != nil {
		return err
	}
	if err := report.AddOrphans(after, planned.routes); err != nil {
		return err
	}
	report.Requests = source.Requests()
	return c.write(report)
}

func newPreviewLabel(c *common) *cobra.Command {
	return &cobra.Command{
		Use: "label SERVICE KEY=VALUE...", Short: "Tell what labels on a service would do", Args: cobra.MinimumNArgs(2),
		Long: "Tell what labels on a Knative Service would do. KEY- takes one away.",
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := labelled(args[1:])
			if err != nil {
				return err
			}
			return c.previewService(cmd, args[0], service{what: "with labels " + strings.Join(args[1:], " "), labels: set})
		},
	}
}

func newPreviewMove(c *common) *cobra.Command {
	to, local := "", false
	command := &cobra.Command{
		Use: "move SERVICE --to NAMESPACE/NAME", Short: "Tell what an annotation that names another Gateway would do", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key := selection.ExternalAnnotation
			if local {
				key = selection.LocalAnnotation
			}
			return c.previewService(cmd, args[0], service{what: fmt.Sprintf("with annotation %s=%s", key, to), annotations: map[string]string{key: to}})
		},
	}
	command.Flags().StringVar(&to, "to", "", "Gateway, as NAMESPACE/NAME")
	command.Flags().BoolVar(&local, "local", false, "for the hosts of the cluster, not for the external ones")
	if err := command.MarkFlagRequired("to"); err != nil { // it is there
		panic(err)
	}
	return command
}

// labelled reads KEY=VALUE and KEY-, for which the value is empty.
func labelled(args []string) (map[string]string, error) {
	set := map[string]string{}
	for _, arg := range args {
		if key, gone := strings.CutSuffix(arg, "-"); gone && !strings.Contains(arg, "=") {
			set[key] = ""
			continue
		}
		one, err := labels.ConvertSelectorToLabelsMap(arg)
		if err != nil {
			return nil, fmt.Errorf("%q is no label: write KEY=VALUE, or KEY- to take it away: %w", arg, err)
		}
		maps.Copy(set, one)
	}
	return set, nil
}

// service is a change of one service: what names it, an empty value takes a label or annotation away.
type service struct {
	what                string
	labels, annotations map[string]string
}

func (c *common) previewService(cmd *cobra.Command, argument string, to service) error {
	name := find.Name(argument, c.cluster.Namespace())
	return c.preview(cmd, fmt.Sprintf("%s %s", name, to.what), func(before *view.Reader) (change, error) {
		found, err := find.Find(before, name)
		if err != nil {
			return change{}, err
		}
		if found.Ingress == nil {
			return change{}, fmt.Errorf("service %s has no KIngress yet", name)
		}
		changed := found.Ingress.DeepCopy()
		changed.Labels, changed.Annotations = merged(changed.Labels, to.labels), merged(changed.Annotations, to.annotations)
		return change{show: func(after *view.Reader) { after.Replace(changed) }}, nil
	})
}

// merged are labels or annotations with changes; an empty value takes one away.
func merged(present, changes map[string]string) map[string]string {
	if present == nil {
		present = map[string]string{}
	}
	for key, value := range changes {
		if present[key] = value; value == "" {
			delete(present, key)
		}
	}
	return present
}
