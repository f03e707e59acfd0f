// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// slow is a Source whose answers take some time.
type slow struct {
	objects.Source
	takes time.Duration
}

func (s slow) Get(objects.Kind, types.NamespacedName) (*unstructured.Unstructured, error) {
	time.Sleep(s.takes)
	return nil, nil
}

func (s slow) List(objects.Kind, string, labels.Selector) ([]*unstructured.Unstructured, error) {
	time.Sleep(s.takes)
	return nil, nil
}

// TestProgress: what is done within a second is silent; after that there is a line each second, also while one answer is awaited.
func TestProgress(t *testing.T) {
	for name, test := range map[string]struct {
		takes time.Duration
		want  string
	}{
		"fast": {90 * time.Millisecond, ""},
		"slow": {300 * time.Millisecond, "reading gateways.gateway.networking.k8s.io (0 requests so far)\nreading gateways.gateway.networking.k8s.io (0 requests so far)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				said := &bytes.Buffer{}
				source := objects.Progress(slow{objects.NewStore(), test.takes}, said)
				for range 5 {
					_, _ = source.Get(objects.Gateways, types.NamespacedName{Name: "a"})
					_, _ = source.List(objects.Gateways, "", labels.Everything())
				}
				synctest.Wait()
				if said.String() != test.want {
					t.Errorf("It says %q", said)
				}
			})
		})
	}
}
