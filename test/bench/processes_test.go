// SPDX-License-Identifier: Apache-2.0

package main

import "testing"

// TestInPod: B-OPS-7, a process belongs to the Pod whose UID is in its cgroup, as kubelet writes it with both of its drivers.
func TestInPod(t *testing.T) {
	const uid = "916ae9dc-2584-4c7b-bcc4-7c0387e3f03f"
	for group, want := range map[string]bool{
		"9:name=systemd:/net-gateways/kubepods/burstable/pod916ae9dc-2584-4c7b-bcc4-7c0387e3f03f/d71c\n8:pids:/\n":                            true,
		"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod916ae9dc_2584_4c7b_bcc4_7c0387e3f03f.slice/cri-containerd-1.scope": true,
		"0::/kubepods/burstable/pod55f76dad-ed0d-4621-8e0e-65229e6f606b/df97":                                                                 false,
		"0::/": false,
	} {
		if inPod(group, uid) != want {
			t.Errorf("%q: want %t", group, want)
		}
	}
}
