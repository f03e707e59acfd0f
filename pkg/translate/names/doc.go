// SPDX-License-Identifier: Apache-2.0

// Package names gives each object that a KIngress becomes its name, its labels and annotations,
// and its owner.
//
// Operators know objects by their names, and a stored one is found again by it: what is made here
// is API. The package is pure and knows nothing of what stands in an object. What comes next:
// pkg/translate/listeners and pkg/translate/routes make the objects.
package names
