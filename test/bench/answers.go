// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// askAgain is the time between two requests to a host that does not answer yet. There
// is nothing to watch on a data plane.
const askAgain = 50 * time.Millisecond

// request is what is asked for, again and again, until it is answered.
type request struct {
	address, host string
	// tag goes into the header by which Knative chooses one.
	tag string
	// answer is what the body must be; any is good when it is empty.
	answer string
	// code is 200 when it is not set.
	code int
}

// until asks until the answer is as wanted, and tells how often it asked.
func (r request) until(ctx context.Context) (asked int, err error) {
	ticker := time.NewTicker(askAgain)
	defer ticker.Stop()
	for {
		asked++
		if err = r.once(ctx); err == nil {
			return asked, nil
		}
		select {
		case <-ctx.Done():
			return asked, fmt.Errorf("%s at %s, tag %q: %w", r.host, r.address, r.tag, err)
		case <-ticker.C:
		}
	}
}

func (r request) once(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+"/", nil)
	if err != nil {
		return err
	}
	request.Host = r.host
	if r.tag != "" {
		request.Header.Set("Knative-Serving-Tag", r.tag)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyStart))
	switch {
	case err != nil:
		return err
	case response.StatusCode != cmp.Or(r.code, http.StatusOK) || r.answer != "" && string(body) != r.answer:
		return fmt.Errorf("status %d, %q", response.StatusCode, body)
	}
	return nil
}
