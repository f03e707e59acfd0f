// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
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
	awaitOpen(ctx, blue.secure())
	d.report.expect(ctx, question{gateway: blue, host: service.host, status: http.StatusMovedPermanently, as: "http://" + service.host + " on blue"})
	d.report.expect(ctx, question{gateway: blue, host: service.host, status: http.StatusOK, body: service.revision, roots: d.roots, as: "https://" + service.host + " on blue"})
}

// awaitOpen waits until an address takes connections, for ten seconds at most; what is asked
// then tells the rest. The Gateway's Service has its port for HTTPS only since the first
// certificate. Pods, which a proof asks, serve it before kube-proxy, which follows once a
// second, leads there.
func awaitOpen(ctx context.Context, address string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		connection, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
		if err == nil {
			connection.Close()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
