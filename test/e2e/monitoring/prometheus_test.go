// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// prometheus is where hack/cluster starts it.
const prometheus = "http://127.0.0.1:9095"

// series are what a query returns: the labels of each.
type series []map[string]string

// query asks Prometheus.
func query(ctx context.Context, expr string) (series, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, prometheus+"/api/v1/query?query="+url.QueryEscape(expr), nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("hack/cluster add prometheus first: %w", err)
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  struct {
			Result []struct{ Metric map[string]string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s: %w", expr, err)
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s: %s", expr, answer.Error)
	}
	found := series{}
	for _, one := range answer.Data.Result {
		found = append(found, one.Metric)
	}
	return found, nil
}

// await asks until the answer is as wanted.
func await(t *testing.T, expr string, limit time.Duration, wanted func(series) bool) {
	t.Helper()
	begin, last := time.Now(), series(nil)
	err := wait.PollUntilContextTimeout(t.Context(), time.Second, limit, true, func(ctx context.Context) (bool, error) {
		found, err := query(ctx, expr)
		last = found
		return err == nil && wanted(found), err
	})
	if err != nil {
		t.Errorf("%s: %v; at last %v", expr, err, last)
		return
	}
	t.Logf("after %s: %s", time.Since(begin).Round(time.Second), expr)
}

func some(found series) bool { return len(found) > 0 }
func none(found series) bool { return len(found) == 0 }
