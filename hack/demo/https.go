// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
)

// secure is the service with HTTPS: its certificate comes from an ACME server, by HTTP-01
// through the Gateway that redirects everything else to HTTPS.
const secure = "secure"

func readRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	encoded, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(encoded) {
		return nil, fmt.Errorf("no certificate in %s", file)
	}
	return roots, nil
}

// askSecurely asks the service with HTTPS in both ways.
func (d *demo) askSecurely(ctx context.Context) {
	service, there := d.services[secure]
	if !there {
		return
	}
	blue := d.gateways["blue"]
	d.report.expect(ctx, question{gateway: blue, host: service.host, status: http.StatusMovedPermanently, as: "http://" + service.host + " on blue"})
	d.report.expect(ctx, question{gateway: blue, host: service.host, status: http.StatusOK, body: service.revision, roots: d.roots, as: "https://" + service.host + " on blue"})
}
