// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// istioKeys name a Gateway in net-istio's lists, which have the same names as ours. The error tells an operator who
// migrates from net-istio, or follows Knative's page about it, what to write (SPEC B-INS-4).
var istioKeys = []string{"name", "namespace"}

func (r *reader) rejectIstio(key string) {
	namespace, name := r.word("namespace", "NAMESPACE"), r.word("name", "NAME")
	r.errs = append(r.errs, field.Forbidden(r.path.Child(key), fmt.Sprintf(
		"this is net-istio's form; write `%s: %s/%s`, a Gateway of the Gateway API", keyGateway, namespace, name)))
}

// word is a string in the entry; fallback if the entry has none.
func (r *reader) word(key, fallback string) string {
	var text string
	if err := json.Unmarshal(r.fields[key], &text); err != nil || text == "" {
		return fallback
	}
	return shorten(text, 80)
}

// serviceInDNS turns a Service's DNS name, as in net-istio's lists, into NAMESPACE/NAME; anything else into "".
func serviceInDNS(name string) string {
	labels := strings.Split(name, ".")
	if len(labels) < 3 || labels[2] != "svc" || labels[0] == "" || labels[1] == "" {
		return ""
	}
	return labels[1] + "/" + labels[0]
}
