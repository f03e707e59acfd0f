// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/cli/check"
	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/configure"
	"github.com/net-gateways/net-gateways/pkg/cli/graph"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/overview"
	"github.com/net-gateways/net-gateways/pkg/cli/preview"
	"github.com/net-gateways/net-gateways/pkg/cli/routes"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

// viewer has the rights of the ClusterRole net-gateways-viewer.
type viewer struct {
	objects.Source
	t    *testing.T
	role rbacv1.ClusterRole
	used map[string]bool
}

func (s viewer) may(verb string, kind objects.Kind, name string) {
	for _, rule := range s.role.Rules {
		named := len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, name)
		if slices.Contains(rule.APIGroups, kind.Group) && slices.Contains(rule.Resources, kind.Resource) && slices.Contains(rule.Verbs, verb) && named {
			s.used[kind.File()] = true
			return
		}
	}
	s.t.Errorf("net-gateways-viewer may not %s %s %s", verb, kind.File(), name)
}

func (s viewer) Get(kind objects.Kind, name types.NamespacedName) (*unstructured.Unstructured, error) {
	s.may("get", kind, name.Name)
	return s.Source.Get(kind, name)
}

func (s viewer) List(kind objects.Kind, namespace string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	s.may("list", kind, "")
	return s.Source.List(kind, namespace, selector)
}

// TestViewer: B-CLI-2, the ClusterRole net-gateways-viewer allows each request of each command, and no kind that none asks for.
func TestViewer(t *testing.T) {
	text, err := os.ReadFile("../../../config/200-viewer-cluster-role.yaml")
	if err != nil {
		t.Fatal(err)
	}
	store, err := objects.Read("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	clitest.Settle(t, store)
	source := viewer{Source: store, t: t, used: map[string]bool{}}
	if err := yaml.UnmarshalStrict(text, &source.role); err != nil {
		t.Fatal(err)
	}
	c := &common{Streams: Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Env: func(string) string { return "" }, Now: func() time.Time { return clitest.Now }}, system: "knative-serving"}
	reader := func() *view.Reader {
		made, err := view.NewReader(source, c.system, "")
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	for name, run := range map[string]func() error{
		"explain":     func() error { _, err := c.explain(source, "shop/cart"); return err },
		"list":        func() error { _, err := overview.Of(reader(), clitest.Now); return err },
		"graph":       func() error { _, err := graph.Of(reader(), graph.Selection{}, clitest.Now); return err },
		"routes":      func() error { _, err := routes.Of(reader(), "", clitest.Now); return err },
		"check":       func() error { _, err := check.Of(reader(), check.Options{}); return err },
		"config show": func() error { _, err := configure.Show(reader()); return err },
		"config init": func() error { _, err := configure.Begin(reader(), ""); return err },
		"preview":     func() error { _, err := preview.Compare(reader(), reader(), "", clitest.Now); return err },
		"dump":        func() error { return c.dump(source, "", filepath.Join(t.TempDir(), "dump.tgz")) },
	} {
		if err := run(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, rule := range source.role.Rules {
		for _, resource := range rule.Resources {
			if name := strings.TrimSuffix(resource+"."+rule.APIGroups[0], "."); !source.used[name] {
				t.Errorf("net-gateways-viewer may read %s, which no command does", name)
			}
		}
	}
}
