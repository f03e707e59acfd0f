// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// scrape is what Prometheus gets of a replica.
type scrape struct {
	took   time.Duration
	zipped int // bytes on the network
	text   string
}

// scrapeOf asks as Prometheus does, for gzip.
func scrapeOf(ctx context.Context, pod *corev1.Pod) (scrape, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+pod.Status.PodIP+":9090/metrics", nil)
	if err != nil {
		return scrape{}, err
	}
	request.Header.Set("Accept-Encoding", "gzip") // so that Go's client leaves it zipped
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return scrape{}, err
	}
	defer response.Body.Close()
	zipped, err := io.ReadAll(response.Body)
	found := scrape{took: time.Since(began), zipped: len(zipped)}
	if err != nil {
		return found, err
	}
	if coding := response.Header.Get("Content-Encoding"); response.StatusCode != http.StatusOK || coding != "gzip" {
		return found, fmt.Errorf("Pod %s answers a scrape with status %d and encoding %q", pod.Name, response.StatusCode, coding)
	}
	reader, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return found, err
	}
	text, err := io.ReadAll(reader)
	found.text = string(text)
	return found, err
}

// scrapeAll scrapes all replicas again and again, until the context ends.
func (c clients) scrapeAll(ctx context.Context, into *[]scrape) error {
	pods, err := c.podsOf(ctx, cluster.SystemNamespace, controllerPods)
	for err == nil {
		for i := range pods {
			found, err := scrapeOf(ctx, &pods[i])
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return err
			}
			*into = append(*into, found)
		}
		if pause(ctx, scrapeEvery) != nil {
			return nil
		}
	}
	return err
}

// scrapeLeader scrapes the replica that leads.
func (c clients) scrapeLeader(ctx context.Context) (scrape, error) {
	name, _, err := c.leader(ctx)
	if err != nil {
		return scrape{}, err
	}
	pod, err := c.Kube.CoreV1().Pods(cluster.SystemNamespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return scrape{}, err
	}
	return scrapeOf(ctx, pod)
}

var gatewayLabels = regexp.MustCompile(`gateway_name="([^"]+)".*gateway_namespace="([^"]+)"`)

// byGateway counts the series of each Gateway, by NAMESPACE/NAME, whose names begin so.
func (s scrape) byGateway(prefix string) map[string]int {
	found := map[string]int{}
	for line := range strings.Lines(s.text) {
		if at := gatewayLabels.FindStringSubmatch(line); at != nil && strings.HasPrefix(line, prefix) {
			found[at[2]+"/"+at[1]]++
		}
	}
	return found
}

// series counts all of them, those of Go and of Knative as well.
func (s scrape) series() int {
	count := 0
	for line := range strings.Lines(s.text) {
		if !strings.HasPrefix(line, "#") {
			count++
		}
	}
	return count
}
