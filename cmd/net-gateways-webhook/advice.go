// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"

	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	"knative.dev/pkg/webhook"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// validation is how the webhook server sees knative.dev/pkg's validation of ConfigMaps.
type validation interface {
	controller.Reconciler
	reconciler.LeaderAware
	webhook.AdmissionController
	webhook.StatelessAdmissionController
}

// advised adds warnings to what it allows: knative.dev/pkg's validation only allows or
// refuses.
type advised struct{ validation }

// Admit implements webhook.AdmissionController.
func (a advised) Admit(ctx context.Context, request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	response := a.validation.Admit(ctx, request)
	if cm := decoded(request.Object.Raw); response.Allowed && cm != nil && cm.Name == config.Name {
		response.Warnings = append(response.Warnings, config.Advice(cm, decoded(request.OldObject.Raw))...)
	}
	return response
}

// decoded is the ConfigMap of a request; nil when there is none.
func decoded(raw []byte) *corev1.ConfigMap {
	cm := &corev1.ConfigMap{}
	if len(raw) == 0 || json.Unmarshal(raw, cm) != nil {
		return nil
	}
	return cm
}
