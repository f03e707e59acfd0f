// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"sync"

	"go.uber.org/zap"
	"k8s.io/client-go/metadata"
	ingressinformer "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"

	gatewayclient "github.com/net-gateways/net-gateways/pkg/client/injection/client"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Connection is how the reconcilers of a process reach the API server: they share clients, and informers, so that
// each object is watched and stored once.
type Connection struct {
	Clients
	informers *watch.Informers
}

// Connect returns a Connection whose informers end with ctx.
func Connect(ctx context.Context, clients Clients) Connection {
	return Connection{clients, watch.NewInformers(ctx, clients.factories())}
}

// Connected returns a function that returns the Connection of the process. The first call makes it, of the clients that
// Knative's injection put into the context.
func Connected() func(context.Context) Connection {
	once, made := sync.Once{}, Connection{}
	return func(ctx context.Context) Connection {
		once.Do(func() { made = Connect(ctx, injected(ctx)) })
		return made
	}
}

func injected(ctx context.Context) Clients {
	metadataClient, err := metadata.NewForConfig(injection.GetConfig(ctx))
	if err != nil { // the configuration made two clients before this one
		logging.FromContext(ctx).Fatalw("Cannot make a metadata client", zap.Error(err))
	}
	return Clients{
		Kube: kubeclient.Get(ctx), Gateway: gatewayclient.Get(ctx), Metadata: metadataClient,
		Ingresses: ingressinformer.Get(ctx).Informer().GetStore(),
	}
}
