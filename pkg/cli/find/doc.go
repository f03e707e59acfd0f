// SPDX-License-Identifier: Apache-2.0

// Package find finds the KIngress that an argument of a command names: by the name of a Knative Service or DomainMapping, or by a host.
package find
