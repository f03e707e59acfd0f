// SPDX-License-Identifier: Apache-2.0

// Package events makes the recorder with which the reconcilers write Events. An Event about a KIngress is also
// about the Route or the DomainMapping that controls the KIngress.
package events
