// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

//go:embed services.yaml
var servicesYAML []byte

// decode reads the objects of a YAML file.
func decode(text []byte) ([]*unstructured.Unstructured, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	var all []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if len(object.Object) > 0 {
			all = append(all, object)
		}
	}
}

// wantedServices are those of services.yaml, with the image and the run. On a cluster that others use, too, they say
// themselves of which ingress class and domain they are.
func (d *demo) wantedServices(run string) ([]*unstructured.Unstructured, error) {
	all, err := decode(servicesYAML)
	for _, service := range all {
		service.SetNamespace(d.namespace)
		if d.current {
			annotations, labels := service.GetAnnotations(), service.GetLabels()
			service.SetAnnotations(with(annotations, networking.IngressClassAnnotationKey, config.IngressClass))
			service.SetLabels(with(labels, domainLabel, domainLabelValue))
		}
		spec := service.Object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
		container := spec["containers"].([]any)[0].(map[string]any)
		container["image"] = d.image
		container["env"] = []any{
			map[string]any{"name": "NAMESPACE", "value": d.namespace},
			map[string]any{"name": "RUN", "value": run},
		}
	}
	return all, err
}

func with(all map[string]string, key, value string) map[string]string {
	if all == nil {
		all = map[string]string{}
	}
	all[key] = value
	return all
}

// readyService is what is of interest in a Service of Knative Serving.
type readyService struct {
	name, scheme, host, revision string
	ready                        *apis.Condition
	seconds                      float64
}

// deploy applies the service and waits until this generation of it is Ready.
func (d *demo) deploy(ctx context.Context, service *unstructured.Unstructured) (readyService, error) {
	begin := time.Now()
	own := d.client.Resource(services).Namespace(d.namespace)
	applied, err := own.Apply(ctx, service.GetName(), service, byForce)
	if err != nil {
		return readyService{}, fmt.Errorf("service %s: %w", service.GetName(), err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	d.waiting.set(service.GetName(), "")
	defer d.waiting.done(service.GetName())
	object, err := await(ctx, own, service.GetName(), func(object *unstructured.Unstructured) bool {
		s := read(object)
		d.waiting.set(s.name, s.ready.GetReason())
		observed, _, _ := unstructured.NestedInt64(object.Object, "status", "observedGeneration")
		complete := s.name != secure || s.scheme == "https" // it is Ready before it has a certificate
		return observed >= applied.GetGeneration() && s.ready.IsTrue() && complete
	})
	if object == nil {
		return readyService{}, fmt.Errorf("service %s: %w", service.GetName(), err)
	}
	s := read(object)
	s.seconds = time.Since(begin).Seconds()
	if err != nil {
		return s, fmt.Errorf("service %s is not Ready: %s: %s\n  kubectl -n %s describe ksvc,kingress %s",
			s.name, s.ready.GetReason(), s.ready.GetMessage(), d.namespace, s.name)
	}
	return s, nil
}

func read(object *unstructured.Unstructured) readyService {
	var service struct {
		Status struct {
			duckv1.Status
			URL      *apis.URL `json:"url"`
			Revision string    `json:"latestReadyRevisionName"`
		} `json:"status"`
	}
	s := readyService{name: object.GetName()}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &service); err != nil {
		return s
	}
	s.ready = service.Status.GetCondition(apis.ConditionReady)
	s.revision = service.Status.Revision
	if service.Status.URL != nil {
		s.scheme, s.host = service.Status.URL.Scheme, service.Status.URL.Host
	}
	return s
}
