// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// asks is how often each command is run; the median counts.
const asks = 9

// commandLine measures kn-gateways, as a release builds it, on a cluster with many Ready KIngresses.
func commandLine(ctx context.Context, c clients) ([]figure, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program := filepath.Join(folder, "kn-gateways")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "./cmd/kn-gateways")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w: %s", err, output)
	}
	built, err := os.Stat(program)
	if err != nil {
		return nil, err
	}
	start, _, err := asked(ctx, program, "version")
	if err != nil {
		return nil, err
	}
	figures := []figure{
		{Name: "kn-gateways: size", Ours: float64(built.Size()) / (1 << 20), Unit: "MiB", Target: "60"},
		{Name: "kn-gateways: start, median", Ours: start.Seconds() * 1000, Unit: "ms", Target: "50"},
	}
	p, err := newBackedPlace(ctx, c, "commandline")
	if err != nil {
		return figures, err
	}
	defer p.remove()
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	observed := p.observe(watching)
	if err := create(ctx, *crowd, p.ingress); err != nil {
		return figures, err
	}
	if _, err := observed.awaitReady(ctx, *crowd); err != nil {
		return figures, err
	}
	one := serviceName(*crowd / 2)
	for _, command := range []struct {
		args   []string
		target string
	}{
		{[]string{"explain", one, "-n", p.namespace}, "1 s"},
		{[]string{"explain", p.externalHost(one), "-n", p.namespace}, "1 s"},
		{[]string{"list"}, "2 s"},
		{[]string{"graph"}, ""},
		{[]string{"check"}, ""},
	} {
		took, requests, err := asked(ctx, program, append(command.args, "-o", "json")...)
		if err != nil {
			return figures, err
		}
		name := fmt.Sprintf("kn gateways %s, %d KIngresses: ", command.args[0], *crowd)
		if command.args[0] == "explain" && command.args[1] != one {
			name = fmt.Sprintf("kn gateways explain of a host, %d KIngresses in its namespace: ", *crowd)
		}
		figures = append(figures, seconds(name+"median", took.Seconds(), command.target), count(name+"requests to the API server", requests, "requests", ""))
	}
	return figures, nil
}

// asked runs a command several times. It tells how long that took, and how many requests it says that it has sent.
func asked(ctx context.Context, program string, args ...string) (time.Duration, int, error) {
	took, requests := []float64{}, 0
	for range asks {
		began := time.Now()
		output, err := exec.CommandContext(ctx, program, args...).Output()
		took = append(took, time.Since(began).Seconds())
		exit := (*exec.ExitError)(nil)
		if found := errors.As(err, &exit) && exit.ExitCode() == 1; err != nil && !found {
			return 0, 0, fmt.Errorf("%s %v: %w", program, args, err)
		}
		report := struct{ Requests int }{}
		if len(output) > 0 && output[0] == '{' {
			if err := json.Unmarshal(output, &report); err != nil {
				return 0, 0, fmt.Errorf("%s %v: %w", program, args, err)
			}
		}
		requests = report.Requests
	}
	return time.Duration(median(took) * float64(time.Second)), requests, nil
}
