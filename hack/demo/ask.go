// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// question is a request to one Gateway and the expected answer.
type question struct {
	gateway     gateway
	host, query string
	status      int
	body        string
	as          string // how to call it; else it is called by host and Gateway
	// roots are those from which a certificate must come; nil asks in plain text.
	roots *x509.CertPool
}

func (q question) String() string {
	if q.as != "" {
		return q.as
	}
	return q.host + " on " + q.gateway.name
}

type answer struct {
	status int
	body   string
}

func (a answer) String() string {
	if a.status == http.StatusOK {
		return fmt.Sprintf("%d %q", a.status, a.body)
	}
	return fmt.Sprint(a.status)
}

// ask sends the request so many times, one after the other. The connection goes to
// the Gateway's address whatever the host is: nothing here depends on DNS.
func ask(ctx context.Context, q question, times int) ([]answer, error) {
	scheme, dial := "http", q.gateway.dial
	if q.roots != nil {
		scheme, dial = "https", q.gateway.secure()
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			dialer := net.Dialer{Timeout: 5 * time.Second}
			return dialer.DialContext(ctx, network, dial)
		},
		TLSClientConfig: &tls.Config{RootCAs: q.roots, MinVersion: tls.VersionTLS12},
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answers := make([]answer, 0, times)
	for range times {
		a, err := askOnce(ctx, client, scheme+"://"+q.host+"/"+q.query)
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n  Is %s reachable from here? If it is not, say where the Gateway is: see hack/demo/run",
				q, err, dial)
		}
		answers = append(answers, a)
	}
	return answers, nil
}

func askOnce(ctx context.Context, client *http.Client, url string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	return answer{status: response.StatusCode, body: string(body)}, err
}
