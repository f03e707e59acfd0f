// SPDX-License-Identifier: Apache-2.0

package events

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/reference"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// An Event about a kind that the scheme does not know is dropped in silence.
func TestEveryKindThatEventsAreAbout(t *testing.T) {
	for _, object := range []runtime.Object{&corev1.ConfigMap{}, &appsv1.Deployment{}, &v1alpha1.Ingress{}, &gatewayv1.Gateway{}} {
		if _, err := reference.GetReference(scheme, object); err != nil {
			t.Errorf("%T: %v", object, err)
		}
	}
}
