// SPDX-License-Identifier: Apache-2.0

// Package events makes the recorder with which the reconcilers write Events.
package events
