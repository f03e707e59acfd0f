// SPDX-License-Identifier: Apache-2.0

package configure

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// WithFields is a list of config-gateway in which keys of an entry have other values; a key of an empty value is taken out. The
// rest stays as the operator has written it, with its comments.
func WithFields(text string, index int, fields ...[2]string) (string, error) {
	document, entries := decoded(text)
	if entries == nil || index >= len(entries.Content) {
		return "", fmt.Errorf("the list has no entry %d", index)
	}
	for _, field := range fields {
		set(entries.Content[index], field[0], field[1])
	}
	return encoded(document)
}

// decoded reads a list; entries is nil if it is none.
func decoded(text string) (document, entries *yaml.Node) {
	document = &yaml.Node{}
	if err := yaml.Unmarshal([]byte(text), document); err != nil || len(document.Content) != 1 || document.Content[0].Kind != yaml.SequenceNode {
		return nil, nil
	}
	return document, document.Content[0]
}

func encoded(document *yaml.Node) (string, error) {
	text := &bytes.Buffer{}
	encoder := yaml.NewEncoder(text)
	encoder.SetIndent(2)
	err := encoder.Encode(document)
	return text.String(), err
}

func set(entry *yaml.Node, key, value string) {
	for i := 0; i+1 < len(entry.Content); i += 2 {
		if entry.Content[i].Value != key {
			continue
		}
		if value == "" {
			entry.Content = slices.Delete(entry.Content, i, i+2)
		} else {
			entry.Content[i+1] = scalar(value)
		}
		return
	}
	if value != "" {
		entry.Content = append(entry.Content, scalar(key), scalar(value))
	}
}

func scalar(text string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(text)
	return node
}

func valueOf(entry *yaml.Node, key string) string {
	for i := 0; i+1 < len(entry.Content); i += 2 {
		if entry.Content[i].Value == key {
			return entry.Content[i+1].Value
		}
	}
	return ""
}
