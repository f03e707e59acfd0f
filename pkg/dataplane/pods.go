// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Pods maps the addresses behind a Service to the UIDs of their pods. A pod behind a dual-stack Service has an address in
// the slices of each IP family. The UID is empty for an endpoint without a pod and for an address of several pods.
func Pods(service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) map[string]types.UID {
	pods := map[string]types.UID{}
	if service == nil {
		return pods
	}
	for _, slice := range slicesOf {
		if !isOf(slice, service) {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			pod := types.UID("")
			if ref := endpoint.TargetRef; ref != nil && ref.Kind == "Pod" {
				pod = ref.UID
			}
			for _, address := range endpoint.Addresses {
				if known, there := pods[address]; there && known != pod {
					pod = ""
				}
				pods[address] = pod
			}
		}
	}
	return pods
}
