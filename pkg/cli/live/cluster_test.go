// SPDX-License-Identifier: Apache-2.0

package live

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// answers are those of an API server, by path.
var answers = map[string]struct {
	code int
	body string
}{
	"/api/v1/namespaces/shop":                                    {200, `{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"shop"}}`},
	"/api/v1/namespaces/none":                                    {404, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"namespaces \"none\" not found","reason":"NotFound","details":{"name":"none","kind":"namespaces"},"code":404}`},
	"/api/v1/namespaces/own":                                     {403, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"forbidden","reason":"Forbidden","code":403}`},
	"/api/v1/namespaces/who":                                     {401, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}`},
	"/apis/gateway.networking.k8s.io/v1/gateways":                {404, "404 page not found\n"},
	"/apis/gateway.networking.k8s.io/v1/namespaces/a/gateways/b": {404, "404 page not found\n"},
	"/api/v1/namespaces/shop/services":                           {200, `{"kind":"ServiceList","apiVersion":"v1","items":[{"metadata":{"namespace":"shop","name":"a"}}]}`},
	"/version":                                                   {200, `{"gitVersion":"v1.35.4"}`},
}

// TestCluster: an object that does not exist, one that may not be read, and a kind that is not served are told apart; requests are
// counted.
func TestCluster(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		answer, known := answers[request.URL.Path]
		if !known {
			t.Errorf("It asks for %s", request.URL)
		}
		if strings.HasPrefix(answer.body, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(answer.code)
		if _, err := w.Write([]byte(answer.body)); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	cluster, err := connect(&rest.Config{Host: server.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	source := cluster.Source(t.Context())
	if found, err := source.Get(objects.Namespaces, types.NamespacedName{Name: "shop"}); err != nil || found.GetName() != "shop" {
		t.Errorf("one that is there: %v, %v", found, err)
	}
	if found, err := source.Get(objects.Namespaces, types.NamespacedName{Name: "none"}); err != nil || found != nil {
		t.Errorf("one that is not there: %v, %v", found, err)
	}
	denied, notServed := (*objects.Denied)(nil), (*objects.NotServed)(nil)
	if _, err := source.Get(objects.Namespaces, types.NamespacedName{Name: "own"}); !errors.As(err, &denied) || denied.What() != "Namespace own" {
		t.Errorf("one that may not be read: %v", err)
	}
	if _, err := source.Get(objects.Namespaces, types.NamespacedName{Name: "who"}); err == nil || objects.IsAnswer(err) {
		t.Errorf("without credentials: %v", err)
	}
	if _, err := source.Get(objects.Gateways, types.NamespacedName{Namespace: "a", Name: "b"}); !errors.As(err, &notServed) {
		t.Errorf("one of a kind that is not served: %v", err)
	}
	if _, err := source.List(objects.Gateways, "", labels.Everything()); !errors.As(err, &notServed) {
		t.Errorf("a kind that is not served: %v", err)
	}
	if all, err := source.List(objects.Services, "shop", labels.Everything()); err != nil || len(all) != 1 || all[0].GetName() != "a" {
		t.Errorf("a list: %v, %v", all, err)
	}
	if version, err := cluster.Version(t.Context()); err != nil || version != "v1.35.4" {
		t.Errorf("version %q, %v", version, err)
	}
	if n := source.Requests(); n != 8 {
		t.Errorf("%d requests", n)
	}
	server.Close()
	if _, err := source.List(objects.Services, "shop", labels.Everything()); err == nil || objects.IsAnswer(err) {
		t.Errorf("without an API server: %v", err)
	}
}
