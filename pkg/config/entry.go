// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// The keys of an entry.
const (
	keyClass             = "class"
	keyGateway           = "gateway"
	keyService           = "service"
	keyHTTPListener      = "http-listener-name"
	keyFeatures          = "supported-features"
	keyProxyProtocol     = "proxy-protocol-enabled"
	keyProbe             = "probe"
	keyLabelSelector     = "label-selector"
	keyNamespaceSelector = "namespace-selector"
)

var entryKeys = []string{
	keyClass, keyGateway, keyService, keyHTTPListener, keyFeatures,
	keyProxyProtocol, keyProbe, keyLabelSelector, keyNamespaceSelector,
}

var probeModes = []probe.Mode{probe.Auto, probe.DataPlane, probe.Address, probe.Status}

// reader reads one entry and collects what is wrong with it.
type reader struct {
	path     *field.Path
	fields   map[string]json.RawMessage
	errs     field.ErrorList
	warnings []Warning
}

func (r *reader) entry() Entry {
	entry := Entry{
		Class:             r.class(),
		Gateway:           r.namespacedName(keyGateway),
		Service:           r.namespacedName(keyService),
		HTTPListener:      r.name(keyHTTPListener),
		Features:          r.features(),
		ProxyProtocol:     r.boolean(keyProxyProtocol),
		Probe:             r.probe(),
		LabelSelector:     r.selector(keyLabelSelector),
		NamespaceSelector: r.selector(keyNamespaceSelector),
	}
	_, given := r.fields[keyGateway]
	entry.Managed = !given
	if entry.Managed {
		r.rejectComparison(entry.NamespaceSelector)
	}
	for _, key := range slices.Sorted(maps.Keys(r.fields)) {
		if slices.Contains(istioKeys, key) {
			r.rejectIstio(key)
		} else if !slices.Contains(entryKeys, key) {
			r.warnings = append(r.warnings, unknownKey(r.path.Child(key), key, entryKeys))
		}
	}
	return entry
}

func (r *reader) class() string {
	if _, given := r.fields[keyClass]; !given {
		r.errs = append(r.errs, field.Required(r.path.Child(keyClass), "the name of a GatewayClass"))
		return ""
	}
	return r.name(keyClass)
}

// name reads the name of an object or of a listener.
func (r *reader) name(key string) string {
	name, ok := r.text(key)
	if !ok {
		return ""
	}
	if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
		r.reject(key, name, brief(problems[0]))
		return ""
	}
	return name
}

func (r *reader) namespacedName(key string) types.NamespacedName {
	text, ok := r.text(key)
	if !ok {
		return types.NamespacedName{}
	}
	namespace, name, found := strings.Cut(text, "/")
	if !found || namespace == "" || name == "" || strings.Contains(name, "/") {
		if instead := serviceInDNS(text); key == keyService && instead != "" {
			r.reject(key, text, "write "+instead)
			return types.NamespacedName{}
		}
		r.reject(key, text, "must be namespace/name, for example knative-serving/external")
		return types.NamespacedName{}
	}
	if problems := validation.IsDNS1123Label(namespace); len(problems) > 0 {
		r.reject(key, text, "namespace: "+brief(problems[0]))
		return types.NamespacedName{}
	}
	isName := validation.IsDNS1123Subdomain
	if key == keyService {
		isName = validation.IsDNS1123Label
	}
	if problems := isName(name); len(problems) > 0 {
		r.reject(key, text, "name: "+brief(problems[0]))
		return types.NamespacedName{}
	}
	return types.NamespacedName{Namespace: namespace, Name: name}
}

func (r *reader) features() features.Set {
	supported := sets.New[features.Name]()
	raw, given := r.fields[keyFeatures]
	if !given || jsonType(raw) == nothing {
		return supported
	}
	path := r.path.Child(keyFeatures)
	var raws []json.RawMessage
	if err := json.Unmarshal(raw, &raws); err != nil {
		r.errs = append(r.errs, field.Invalid(path, field.OmitValueType{},
			"must be a list of Gateway API feature names, not "+jsonType(raw)))
		return supported
	}
	for i, raw := range raws {
		var name string
		if err := json.Unmarshal(raw, &name); err != nil || jsonType(raw) == nothing {
			r.errs = append(r.errs, field.Invalid(path.Index(i), field.OmitValueType{},
				"must be the name of a feature, not "+jsonType(raw)))
			continue
		}
		if !features.Known(features.Name(name)) {
			r.errs = append(r.errs, field.Invalid(path.Index(i), shorten(name, 80),
				"unknown Gateway API feature"+suggestion(name, features.Names())))
			continue
		}
		supported.Insert(features.Name(name))
	}
	return supported
}

func (r *reader) probe() probe.Mode {
	text, ok := r.text(keyProbe)
	if !ok {
		return probe.Auto
	}
	mode := probe.Mode(text)
	if !slices.Contains(probeModes, mode) {
		r.errs = append(r.errs, field.NotSupported(r.path.Child(keyProbe), probe.Mode(shorten(text, 80)), probeModes))
		return probe.Auto
	}
	return mode
}

func (r *reader) boolean(key string) bool {
	raw, given := r.fields[key]
	if !given {
		return false
	}
	var value bool
	if err := json.Unmarshal(raw, &value); err != nil || jsonType(raw) == nothing {
		r.errs = append(r.errs, field.Invalid(r.path.Child(key), field.OmitValueType{},
			"must be true or false without quotes, not "+jsonType(raw)))
	}
	return value
}

// text reads a string. A key without a value is an error and does not mean the default, because it most likely is an
// unfinished line. Only service may be empty, as in files of the single-gateway plugin.
func (r *reader) text(key string) (string, bool) {
	raw, given := r.fields[key]
	if !given {
		return "", false
	}
	if kind := jsonType(raw); kind != "a string" && kind != nothing {
		r.errs = append(r.errs, field.Invalid(r.path.Child(key), field.OmitValueType{},
			"must be a string, not "+kind+asString(key, kind)))
		return "", false
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		r.reject(key, string(raw), err.Error())
		return "", false
	}
	if text == "" && key != keyService {
		r.errs = append(r.errs, field.Required(r.path.Child(key), "has no value; give one or remove the line"))
	}
	return text, text != ""
}

// asString is how to write the value of a key as a string; empty where a value of that type cannot be meant as one.
func asString(key, kind string) string {
	switch {
	case kind != "a mapping" && kind != "a list":
		return "; put it into quotes"
	case key == keyGateway || key == keyService:
		return "; write namespace/name"
	}
	return ""
}

func (r *reader) reject(key, value, detail string) {
	r.errs = append(r.errs, field.Invalid(r.path.Child(key), shorten(value, 80), detail))
}

// brief cuts the regular expression from the end of a validation's message.
func brief(problem string) string {
	problem, _, _ = strings.Cut(problem, " (e.g.")
	return problem
}

func unknownKey(path *field.Path, key string, known []string) Warning {
	return Warning{Field: path.String(), Detail: "unknown key" + cmp.Or(suggestion(key, known), "; known are "+strings.Join(known, ", "))}
}
