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

func residentKiB(process string) (total, anonymous int, err error) {
	status, err := os.ReadFile(filepath.Join(process, "status"))
	if err != nil {
		return 0, 0, err
	}
	for _, line := range strings.Split(string(status), "\n") {
		key, value, _ := strings.Cut(line, ":")
		var into *int
		switch key {
		case "VmRSS":
			into = &total
		case "RssAnon":
			into = &anonymous
		default:
			continue
		}
		if _, err := fmt.Sscanf(value, "%d kB", into); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", line, err)
		}
	}
	return total, anonymous, nil
}
