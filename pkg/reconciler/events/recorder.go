// SPDX-License-Identifier: Apache-2.0

package events

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	kubescheme "k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"
	networkingscheme "knative.dev/networking/pkg/client/clientset/versioned/scheme"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/controller"
	gatewayscheme "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/scheme"
)

// scheme knows the kinds that Events are about: ConfigMaps and Deployments,
// KIngresses, Gateways. An Event about another kind would be dropped.
var scheme = runtime.NewScheme()

func init() {
	for _, add := range []func(*runtime.Scheme) error{kubescheme.AddToScheme, networkingscheme.AddToScheme, gatewayscheme.AddToScheme} {
		utilruntime.Must(add(scheme))
	}
}

// Recorder records Events about KIngresses also about the Knative objects that control them. It writes with the recorder in
// the context, as Knative's generated reconcilers do; without one, in the name of the controller until ctx ends.
func Recorder(ctx context.Context) record.EventRecorder {
	if known := controller.GetEventRecorder(ctx); known != nil {
		return ownerRecorder{known}
	}
	return newRecorder(ctx, &typedcorev1.EventSinkImpl{Interface: kubeclient.Get(ctx).CoreV1().Events("")})
}

func newRecorder(ctx context.Context, sink record.EventSink) record.EventRecorder {
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(sink)
	return ownerRecorder{broadcaster.NewRecorder(scheme, corev1.EventSource{Component: "net-gateways-controller"})}
}
