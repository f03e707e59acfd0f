// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writable is an API server with config-gateway and one GatewayClass.
type writable struct {
	t       *testing.T
	data    string // of config-gateway
	classes []string
	code    int // of the answer to a write
	answer  string
	wrote   []string
}

func (s *writable) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	const cm = "/api/v1/namespaces/knative-serving/configmaps/config-gateway"
	switch {
	case request.Method == http.MethodPatch && request.URL.Path == cm:
		body, err := io.ReadAll(request.Body)
		if err != nil {
			s.t.Error(err)
		}
		s.wrote = append(s.wrote, fmt.Sprintf("%s manager=%s force=%s %s", request.Header.Get("Content-Type"), request.URL.Query().Get("fieldManager"), request.URL.Query().Get("force"), body))
		w.WriteHeader(s.code)
		fmt.Fprint(w, s.answer)
	case request.Method == http.MethodGet && request.URL.Path == cm && s.data == "":
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","details":{"name":"config-gateway","kind":"configmaps"},"code":404}`)
	case request.Method == http.MethodGet && request.URL.Path == cm:
		fmt.Fprintf(w, `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"namespace":"knative-serving","name":"config-gateway","uid":"a"},"data":%s}`, s.data)
	case request.Method == http.MethodGet && request.URL.Path == "/apis/gateway.networking.k8s.io/v1/gatewayclasses":
		items := []string{}
		for _, name := range s.classes {
			items = append(items, fmt.Sprintf(`{"metadata":{"name":%q},"status":{"conditions":[{"type":"Accepted","status":"True"}]}}`, name))
		}
		fmt.Fprintf(w, `{"kind":"GatewayClassList","apiVersion":"gateway.networking.k8s.io/v1","items":[%s]}`, strings.Join(items, ","))
	default:
		s.t.Errorf("It asks for %s %s", request.Method, request.URL)
	}
}

// status is the answer of an API server that refuses.
func status(code int, reason, message string) string {
	text, err := json.Marshal(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code})
	if err != nil {
		panic(err)
	}
	return string(text)
}

const stored = `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"namespace":"knative-serving","name":"config-gateway"}}`

// TestApply: B-INS-3, config init --apply says what it writes, writes only what is missing and as a field manager of its own, and shows
// why it is refused. Without a terminal it needs --yes.
func TestApply(t *testing.T) {
	const both = `{"apiVersion":"v1","data":{"external-gateways":"[{class: eg}]","local-gateways":"[{class: eg}]"},"kind":"ConfigMap","metadata":{"name":"config-gateway","namespace":"knative-serving"}}`
	const head = "application/apply-patch+yaml manager=kn-gateways force=false "
	for name, c := range map[string]struct {
		server writable
		args   string
		code   int
		wrote  string
		words  []string
	}{
		"there is none": {writable{classes: []string{"eg"}, code: 201, answer: stored}, "--yes", NothingFound, head + both,
			[]string{"ConfigMap knative-serving/config-gateway will be created, with\n  external-gateways: [{class: eg}]\n  local-gateways: [{class: eg}]\n", "external-gateways and local-gateways: written. "}},
		"one list is there": {writable{data: `{"local-gateways":"[{class: eg, gateway: a/b}]"}`, classes: []string{"eg", "other"}, code: 200, answer: stored}, "--yes --class eg", NothingFound,
			head + strings.Replace(both, `,"local-gateways":"[{class: eg}]"`, "", 1), []string{"will be changed; it gets\n  external-gateways: [{class: eg}]\nexternal-gateways: written."}},
		"both are there": {writable{data: `{"local-gateways":"[{class: eg, gateway: a/b}]","external-gateways":"[{class: eg, gateway: a/c}]"}`, classes: []string{"eg"}}, "--yes", NothingFound, "", []string{"external-gateways and local-gateways: written already"}},
		"not asked":      {writable{classes: []string{"eg"}}, "", CouldNotLook, "", []string{"will be created", "Error: there is no terminal to ask at: --apply needs --yes: nothing was written\n"}},
		"which class":    {writable{classes: []string{"blue", "eg"}}, "--yes", CouldNotLook, "", []string{"Error: several GatewayClasses are accepted (blue, eg): choose one with --class: nothing was written\n"}},
		"no class":       {writable{}, "--yes", CouldNotLook, "", []string{"Error: no GatewayClass is accepted: install an implementation of the Gateway API first: nothing was written\n"}},
		"webhook": {writable{classes: []string{"eg"}, code: 400, answer: status(400, "BadRequest", `admission webhook "config.webhook" denied the request: validation failed: data[external-gateways][0]: no`)}, "--yes", CouldNotLook, head + both,
			[]string{`Error: the API server refuses ConfigMap knative-serving/config-gateway: admission webhook "config.webhook" denied the request: validation failed: data[external-gateways][0]: no: nothing was written` + "\n"}},
		"forbidden": {writable{classes: []string{"eg"}, code: 403, answer: status(403, "Forbidden", `configmaps "config-gateway" is forbidden: User "dev" cannot patch`)}, "--yes", CouldNotLook, head + both,
			[]string{"Error: the API server refuses ConfigMap knative-serving/config-gateway: configmaps \"config-gateway\" is forbidden: User \"dev\" cannot patch: nothing was written\n"}},
		"written meanwhile": {writable{classes: []string{"eg"}, code: 409, answer: status(409, "Conflict", `Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.local-gateways`)}, "--yes", CouldNotLook, head + both,
			[]string{`Error: another field manager has written ConfigMap knative-serving/config-gateway meanwhile: Apply failed with 1 conflict: conflict with "kubectl-edit"`}},
		"files": {writable{}, "--yes --from .", CouldNotLook, "", []string{"Error: --apply writes into a cluster, and --from names files\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := c.server
			server.t = t
			serving := httptest.NewServer(&server)
			defer serving.Close()
			args := append([]string{"kn-gateways", "config", "init", "--apply", "--kubeconfig", kubeconfig(t, serving.URL)}, strings.Fields(c.args)...)
			out := &bytes.Buffer{}
			streams := Streams{In: strings.NewReader("yes\n"), Out: out, Err: out, Env: func(string) string { return "" }, Now: time.Now}
			if code := Run(t.Context(), streams, args); code != c.code {
				t.Errorf("It exits with %d", code)
			}
			for _, want := range c.words {
				if !strings.Contains(out.String(), want) {
					t.Errorf("It does not say %q:\n%s", want, out)
				}
			}
			if got := strings.TrimSpace(strings.Join(server.wrote, "\n")); got != c.wrote {
				t.Errorf("It writes %s\nwant %s", got, c.wrote)
			}
		})
	}
}

// TestNullDevice: the null device is a device of characters, as terminals are, and has no answer.
func TestNullDevice(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	said := &bytes.Buffer{}
	c := &common{Streams: Streams{In: null, Err: said}}
	if err := c.confirm(); err == nil || !strings.Contains(err.Error(), "needs --yes") || said.Len() > 0 {
		t.Errorf("It says %v, and asks %q", err, said)
	}
}

// TestAgreed: all but yes is no.
func TestAgreed(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, "Yes\n": true, " yes \r\n": true, "": false, "\n": false, "n\n": false, "yesterday\n": false} {
		if got := agreed(strings.NewReader(answer)); got != want {
			t.Errorf("%q is %t", answer, got)
		}
	}
}

func kubeconfig(t *testing.T, server string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: a, clusters: [{name: a, cluster: {server: %q}}], contexts: [{name: a, context: {cluster: a, user: a}}], users: [{name: a, user: {}}]}`, server)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
