// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/ingress"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// specHash is networking's hash of the KIngress's name and spec, which its
// conformance suite compares.
func specHash(ing *v1alpha1.Ingress) (string, error) {
	if ing == nil {
		return "", errNoIngress
	}
	sum, err := ingress.ComputeHash(ing)
	if err != nil {
		return "", fmt.Errorf("hash of KIngress %s/%s: %w", ing.Namespace, ing.Name, err)
	}
	return hex.EncodeToString(sum[:]), nil
}

// renderedHash covers the hosts and what is done for them, without the rules that
// only probes meet.
func renderedHash(route *gatewayv1.HTTPRoute) string {
	sum := sha256.New()
	err := json.NewEncoder(withoutNewline{sum}).Encode(gatewayv1.HTTPRouteSpec{Hostnames: route.Spec.Hostnames, Rules: trafficRules(route)})
	if err != nil { // a struct of strings and numbers always marshals
		panic(fmt.Sprintf("marshal HTTPRoute spec: %v", err))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// withoutNewline leaves out the one that an Encoder writes behind a value; there is none within.
type withoutNewline struct{ io.Writer }

func (w withoutNewline) Write(b []byte) (int, error) {
	_, err := w.Writer.Write(bytes.TrimSuffix(b, []byte("\n")))
	return len(b), err
}

// versionOf identifies what has to be proven for a visibility: which routes answer what,
// through which Gateway. Labels and annotations do not count, nor do Gateways that are
// being left.
func versionOf(routes []Route, visibility v1alpha1.IngressVisibility) string {
	sum := sha256.New()
	for _, route := range routes {
		if route.Visibility == visibility {
			parent := route.Object.Spec.ParentRefs[0]
			fmt.Fprintf(sum, "%s %s/%s %s\n", route.Object.Name, *parent.Namespace, parent.Name, route.version)
			for _, further := range route.Object.Spec.ParentRefs[1:route.own] {
				fmt.Fprintf(sum, "and %s\n", further.Name)
			}
			for _, listener := range route.over {
				fmt.Fprintf(sum, "over %s\n", listener)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
