// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// ApplyFile applies every object of a file with server-side apply.
func ApplyFile(ctx context.Context, c *Cluster, manager, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return ApplyYAML(ctx, c, manager, file)
}

// ApplyText is ApplyFile for text that tests write.
func ApplyText(ctx context.Context, c *Cluster, manager, text string) error {
	return ApplyYAML(ctx, c, manager, strings.NewReader(text))
}

// ApplyYAML applies every document.
func ApplyYAML(ctx context.Context, c *Cluster, manager string, reader io.Reader) error {
	return c.EachObject(reader, func(kind Kind[Object], object Object) error {
		return kind.Apply(ctx, c, manager, object)
	})
}

// EachObject does something with every document, until there is an error, which then
// names the object.
func (c *Cluster) EachObject(reader io.Reader, do func(Kind[Object], Object) error) error {
	decoder := yaml.NewYAMLOrJSONDecoder(reader, 4096)
	for {
		object := Object{}
		switch err := decoder.Decode(&object); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case len(object) == 0:
			continue
		}
		kind, err := c.kindOf(object)
		if err == nil {
			err = do(kind, object)
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", object.String("kind"), object.String("metadata", "name"), err)
		}
	}
}

// kindOf asks the API server what the resource of a kind is called.
func (c *Cluster) kindOf(object Object) (Kind[Object], error) {
	gvk := (&unstructured.Unstructured{Object: object}).GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return Kind[Object]{}, err
	}
	return Kind[Object]{gvk, mapping.Resource.Resource}, nil
}
