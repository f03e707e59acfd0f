// SPDX-License-Identifier: Apache-2.0

// Package gateway looks after config-gateway as a whole: it creates the Gateways of
// entries that name none, deletes those that no entry wants and no route uses, and
// tells the operator what is wrong with the file or with what it names. There is one
// key, the ConfigMap.
//
// It never touches a Gateway that it did not create, and knows nothing of KIngresses.
package gateway
