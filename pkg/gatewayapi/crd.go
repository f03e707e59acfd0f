// SPDX-License-Identifier: Apache-2.0

package gatewayapi

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// CRD is a CustomResourceDefinition of the Gateway API.
type CRD struct {
	// Resource is its plural name, without the group.
	Resource string
	// Since is the first release that will do.
	Since *version.Version
	// Without is what is done without it; it is empty if nothing can be served.
	Without string
}

// minimum is the first release whose standard channel has every field that
// the controller writes (HTTPRoute timeouts came last). With older CRDs the API server drops
// the field, and the controller would write it again endlessly.
var minimum = version.MustParseGeneric("v1.2.0")

// The CRDs. The optional ones are needed in the first release whose standard channel has them as v1.
var (
	GatewayClasses     = CRD{Resource: "gatewayclasses", Since: minimum}
	Gateways           = CRD{Resource: "gateways", Since: minimum}
	HTTPRoutes         = CRD{Resource: "httproutes", Since: minimum}
	ListenerSets       = CRD{Resource: "listenersets", Since: version.MustParseGeneric("v1.5.0"), Without: "listeners for certificates are added to the Gateways, which have room for 64"}
	BackendTLSPolicies = CRD{Resource: "backendtlspolicies", Since: version.MustParseGeneric("v1.4.0"), Without: "services are not served while Knative wants TLS to their backends (system-internal-tls)"}
)

// Required are those without which nothing can be served, in the order in which an operator installs objects of them.
var Required = []CRD{GatewayClasses, Gateways, HTTPRoutes}

// Optional are the others.
var Optional = []CRD{ListenerSets, BackendTLSPolicies}

// Name is that of the object.
func (c CRD) Name() string { return c.Resource + ".gateway.networking.k8s.io" }

// BundleVersion is the annotation with the release of the Gateway API that was applied.
const BundleVersion = "gateway.networking.k8s.io/bundle-version"

// Release is the release of the Gateway API that a CRD names; empty if it names none.
func Release(crd metav1.Object) string { return crd.GetAnnotations()[BundleVersion] }

// development is what the Gateway API writes into CRDs between releases.
var development = version.MustParseGeneric("v0.0.0")

// ruleNames is the first release whose standard channel has names of the rules of HTTPRoutes.
var ruleNames = version.MustParseGeneric("v1.4.0")

// NamesRules tells by the CRD of HTTPRoutes whether rules have a field for their name. It is false where the release is
// not known, because an apply of a field that the API server does not know fails.
func NamesRules(crd metav1.Object) bool {
	installed, err := version.ParseGeneric(Release(crd))
	return err == nil && (installed.EqualTo(development) || !installed.LessThan(ruleNames))
}

// Missing says which CRD is needed (SPEC B-INS-7).
type Missing struct {
	conditions.Refusal
	// Outdated tells that the CRD exists, and that its annotation names too old a release. The annotation
	// says which file was applied, not what the API server serves: what is served stays (SPEC B-INS-9).
	Outdated bool
}

// Absent says that the CRD does not exist.
func (c CRD) Absent() *Missing {
	return missing("CustomResourceDefinition %s does not exist: install the Gateway API, v%s or newer", c.Name(), c.Since)
}

// Outdated says that the CRD, which exists, looks older than the release that is needed; nil if it does not.
func (c CRD) Outdated(stored metav1.Object) *Missing {
	installed, err := version.ParseGeneric(Release(stored))
	if err != nil || installed.EqualTo(development) || !installed.LessThan(c.Since) {
		return nil
	}
	outdated := missing("CustomResourceDefinition %s is of Gateway API %s: install v%s or newer", c.Name(), Release(stored), c.Since)
	outdated.Outdated = true
	return outdated
}

func missing(format string, values ...any) *Missing {
	return &Missing{Refusal: conditions.Refusal{Code: conditions.ReasonGatewayAPIMissing, Detail: fmt.Sprintf(format, values...)}}
}

// FirstMissing returns the required CRD without which the controller cannot work, or nil. One that does not exist comes before
// one that looks old.
func FirstMissing(look func(CRD) (*Missing, error)) (*Missing, error) {
	outdated := (*Missing)(nil)
	for _, crd := range Required {
		found, err := look(crd)
		switch {
		case err != nil:
			return nil, err
		case found != nil && !found.Outdated:
			return found, nil
		case outdated == nil:
			outdated = found
		}
	}
	return outdated, nil
}
