// SPDX-License-Identifier: Apache-2.0

package keys_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/net-gateways/net-gateways/pkg/keys"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// TestPrefix: B-INS-12, every key that is ours is a valid one under the DNS name that the project governs.
func TestPrefix(t *testing.T) {
	for _, key := range []string{
		selection.ExternalAnnotation, selection.LocalAnnotation, rollout.Annotation, names.DrainingAnnotation,
		status.ProvenAnnotation, status.ReportedAnnotation, backendtls.Label, observe.ListenerFinalizer,
	} {
		if problems := validation.IsQualifiedName(key); len(problems) > 0 || !strings.HasPrefix(key, "net-gateways.github.io/") || !strings.HasPrefix(key, keys.Prefix) {
			t.Errorf("Key %q: %v", key, problems)
		}
	}
}
