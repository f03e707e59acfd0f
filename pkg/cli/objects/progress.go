// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"fmt"
	"io"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// pace is how long a command is silent, and then between two lines.
const pace = time.Second

// Progress returns a Source that reads from another one, and writes each second what it reads.
func Progress(source Source, to io.Writer) Source {
	return &progress{Source: source, to: to, next: time.Now().Add(pace)}
}

type progress struct {
	Source
	to   io.Writer
	next time.Time
}

// reading writes that something is read, unless it has been read before the next line is due.
func (p *progress) reading(kind Kind) (read func()) {
	written := make(chan struct{})
	due := time.AfterFunc(time.Until(p.next), func() {
		defer close(written)
		fmt.Fprintf(p.to, "reading %s (%d requests so far)\n", kind.File(), p.Requests())
	})
	return func() {
		if !due.Stop() {
			<-written // one line at a time, also where answers take longer than the line
			p.next = time.Now().Add(pace)
		}
	}
}

func (p *progress) Get(kind Kind, name types.NamespacedName) (*unstructured.Unstructured, error) {
	defer p.reading(kind)()
	return p.Source.Get(kind, name)
}

func (p *progress) List(kind Kind, namespace string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	defer p.reading(kind)()
	return p.Source.List(kind, namespace, selector)
}
