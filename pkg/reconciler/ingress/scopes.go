// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Missed implements watch.Delays. It logs what cannot be read, because a Ready KIngress does not report
// it (SPEC B-INS-9). If a kind is not served, an event of its CRD tells when it is.
func (e *clusterEvents) Missed(err error) {
	if apierrors.IsNotFound(err) {
		return
	}
	about := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: system.Namespace(), Name: config.Name, UID: e.r.config.Load().UID}}
	e.r.recorder.Eventf(about, corev1.EventTypeWarning, conditions.ReasonReconcileFailed, "the controller cannot read %v; services that are Ready are still served, changes and new ones may wait", err)
	e.logger.Warnw("Cannot read "+err.Error(), zap.String("reason", conditions.ReasonReconcileFailed))
}

// Arrived implements watch.Delays. It enqueues the KIngresses that depend on a scope which could not be
// read before, behind those that have an event of their own.
func (e *clusterEvents) Arrived(scope watch.Scope) {
	if scope != cluster.BackendServices(scope.Namespace) {
		e.everything(string(scope.Kind) + " can be read")
		return
	}
	found, err := e.r.ingressesBy(byBackendNamespace, scope.Namespace)
	if err != nil {
		e.logger.Errorw("Cannot look up the KIngresses of a backend namespace", zap.Error(err))
	}
	e.resync(found)
}

// prune ends the watches that no KIngress needs any more.
func (e *clusterEvents) prune() {
	conflicts := e.r.conflicts.scopes()
	cfg := e.r.config.Load().Config
	e.r.cluster.Retain(func(scope watch.Scope) bool {
		switch {
		case scope.Kind == cluster.HTTPRoutes && scope.Fields != "":
			return conflicts.Has(scope)
		case scope.Kind == cluster.Services && scope.Namespace != "" && scope.Fields == "":
			users, err := e.r.ingressesBy(byBackendNamespace, scope.Namespace)
			return err != nil || len(users) > 0
		case scope.Namespace != "" && (scope.Kind == cluster.Services || scope.Kind == cluster.EndpointSlices):
			for _, visibility := range config.Visibilities {
				for _, entry := range cfg.Entries(visibility) {
					if scope == watch.Named(cluster.Services, entry.Service.Namespace, entry.Service.Name) || scope == cluster.SlicesOf(entry.Service) {
						return true
					}
				}
			}
			name, named := strings.CutPrefix(scope.Fields, "metadata.name=")
			users, err := e.r.ingressesBy(byPublished, scope.Namespace+"/"+name)
			return named && (err != nil || len(users) > 0)
		}
		return true
	})
}
