// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// Decode adds the objects of a YAML or JSON text: documents, or lists as `kubectl get -o yaml` prints them.
func (s *Store) Decode(text []byte) error {
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for n := 1; ; n++ {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = s.decode(document)
		}
		if err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
	}
}

func (s *Store) decode(document []byte) error {
	text, err := sigsyaml.YAMLToJSON(document)
	if err != nil {
		return err
	}
	content := map[string]any{}
	if err := json.Unmarshal(text, &content); err != nil {
		return errors.New("it is no object of Kubernetes")
	}
	if len(content) == 0 {
		return nil
	}
	object := &unstructured.Unstructured{Object: content}
	if object.GetKind() == "" || object.GetAPIVersion() == "" {
		return errors.New("it has no apiVersion and kind, so it is no object of Kubernetes")
	}
	if !object.IsList() {
		return s.Add(object)
	}
	list, err := object.ToList()
	if err != nil {
		return err
	}
	for i := range list.Items {
		if err := s.Add(&list.Items[i]); err != nil {
			return err
		}
	}
	return nil
}
