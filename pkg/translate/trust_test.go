// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
)

const certificate = `-----BEGIN CERTIFICATE-----
MIH+MIGxoAMCAQICAQEwBQYDK2VwMA4xDDAKBgNVBAMTA25ldzAgFw0yMzExMTQy
MjEzMjBaGA8yMDk2MTAwMjA3MDY0MFowDjEMMAoGA1UEAxMDbmV3MCowBQYDK2Vw
AyEAgQtAsPWDdiQvgM3pfaT9X8pSz4VIpjKTbOQlEOZnOJWjMjAwMA8GA1UdEwEB
/wQFMAMBAf8wHQYDVR0OBBYEFKQJ3Z4Tj7qwcdaLcodh5Ie+ct/5MAUGAytlcANB
AH0+Xz9fxzDyYTvqaGJfvli07xlD/LSqnddlk0SpSK8Jsc1jL9j5WKzVDW9PyHga
Pmrjie22wTR5N8IRQAQGlws=
-----END CERTIFICATE-----
`

const privateKey = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"

// TestReadTrust: B-TLS-4, authorities are read from where Serving puts them, each once. What is no
// certificate is reported and left out, because a gateway may refuse the whole bundle for it.
func TestReadTrust(t *testing.T) {
	const secret = "knative-serving/routing-serving-certs"
	secretOf := func(content string) *corev1.Secret {
		return &corev1.Secret{Data: map[string][]byte{"ca.crt": []byte(content)}}
	}
	bundle := func(name, content string) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: name}, Data: map[string]string{"ca": content}}
	}
	for name, c := range map[string]struct {
		secret             *corev1.Secret
		bundles            []*corev1.ConfigMap
		authorities        string
		missing, untrusted string
	}{
		"in the Secret":        {secret: secretOf(certificate), authorities: certificate},
		"in a bundle":          {bundles: []*corev1.ConfigMap{bundle("a", certificate)}, authorities: certificate},
		"in both":              {secret: secretOf(certificate), bundles: []*corev1.ConfigMap{bundle("a", "\n"+certificate+certificate)}, authorities: certificate},
		"no Secret":            {missing: "Secret " + secret + " does not exist, and no ConfigMap of its namespace"},
		"no key":               {secret: &corev1.Secret{}, missing: "Secret " + secret + " has no certificate in ca.crt, and no ConfigMap of its namespace"},
		"a private key, too":   {secret: secretOf(privateKey + certificate), authorities: certificate, untrusted: "Secret " + secret + `, key ca.crt: a block "PRIVATE KEY" is no certificate`},
		"text":                 {bundles: []*corev1.ConfigMap{bundle("a", certificate+"text")}, authorities: certificate, untrusted: "ConfigMap knative-serving/a, key ca: not a certificate in PEM"},
		"a broken one":         {secret: secretOf(strings.Replace(certificate, "MIH+", "AAAA", 1)), missing: "Secret " + secret + " has no certificate in ca.crt", untrusted: `a block "CERTIFICATE" is no certificate`},
		"nothing but a bundle": {secret: secretOf(""), bundles: []*corev1.ConfigMap{bundle("b", certificate), bundle("a", "")}, authorities: certificate},
	} {
		trust := backendtls.ReadTrust(secret, c.secret, c.bundles)
		untrusted := ""
		for _, problem := range trust.Problems {
			untrusted += problem.String()
		}
		if trust.Authorities != c.authorities || !strings.HasPrefix(trust.Missing, c.missing) || (trust.Missing == "") != (c.missing == "") ||
			!strings.Contains(untrusted, c.untrusted) || (untrusted == "") != (c.untrusted == "") {
			t.Errorf("%s: %+v", name, trust)
		}
	}
}
