// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"bytes"
	"errors"
	"maps"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

// lastApplied repeats the whole object, and may have what a dump leaves out.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Files are the files of a dump, by name: those of Decode, and one for each kind that could not be read. Field managers and
// what kubectl apply remembers are left out.
func (s *Store) Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, kind := range Kinds {
		if err := s.missing[kind]; err != nil {
			suffix, denied := ".notserved", (*Denied)(nil)
			if errors.As(err, &denied) {
				suffix = ".denied"
			}
			files[kind.File()+suffix] = []byte(err.Error() + "\n")
			continue
		}
		all, err := s.List(kind, "", labels.Everything())
		if err != nil {
			return nil, err
		}
		text := bytes.Buffer{}
		for _, object := range all {
			document, err := yaml.Marshal(bare(object).Object)
			if err != nil {
				return nil, err
			}
			text.WriteString("---\n")
			text.Write(document)
		}
		if text.Len() > 0 {
			files[kind.File()+".yaml"] = text.Bytes()
		}
	}
	return files, nil
}

func bare(object *unstructured.Unstructured) *unstructured.Unstructured {
	shown := object.DeepCopy()
	shown.SetManagedFields(nil)
	annotations := maps.Clone(shown.GetAnnotations())
	delete(annotations, lastApplied)
	if len(annotations) == 0 {
		annotations = nil
	}
	shown.SetAnnotations(annotations)
	return shown
}
