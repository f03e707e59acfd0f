// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"context"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	leases   = schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"}
	gateways = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}

	// madeByController selects the Gateways that net-gateways makes for entries of config-gateway with nothing but a class.
	madeByController = metav1.ListOptions{LabelSelector: managedBy + "=net-gateways"}
)

// standingGateways are those that a net-gateways of others has made.
func (c Cluster) standingGateways(ctx context.Context) ([]Object, error) {
	list, err := c.Dynamic.Resource(gateways).List(ctx, madeByController)
	if meta.IsNoMatchError(err) || apierrors.IsNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	standing := []Object{}
	for _, gateway := range list.Items {
		standing = append(standing, objectOf(&gateway))
	}
	return standing, nil
}

// deleteMade deletes what the demo's net-gateways has made itself, after it has ended: Gateways, and the Leases by which its
// replicas chose their leader. Where another net-gateways runs, both are that one's.
func (c Cluster) deleteMade(ctx context.Context, record *Record, say func(string)) error {
	for _, object := range record.Release {
		if object.Kind != "Deployment" {
			continue
		}
		at, err := c.at(object)
		if err != nil {
			return err
		}
		if _, err := at.Get(ctx, object.Name, metav1.GetOptions{}); err == nil {
			return nil
		} else if !apierrors.IsNotFound(err) {
			return err
		}
		made, err := c.madeBy(ctx, object, record.Standing)
		if err != nil {
			return err
		}
		for _, one := range made {
			at, err := c.at(one)
			if err != nil {
				return err
			}
			if err := at.Delete(ctx, one.Name, withDependents); err != nil && !apierrors.IsNotFound(err) {
				return err
			}
			say("deleted   " + one.String())
		}
	}
	return nil
}

// madeBy lists what a Deployment of the demo has made.
func (c Cluster) madeBy(ctx context.Context, deployment Object, standing []Object) ([]Object, error) {
	made := []Object{}
	list, err := c.Dynamic.Resource(gateways).Namespace(deployment.Namespace).List(ctx, madeByController)
	if err != nil {
		return nil, err
	}
	for _, gateway := range list.Items {
		if object := objectOf(&gateway); !slices.Contains(standing, object) {
			made = append(made, object)
		}
	}
	list, err = c.Dynamic.Resource(leases).Namespace(deployment.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, lease := range list.Items {
		if strings.HasPrefix(lease.GetName(), deployment.Name+".") {
			made = append(made, objectOf(&lease))
		}
	}
	return made, nil
}
