// SPDX-License-Identifier: Apache-2.0

package metrics

// CertificateProblem is why clients will not accept a certificate, now or soon; empty for one that they accept.
type CertificateProblem string

// The problems of certificates.
const (
	CertificateExpired   CertificateProblem = "expired"
	CertificateWrongName CertificateProblem = "wrong_name"
	CertificateEnding    CertificateProblem = "ending"
)

var certificateProblems = []CertificateProblem{CertificateExpired, CertificateWrongName, CertificateEnding}

// Certificates replaces how many hosts of each entry have which problem.
func (r *Registry) Certificates(all map[Entry]map[CertificateProblem]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.presented = all
}
