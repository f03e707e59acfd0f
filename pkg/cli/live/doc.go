// SPDX-License-Identifier: Apache-2.0

// Package live reads objects from a cluster, with the kubeconfig and the rights of whoever runs the command. It counts its
// requests.
package live
