// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

const external, local = "external-gateways", "local-gateways"

// The entries of the shared Gateways, without selectors.
func blue() string     { return gateways.Text(world.Installed.External) }
func green() string    { return gateways.Text(world.Installed.Other) }
func internal() string { return gateways.Text(world.Installed.Local) }

// mistake is bad data, and where the message must say it is.
type mistake struct {
	data  map[string]string
	words []string
}

// badConfig is one mistake of each kind.
func badConfig() map[string]mistake {
	return map[string]mistake{
		"malformed YAML":    {map[string]string{external: "- class: [a\n", local: internal()}, []string{"data[external-gateways]", "is not YAML"}},
		"no list":           {map[string]string{external: "class: a\n", local: internal()}, []string{"data[external-gateways]", "must be a list"}},
		"unknown feature":   {map[string]string{external: blue() + "  supported-features: [HTTPRouteTeleport]\n", local: internal()}, []string{"data[external-gateways][0].supported-features[0]", "HTTPRouteTeleport"}},
		"two defaults":      {map[string]string{external: blue() + green(), local: internal()}, []string{"data[external-gateways]", "2 defaults, [0] and [1]"}},
		"no default":        {map[string]string{external: blue() + "  label-selector: a=b\n", local: internal()}, []string{"data[external-gateways]", "no default"}},
		"duplicate gateway": {map[string]string{external: blue() + blue() + "  label-selector: a=b\n", local: internal()}, []string{"data[external-gateways][1].gateway", world.Shared("blue").String(), "external-gateways[0]"}},
		"bad selector":      {map[string]string{external: blue() + green() + "  label-selector: a b c\n", local: internal()}, []string{"data[external-gateways][1].label-selector", "a b c"}},
		"bad name":          {map[string]string{external: "- class: a\n  gateway: blue\n", local: internal()}, []string{"data[external-gateways][0].gateway", "namespace/name"}},
		"no class":          {map[string]string{external: blue(), local: "- gateway: a/internal\n"}, []string{"data[local-gateways][0].class"}},
		"bad probe":         {map[string]string{external: blue() + "  probe: dowsing\n", local: internal()}, []string{"data[external-gateways][0].probe", "dowsing"}},
	}
}

// unknownKeys are refused at admission, and only warned of afterwards.
func unknownKeys() map[string]string {
	return map[string]string{external: blue() + "  colour: red\n", local: internal()}
}

func write(data map[string]string) error {
	name := types.NamespacedName{Namespace: cluster.SystemNamespace, Name: "config-gateway"}
	_, err := cluster.ConfigMaps.UpdateAs(context.Background(), world.Cluster, fixture.Manager, name, func(cm *corev1.ConfigMap) {
		kept := map[string]string{"_example": cm.Data["_example"]}
		maps.Copy(kept, data)
		cm.Data = kept
	})
	return err
}

// B-INS-4: the webhook refuses each kind of mistake with its place, and nothing
// changes: not the ConfigMap, not a service.
func TestWebhookRefusesBadConfig_BINS4(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	served := space.Serve(t, "hello", nil)
	before := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-gateway")
	cases := badConfig()
	unknown := cases["bad name"]
	unknown.data, unknown.words = unknownKeys(), []string{"data[external-gateways][0].colour", "unknown key"}
	cases["unknown field"] = unknown
	unknown.data, unknown.words = map[string]string{external: blue(), local: internal(), "externl-gateways": blue()}, []string{"data[externl-gateways]", "unknown key", `did you mean "external-gateways"`}
	cases["unknown key"] = unknown
	for name, c := range cases {
		err := write(c.data)
		if err == nil {
			t.Errorf("%s: was accepted", name)
			continue
		}
		t.Logf("%s: %v", name, err)
		for _, word := range c.words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: the message does not say %q: %v", name, word, err)
			}
		}
	}
	after := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-gateway")
	if after.ResourceVersion != before.ResourceVersion {
		t.Error("config-gateway changed")
	}
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 200)
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"); now.ResourceVersion != served.ResourceVersion {
		t.Errorf("the KIngress changed: %+v", now.Status)
	}
}

