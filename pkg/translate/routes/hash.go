// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/ingress"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// SpecHash is networking's hash of the KIngress's name and spec, which its
// conformance suite compares.
func SpecHash(ing *v1alpha1.Ingress) (string, error) {
	if ing == nil {
		return "", errNoIngress
	}
	sum, err := ingress.ComputeHash(ing)
	if err != nil {
		return "", fmt.Errorf("hash of KIngress %s/%s: %w", ing.Namespace, ing.Name, err)
	}
	return hex.EncodeToString(sum[:]), nil
}

// renderedHash is the hash of the hosts and rules of a route, without the rules that only probes match and
// without the names of rules, which the API server may not have stored.
func renderedHash(route *gatewayv1.HTTPRoute) string {
	sum, traffic := sha256.New(), trafficRules(route)
	for i := range traffic {
		traffic[i].Name = nil
	}
	err := json.NewEncoder(withoutNewline{sum}).Encode(gatewayv1.HTTPRouteSpec{Hostnames: route.Spec.Hostnames, Rules: traffic})
	if err != nil { // a struct of strings and numbers always marshals
		panic(fmt.Sprintf("marshal HTTPRoute spec: %v", err))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// withoutNewline leaves out the newline that an Encoder writes after a value. The value itself has none.
type withoutNewline struct{ io.Writer }

func (w withoutNewline) Write(b []byte) (int, error) {
	_, err := w.Writer.Write(bytes.TrimSuffix(b, []byte("\n")))
	return len(b), err
}

var errNoIngress = errors.New("no KIngress to translate")
