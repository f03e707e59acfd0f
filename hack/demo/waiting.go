// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// sayEvery is how often the demo says what it waits for.
const sayEvery = 10 * time.Second

// waiting is what the demo waits for, and why.
type waiting struct {
	mu  sync.Mutex
	why map[string]string
	// since when there is something to wait for, and when it was said last
	since, said time.Time
}

func (w *waiting) set(what, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.why) == 0 {
		w.why, w.since, w.said = map[string]string{}, time.Now(), time.Now()
	}
	w.why[what] = why
}

func (w *waiting) done(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.why, what)
}

// overdue is what to say now, or empty.
func (w *waiting) overdue() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.why) == 0 || time.Since(w.said) < sayEvery {
		return ""
	}
	w.said = time.Now()
	all := []string{}
	for _, what := range slices.Sorted(maps.Keys(w.why)) {
		text := what
		if why := w.why[what]; why != "" {
			text += " (" + why + ")"
		}
		all = append(all, text)
	}
	return fmt.Sprintf("   waiting %4.0f s for %s", time.Since(w.since).Seconds(), strings.Join(all, ", "))
}

// say says it again and again, until the context ends.
func (w *waiting) say(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if text := w.overdue(); text != "" {
				fmt.Fprintln(os.Stderr, text)
			}
		}
	}
}
