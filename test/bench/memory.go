// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// memory reads the resident memory of the controller's replica that has most, and how
// much of it is not pages of the program: VmRSS and RssAnon of /proc.
func (p *place) memory(ctx context.Context, size int) ([]figure, error) {
	replicas, err := p.replicas(ctx)
	if err != nil {
		return nil, err
	}
	total, anonymous := 0, 0
	for _, pod := range replicas {
		process, err := processOf(pod)
		if err != nil {
			return nil, err
		}
		resident, own, err := residentKiB(process)
		if err != nil {
			return nil, err
		}
		if resident > total {
			total, anonymous = resident, own
		}
	}
	if total == 0 {
		return nil, errors.New("the controller has no replica")
	}
	name := fmt.Sprintf("resident memory of the busier controller with %d KIngresses", size)
	return []figure{
		{Name: name + ", VmRSS", Ours: float64(total) / 1024, Unit: "MiB", Target: "60 MiB"},
		{Name: name + ", of that anonymous", Ours: float64(anonymous) / 1024, Unit: "MiB"},
	}, nil
}

// residentKiB reads VmRSS and RssAnon.
func residentKiB(process string) (total, anonymous int, err error) {
	fields, err := statusKiB(process)
	return fields["VmRSS"], fields["RssAnon"], err
}

// mostResidentKiB reads VmHWM, the most that VmRSS has been.
func mostResidentKiB(process string) (int, error) {
	fields, err := statusKiB(process)
	return fields["VmHWM"], err
}

// statusKiB are the fields of /proc/PID/status in KiB (proc_pid_status(5)).
func statusKiB(process string) (map[string]int, error) {
	status, err := os.ReadFile(filepath.Join(process, "status"))
	if err != nil {
		return nil, err
	}
	fields := map[string]int{}
	for _, line := range strings.Split(string(status), "\n") {
		key, value, _ := strings.Cut(line, ":")
		number := 0
		if _, err := fmt.Sscanf(value, "%d kB", &number); err == nil {
			fields[key] = number
		}
	}
	return fields, nil
}