// B-INS-4: bad data that got in all the same leaves the last good configuration in
// force, for services that are there and new ones, and an Event on the ConfigMap says
// what is wrong and where; no replica ends.
func TestBadConfigKeepsTheLastGoodOne_BINS4(t *testing.T) {
	space := world.Space(t, nil)
	served := space.Serve(t, "hello", map[string]string{"gateway": "green"})
	health := watchHealth(t)
	bypass(t)
	load := cluster.StartLoad(t, world.Green, space.ExternalHost("hello"), 50*time.Millisecond)
	for name, c := range badConfig() {
		begin := time.Now()
		if err := write(c.data); err != nil {
			t.Fatalf("%s: the webhook still refuses: %v", name, err)
		}
		event := awaitEvent(t, begin, "config-gateway", "ConfigurationRefused", c.words...)
		t.Logf("%s: %s", name, event.Message)
	}
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"); now.ResourceVersion != served.ResourceVersion {
		t.Errorf("the KIngress changed: %+v", now.Status)
	}
	space.Serve(t, "new", map[string]string{"gateway": "green"})
	cluster.Answers(t, world.Green, space.ExternalHost("new"), 200)
	cluster.Answers(t, world.Blue, space.ExternalHost("new"), 404)
	load.StopAllAnswered(t, 200, 20)
	healthy(t, health())
}

// B-INS-4: for the controller an unknown key is a warning; all else is in effect.
func TestUnknownKeyIsAWarning_BINS4(t *testing.T) {
	space := world.Space(t, nil)
	bypass(t)
	begin := time.Now()
	data := unknownKeys()
	data[external] += green() + "  label-selector: gateway=verdant\n"
	if err := write(data); err != nil {
		t.Fatal(err)
	}
	awaitEvent(t, begin, "config-gateway", "ConfigurationIgnored", "data[external-gateways][0].colour", "unknown key")
	space.Serve(t, "hello", map[string]string{"gateway": "verdant"})
	cluster.Answers(t, world.Green, space.ExternalHost("hello"), 200)
}

// B-INS-4: with bad data at its first start the controller has no configuration, says
// so and stays; what was served is served on; the mended file is in effect at once.
func TestBadConfigAtStart_BINS4(t *testing.T) {
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	load := cluster.StartLoad(t, world.Blue, space.ExternalHost("hello"), 50*time.Millisecond)
	bypass(t)
	withoutController(t)
	bad := badConfig()["malformed YAML"]
	if err := write(bad.data); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	scale(t, 2)
	health := watchHealth(t)
	awaitEvent(t, begin, "config-gateway", "ConfigurationRefused", bad.words...)
	space.Backend(t, "new")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("new", nil))
	space.AwaitReason(t, "new", cluster.Seconds, "ConfigurationRefused", append(bad.words, "config-gateway")...)
	if err := world.RestoreConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	space.AwaitReady(t, "new", cluster.Seconds)
	space.AwaitReady(t, "hello", cluster.Seconds)
	load.StopAllAnswered(t, 200, 20)
	healthy(t, health())
}

// B-INS-4, B-RDY-6: a Gateway in config-gateway that does not exist is said in the
// conditions, and takes nothing away from the services that are there.
func TestGatewayThatDoesNotExist_BINS4_BRDY6(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	load := cluster.StartLoad(t, world.Blue, space.ExternalHost("hello"), 10*time.Millisecond)
	if err := write(map[string]string{external: strings.ReplaceAll(blue(), "/blue", "/bleu"), local: internal()}); err != nil {
		t.Fatal(err)
	}
	space.AwaitReason(t, "hello", cluster.Seconds, "GatewayNotFound", world.Shared("bleu").String(), "external-gateways[0]")
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 200)
	if err := world.RestoreConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	space.AwaitReady(t, "hello", cluster.Seconds)
	load.StopAllAnswered(t, 200, 10)
}
