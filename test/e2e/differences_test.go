// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// B-TRN-1: what the gateway does by default with requests that not all gateways take alike, before a route is looked up. Nothing of
// it is ours; docs/implementations.md says it, for those who come from a plugin with another gateway.
func TestWhatGatewaysDoToRequests_BTRN1(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	host := space.ExternalHost("hello")
	for name, request := range map[string]cluster.Request{
		"/a%2Fb":       {Host: host, Path: "/a%2Fb"},
		"/a/../b":      {Host: host, Path: "/a/../b"},
		"X_Underscore": {Host: host, Header: map[string]string{"X_Underscore": "yes"}},
	} {
		got := seenByApp(cluster.AskFor(t.Context(), world.Blue, request))
		if want := world.Installed.Requests[name]; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// seenByApp is the path that the app gets, with the header that the test has sent, or how the gateway answers.
func seenByApp(answer cluster.Answer) string {
	if answer.Code != http.StatusOK {
		return strings.TrimSpace(fmt.Sprintf("%d %s", answer.Code, answer.Header.Get("Location")))
	}
	report := struct {
		Request struct {
			URI     string      `json:"uri"`
			Headers http.Header `json:"headers"`
		} `json:"request"`
	}{}
	if err := json.Unmarshal([]byte(answer.Body), &report); err != nil {
		return "not the backend: " + answer.String()
	}
	seen := report.Request.URI
	for _, name := range []string{"X_Underscore", "x_underscore", "X_underscore"} {
		if values := report.Request.Headers[name]; len(values) > 0 {
			seen += " " + values[0]
		}
	}
	return seen
}
