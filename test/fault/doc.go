// SPDX-License-Identifier: Apache-2.0

// Package fault breaks the cluster under a hundred Ready services, and shows that
// they stay Ready, are answered all the time, and that no controller writes what is
// written already (SPEC B-RDY-4, B-OPS-3).
//
// It kills, stops and cuts off processes of the node, so it needs root and a cluster
// of hack/cluster: hack/fault. Each fault is ended by a process of its own, which also
// does it when the tests have died.
package fault
