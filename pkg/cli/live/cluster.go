// SPDX-License-Identifier: Apache-2.0

package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// Cluster is a cluster that is looked at.
type Cluster struct {
	client   dynamic.Interface
	config   *rest.Config
	requests atomic.Int64
}

// Source reads from the cluster until the context ends.
func (c *Cluster) Source(ctx context.Context) objects.Source { return source{c, ctx} }

type source struct {
	*Cluster
	ctx context.Context
}

func (s source) Requests() int { return int(s.requests.Load()) }

func (s source) resource(kind objects.Kind, namespace string) dynamic.ResourceInterface {
	all := s.client.Resource(schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: kind.Resource})
	if namespace == "" {
		return all
	}
	return all.Namespace(namespace)
}

// cached asks the API server for what its cache has, as the controller's informers do. A busy one makes whoever asks for the newest
// state wait until its cache has caught up: 9 to 19 s for a list beside a burst of 1,000 services, in place of 0.4 s.
const cached = "0"

func (s source) Get(kind objects.Kind, name types.NamespacedName) (*unstructured.Unstructured, error) {
	found, err := s.resource(kind, name.Namespace).Get(s.ctx, name.Name, metav1.GetOptions{ResourceVersion: cached})
	if apierrors.IsNotFound(err) && !unknownResource(err) {
		return nil, nil
	}
	if err != nil {
		return nil, translated(err, objects.Denied{Kind: kind, Namespace: name.Namespace, Name: name.Name})
	}
	return found, nil
}

func (s source) List(kind objects.Kind, namespace string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	list, err := s.resource(kind, namespace).List(s.ctx, metav1.ListOptions{LabelSelector: selector.String(), ResourceVersion: cached})
	if err != nil {
		return nil, translated(err, objects.Denied{Kind: kind, Namespace: namespace})
	}
	found := make([]*unstructured.Unstructured, 0, len(list.Items))
	for i := range list.Items {
		found = append(found, &list.Items[i])
	}
	return found, nil
}

// unknownResource tells whether the API server does not have a kind, rather than the object.
func unknownResource(err error) bool {
	return apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse)
}

// translated is the answer that an error of the API server is, or a failure.
func translated(err error, asked objects.Denied) error {
	switch {
	case apierrors.IsForbidden(err):
		return &asked
	case apierrors.IsNotFound(err):
		return &objects.NotServed{Kind: asked.Kind}
	case apierrors.IsUnauthorized(err):
		return fmt.Errorf("the API server does not know who you are: %w", err)
	}
	return fmt.Errorf("the API server could not be asked for %s: %w", asked.What(), err)
}

// Version is that of Kubernetes.
func (c *Cluster) Version(ctx context.Context) (string, error) {
	client, err := rest.HTTPClientFor(c.config)
	if err != nil {
		return "", err
	}
	base, _, err := rest.DefaultServerURL(c.config.Host, c.config.APIPath, schema.GroupVersion{}, true)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath("version").String(), nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("the API server could not be asked for its version: %w", err)
	}
	defer response.Body.Close()
	info := version.Info{}
	err = json.NewDecoder(response.Body).Decode(&info)
	return info.GitVersion, err
}
