// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"sigs.k8s.io/yaml"
)

// maxBytes is the longest list that is parsed, in bytes: some hundred entries. A longer one is a mistake, which the parser
// must not expand.
const maxBytes = 256 << 10

// list is one of the two lists while the parser reads it.
type list struct {
	visibility v1alpha1.IngressVisibility
	path       *field.Path

	entries []Entry
	// empty tells that the list is [].
	empty    bool
	warnings []Warning
	errs     field.ErrorList
}

func (l *list) read(text, systemNamespace string) {
	raws, err := decodeList(text)
	if err != nil {
		l.errs = append(l.errs, field.Invalid(l.path, field.OmitValueType{}, err.Error()))
		return
	}
	l.empty = raws != nil && len(raws) == 0
	for i, raw := range raws {
		reader := reader{path: l.path.Index(i)}
		if err := json.Unmarshal(raw, &reader.fields); err != nil || reader.fields == nil {
			l.errs = append(l.errs, field.Invalid(reader.path, field.OmitValueType{}, fmt.Sprintf(
				"must be a mapping such as {class: NAME}, not %s", jsonType(raw))))
			continue
		}
		entry := reader.entry()
		entry.Visibility, entry.Index = l.visibility, i
		if entry.Managed && entry.Class != "" {
			entry.Gateway.Namespace = systemNamespace
			entry.Gateway.Name = ManagedGatewayName(l.visibility, entry.Class)
		}
		l.entries = append(l.entries, entry)
		l.errs = append(l.errs, reader.errs...)
		l.warnings = append(l.warnings, reader.warnings...)
	}
}

// checkDefault demands exactly one entry without selectors, if there is any entry.
func (l *list) checkDefault() field.ErrorList {
	var defaults []string
	for _, entry := range l.entries {
		if entry.IsDefault() {
			defaults = append(defaults, fmt.Sprintf("[%d]", entry.Index))
		}
	}
	switch {
	case len(l.entries) == 0 || len(defaults) == 1:
		return nil
	case len(defaults) == 0:
		return field.ErrorList{field.Required(l.path, "no default: exactly one entry must have neither "+
			keyLabelSelector+" nor "+keyNamespaceSelector)}
	}
	return field.ErrorList{field.Invalid(l.path, field.OmitValueType{}, fmt.Sprintf(
		"%d defaults, %s: all entries but one need a %s or a %s",
		len(defaults), strings.Join(defaults, " and "), keyLabelSelector, keyNamespaceSelector))}
}

// duplicates finds Gateways that more than one entry of the list names: it would not be clear whose
// selectors and probe mode apply.
func (l *list) duplicates() field.ErrorList {
	var errs field.ErrorList
	first := map[string]Entry{}
	for _, entry := range l.entries {
		gateway := entry.Gateway.String()
		if entry.Gateway.Name == "" {
			continue // refused already
		}
		other, taken := first[gateway]
		if !taken {
			first[gateway] = entry
			continue
		}
		path := l.path.Index(entry.Index).Child(keyGateway)
		if entry.Managed && other.Managed {
			errs = append(errs, field.Required(path, fmt.Sprintf(
				"%s[%d] already has the Gateway that is created for class %q; name a Gateway in one of them",
				ListKey(other.Visibility), other.Index, entry.Class)))
			continue
		}
		err := field.Duplicate(path, gateway)
		err.Detail = fmt.Sprintf("already used by %s[%d]", ListKey(other.Visibility), other.Index)
		errs = append(errs, err)
	}
	return errs
}

// decodeList turns YAML into raw entries; nil for blank text and for null.
func decodeList(text string) ([]json.RawMessage, error) {
	if len(text) > maxBytes {
		return nil, fmt.Errorf("is %d bytes long, more than the %d allowed", len(text), maxBytes)
	}
	if documents(text) > 1 {
		return nil, fmt.Errorf("holds more than one YAML document; only one list is read")
	}
	// Strict: a key that is written twice is an error.
	raw, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("is not YAML: %s", oneLine(err.Error()))
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(raw, &raws); err != nil {
		return nil, fmt.Errorf("must be a list whose entries start with \"- class: NAME\", not %s", jsonType(raw))
	}
	return raws, nil
}

// documents counts the YAML documents with content. The parser reads the first and
// ignores the others.
func documents(text string) int {
	count, open := 0, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if line == "---" || strings.HasPrefix(line, "--- ") || line == "..." {
			open = false
			continue
		}
		if content := strings.TrimSpace(line); content == "" || strings.HasPrefix(content, "#") {
			continue
		}
		if !open {
			count++
			open = true
		}
	}
	return count
}

// oneLine makes a YAML parser's message fit into an Event.
func oneLine(message string) string {
	message = strings.Join(strings.Fields(message), " ")
	for _, noise := range []string{"error converting YAML to JSON: ", "error unmarshaling JSON: ", "while decoding JSON: ", "json: ", "yaml: ", "unmarshal errors: "} {
		message = strings.ReplaceAll(message, noise, "")
	}
	return shorten(message, 200)
}

func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

// nothing is what jsonType returns for a null: a key or a dash with nothing behind it.
const nothing = "an empty value"

// jsonType names a JSON value's type in words for a message.
func jsonType(raw json.RawMessage) string {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0 || raw[0] == 'n':
		return nothing
	case raw[0] == '{':
		return "a mapping"
	case raw[0] == '[':
		return "a list"
	case raw[0] == '"':
		return "a string"
	case raw[0] == 't' || raw[0] == 'f':
		return "true or false"
	}
	return "a number"
}
