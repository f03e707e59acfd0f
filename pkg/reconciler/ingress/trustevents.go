// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"bytes"
	"maps"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/certificates"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
)

// internalTLS enqueues the KIngresses that depend on a changed object for TLS to their backends.
func (e *clusterEvents) internalTLS(old, object any) {
	switch object := object.(type) {
	case *gatewayv1.BackendTLSPolicy:
		before, ok := old.(*gatewayv1.BackendTLSPolicy)
		if owner := metav1.GetControllerOf(object); owner != nil && (!ok || before.Generation != object.Generation || !maps.Equal(before.Labels, object.Labels)) {
			e.concerned(byBackend, object.Namespace+"/"+owner.Name)
		}
	case *corev1.ConfigMap:
		before, ok := old.(*corev1.ConfigMap)
		switch {
		case object.Name == backendtls.TrustName:
			e.concerned(bySecured, object.Namespace)
		case !ok || !maps.Equal(before.Data, object.Data):
			e.allSecured("ConfigMap " + object.Namespace + "/" + object.Name)
		}
	case *corev1.Secret:
		before, ok := old.(*corev1.Secret)
		if !ok || !bytes.Equal(before.Data[certificates.CaCertName], object.Data[certificates.CaCertName]) {
			e.allSecured("Secret " + object.Namespace + "/" + object.Name)
		}
	}
}

// allSecured enqueues all KIngresses that want TLS to their backends.
func (e *clusterEvents) allSecured(why string) {
	namespaces := e.r.indexer.ListIndexFuncValues(bySecured)
	e.logger.Infow("Authorities of internal TLS have changed", zap.String("why", why), zap.Int("namespaces", len(namespaces)))
	for _, namespace := range namespaces {
		secured := e.ingressesBy(bySecured, namespace)
		for _, ing := range secured {
			e.rewriting(ing)
		}
		e.resync(secured)
	}
}
