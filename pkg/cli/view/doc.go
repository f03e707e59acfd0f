// SPDX-License-Identifier: Apache-2.0

// Package view is the command line's [observe.Reader]: it reads from a [objects.Source], which is a cluster or files, with
// the rights of whoever runs the command.
//
// What may not be read is noted as [Unseen], and the Reader goes on with what is known without it. For one KIngress it
// lists nothing of the whole cluster (SPEC B-CLI-2), unless it is told to.
package view
