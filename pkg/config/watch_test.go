// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	pkgwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/fake"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/pkg/configmap/informer"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestWatchOptional: B-INS-9, a ConfigMap that is absent at a start does not end the process,
// and its coming and going are seen.
func TestWatchOptional(t *testing.T) {
	client, name := fake.NewClientset(), types.NamespacedName{Namespace: "knative-serving", Name: "config-network"}
	// A fake API server forgets what happens between a list and its watch.
	watching := make(chan struct{}, 4)
	client.PrependWatchReactor("configmaps", func(action ktesting.Action) (bool, pkgwatch.Interface, error) {
		started, err := client.Tracker().Watch(action.GetResource(), action.GetNamespace())
		watching <- struct{}{}
		return true, started, err
	})
	watcher, seen := informer.NewInformedWatcher(client, name.Namespace), make(chan *corev1.ConfigMap, 4)
	config.WatchOptional(watcher, name, func(cm *corev1.ConfigMap) { seen <- cm })
	if err := watcher.Start(t.Context().Done()); err != nil {
		t.Fatal("The watcher does not start:", err)
	}
	if cm := <-seen; cm != nil {
		t.Errorf("Absent, but seen: %v", cm)
	}
	<-watching
	stored := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name, UID: "there"}}
	if err := client.Tracker().Add(stored); err != nil {
		t.Fatal(err)
	}
	if cm := <-seen; cm == nil || cm.UID != "there" {
		t.Errorf("There, but %v is seen", cm)
	}
	if err := client.Tracker().Delete(corev1.SchemeGroupVersion.WithResource("configmaps"), name.Namespace, name.Name); err != nil {
		t.Fatal(err)
	}
	if cm := <-seen; cm != nil {
		t.Errorf("Gone, but %v is seen", cm)
	}
}
