// SPDX-License-Identifier: Apache-2.0

package names

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// attachedSuffix ends the names of the HTTPRoutes that are rendered for HTTPRoutes of users, whose parent is
// a Knative object.
const attachedSuffix = ".paths"

// AttachedSuffix tells apart the HTTPRoutes that serve the same hosts for different HTTPRoutes of users. The
// digest keeps the names of two of these from giving one name together with two hosts.
func AttachedSuffix(route string) string {
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(route)))[:9]
	short := route[:min(len(route), validation.DNS1123LabelMaxLength-len(digest))]
	return "." + strings.TrimRight(short, ".-") + digest + attachedSuffix
}

// IsAttached tells by its name that an HTTPRoute of the controller is rendered for an HTTPRoute of a user. It
// serves some paths of its hosts, so that these hosts have another HTTPRoute besides.
func IsAttached(name string) bool {
	return strings.HasSuffix(name, attachedSuffix) && digested.MatchString(name[max(0, len(name)-len("-00000000"+attachedSuffix)):])
}

var digested = regexp.MustCompile(`^-[0-9a-f]{8}\.`)
