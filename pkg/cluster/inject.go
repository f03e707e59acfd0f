// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"

	"go.uber.org/zap"
	"k8s.io/client-go/metadata"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"

	gatewayclient "github.com/net-gateways/net-gateways/pkg/client/injection/client"
)

// FromContext takes the clients that Knative's injection put into the context.
func FromContext(ctx context.Context) Clients {
	metadataClient, err := metadata.NewForConfig(injection.GetConfig(ctx))
	if err != nil { // the configuration made two clients before this one
		logging.FromContext(ctx).Fatalw("Cannot make a metadata client", zap.Error(err))
	}
	return Clients{Kube: kubeclient.Get(ctx), Gateway: gatewayclient.Get(ctx), Metadata: metadataClient}
}
