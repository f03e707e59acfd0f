// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/record"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
)

// TestSayKept: B-INS-9, one Event names the list that is gone and the command that writes it again; there is
// none when it is there again. The metric shows the state, too.
func TestSayKept(t *testing.T) {
	t.Setenv("SYSTEM_NAMESPACE", systemNamespace)
	events := record.NewFakeRecorder(10)
	r := &Reconciler{recorder: newOnceRecorder(events, zap.NewNop().Sugar()), config: config.NewStore(systemNamespace, nil)}
	shared := map[string]string{config.ExternalGateways: "- {class: a, gateway: a/a}", config.LocalGateways: "- {class: a, gateway: a/a}"}
	good := map[string]string{config.ExternalGateways: "- class: a\n", config.LocalGateways: "- class: b # it's ours\n"}
	const advice = "; the last entries stay in effect, for new services, too: write it again, or [] if no such hosts are to be served: kubectl -n knative-serving "
	steps := []struct {
		name  string
		data  map[string]string
		gone  bool
		state string
		want  []string
	}{
		{name: "both lists", data: good, state: "configured"},
		{name: "one is gone", data: map[string]string{config.ExternalGateways: "- class: a\n"}, state: "kept", want: []string{
			"Warning ConfigurationKept ConfigMap config-gateway has lost local-gateways" + advice +
				`patch configmap config-gateway --type merge -p '{"data":{"local-gateways":"- class: b # it'\''s ours\n"}}'`}},
		{name: "still gone", data: map[string]string{config.ExternalGateways: "- class: a\n"}, state: "kept"},
		{name: "it is back", data: good, state: "configured"},
		{name: "the ConfigMap is deleted", gone: true, state: "kept", want: []string{
			"Warning ConfigurationKept ConfigMap config-gateway has lost external-gateways and local-gateways" + advice +
				"create configmap config-gateway --from-literal='external-gateways=- class: a\n' --from-literal='local-gateways=- class: b # it'\\''s ours\n'"}},
		{name: "one Gateway in both lists", data: shared, state: "configured", want: []string{
			"Warning LocalGatewayExposed local-gateways[0] (a/a) is under external-gateways, too: cluster-local services can be reached from outside through it"}},
	}
	for _, step := range steps {
		var cm *corev1.ConfigMap
		if !step.gone {
			cm = &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: systemNamespace, Name: config.Name, UID: "u"}, Data: step.data}
		}
		r.config.OnConfigMap(cm)
		r.recorder.begin()
		r.recordConfiguration(r.config.Load())
		var said []string
		for len(events.Events) > 0 {
			said = append(said, strings.TrimSpace(<-events.Events))
		}
		if diff := cmp.Diff(step.want, said); diff != "" {
			t.Errorf("%s: Events (-want, +got):\n%s", step.name, diff)
		}
		if state := metrics.StateName(r.config.Load()); state != step.state {
			t.Errorf("%s: state %s", step.name, state)
		}
	}
}
