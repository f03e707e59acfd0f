// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// consumption is what the processes of Pods have of this machine.
type consumption struct {
	resident int           // KiB
	cpu      time.Duration // since they started
}

func (u consumption) plus(other consumption) consumption {
	return consumption{u.resident + other.resident, u.cpu + other.cpu}
}

func (u consumption) mib() float64 { return float64(u.resident) / 1024 }

// podsOf lists Pods by their labels; there must be some.
func (c clients) podsOf(ctx context.Context, namespace, labels string) ([]corev1.Pod, error) {
	pods, err := c.Kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: labels})
	if err == nil && len(pods.Items) == 0 {
		err = fmt.Errorf("namespace %s has no Pod with %s", namespace, labels)
	}
	if err != nil {
		return nil, err
	}
	return pods.Items, nil
}

// usageOf adds up what all processes of Pods use. Memory that processes share counts for each of them.
func usageOf(pods []corev1.Pod) (consumption, error) {
	processes, err := processesOf(pods)
	if err != nil {
		return consumption{}, err
	}
	total := consumption{}
	for _, process := range processes {
		resident, _, err := residentKiB(process)
		if ended(err) {
			continue
		}
		used, tickErr := ticks(process)
		if ended(tickErr) {
			continue
		}
		if err := errors.Join(err, tickErr); err != nil {
			return consumption{}, err
		}
		total = total.plus(consumption{resident, time.Duration(used) * time.Second / ticksPerSecond})
	}
	return total, nil
}

// ended tells that a process has ended meanwhile.
func ended(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) }

// processesOf finds the folders in /proc of all processes of Pods, which run on this machine: kubelet puts the UID of
// a Pod into the name of its cgroup.
func processesOf(pods []corev1.Pod) ([]string, error) {
	groups, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil {
		return nil, err
	}
	found, seen := []string{}, map[string]bool{}
	for _, path := range groups {
		group, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		at := slices.IndexFunc(pods, func(pod corev1.Pod) bool { return inPod(string(group), string(pod.UID)) })
		if at >= 0 {
			seen[pods[at].Name] = true
			found = append(found, filepath.Dir(path))
		}
	}
	for _, pod := range pods {
		if !seen[pod.Name] {
			return nil, fmt.Errorf("the processes of Pod %s/%s are not on this machine", pod.Namespace, pod.Name)
		}
	}
	return found, nil
}

// inPod reads the name of a cgroup, in which systemd has _ for -.
func inPod(group, uid string) bool {
	return strings.Contains(group, "pod"+uid) || strings.Contains(group, "pod"+strings.ReplaceAll(uid, "-", "_"))
}
