// SPDX-License-Identifier: Apache-2.0

package startup

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	networkconfig "knative.dev/networking/pkg/config"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/system"
)

// BesideServing makes a constructor that ends the program if Knative Serving is not in its namespace.
func BesideServing(construct injection.ControllerConstructor) injection.ControllerConstructor {
	return func(ctx context.Context, watcher configmap.Watcher) *controller.Impl {
		if err := besideServing(ctx, kubeclient.Get(ctx), system.Namespace()); err != nil {
			logging.FromContext(ctx).Fatal(err)
		}
		return construct(ctx, watcher)
	}
}

// besideServing looks for the ConfigMap of Serving from which the class of each KIngress comes.
func besideServing(ctx context.Context, client kubernetes.Interface, namespace string) error {
	_, err := client.CoreV1().ConfigMaps(namespace).Get(ctx, networkconfig.ConfigMapName, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return fmt.Errorf("net-gateways must be in the namespace of Knative Serving, but namespace %s has no ConfigMap %s: "+
			"if Serving is in another namespace, delete this installation (kubectl delete -f FILE) and apply the file of the release as it is; "+
			"if Serving is not installed yet, install it, and this program starts by itself", namespace, networkconfig.ConfigMapName)
	}
	return nil // whatever else is wrong shows where it is needed
}
