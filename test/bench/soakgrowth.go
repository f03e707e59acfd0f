// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	// lookAtMemory is how often the leader's memory is looked at, and sawtooth the time of which the least counts: there is a
	// garbage collection in it.
	lookAtMemory = 5 * time.Second
	sawtooth     = 2 * time.Minute
	// calm is how long everything rests before goroutines and sockets are counted: connections that are kept end after a minute.
	calm = 90 * time.Second
)

// growth is what one leader has gained while it worked.
type growth struct {
	mibIn10Minutes      float64
	goroutines, sockets int
	resident            int // KiB at the end
}

func (g growth) figures(name string) []figure {
	return []figure{
		{Name: name + "growth of the leader's anonymous memory", Ours: g.mibIn10Minutes, Unit: "MiB in 10 minutes", Target: "1"},
		{Name: name + "resident memory of the leader at the end", Ours: float64(g.resident) / 1024, Unit: "MiB"},
		count(name+"goroutines more than before", g.goroutines, "goroutines", "5"),
		count(name+"sockets more than before", g.sockets, "sockets", "5"),
	}
}

// watched churns while one leader is watched.
func (s *soaking) watched(ctx context.Context, length time.Duration) (growth, error) {
	if err := pause(ctx, calm); err != nil {
		return growth{}, err
	}
	pod, identity, err := s.leader(ctx)
	if err != nil {
		return growth{}, err
	}
	before, err := s.held(ctx, pod)
	if err != nil {
		return growth{}, err
	}
	series := []float64{}
	if err := s.churn(ctx, length, func(during context.Context) (err error) {
		series, err = memorySeries(during, pod)
		return err
	}); err != nil {
		return growth{}, err
	}
	if err := pause(ctx, calm); err != nil {
		return growth{}, err
	}
	_, now, err := s.leader(ctx)
	if err != nil {
		return growth{}, err
	}
	if now != identity {
		return growth{}, fmt.Errorf("the leader changed from %s to %s", identity, now)
	}
	after, err := s.held(ctx, pod)
	return growth{
		mibIn10Minutes: slope(least(series, int(sawtooth/lookAtMemory))) * float64(10*time.Minute/sawtooth),
		goroutines:     after.goroutines - before.goroutines, sockets: after.sockets - before.sockets, resident: after.resident,
	}, err
}

// memorySeries are the MiB of anonymous memory of a Pod's controller until the context ends.
func memorySeries(ctx context.Context, pod string) (series []float64, err error) {
	process, err := processOf(pod)
	if err != nil {
		return nil, err
	}
	ticker := time.NewTicker(lookAtMemory)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return series, nil
		case <-ticker.C:
		}
		_, anonymous, err := residentKiB(process)
		if err != nil {
			return nil, err
		}
		series = append(series, float64(anonymous)/1024)
	}
}

// least has the least value of each so many.
func least(series []float64, many int) (found []float64) {
	for i := 0; i+many <= len(series); i += many {
		lowest := series[i]
		for _, value := range series[i : i+many] {
			lowest = min(lowest, value)
		}
		found = append(found, lowest)
	}
	return found
}

// slope is by how much the values grow from one to the next: that of the line with the least squares. There must be two.
func slope(values []float64) float64 {
	n, sumX, sumY, sumXY, sumXX := float64(len(values)), 0.0, 0.0, 0.0, 0.0
	for i, y := range values {
		x := float64(i)
		sumX, sumY, sumXY, sumXX = sumX+x, sumY+y, sumXY+x*y, sumXX+x*x
	}
	return (n*sumXY - sumX*sumY) / (n*sumXX - sumX*sumX)
}

// holding is what a process holds.
type holding struct{ goroutines, sockets, resident int }

func (s *soaking) held(ctx context.Context, pod string) (holding, error) {
	process, err := processOf(pod)
	if err != nil {
		return holding{}, err
	}
	found := holding{}
	if found.resident, _, err = residentKiB(process); err != nil {
		return found, err
	}
	open, err := filepath.Glob(filepath.Join(process, "fd", "*"))
	if err != nil {
		return found, err
	}
	for _, file := range open {
		if target, err := os.Readlink(file); err == nil && strings.HasPrefix(target, "socket:") {
			found.sockets++
		}
	}
	found.goroutines, err = s.goroutines(ctx, pod)
	return found, err
}

// goroutines are those that the metrics of a Pod tell.
func (s *soaking) goroutines(ctx context.Context, pod string) (int, error) {
	text, err := s.Kube.CoreV1().Pods(cluster.SystemNamespace).ProxyGet("http", pod, "9090", "/metrics", nil).DoRaw(ctx)
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if name, value, _ := strings.Cut(lines.Text(), " "); strings.HasPrefix(name, "go_goroutine_count") {
			return strconv.Atoi(value)
		}
	}
	return 0, fmt.Errorf("Pod %s tells no number of goroutines", pod)
}
