// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// served reads from the backend's report which KIngress marked the request.
func served(answer cluster.Answer) string {
	report := struct {
		Request struct {
			Headers http.Header `json:"headers"`
		} `json:"request"`
	}{}
	if err := json.Unmarshal([]byte(answer.Body), &report); err != nil {
		return "not the backend: " + answer.String()
	}
	return report.Request.Headers.Get("E2e-Served-By")
}
