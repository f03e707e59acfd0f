// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"crypto/x509"
	"fmt"
	"time"

	"github.com/net-gateways/net-gateways/pkg/metrics"
)

// lateRenewal is which part of its life a certificate has left when its renewal is surely late: cert-manager renews when a
// third is left.
const lateRenewal = 10

// judgeCertificate says what is wrong with a certificate that a proxy presents for a host; empty if nothing is.
func judgeCertificate(leaf *x509.Certificate, host string, now time.Time) (problem metrics.CertificateProblem, detail string) {
	life := leaf.NotAfter.Sub(leaf.NotBefore)
	switch {
	case now.After(leaf.NotAfter):
		return metrics.CertificateExpired, fmt.Sprintf("it expired at %s", leaf.NotAfter.UTC().Format(time.RFC3339))
	case leaf.VerifyHostname(host) != nil:
		return metrics.CertificateWrongName, fmt.Sprintf("it is for %.200q", leaf.DNSNames)
	case leaf.NotAfter.Sub(now) < life/lateRenewal:
		return metrics.CertificateEnding, fmt.Sprintf("it expires at %s, and has not been renewed", leaf.NotAfter.UTC().Format(time.RFC3339))
	}
	return "", ""
}
