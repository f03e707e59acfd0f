// SPDX-License-Identifier: Apache-2.0

package config

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/configmap"
)

// Watch feeds a Store from Knative's ConfigMap watcher. The ConfigMap may be absent,
// at the start and later: the watcher then delivers a default, which has no UID.
func Watch(watcher configmap.Watcher, store *Store) {
	observe := func(cm *corev1.ConfigMap) {
		if cm.UID == "" {
			cm = nil
		}
		store.OnConfigMap(cm)
	}
	absent := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: store.systemNamespace, Name: Name}}
	if defaulting, ok := watcher.(configmap.DefaultingWatcher); ok {
		defaulting.WatchWithDefault(absent, observe)
		return
	}
	watcher.Watch(Name, observe)
}
