// SPDX-License-Identifier: Apache-2.0

package configure

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// Cluster has what corrections of config-gateway are taken from.
type Cluster struct {
	// Propose is what to write for a key instead of a list that cannot be used.
	Propose  func(key string) config.Proposals
	Gateways []*gatewayv1.Gateway
}

// mostCorrections is how many mistakes are corrected one by one.
const mostCorrections = 40

// Correct returns the keys of config-gateway that have to change so that the webhook admits it, with their new text; nil takes a key
// out. A field that the webhook refuses gets the one value that it can have, or goes. An entry goes with its selector or its
// Gateway, because no service may come to a Gateway that was not meant for it. What is right stays.
func Correct(cm *corev1.ConfigMap, cluster Cluster) map[string]*string {
	corrected := cm.DeepCopy()
	mistake := firstMistake(corrected)
	for n := 0; mistake != nil && n < mostCorrections; n++ {
		cluster.correct(corrected.Data, mistake)
		mistake = firstMistake(corrected)
	}
	if mistake != nil { // corrections that undo each other
		for _, visibility := range config.Visibilities {
			key := config.ListKey(visibility)
			corrected.Data[key] = cluster.proposed(key)
		}
	}
	changes := map[string]*string{}
	for key, before := range cm.Data {
		if after, stays := corrected.Data[key]; !stays {
			changes[key] = nil
		} else if after != before {
			changes[key] = &after
		}
	}
	return changes
}

// firstMistake is the first thing that the webhook refuses; nil if there is none.
func firstMistake(cm *corev1.ConfigMap) *field.Error {
	_, err := config.NewFromConfigMap(cm)
	all, one := utilerrors.Aggregate(nil), (*field.Error)(nil)
	if errors.As(err, &all) {
		err = all.Errors()[0]
	}
	errors.As(err, &one)
	return one
}

var placeOfMistake = regexp.MustCompile(`^data\[([^\]]+)\](?:\[(\d+)\])?(?:\.([\w-]+))?`)

func (c Cluster) correct(data map[string]string, mistake *field.Error) {
	place := placeOfMistake.FindStringSubmatch(mistake.Field)
	if place == nil {
		return
	}
	key := place[1]
	if key != config.ExternalGateways && key != config.LocalGateways {
		delete(data, key)
		return
	}
	document, entries := decoded(data[key])
	if entries == nil {
		data[key] = c.proposed(key)
		return
	}
	index, err := strconv.Atoi(place[2])
	if err != nil || index >= len(entries.Content) {
		c.correctDefault(key, entries, mistake)
	} else {
		c.correctEntry(entryField{key, index, place[3]}, entries, mistake)
	}
	text, err := encoded(document)
	if err != nil || len(entries.Content) == 0 {
		text = c.proposed(key)
	}
	data[key] = text
}

// correctDefault adds a default where there is none, and leaves the first where there are several.
func (c Cluster) correctDefault(key string, entries *yaml.Node, mistake *field.Error) {
	if mistake.Type == field.ErrorTypeRequired {
		if _, proposed := decoded(c.proposed(key)); proposed != nil {
			entries.Content = append(entries.Content, proposed.Content[0])
		}
		return
	}
	some := false
	entries.Content = slices.DeleteFunc(entries.Content, func(entry *yaml.Node) bool {
		if valueOf(entry, "label-selector") != "" || hasMapping(entry, "label-selector") || valueOf(entry, "namespace-selector") != "" || hasMapping(entry, "namespace-selector") {
			return false
		}
		further := some
		some = true
		return further
	})
}

func hasMapping(entry *yaml.Node, key string) bool {
	for i := 0; i+1 < len(entry.Content); i += 2 {
		if entry.Content[i].Value == key {
			return entry.Content[i+1].Kind == yaml.MappingNode
		}
	}
	return false
}

// entryField is a field of an entry of a list; without a name it is the entry.
type entryField struct {
	key   string
	index int
	name  string
}

func (c Cluster) correctEntry(at entryField, entries *yaml.Node, mistake *field.Error) {
	name, entry := at.name, entries.Content[at.index]
	switch found := c.named(valueOf(entry, "gateway"), valueOf(entry, "class")); {
	case name == "class" && found != nil:
		set(entry, name, string(found.Spec.GatewayClassName))
	case name == "class":
		if proposals := c.Propose(at.key); len(proposals.Entries) > 0 {
			set(entry, name, proposals.Entries[0].Class)
			return
		}
		entries.Content = slices.Delete(entries.Content, at.index, at.index+1)
	case name == "gateway" && mistake.Type == field.ErrorTypeInvalid && found != nil:
		set(entry, name, found.Namespace+"/"+found.Name)
	case name == "" || name == "gateway" || name == "label-selector" || name == "namespace-selector":
		entries.Content = slices.Delete(entries.Content, at.index, at.index+1)
	default:
		set(entry, name, "")
	}
}

// named is the only Gateway that a text can mean: namespace/name, or the name alone.
func (c Cluster) named(text, class string) *gatewayv1.Gateway {
	_, name, whole := strings.Cut(text, "/")
	if !whole {
		name = text
	}
	found := []*gatewayv1.Gateway{}
	for _, gateway := range c.Gateways {
		if gateway.Name == name && (!whole || gateway.Namespace+"/"+gateway.Name == text) && (whole || class == "" || string(gateway.Spec.GatewayClassName) == class) {
			found = append(found, gateway)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func (c Cluster) proposed(key string) string { return config.Propose(key, c.Propose(key)).Text }
