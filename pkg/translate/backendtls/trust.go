// SPDX-License-Identifier: Apache-2.0

package backendtls

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking"
	knativecerts "knative.dev/networking/pkg/certificates"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// authorities are those to trust: the ones that are known, or else those that the namespace trusts
// already.
func authorities(t input.Trust) string { return cmp.Or(t.Authorities, t.Stored) }

// ReadTrust reads the authorities from where Serving's activator reads them (serving v0.50,
// pkg/activator/certificate/cache.go): ca.crt in the Secret of its certificate, which is nil if it does
// not exist, and the ConfigMaps of the same namespace with the label networking.knative.dev/trust-bundle.
func ReadTrust(secretName string, secret *corev1.Secret, bundles []*corev1.ConfigMap) input.Trust {
	reader := trustReader{}
	if secret != nil {
		reader.read(fmt.Sprintf("Secret %s, key %s", secretName, knativecerts.CaCertName), secret.Data[knativecerts.CaCertName])
	}
	bundles = slices.SortedFunc(slices.Values(bundles), func(a, b *corev1.ConfigMap) int { return strings.Compare(a.Name, b.Name) })
	for _, bundle := range bundles {
		for _, key := range slices.Sorted(maps.Keys(bundle.Data)) {
			reader.read(fmt.Sprintf("ConfigMap %s/%s, key %s", bundle.Namespace, bundle.Name, key), []byte(bundle.Data[key]))
		}
	}
	trust := input.Trust{Authorities: strings.Join(reader.certificates, ""), Problems: reader.problems}
	if trust.Authorities != "" {
		return trust
	}
	trust.Missing = fmt.Sprintf("Secret %s does not exist", secretName)
	if secret != nil {
		trust.Missing = fmt.Sprintf("Secret %s has no certificate in %s", secretName, knativecerts.CaCertName)
	}
	trust.Missing += fmt.Sprintf(", and no ConfigMap of its namespace with the label %s has a certificate: put that of the certificate authority into one of them", networking.TrustBundleLabelKey)
	return trust
}

// trustReader collects certificates, each once.
type trustReader struct {
	certificates []string
	problems     []conditions.Gap
}

// read takes the certificates out of PEM, without those that cannot be parsed: with one of these in the
// bundle, a gateway would use none.
func (r *trustReader) read(where string, content []byte) {
	for rest := bytes.TrimSpace(content); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		block, after := pem.Decode(rest)
		if block == nil {
			r.problems = append(r.problems, conditions.Gap{Field: where, Detail: "not a certificate in PEM, it is not trusted"})
			return
		}
		rest = after
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			r.problems = append(r.problems, conditions.Gap{Field: where, Detail: fmt.Sprintf("a block %q is no certificate, it is not trusted", block.Type)})
			continue
		}
		plain := string(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))
		if !slices.Contains(r.certificates, plain) {
			r.certificates = append(r.certificates, plain)
		}
	}
}
