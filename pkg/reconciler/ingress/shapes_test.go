// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane/shapes"
)

var updateShapes = flag.Bool("update-shapes", false, "rewrite the wanted conditions of pkg/dataplane/shapes")

// TestShapes: B-RDY-1, B-RDY-5, B-RDY-6, B-RDY-7, on data planes that cannot run here, the addresses that a shape names are
// asked and no others, the service is Ready when they serve it, and the conditions say what is awaited before.
func TestShapes(t *testing.T) {
	all, err := shapes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range all {
		t.Run(shape.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { isServed(t, shape) })
		})
	}
}

// isServed sees a service through on a shape.
func isServed(t *testing.T, shape shapes.Shape) {
	data := newPlane(t)
	data.deaf.Store(true)
	ing := aKIngress("hello", 0)
	ing.Spec.Rules = ing.Spec.Rules[1:]
	w := data.serves(newWorld(t, append(anInstallationOf(shape), ing)...))
	for _, address := range shape.Found.Asked {
		w.answersAt(address, data)
	}
	w.until("the route is written", func() bool { return w.routes()[publicHost] != nil })
	w.acceptedBy(shape.Classes[0].Spec.ControllerName, publicHost)
	w.pass(8 * time.Second)
	expect(t, "Asked", shape.Found.Asked, w.askedFor(publicHost))
	unanswered := w.conditions("hello")
	data.deaf.Store(false)
	w.until("hello is Ready", w.is("hello", "True"))
	w.pass(time.Minute)
	if *updateShapes {
		rewriteShape(t, shape.Name, unanswered, w.conditions("hello"))
		return
	}
	for what, c := range map[string]struct{ want, got map[string]string }{"unanswered": {shape.Unanswered, unanswered}, "answered": {shape.Answered, w.conditions("hello")}} {
		if diff := gocmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("Conditions, %s (-want, +got; -update-shapes rewrites them):\n%s", what, diff)
		}
	}
	published := w.ingress("hello").Status.PublicLoadBalancer.Ingress
	if len(published) != 1 || cmp.Or(published[0].DomainInternal, published[0].IP, published[0].Domain) != shape.Found.Published {
		t.Errorf("Published %v, want %s", published, shape.Found.Published)
	}
}

// anInstallationOf is a cluster with a shape, and nothing else in front of a Revision.
func anInstallationOf(shape shapes.Shape) []runtime.Object {
	objects := append(theCRDs(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default", UID: "namespace"}},
		theServiceOf("hello-00001"),
		aConfigGateway(map[string]string{config.ExternalGateways: "- " + shape.Entry, config.LocalGateways: "[]"}),
	)
	for _, object := range shape.Objects() {
		object.(metav1.Object).SetResourceVersion("1")
		objects = append(objects, object)
	}
	return objects
}

// askedFor are the addresses that were probed for a host.
func (w *world) askedFor(host string) []string {
	found := []string{}
	for _, result := range w.known().Results {
		if result.Host == host {
			found = append(found, result.Address)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// rewriteShape writes the conditions into the file of a shape.
func rewriteShape(t *testing.T, name string, unanswered, answered map[string]string) {
	path := "../../dataplane/shapes/" + name + ".txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]map[string]string{"unanswered.yaml": unanswered, "answered.yaml": answered}
	for i, file := range archive.Files {
		if slices.Contains(slices.Collect(maps.Keys(wanted)), file.Name) {
			if archive.Files[i].Data, err = yaml.Marshal(wanted[file.Name]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
