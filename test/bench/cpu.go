// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is the unit of utime and stime in /proc/PID/stat: USER_HZ, 100 on all
// platforms of Linux that Go supports.
const ticksPerSecond = 100

// cpu is what the controller's replicas have used of a core until now, all together, in
// steps of 10 ms.
func (p *place) cpu(ctx context.Context) (time.Duration, error) {
	replicas, err := p.replicas(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, pod := range replicas {
		process, err := processOf(pod)
		if err != nil {
			return 0, err
		}
		ticks, err := ticks(process)
		if err != nil {
			return 0, err
		}
		total += ticks
	}
	return time.Duration(total) * time.Second / ticksPerSecond, nil
}

// cpuWhile is what they use while something is done.
func (p *place) cpuWhile(ctx context.Context, do func() error) (time.Duration, error) {
	before, err := p.cpu(ctx)
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := p.cpu(ctx)
	return after - before, err
}

// ticks are fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)); the second field, the
// command's name in parentheses, may contain blanks.
func ticks(process string) (int, error) {
	stat, err := os.ReadFile(filepath.Join(process, "stat"))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(stat)[strings.LastIndexByte(string(stat), ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("%s/stat: %q", process, stat)
	}
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, fmt.Errorf("%s/stat, utime: %w", process, err)
	}
	system, err := strconv.Atoi(fields[12])
	if err != nil {
		return 0, fmt.Errorf("%s/stat, stime: %w", process, err)
	}
	return user + system, nil
}
