// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package monitoring

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

var world = &fixture.World{}

func TestMain(m *testing.M) { os.Exit(fixture.Run(m, world)) }

// onBlue selects the Gateway gateways/blue.
const onBlue = `{gateway_namespace="gateways", gateway_name="blue"`

// TestQueries: B-OPS-6, every metric that an alert names, and every query of the dashboard, has data on a cluster with a service.
func TestQueries(t *testing.T) {
	space := world.Space(t, nil)
	space.Secret(t, fixture.Authority(t), "certificate", space.ExternalHost("seen"))
	space.ServeTLS(t, "seen", "certificate")
	metric := regexp.MustCompile(`net_gateways_[a-z_]+`)
	named := map[string]bool{}
	for _, expr := range alertExpressions(t) {
		for _, name := range metric.FindAllString(expr, -1) {
			named[name] = true
		}
	}
	if len(named) < 7 {
		t.Errorf("The alerts name %d metrics", len(named))
	}
	for name := range named {
		await(t, name, cluster.Minutes, some)
	}
	variables := strings.NewReplacer("$namespace", ".*", "$gateway", ".*")
	for _, expr := range dashboardExpressions(t) {
		await(t, variables.Replace(expr), cluster.Minutes, some)
	}
	await(t, `net_gateways_build_info{namespace="knative-serving", service="net-gateways-webhook-metrics", endpoint="http-metrics"}`, cluster.Minutes, some)
}

// TestGatewayDown: B-OPS-6, B-OPS-8, a Gateway whose proxies are gone is in the metric within 60 s, its alert fires, and both end when
// they are back; the other Gateways are well all the time.
func TestGatewayDown(t *testing.T) {
	space := world.Space(t, nil)
	space.Serve(t, "shop", map[string]string{"gateway": "blue"})
	reachable := "max(net_gateways_gateway_endpoints" + onBlue + `, state="reachable"})`
	firing := "ALERTS" + onBlue + `, alertname="NetGatewaysGatewayDown", alertstate="firing"}`
	others := `ALERTS{alertname="NetGatewaysGatewayDown", gateway_name!="blue"}`
	await(t, "sum(net_gateways_ingresses"+onBlue+`, state=~"ready|degraded"}) > 0`, cluster.Minutes, some)
	await(t, reachable+" > 0", cluster.Minutes, some)
	await(t, firing, cluster.Minutes, none)

	proxies := proxiesOf(t, "blue")
	scale(t, proxies, 0)
	t.Cleanup(func() { scale(t, proxies, 1) })
	await(t, reachable+" == 0", time.Minute+10*time.Second, some) // 60 s, and what a scrape takes
	await(t, firing, cluster.Minutes, some)
	await(t, others, time.Second, none)

	scale(t, proxies, 1)
	await(t, reachable+" > 0", cluster.Minutes, some)
	await(t, firing, cluster.Minutes, none)
}

// TestCertificate: B-OPS-6, a certificate for another host is in the metric of its Gateway and in an Event of its KIngress, and no longer in
// the metric when the Secret has the right one.
func TestCertificate(t *testing.T) {
	space, authority := world.Space(t, nil), fixture.Authority(t)
	host := space.ExternalHost("shop")
	space.Secret(t, authority, "certificate", "another.example.com")
	space.ServeTLS(t, "shop", "certificate")
	wrong := `sum(net_gateways_gateway_certificates{problem="wrong_name"})`
	await(t, wrong+" == 1", cluster.Minutes, some)
	events, err := cluster.Events.List(t.Context(), world.Cluster, space.Name, metav1.ListOptions{FieldSelector: "reason=CertificateProblem"})
	if err != nil || len(events) != 1 || !strings.Contains(events[0].Message, host) {
		t.Errorf("Events %v, %v", events, err)
	}
	certificate, err := authority.Issue(host)
	if err != nil {
		t.Fatal(err)
	}
	cluster.Secrets.Update(t, world.Cluster, space.Name, "certificate", func(secret *corev1.Secret) { secret.Data = certificate })
	await(t, wrong+" == 0", cluster.Minutes, some)
}

// proxiesOf is the Deployment of the proxies of a shared Gateway.
func proxiesOf(t *testing.T, gateway string) *appsv1.Deployment {
	t.Helper()
	place := world.Installed.Proxies(world.Shared(gateway))
	found, err := cluster.Deployments.List(t.Context(), world.Cluster, place.Namespace, metav1.ListOptions{LabelSelector: place.Labels.String()})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d Deployments of the proxies, %v", len(found), err)
	}
	return found[0]
}

func scale(t *testing.T, proxies *appsv1.Deployment, replicas int32) {
	t.Helper()
	cluster.Deployments.Update(t, world.Cluster, proxies.Namespace, proxies.Name, func(deployment *appsv1.Deployment) { deployment.Spec.Replicas = &replicas })
}

func shipped(t *testing.T, file string, into any) {
	t.Helper()
	root, err := cluster.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "config", "monitoring", file))
	if err == nil && strings.HasSuffix(file, ".json") {
		err = json.Unmarshal(text, into)
	} else if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func alertExpressions(t *testing.T) (found []string) {
	t.Helper()
	var rules struct {
		Spec struct {
			Groups []struct{ Rules []struct{ Expr string } }
		}
	}
	shipped(t, "alerts.yaml", &rules)
	for _, group := range rules.Spec.Groups {
		for _, rule := range group.Rules {
			found = append(found, rule.Expr)
		}
	}
	return found
}

func dashboardExpressions(t *testing.T) (found []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	shipped(t, "dashboard.json", &dashboard)
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			found = append(found, target.Expr)
		}
	}
	return found
}
