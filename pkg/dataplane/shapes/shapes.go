// SPDX-License-Identifier: Apache-2.0

package shapes

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

// Shape is a data plane as an implementation's controller writes it.
type Shape struct {
	// Name is that of the file; Title says which data plane it is; Comment is the whole comment.
	Name, Title, Comment string
	// Entry is the entry in config-gateway, for external hosts.
	Entry string
	// Classes, Gateways, Services and Slices are the objects. The entry names the first Gateway.
	Classes  []*gatewayv1.GatewayClass
	Gateways []*gatewayv1.Gateway
	Services []*corev1.Service
	Slices   []*discoveryv1.EndpointSlice
	Found    Found
	// Unanswered and Answered are the conditions of a KIngress while the data plane answers with 404, and when it serves.
	Unanswered, Answered map[string]string
}

// Found is what net-gateways finds in a shape.
type Found struct {
	// Service is the one in front of the data plane, as NAMESPACE/NAME; empty for none.
	Service string `json:"service"`
	// Asked are the addresses that are probed; Mode is how that proves readiness.
	Asked []string `json:"asked"`
	Mode  string   `json:"mode"`
	// Published is the address in the status of the KIngress.
	Published string `json:"published"`
	// Exposed says how a local gateway of this shape is seen to be reachable from outside; empty if it is not.
	Exposed string `json:"exposed"`
}

//go:embed *.txtar
var files embed.FS

// All are the shapes, by name.
func All() ([]Shape, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	found := []Shape{}
	for _, entry := range entries {
		text, err := files.ReadFile(entry.Name())
		if err != nil {
			return nil, err
		}
		shape, err := read(strings.TrimSuffix(entry.Name(), ".txtar"), txtar.Parse(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		found = append(found, shape)
	}
	return found, nil
}

func read(name string, archive *txtar.Archive) (shape Shape, err error) {
	title, _, _ := strings.Cut(string(archive.Comment), "\n")
	shape = Shape{Name: name, Title: title, Comment: string(archive.Comment)}
	for _, file := range archive.Files {
		switch file.Name {
		case "entry.yaml":
			shape.Entry = string(file.Data)
		case "objects.yaml":
			for i, document := range strings.Split(string(file.Data), "\n---\n") {
				if err := shape.add([]byte(document)); err != nil {
					return shape, fmt.Errorf("%s, document %d: %w", file.Name, i, err)
				}
			}
		case "found.yaml":
			err = yaml.UnmarshalStrict(file.Data, &shape.Found)
		case "unanswered.yaml":
			err = yaml.UnmarshalStrict(file.Data, &shape.Unanswered)
		case "answered.yaml":
			err = yaml.UnmarshalStrict(file.Data, &shape.Answered)
		default:
			err = fmt.Errorf("section %q is unknown", file.Name)
		}
		if err != nil {
			return shape, fmt.Errorf("%s: %w", file.Name, err)
		}
	}
	return shape, nil
}

func (s *Shape) add(document []byte) error {
	kind := metav1.TypeMeta{}
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	switch kind.Kind {
	case "GatewayClass":
		return appendTo(&s.Classes, document)
	case "Gateway":
		return appendTo(&s.Gateways, document)
	case "Service":
		return appendTo(&s.Services, document)
	case "EndpointSlice":
		return appendTo(&s.Slices, document)
	}
	return fmt.Errorf("kind %q is unknown", kind.Kind)
}

func appendTo[T any](list *[]*T, document []byte) error {
	object := new(T)
	*list = append(*list, object)
	return yaml.UnmarshalStrict(document, object)
}

// Objects are all objects of a shape.
func (s Shape) Objects() []runtime.Object {
	return slices.Concat(as(s.Classes), as(s.Gateways), as(s.Services), as(s.Slices))
}

func as[T runtime.Object](objects []T) []runtime.Object {
	found := make([]runtime.Object, len(objects))
	for i, object := range objects {
		found[i] = object
	}
	return found
}
