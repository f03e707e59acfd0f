// SPDX-License-Identifier: Apache-2.0

package config

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/configmap"
)

// Watch feeds a Store from Knative's ConfigMap watcher.
func Watch(watcher configmap.Watcher, store *Store) {
	WatchOptional(watcher, types.NamespacedName{Namespace: store.systemNamespace, Name: Name}, store.OnConfigMap)
}

// WatchOptional observes a ConfigMap that may be absent; observe then gets nil. For this it gives Knative's watcher a
// default, which it knows by its missing UID: the watcher reports the default where the ConfigMap is absent or deleted.
// Without one it would end the process for an absent ConfigMap, and not report a deletion.
func WatchOptional(watcher configmap.Watcher, name types.NamespacedName, observe func(*corev1.ConfigMap)) {
	present := func(cm *corev1.ConfigMap) {
		if cm.UID == "" {
			cm = nil
		}
		observe(cm)
	}
	absent := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name}}
	if defaulting, ok := watcher.(configmap.DefaultingWatcher); ok {
		defaulting.WatchWithDefault(absent, present)
		return
	}
	watcher.Watch(name.Name, present)
}
