// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/configure"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// written writes the lists that config-gateway lacks, as the controller would propose them: the Gateways that routes are attached
// to. Without routes it is a class, because then nothing is served that could lose its Gateway.
func (c *checker) written() string {
	state, lists := c.reader.State(), []config.List{}
	for _, visibility := range config.Visibilities {
		if state.Config.ListState(visibility) == config.ListAbsent {
			lists = append(lists, config.Propose(config.ListKey(visibility), c.proposals(visibility)))
		}
	}
	return config.Command(state.Exists, c.system, lists)
}

// corrected takes what the webhook refuses out of config-gateway.
func (c *checker) corrected() string {
	cm, err := c.reader.ConfigMap()
	if c.fails(err); cm == nil {
		return ""
	}
	changes := configure.Correct(cm, configure.Cluster{Gateways: c.gateways(), Propose: func(key string) config.Proposals {
		for _, visibility := range config.Visibilities {
			if config.ListKey(visibility) == key {
				return c.proposals(visibility)
			}
		}
		return config.Proposals{}
	}})
	return patchOf(target{c.system, "configmap", config.Name}, "merge", object{"data": changes})
}

// entryWith changes keys of an entry in its list.
func (c *checker) entryWith(entry config.Entry, fields ...[2]string) string {
	cm, err := c.reader.ConfigMap()
	if c.fails(err); cm == nil {
		return ""
	}
	key := config.ListKey(entry.Visibility)
	text, err := configure.WithFields(cm.Data[key], entry.Index, fields...)
	c.fails(err)
	return patchOf(target{c.system, "configmap", config.Name}, "merge", object{"data": object{key: text}})
}

// proposals are the entries to write for a visibility; there is always one.
func (c *checker) proposals(visibility v1alpha1.IngressVisibility) config.Proposals {
	found := config.Proposals{}
	for _, name := range c.attached(visibility) {
		gateway, err := c.reader.Gateway(name)
		if c.fails(err); gateway == nil {
			continue
		}
		proposal := config.Proposal{Class: string(gateway.Spec.GatewayClassName), Gateway: name}
		if name.Namespace == c.system && name.Name == config.ManagedGatewayName(visibility, proposal.Class) {
			proposal.Gateway = types.NamespacedName{} // the controller has made it
		}
		found.Entries = append(found.Entries, proposal)
	}
	if len(found.Entries) == 0 {
		found.Entries = []config.Proposal{{Class: c.classFor(visibility)}}
	}
	return found
}

// attached are the Gateways of the controller's HTTPRoutes of a visibility, sorted.
func (c *checker) attached(visibility v1alpha1.IngressVisibility) []types.NamespacedName {
	found := []types.NamespacedName{}
	for _, route := range typed[gatewayv1.HTTPRoute](c, objects.HTTPRoutes, "") {
		if own, known := names.VisibilityOf(route); !known || own != visibility {
			continue
		}
		for _, parent := range route.Spec.ParentRefs {
			if gateway := dataplane.GatewayBehind(parent, route.Namespace, nil); gateway.Name != "" && !slices.Contains(found, gateway) {
				found = append(found, gateway)
			}
		}
	}
	slices.SortFunc(found, func(a, b types.NamespacedName) int { return cmp.Compare(a.String(), b.String()) })
	return found
}

// classFor is the accepted GatewayClass for the Gateways of a visibility: for cluster-local hosts a private one, else the first that
// is not private. Where none is accepted it is that which the command of that finding makes.
func (c *checker) classFor(visibility v1alpha1.IngressVisibility) string {
	proposals, err := c.reader.Proposals(visibility)
	c.fails(err)
	private := c.privateClasses()
	local := visibility == v1alpha1.IngressVisibilityClusterLocal
	switch at := slices.IndexFunc(proposals.Classes, func(class string) bool { return slices.Contains(private, class) == local }); {
	case at >= 0:
		return proposals.Classes[at]
	case len(proposals.Classes) > 0:
		return proposals.Classes[0]
	case local:
		return privateClass
	}
	return publicClass
}

// privateClasses are the classes of Gateways that clients outside the cluster cannot reach.
func (c *checker) privateClasses() []string {
	found := []string{}
	for _, gateway := range c.gateways() {
		class := c.reader.ClassOf(types.NamespacedName{Namespace: gateway.Namespace, Name: gateway.Name})
		if class == nil {
			continue
		}
		service, _, err := observe.ServiceOf(c.reader, config.Entry{}, dataplane.Owner{Gateway: gateway, Controller: class.Spec.ControllerName})
		c.fails(err)
		if service != nil && dataplane.Exposure(gateway, service, dataplane.LoadBalancer(gateway, service)) == "" {
			found = append(found, class.Name)
		}
	}
	return found
}

func (c *checker) gateways() []*gatewayv1.Gateway {
	return typed[gatewayv1.Gateway](c, objects.Gateways, "")
}
