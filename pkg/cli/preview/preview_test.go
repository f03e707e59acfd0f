// SPDX-License-Identifier: Apache-2.0

package preview_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/preview"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
)

const seeds, services = 24, 12

// TestPreview: B-CLI-3, over seeded random changes of config-gateway and 12 services: those that move and those that lose their
// Gateway are, as sets, those of which the controller's rules then report so.
func TestPreview(t *testing.T) {
	moved, lost := 0, 0
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			store := cluster(t, random)
			next := configMap(random)
			after := clitest.Reader(t, store)
			after.SetState(view.StateOf("knative-serving", next))
			report, err := preview.Compare(clitest.Reader(t, store), after, "a change", clitest.Now)
			if err != nil {
				t.Fatal(err)
			}
			before := gateways(t, store)
			clitest.Add(t, store, corev1.SchemeGroupVersion.WithKind("ConfigMap"), next)
			wantMoves, wantLoses := differences(before, gateways(t, store))
			moves, loses := []string{}, []string{}
			for _, move := range report.Moves {
				moves = append(moves, fmt.Sprintf("%s %s %s -> %s", move.Service, move.Visibility, move.From, move.To))
			}
			for _, loss := range report.Loses {
				loses = append(loses, loss.Service+" "+loss.Visibility)
			}
			slices.Sort(moves)
			slices.Sort(loses)
			if diff := cmp.Diff(wantMoves, moves); diff != "" {
				t.Errorf("Moves (-then, +preview):\n%s", diff)
			}
			if diff := cmp.Diff(wantLoses, loses); diff != "" {
				t.Errorf("Losses (-then, +preview):\n%s", diff)
			}
			moved, lost = moved+len(moves), lost+len(loses)
		})
	}
	if moved < seeds || lost < seeds/2 {
		t.Errorf("The changes move %d and lose %d: that shows little", moved, lost)
	}
}

// configMap is a config-gateway with one to three external entries, of which one may name a Gateway that does not exist.
func configMap(random *rand.Rand) *corev1.ConfigMap {
	lines := []string{}
	for i, name := range []string{"blue", "green", "gone"} {
		if i > 0 && random.IntN(3) == 0 {
			continue
		}
		line := fmt.Sprintf("- {class: eg-%s, gateway: gateways/%s", name, name)
		if i > 0 {
			line += fmt.Sprintf(", label-selector: team=%d", random.IntN(4))
		}
		lines = append(lines, line+"}")
	}
	cm := &corev1.ConfigMap{}
	cm.Namespace, cm.Name = "knative-serving", config.Name
	local := "[{class: eg-internal, gateway: gateways/internal}]"
	if random.IntN(4) == 0 {
		local = "[{class: eg-blue, gateway: gateways/internal}]" // the Gateway is of another class
	}
	cm.Data = map[string]string{config.ExternalGateways: strings.Join(lines, "\n"), config.LocalGateways: local}
	return cm
}

// cluster has a random configuration and 12 services of four teams, settled.
func cluster(t *testing.T, random *rand.Rand) *objects.Store {
	t.Helper()
	store, err := objects.Read("../command/testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for i := range services {
		text += fmt.Sprintf(`---
apiVersion: networking.internal.knative.dev/v1alpha1
kind: Ingress
metadata:
  namespace: shop
  name: service-%[1]d
  uid: service-%[1]d
  generation: 1
  labels: {team: "%[2]d"}
  annotations: {networking.knative.dev/ingress.class: gateway-api.ingress.networking.knative.dev}
spec:
  rules:
  - hosts: [service-%[1]d.shop.svc.cluster.local]
    visibility: ClusterLocal
    http: {paths: [{splits: [{serviceName: docs-00001, serviceNamespace: shop, servicePort: 80, percent: 100}]}]}
  - hosts: [service-%[1]d.example.com]
    visibility: ExternalIP
    http: {paths: [{splits: [{serviceName: docs-00001, serviceNamespace: shop, servicePort: 80, percent: 100}]}]}
`, i, random.IntN(4))
	}
	store = clitest.Change(t, store, text, "")
	clitest.Add(t, store, corev1.SchemeGroupVersion.WithKind("ConfigMap"), configMap(random))
	clitest.Settle(t, store)
	return store
}

// gateways are the Gateways of all services by service and visibility; empty where the controller reports that none serves it.
func gateways(t *testing.T, store *objects.Store) map[string]string {
	t.Helper()
	all, err := clitest.Reader(t, store).Ingresses()
	if err != nil {
		t.Fatal(err)
	}
	names, found := map[v1alpha1.IngressVisibility]string{v1alpha1.IngressVisibilityExternalIP: "external", v1alpha1.IngressVisibilityClusterLocal: "cluster-local"}, map[string]string{}
	for _, ing := range all {
		ing.Status = v1alpha1.IngressStatus{} // what a controller says that knows no proof
		examined := clitest.Examine(t, store, ing)
		for _, side := range examined.Sides {
			at := ing.Namespace + "/" + ing.Name + " " + names[side.Visibility]
			if blocker := side.Decision(); blocker == nil || blocker.Certainty == status.Unanswered {
				found[at] = side.Entry.Gateway.String()
			} else {
				found[at] = ""
			}
		}
	}
	return found
}

func differences(before, after map[string]string) (moves, loses []string) {
	moves, loses = []string{}, []string{}
	for at, to := range after {
		switch from := before[at]; {
		case from != "" && to == "":
			loses = append(loses, at)
		case from != "" && from != to:
			moves = append(moves, fmt.Sprintf("%s %s -> %s", at, from, to))
		}
	}
	slices.Sort(moves)
	slices.Sort(loses)
	return moves, loses
}
