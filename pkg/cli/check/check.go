// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

// checker runs the checks.
type checker struct {
	Report
	reader *view.Reader
	system string
	// gatewayCRDs are those of the Gateway API that exist.
	gatewayCRDs []*unstructured.Unstructured
	// failure is the first error while a command was put together.
	failure error
}

// Options say what to check.
type Options struct {
	// Pre checks only what must be there before net-gateways is installed.
	Pre bool
	// Kubernetes is its version; empty if it is not known.
	Kubernetes string
}

// Of checks an installation.
func Of(reader *view.Reader, options Options) (Report, error) {
	c := &checker{Report: Report{Type: output.TypeOf("Check")}, reader: reader, system: reader.State().Namespace}
	c.kubernetes(options.Kubernetes)
	checks := []func() error{c.crds, c.classes, c.serving, c.competing}
	if !options.Pre {
		checks = append(checks, c.class, c.domain, c.entries, c.controller, c.webhook)
	}
	for _, check := range checks {
		if err := cmp.Or(check(), c.failure); err != nil {
			return Report{}, err
		}
	}
	c.Unseen = append(c.Unseen, reader.Unseen()...)
	return c.Report, nil
}

// get reads an object. If it cannot be read, it notes that and returns false.
func (c *checker) get(kind objects.Kind, namespace, name string) (*unstructured.Unstructured, bool, error) {
	found, err := c.reader.Source().Get(kind, types.NamespacedName{Namespace: namespace, Name: name})
	seen, err := c.seen(err)
	return found, seen, err
}

// list reads all objects of a namespace. If they cannot be read, it notes that and returns false.
func (c *checker) list(kind objects.Kind, namespace string, selector labels.Set) ([]*unstructured.Unstructured, bool, error) {
	found, err := c.reader.Source().List(kind, namespace, selector.AsSelector())
	seen, err := c.seen(err)
	return found, seen, err
}

// typed reads all objects of a namespace, or of all if it is empty, from which a command is put together.
func typed[T any](c *checker, kind objects.Kind, namespace string) []*T {
	found, err := objects.List[T](c.reader.Source(), kind, namespace, labels.Everything())
	_, err = c.seen(err)
	c.fails(err)
	return found
}

func (c *checker) fails(err error) { c.failure = cmp.Or(c.failure, err) }

func (c *checker) seen(err error) (bool, error) {
	denied, notServed := (*objects.Denied)(nil), (*objects.NotServed)(nil)
	switch {
	case errors.As(err, &denied):
		c.Unseen = append(c.Unseen, view.Unseen{What: denied.What(), Why: "forbidden"})
		return false, nil
	case errors.As(err, &notServed):
		return true, nil
	}
	return err == nil, err
}

func number(object *unstructured.Unstructured, path ...string) int64 {
	found, _, _ := unstructured.NestedInt64(object.Object, path...)
	return found
}

// unseen is a finding about something that could not be read.
func unseen(group, code, what string) Finding {
	return Finding{Group: group, Code: code, State: output.Unknown, Detail: fmt.Sprintf("not looked at: %s could not be read", what)}
}
