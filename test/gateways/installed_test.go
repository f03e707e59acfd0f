// SPDX-License-Identifier: Apache-2.0

package gateways

import (
	"os"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/test/cluster"
)

// TestInstalled: the tests find blue, green and internal in the config-gateway of each folder of third_party, also when a run
// that was ended has left its entries there; and each implementation of the table has a folder.
func TestInstalled(t *testing.T) {
	for _, first := range shipped(t) {
		left := first.With(first.Adapted([]Item{{"class": "e2e-public", "gateway": "e2e-gateways/gold", "label-selector": "tier=gold"}}), nil)
		left[config.ExternalGateways] += "- {class: another, gateway: gateways-of-another/blue, label-selector: gateway=another}\n"
		again, err := parse(left)
		if err != nil {
			t.Fatalf("%s, once more: %v", first.Name, err)
		}
		for _, found := range []*Installed{first, again} {
			for name, entry := range map[string]config.Entry{"blue": found.External, "green": found.Other, "internal": found.Local} {
				if entry.Gateway.Name != name || entry.Gateway.Namespace != found.External.Gateway.Namespace || entry.Class == "" {
					t.Errorf("%s: %s is %+v", first.Name, name, entry)
				}
			}
		}
		added, _, err := config.Parse(left, cluster.SystemNamespace)
		if err != nil {
			t.Fatalf("%s: %v", first.Name, err)
		}
		operated := first.Operated(types.NamespacedName{Namespace: "e2e-gateways", Name: "gold"})
		if gold := added.External[2]; gold.Gateway.Name != "gold" || gold.Service.Name != operated || !gold.Features.Equal(added.External[0].Features) {
			t.Errorf("%s: the entry of a test is %+v", first.Name, gold)
		}
	}
}

// TestSelected: B-SEL-5, entries of several implementations fit into one file.
func TestSelected(t *testing.T) {
	all := shipped(t)
	entries := []Item{}
	for _, other := range all[1:] {
		entries = append(entries, other.Selected("gateway="+other.Name))
	}
	found, _, err := config.Parse(all[0].With(entries, nil), cluster.SystemNamespace)
	if err != nil {
		t.Fatal(err)
	}
	for i, other := range all[1:] {
		if entry := found.External[2+i]; entry.Gateway != other.External.Gateway || entry.Service != other.External.Service || entry.IsDefault() {
			t.Errorf("%s: %+v", other.Name, entry)
		}
	}
}

// TestNotInstalled: what hack/install has not written is refused.
func TestNotInstalled(t *testing.T) {
	for name, data := range map[string]map[string]string{
		"nothing": {}, "no list": {config.ExternalGateways: "a"},
		"no green": {config.ExternalGateways: "[{class: a, gateway: a/blue}]", config.LocalGateways: "[{class: a, gateway: a/internal}]"},
	} {
		if found, err := parse(data); err == nil {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// TestText: an entry as tests write it is the one that is installed, without its selector and features.
func TestText(t *testing.T) {
	for _, installed := range shipped(t) {
		found, _, err := config.Parse(map[string]string{config.ExternalGateways: Text(installed.Other), config.LocalGateways: "[]"}, cluster.SystemNamespace)
		if err != nil {
			t.Fatal(err)
		}
		if entry, want := found.External[0], installed.Other; entry.Gateway != want.Gateway || entry.Class != want.Class || entry.Service != want.Service || !entry.IsDefault() {
			t.Errorf("%s: %+v, want %+v", installed.Name, entry, want)
		}
	}
}

// TestLacks: each reason for which a test is left out is in the page on implementations.
func TestLacks(t *testing.T) {
	page, err := os.ReadFile("../../docs/implementations.md")
	if err != nil {
		t.Fatal(err)
	}
	for i := range implementations {
		for ability, reason := range implementations[i].lacks {
			if !strings.Contains(string(page), reason) {
				t.Errorf("%s: docs/implementations.md has not %q", implementations[i].Name, reason)
			}
			if said := implementations[i].Lacks(ability); !strings.Contains(said, "docs/implementations.md") {
				t.Errorf("%s: %q has no link", implementations[i].Name, said)
			}
		}
		if place := implementations[i].Proxies(types.NamespacedName{Namespace: "a", Name: "b"}); place.Namespace == "" || len(place.Labels) == 0 {
			t.Errorf("%s: its proxies are in %+v", implementations[i].Name, place)
		}
	}
	if _, err := of("e2e.example/nobody"); err == nil {
		t.Error("a controller of no known implementation")
	}
}

func shipped(t *testing.T) []*Installed {
	t.Helper()
	all, err := Shipped("../..")
	if err != nil || len(all) != len(implementations) {
		t.Fatalf("%d implementations: %v", len(all), err)
	}
	return all
}
