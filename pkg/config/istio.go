// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// istioKeys are those by which net-istio's lists, of the same names, name a Gateway: who
// comes from there, or from Knative's page about it, is told what to write (SPEC B-INS-4).
var istioKeys = []string{"name", "namespace"}

func (r *reader) rejectIstio(key string) {
	namespace, name := r.word("namespace", "NAMESPACE"), r.word("name", "NAME")
	r.errs = append(r.errs, field.Forbidden(r.path.Child(key), fmt.Sprintf(
		"this is net-istio's form; write `%s: %s/%s`, a Gateway of the Gateway API", keyGateway, namespace, name)))
}

// word is a string in the entry, or what stands for it.
func (r *reader) word(key, otherwise string) string {
	var text string
	if err := json.Unmarshal(r.fields[key], &text); err != nil || text == "" {
		return otherwise
	}
	return shorten(text, 80)
}

// serviceInDNS is the NAMESPACE/NAME of a Service's DNS name, which net-istio's lists have;
// empty for anything else.
func serviceInDNS(name string) string {
	labels := strings.Split(name, ".")
	if len(labels) < 3 || labels[2] != "svc" || labels[0] == "" || labels[1] == "" {
		return ""
	}
	return labels[1] + "/" + labels[0]
}
