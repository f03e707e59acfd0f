// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
)

// assigner walks through its prefix once; it never goes back to an address.
type assigner struct {
	prefix netip.Prefix
	last   netip.Addr
	used   map[netip.Addr]bool
}

// learn keeps the addresses that a Service already has from being handed out again.
func (a *assigner) learn(service *corev1.Service) {
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		if address, err := netip.ParseAddr(ingress.IP); err == nil {
			a.used[address] = true
		}
	}
}

func (a *assigner) next() (netip.Addr, error) {
	address := a.last
	if !address.IsValid() {
		address = a.prefix.Masked().Addr()
	}
	for address = address.Next(); a.prefix.Contains(address); address = address.Next() {
		if !a.used[address] {
			a.last, a.used[address] = address, true
			return address, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("no address left in %s", a.prefix)
}
