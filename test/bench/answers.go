// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// askAgain is the time between two requests to a host that does not answer yet. There
// is nothing to watch on a data plane.
const askAgain = 50 * time.Millisecond

// waitForAnswers returns when every service answers 200 on its external and its local
// host.
func (p *place) waitForAnswers(ctx context.Context, names []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for _, name := range names {
		group.Go(func() error { return waitFor200(ctx, p.external.address, p.externalHost(name)) })
		group.Go(func() error { return waitFor200(ctx, p.local.address, p.localHosts(name)[2]) })
	}
	return group.Wait()
}

func waitFor200(ctx context.Context, address, host string) error {
	ticker := time.NewTicker(askAgain)
	defer ticker.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
		if err != nil {
			return err
		}
		request.Host = host
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("status %d", response.StatusCode)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s at %s: %w", host, address, err)
		case <-ticker.C:
		}
	}
}

// watchReady starts to watch and returns a function that waits until size KIngresses
// are Ready and tells how long that took from now on.
func (p *place) watchReady(ctx context.Context, size int) func() (time.Duration, error) {
	began := time.Now()
	result := make(chan error, 1)
	var took time.Duration
	go func() {
		ready := sets.New[string]()
		source := cache.NewListWatchFromClient(p.networking.NetworkingV1alpha1().RESTClient(), "ingresses", p.namespace, fields.Everything())
		_, err := watchtools.UntilWithSync(ctx, source, &v1alpha1.Ingress{}, nil, func(event watch.Event) (bool, error) {
			if ing, ok := event.Object.(*v1alpha1.Ingress); ok && ing.IsReady() {
				ready.Insert(ing.Name)
			}
			return ready.Len() == size, nil
		})
		took = time.Since(began)
		result <- err
	}()
	return func() (time.Duration, error) {
		err := <-result
		return took, err
	}
}

// apiWrites are the writes that the API server has counted.
type apiWrites struct{ routes, status int }

// writes reads the API server's own counters. Other clients' writes of the same
// resources count too: run it on a quiet cluster.
func writes(ctx context.Context, c clients) (apiWrites, error) {
	text, err := c.kube.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return apiWrites{}, err
	}
	counted := apiWrites{}
	for _, line := range strings.Split(string(text), "\n") {
		labels, isCount := strings.CutPrefix(line, "apiserver_request_total{")
		if !isCount || strings.Contains(labels, `verb="GET"`) || strings.Contains(labels, `verb="LIST"`) || strings.Contains(labels, `verb="WATCH"`) || strings.Contains(labels, `verb="DELETE`) {
			continue
		}
		var value float64
		if _, err := fmt.Sscanf(labels[strings.LastIndex(labels, " ")+1:], "%g", &value); err != nil {
			return apiWrites{}, fmt.Errorf("counter %q: %w", line, err)
		}
		switch {
		case strings.Contains(labels, `resource="httproutes"`) && strings.Contains(labels, `subresource=""`):
			counted.routes += int(value)
		case strings.Contains(labels, `resource="ingresses"`) && strings.Contains(labels, `subresource="status"`) && strings.Contains(labels, "networking.internal.knative.dev"):
			counted.status += int(value)
		}
	}
	return counted, nil
}
