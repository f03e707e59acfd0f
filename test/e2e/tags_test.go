// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const (
	tagHeader  = "Knative-Serving-Tag"
	tagRouting = "tag-header-based-routing"
	tagCount   = 20
)

// B-TRN-3, B-RDY-3: a service with 20 tags, reached by header and by host, is rolled out
// five times under load, and each time a tag goes and one comes that sorts before all
// others. Every request is answered, those for a tag by its Revision.
func TestTwentyTagsRolledOut_BTRN3_BRDY3(t *testing.T) { // alone: it changes config-features
	enableTagRouting(t)
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "tagged", Image: fixture.Runtime})

	tags := []tag{}
	for number := range tagCount {
		tags = append(tags, tag{fmt.Sprintf("t%02d", number), revision(number % 2)})
	}
	rollOut(t, space, 0, nil)
	rollOut(t, space, 1, tags)

	kept := tags[:tagCount/2]
	requests := []cluster.Request{}
	for _, tag := range kept {
		requests = append(requests,
			cluster.Request{Host: space.ExternalHost("tagged")},
			cluster.Request{Host: space.ExternalHost("tagged"), Header: map[string]string{tagHeader: tag.name}, Wrong: answeredBy(tag.revision)},
			cluster.Request{Host: space.ExternalHost(tag.name + "-tagged"), Wrong: answeredBy(tag.revision)})
	}
	for _, request := range requests {
		cluster.AwaitRight(t, world.Blue, request, cluster.Seconds)
	}
	begin := time.Now()
	load := cluster.StartRequests(t, world.Blue, 10*time.Millisecond, requests...)
	for rollout := range 5 {
		tags = append([]tag{{fmt.Sprintf("a%02d", rollout), revision(1)}}, tags[:tagCount-1]...)
		rollOut(t, space, 2+rollout, tags)
		main := cluster.Request{Host: space.ExternalHost("tagged"), Wrong: answeredBy(revision(2 + rollout))}
		added := cluster.Request{Host: main.Host, Header: map[string]string{tagHeader: tags[0].name}, Wrong: answeredBy(tags[0].revision)}
		cluster.AwaitRight(t, world.Blue, main, cluster.Seconds)
		cluster.AwaitRight(t, world.Blue, added, cluster.Seconds)
	}
	t.Logf("five rollouts took %s", time.Since(begin).Round(time.Millisecond))
	load.StopAllAnswered(t, 200, 500)
}

// tag is a name for one Revision.
type tag struct{ name, revision string }

func revision(number int) string { return fmt.Sprintf("tagged-r%d", number) }

// rollOut gives the service a new Revision and these tags, and waits until it is Ready.
func rollOut(t *testing.T, space *fixture.Space, number int, tags []tag) {
	t.Helper()
	traffic := []any{map[string]any{"latestRevision": true, "percent": int64(100)}}
	for _, tag := range tags {
		traffic = append(traffic, map[string]any{"tag": tag.name, "revisionName": tag.revision, "percent": int64(0)})
	}
	cluster.KServices.Update(t, space.Cluster, space.Name, "tagged", func(service *cluster.Object) {
		if err := unstructured.SetNestedField(*service, revision(number), "spec", "template", "metadata", "name"); err != nil {
			t.Fatal(err)
		}
		if err := unstructured.SetNestedSlice(*service, traffic, "spec", "traffic"); err != nil {
			t.Fatal(err)
		}
	})
	space.AwaitKServiceReady(t, "tagged", cluster.Minutes)
}

// answeredBy reads from the report of the image which Revision's container wrote it.
func answeredBy(revision string) func(cluster.Answer) error {
	return func(answer cluster.Answer) error {
		report := struct {
			Host struct {
				Envs map[string]string `json:"envs"`
			} `json:"host"`
		}{}
		if err := json.Unmarshal([]byte(answer.Body), &report); err != nil {
			return fmt.Errorf("not the service: %s", answer)
		}
		return differ("the Revision", report.Host.Envs["K_REVISION"], revision)
	}
}

// enableTagRouting switches it on until the test ends.
func enableTagRouting(t *testing.T) {
	t.Helper()
	before, set := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-features").Data[tagRouting]
	write := func(value string, set bool) {
		cluster.ConfigMaps.Update(t, world.Cluster, cluster.SystemNamespace, "config-features", func(features *corev1.ConfigMap) {
			if features.Data == nil {
				features.Data = map[string]string{}
			}
			if features.Data[tagRouting] = value; !set {
				delete(features.Data, tagRouting)
			}
		})
	}
	write("enabled", true)
	t.Cleanup(func() { write(before, set) })
}
