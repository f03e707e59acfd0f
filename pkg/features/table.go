// SPDX-License-Identifier: Apache-2.0

package features

var table = map[string][]Name{}
var formerNames []Name
