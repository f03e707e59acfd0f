// SPDX-License-Identifier: Apache-2.0

package gateways

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/test/cluster"
)

// Installed are the Gateways that Knative uses: those of a folder in third_party, which hack/install has written into
// config-gateway.
type Installed struct {
	*Implementation
	// External is the default, Other has the selector gateway=green, and Local is the default for cluster-local hosts.
	External, Other, Local config.Entry
	external, local        []Item
}

// Item is an entry of config-gateway as it stands there.
type Item = map[string]any

// Read reads config-gateway, and the class of its first entry.
func Read(ctx context.Context, c *cluster.Cluster) (*Installed, error) {
	cm, err := c.Kube.CoreV1().ConfigMaps(cluster.SystemNamespace).Get(ctx, config.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	installed, err := parse(cm.Data)
	if err != nil {
		return nil, fmt.Errorf("config-gateway: %w; hack/install first", err)
	}
	class, err := cluster.GatewayClasses.TryGet(ctx, c, "", installed.External.Class)
	if err != nil {
		return nil, err
	}
	installed.Implementation, err = of(class.Spec.ControllerName)
	return installed, err
}

// Shipped are the Gateways of each folder in third_party whose implementation is in the table.
func Shipped(root string) ([]*Installed, error) {
	all := []*Installed{}
	for i := range implementations {
		text, err := os.ReadFile(filepath.Join(root, "third_party", implementations[i].Name, "config-gateway.yaml"))
		if err != nil {
			return nil, err
		}
		var cm struct{ Data map[string]string }
		if err := yaml.Unmarshal(text, &cm); err != nil {
			return nil, err
		}
		installed, err := parse(cm.Data)
		if err != nil {
			return nil, fmt.Errorf("third_party/%s: %w", implementations[i].Name, err)
		}
		installed.Implementation = &implementations[i]
		all = append(all, installed)
	}
	return all, nil
}

// parse leaves out what a run of tests has added that was ended: entries in other namespaces than the first one's.
func parse(data map[string]string) (*Installed, error) {
	installed := &Installed{}
	if err := errors.Join(yaml.Unmarshal([]byte(data[config.ExternalGateways]), &installed.external), yaml.Unmarshal([]byte(data[config.LocalGateways]), &installed.local)); err != nil {
		return nil, err
	}
	if len(installed.external) == 0 {
		return nil, errors.New("it has no external entry")
	}
	namespace := namespaceOf(installed.external[0])
	elsewhere := func(entry Item) bool { return namespaceOf(entry) != namespace }
	installed.external, installed.local = slices.DeleteFunc(installed.external, elsewhere), slices.DeleteFunc(installed.local, elsewhere)
	found, _, err := config.Parse(installed.With(nil, nil), cluster.SystemNamespace)
	if err != nil {
		return nil, err
	}
	if len(found.External) != 2 || len(found.Local) != 1 || found.External[1].IsDefault() {
		return nil, fmt.Errorf("it has %d external and %d local entries, and the tests want the three of a folder in third_party", len(found.External), len(found.Local))
	}
	installed.External, installed.Other, installed.Local = found.External[0], found.External[1], found.Local[0]
	return installed, nil
}

func namespaceOf(entry Item) string {
	namespace, _, _ := strings.Cut(fmt.Sprint(entry["gateway"]), "/")
	return namespace
}

// With is config-gateway with further entries.
func (i *Installed) With(external, local []Item) map[string]string {
	data := map[string]string{}
	for key, entries := range map[string][]Item{config.ExternalGateways: slices.Concat(i.external, external), config.LocalGateways: slices.Concat(i.local, local)} {
		text, err := yaml.Marshal(entries)
		if err != nil {
			panic(err) // what came from YAML goes back
		}
		data[key] = string(text)
	}
	return data
}

// Adapted are entries for Gateways of tests: with the features of the installed ones, and with a class and a Service of their
// own where an operator runs their proxies.
func (i *Installed) Adapted(entries []Item) []Item {
	features, set := i.external[0][supported]
	adapted := []Item{}
	for _, entry := range entries {
		if entry = maps.Clone(entry); set {
			entry[supported] = features
		}
		namespace, name, _ := strings.Cut(fmt.Sprint(entry["gateway"]), "/")
		if operated := i.Operated(types.NamespacedName{Namespace: namespace, Name: name}); operated != "" {
			entry["class"], entry["service"] = operated, i.Control[0].Namespace+"/"+operated
		}
		adapted = append(adapted, entry)
	}
	return adapted
}

const supported = "supported-features"

// Selected is the default external entry, as one that a label selects.
func (i *Installed) Selected(selector string) Item {
	entry := maps.Clone(i.external[0])
	entry["label-selector"] = selector
	return entry
}

// Text is an entry as tests write it that change config-gateway: without a selector, and without features.
func Text(entry config.Entry) string {
	text := fmt.Sprintf("- class: %s\n  gateway: %s\n", entry.Class, entry.Gateway)
	if entry.Service.Name != "" {
		text += fmt.Sprintf("  service: %s\n", entry.Service)
	}
	return text
}
