// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package fault

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// processOf finds the process of a Pod's container: its cgroup has the container's id.
func processOf(t *testing.T, pod *corev1.Pod) *os.Process {
	t.Helper()
	_, id, _ := strings.Cut(pod.Status.ContainerStatuses[0].ContainerID, "://")
	if id == "" {
		t.Fatalf("Pod %s has no container yet", pod.Name)
	}
	return process(t, "container "+id, func(folder string) bool {
		cgroup, err := os.ReadFile(filepath.Join(folder, "cgroup"))
		return err == nil && strings.Contains(string(cgroup), id)
	})
}

// apiServer finds the API server of this cluster. Others on the machine have other
// network namespaces.
func apiServer(t *testing.T) *os.Process {
	t.Helper()
	ours, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	return process(t, "kube-apiserver", func(folder string) bool {
		name, err := os.ReadFile(filepath.Join(folder, "comm"))
		if err != nil || strings.TrimSpace(string(name)) != "kube-apiserver" {
			return false
		}
		network, err := os.Readlink(filepath.Join(folder, "ns", "net"))
		return err == nil && network == ours
	})
}

// process finds the one process whose folder in /proc is as wanted.
func process(t *testing.T, what string, wanted func(folder string) bool) *os.Process {
	t.Helper()
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	found := []int{}
	for _, folder := range folders {
		if wanted(folder) {
			pid, err := strconv.Atoi(filepath.Base(folder))
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, pid)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s: processes %v, want one; do the tests run on the cluster's node?", what, found)
	}
	process, err := os.FindProcess(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return process
}

// endAfter runs a command after a while, at the end of the test at the latest, and also
// when this process has died: it is a child's work, which sees its standard input end.
// The result waits until the command has run.
func endAfter(t *testing.T, length time.Duration, command ...string) (ended func()) {
	t.Helper()
	seconds := strconv.FormatFloat(length.Seconds(), 'f', -1, 64)
	ending := exec.Command("sh", append([]string{"-c", `timeout "$0" cat; "$@"`, seconds}, command...)...)
	ending.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // who interrupts the tests does not reach it
	alive, err := ending.StdinPipe()
	if err == nil {
		err = ending.Start()
	}
	if err != nil {
		t.Fatalf("no program can run %v: %v", command, err)
	}
	ended = sync.OnceFunc(func() {
		if err := ending.Wait(); err != nil {
			t.Errorf("%v: %v", command, err)
		}
	})
	t.Cleanup(func() {
		_ = alive.Close()
		ended()
	})
	return ended
}

// stop halts a process for that long.
func stop(t *testing.T, process *os.Process, length time.Duration) (continued func()) {
	t.Helper()
	continued = endAfter(t, length, "kill", "-CONT", strconv.Itoa(process.Pid))
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatalf("stop process %d: %v", process.Pid, err)
	}
	return continued
}

// cutOff drops what Pods and the API server send each other, for that long.
func cutOff(t *testing.T, length time.Duration, pods []*corev1.Pod) (healed func()) {
	t.Helper()
	addresses := []string{}
	for _, pod := range pods {
		addresses = append(addresses, pod.Status.PodIP)
	}
	healed = endAfter(t, length, "nft", "delete", "table", "ip", "fault")
	rules := exec.Command("nft", "-f", "-")
	rules.Stdin = strings.NewReader(fmt.Sprintf(`
		table ip fault {
			set pods { type ipv4_addr; elements = { %s }; }
			chain in { type filter hook input priority 0; ip saddr @pods tcp dport 6443 drop; }
			chain out { type filter hook output priority 0; ip daddr @pods tcp sport 6443 drop; }
		}`, strings.Join(addresses, ", ")))
	if said, err := rules.CombinedOutput(); err != nil {
		t.Fatalf("nft: %v: %s", err, said)
	}
	return healed
}
