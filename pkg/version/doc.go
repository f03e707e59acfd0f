// SPDX-License-Identifier: Apache-2.0

// Package version says which version of net-gateways a program is: in its flag -version,
// and in its log when it starts (pkg/startup). hack/release sets it at link time; a program that was
// built in another way is "devel".
package version
