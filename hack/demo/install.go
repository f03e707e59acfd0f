// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/hack/demo/changes"
	"github.com/net-gateways/net-gateways/pkg/config"
)

const (
	servingNamespace = "knative-serving"
	webhook          = "net-gateways-webhook"

	// domain is that of the services with the label, and of no others.
	domain           = "net-gateways.example.com"
	domainLabel      = "app.kubernetes.io/part-of"
	domainLabelValue = changes.Namespace
)

var deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}

// install makes what the demo needs on a cluster that others use, too. What it changes is in a record there. The cluster's
// ingress class, its domains and the Gateways of its services stay.
func install(ctx context.Context, o options) error {
	cluster, err := connectToChange()
	if err != nil {
		return err
	}
	release, gateways, wanted, err := readFiles(o)
	if err != nil {
		return err
	}
	record, err := cluster.Begin(ctx)
	if err != nil {
		return err
	}
	keys, err := cluster.Plan(ctx, record, wanted) // before anything is changed
	if err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	for _, part := range []struct {
		list    *[]changes.Object
		objects []*unstructured.Unstructured
	}{{&record.Release, release}, {&record.Gateways, gateways}} {
		others, err := cluster.Create(ctx, record, part.list, part.objects)
		for _, object := range others {
			fmt.Println("used as it is, because it is not the demo's:", object)
		}
		if err != nil {
			return err
		}
	}
	fmt.Println("waiting for Deployment", webhook)
	if _, err := await(ctx, cluster.Dynamic.Resource(deployments).Namespace(servingNamespace), webhook, isAvailable); err != nil {
		return fmt.Errorf("Deployment %s/%s is not Available: %w", servingNamespace, webhook, err)
	}
	fmt.Println("writing config-gateway and config-domain")
	return writeKeys(ctx, cluster, record, keys)
}

// writeKeys asks again while a webhook is starting.
func writeKeys(ctx context.Context, cluster changes.Cluster, record *changes.Record, keys []changes.Key) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, time.Second, 3*time.Minute, true, func(ctx context.Context) (bool, error) {
		last = cluster.Write(ctx, record, keys)
		if apierrors.IsInternalError(last) || apierrors.IsConflict(last) {
			fmt.Println(last)
			return false, nil
		}
		return last == nil, last
	})
	return cmp.Or(last, err)
}

// readFiles reads the objects to create and the keys to write.
func readFiles(o options) (release, gateways []*unstructured.Unstructured, wanted []changes.Wanted, err error) {
	if release, err = readObjects(o.release); err != nil {
		return nil, nil, nil, err
	}
	if gateways, err = readObjects(o.gateways); err != nil {
		return nil, nil, nil, err
	}
	text, err := os.ReadFile(o.configFile)
	if err != nil {
		return nil, nil, nil, err
	}
	var lists struct {
		Data map[string]string `json:"data"`
	}
	if err := yaml.Unmarshal(text, &lists); err != nil {
		return nil, nil, nil, fmt.Errorf("%s: %w", o.configFile, err)
	}
	for _, key := range []string{config.ExternalGateways, config.LocalGateways} {
		wanted = append(wanted, changes.Wanted{Namespace: servingNamespace, ConfigMap: config.Name, Key: key, Value: func(former *string) (string, error) {
			if o.release == "" && (former == nil || strings.TrimSpace(*former) == "") {
				return "", errors.New("net-gateways is installed, and has no such list yet. Write it first, or others' services would be on the demo's Gateways")
			}
			return changes.AddEntries(former, lists.Data[key])
		}})
	}
	wanted = append(wanted, changes.Wanted{Namespace: servingNamespace, ConfigMap: "config-domain", Key: domain, Value: func(*string) (string, error) {
		return "selector:\n  " + domainLabel + ": " + domainLabelValue + "\n", nil
	}})
	return release, gateways, wanted, nil
}

func readObjects(file string) ([]*unstructured.Unstructured, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	objects, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return objects, nil
}

func isAvailable(object *unstructured.Unstructured) bool {
	var deployment appsv1.Deployment
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &deployment); err != nil {
		return false
	}
	status := deployment.Status
	return status.ObservedGeneration >= deployment.Generation && status.UpdatedReplicas == *deployment.Spec.Replicas && status.AvailableReplicas >= status.UpdatedReplicas
}

// printChanges says what the demo has changed on a cluster that others use, too.
func printChanges(ctx context.Context, _ options) error {
	cluster, err := connectToChange()
	if err != nil {
		return err
	}
	record, err := cluster.Load(ctx)
	switch {
	case err != nil:
		return err
	case record == nil:
		fmt.Println("The demo has changed nothing on this cluster.")
		return nil
	}
	fmt.Println("What the demo has changed on this cluster:")
	for _, line := range record.Summary() {
		fmt.Println("  " + line)
	}
	fmt.Println("`make down CLUSTER=current` puts it back.")
	return nil
}

// undo puts back what the demo has changed on a cluster that others use, too.
func undo(ctx context.Context, _ options) error {
	cluster, err := connectToChange()
	if err != nil {
		return err
	}
	steps := 0
	if err := cluster.Undo(ctx, func(step string) {
		steps++
		fmt.Println(step)
	}); err != nil {
		return fmt.Errorf("%w\n  What is done is done; the record of the rest is still there, so `make down CLUSTER=current` goes on", err)
	}
	if steps == 0 {
		fmt.Println("This cluster has no record of a demo (ConfigMap changes in namespace " + changes.Namespace + "), so there is nothing to put back.")
	}
	return nil
}
