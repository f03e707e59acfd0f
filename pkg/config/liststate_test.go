// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

type lists = map[string]string

// TestListState: B-INS-3, B-INS-9: a list that is absent, blank or null is no wish, [] is one, and
// both [] are none again.
func TestListState(t *testing.T) {
	tests := []struct {
		name            string
		data            lists
		external, local config.ListState
	}{
		{"no data", nil, config.ListAbsent, config.ListAbsent},
		{"blank", lists{"external-gateways": " \n", "local-gateways": "# none yet\n"}, config.ListAbsent, config.ListAbsent},
		{"null", lists{"external-gateways": "null", "local-gateways": "~"}, config.ListAbsent, config.ListAbsent},
		{"one is []", lists{"external-gateways": "- class: a", "local-gateways": "[]"}, config.ListFilled, config.ListEmpty},
		{"the other is [ ], with a comment", lists{"external-gateways": "# private only\n[ ]\n", "local-gateways": "- class: a"}, config.ListEmpty, config.ListFilled},
		{"[] beside an absent one", lists{"local-gateways": "[]"}, config.ListAbsent, config.ListEmpty},
		{"both [] count as both absent", lists{"external-gateways": "[]", "local-gateways": "[]"}, config.ListAbsent, config.ListAbsent},
		{"entries", lists{"external-gateways": "- class: a", "local-gateways": "- class: a"}, config.ListFilled, config.ListFilled},
	}
	for _, test := range tests {
		cfg, warnings, err := config.Parse(test.data, system)
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v, %v", test.name, err, warnings)
			continue
		}
		if got := [2]config.ListState{cfg.ListState(external), cfg.ListState(local)}; got != [2]config.ListState{test.external, test.local} {
			t.Errorf("%s: states %v, want %v and %v", test.name, got, test.external, test.local)
		}
	}
}

// TestSharedGateway: B-INS-3, one Gateway in both lists is accepted and found in either.
func TestSharedGateway(t *testing.T) {
	cm := configMap(lists{"external-gateways": "- {class: a, gateway: a/a}", "local-gateways": "- {class: a, gateway: a/a, probe: status}"})
	cfg, err := config.NewFromConfigMap(cm)
	if err != nil {
		t.Fatal(err)
	}
	for _, visibility := range config.Visibilities {
		if entry, found := cfg.Entry(visibility, types.NamespacedName{Namespace: "a", Name: "a"}); !found || entry.Visibility != visibility {
			t.Errorf("Entry(%s) = %v, %t", visibility, entry, found)
		}
	}
	if shared := cfg.Shared(); len(shared) != 1 || shared[0].Visibility != local {
		t.Errorf("Shared() = %v", shared)
	}
}

// TestKeptLists: B-INS-9, a list that goes is that of the last good data until it comes
// again; an explicit [] takes effect; a restart knows nothing.
func TestKeptLists(t *testing.T) {
	both := lists{"external-gateways": "- class: a", "local-gateways": "- class: b", "drain-time": "5s"}
	none := lists{"external-gateways": "- class: a", "local-gateways": "[]"}
	tests := []struct {
		name            string
		before          lists
		now             *corev1.ConfigMap
		external, local string
		missing         []config.List
		drain           time.Duration
	}{
		{"both keys go", both, configMap(lists{"_example": "x"}), "a", "b", []config.List{{Key: "external-gateways", Text: "- class: a"}, {Key: "local-gateways", Text: "- class: b"}}, time.Minute},
		{"the ConfigMap goes", both, nil, "a", "b", []config.List{{Key: "external-gateways", Text: "- class: a"}, {Key: "local-gateways", Text: "- class: b"}}, 5 * time.Second},
		{"one key goes, the other changes", both, configMap(lists{"external-gateways": "- class: c"}), "c", "b", []config.List{{Key: "local-gateways", Text: "- class: b"}}, time.Minute},
		{"a key becomes blank", both, configMap(lists{"external-gateways": " ", "local-gateways": "- class: b"}), "a", "b", []config.List{{Key: "external-gateways", Text: "- class: a"}}, time.Minute},
		{"[] is a wish", both, configMap(none), "a", "[]", nil, time.Minute},
		{"both [] are none", both, configMap(lists{"external-gateways": "[]", "local-gateways": "[]"}), "a", "b", []config.List{{Key: "external-gateways", Text: "- class: a"}, {Key: "local-gateways", Text: "- class: b"}}, time.Minute},
		{"[] is kept, too", none, configMap(nil), "a", "[]", []config.List{{Key: "external-gateways", Text: "- class: a"}, {Key: "local-gateways", Text: "[]"}}, time.Minute},
		{"[] beside a kept [] is none", none, configMap(lists{"external-gateways": "[]"}), "a", "[]", []config.List{{Key: "external-gateways", Text: "- class: a"}, {Key: "local-gateways", Text: "[]"}}, time.Minute},
		{"after a restart", nil, configMap(lists{"local-gateways": "- class: b"}), "", "b", nil, time.Minute},
		{"after a restart without a ConfigMap", nil, nil, "", "", nil, time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store := config.NewStore(system, nil)
			if test.before != nil {
				store.OnConfigMap(configMap(test.before))
			}
			store.OnConfigMap(test.now)
			state := store.Load()
			if got := [2]string{listOf(state.Config, external), listOf(state.Config, local)}; got != [2]string{test.external, test.local} || state.Problem != nil {
				t.Errorf("In force %v, %v", got, state.Problem)
			}
			if diff := cmp.Diff(test.missing, state.Missing); diff != "" || state.Config.Drain != test.drain {
				t.Errorf("Drain %s, missing (-want, +got):\n%s", state.Config.Drain, diff)
			}
			store.OnConfigMap(configMap(lists{"external-gateways": "- class: z", "local-gateways": "- class: z"}))
			if state := store.Load(); len(state.Missing) > 0 || listOf(state.Config, external) != "z" || listOf(state.Config, local) != "z" {
				t.Errorf("Written again: %+v", state)
			}
		})
	}
}

// listOf is the class of a list's only entry, or [].
func listOf(cfg *config.Config, visibility v1alpha1.IngressVisibility) string {
	classes := []string{}
	for _, entry := range cfg.Entries(visibility) {
		classes = append(classes, entry.Class)
	}
	if cfg.ListState(visibility) == config.ListEmpty {
		classes = append(classes, "[]")
	}
	return strings.Join(classes, ",")
}

// TestCommand: B-INS-3, the commands can be pasted: a shell reads each argument as it was
// meant, and what they write parses where nothing is left to fill in.
func TestCommand(t *testing.T) {
	gateway := types.NamespacedName{Namespace: "gw", Name: "blue"}
	one := []config.Proposal{{Class: "eg", Gateway: gateway}}
	propose := func(key string, entries ...config.Proposal) config.List {
		return config.Propose(key, config.Proposals{Entries: entries})
	}
	tests := []struct {
		name   string
		exists bool
		lists  []config.List
		want   string
	}{
		{"one Gateway", true, []config.List{propose("external-gateways", one...)},
			`kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":"[{class: eg, gateway: gw/blue}]"}}'`},
		{"no ConfigMap", false, []config.List{propose("external-gateways", one...), propose("local-gateways", config.Proposal{Class: "eg"})},
			`kubectl -n knative-serving create configmap config-gateway --from-literal='external-gateways=[{class: eg, gateway: gw/blue}]' --from-literal='local-gateways=[{class: eg}]'`},
		{"two Gateways", true, []config.List{propose("external-gateways", one[0], config.Proposal{Class: "eg", Gateway: types.NamespacedName{Namespace: "gw", Name: "green"}})},
			`kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":"[{class: eg, gateway: gw/blue}, {class: eg, gateway: gw/green, label-selector: gateway=green}]"}}'`},
		{"one of them is ours", true, []config.List{propose("external-gateways", one[0], config.Proposal{Class: "eg"})},
			`kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":"[{class: eg, gateway: gw/blue}, {class: eg, label-selector: gateway=eg}]"}}'`},
		{"nothing is known", true, []config.List{propose("local-gateways")},
			`kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"local-gateways":"[{class: NAME-OF-A-GATEWAYCLASS}]"}}'`},
		{"an operator's own text", true, []config.List{{Key: "local-gateways", Text: "- class: eg # it's\n"}},
			`kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"local-gateways":"- class: eg # it'\''s\n"}}'`},
	}
	for _, test := range tests {
		if got := config.Command(test.exists, "knative-serving", test.lists); got != test.want {
			t.Errorf("%s: %s\nwant %s", test.name, got, test.want)
		}
		for _, list := range test.lists {
			_, err := config.NewFromConfigMap(configMap(lists{list.Key: list.Text}))
			if unfinished := strings.Contains(list.Text, "NAME-OF"); (err != nil) != unfinished {
				t.Errorf("%s: %s: %v", test.name, list.Text, err)
			}
		}
	}
}

// TestAdvice: B-INS-3, B-INS-9: what is accepted and costs something is warned of.
func TestAdvice(t *testing.T) {
	good := lists{"external-gateways": "- class: a", "local-gateways": "- class: a"}
	tests := []struct {
		name     string
		now, old lists
		want     []string
	}{
		{"nothing yet", lists{"_example": "x"}, nil, nil},
		{"both lists", good, nil, nil},
		{"[] is a wish", lists{"external-gateways": "- class: a", "local-gateways": "[]"}, good, nil},
		{"one list", lists{"external-gateways": "- class: a"}, nil, []string{"local-gateways is absent"}},
		{"both are taken away", nil, good, []string{"external-gateways is removed", "local-gateways is removed"}},
		{"one is taken away", lists{"local-gateways": "- class: a"}, good, []string{"external-gateways is removed"}},
		{"one Gateway in both", lists{"external-gateways": "- {class: a, gateway: a/a}", "local-gateways": "- {class: a, gateway: a/a}"}, nil,
			[]string{"local-gateways[0] (a/a) is under external-gateways, too"}},
		{"refused anyway", lists{"external-gateways": "- klass: a"}, good, nil},
	}
	for _, test := range tests {
		var old *corev1.ConfigMap
		if test.old != nil {
			old = configMap(test.old)
		}
		got := config.Advice(configMap(test.now), old)
		if len(got) != len(test.want) {
			t.Errorf("%s: %v", test.name, got)
			continue
		}
		for i, want := range test.want {
			if !strings.HasPrefix(got[i], want) || strings.Contains(got[i], "\n") {
				t.Errorf("%s: %q, want %q", test.name, got[i], want)
			}
		}
	}
}

// TestOpen: B-INS-3, where the command cannot be run as it is, what the operator has to decide is said.
func TestOpen(t *testing.T) {
	one := config.Proposal{Class: "eg"}
	for _, test := range []struct {
		proposals config.Proposals
		want      string
	}{
		{config.Proposals{Entries: []config.Proposal{one}, Classes: []string{"eg"}}, ""},
		{config.Proposals{Entries: []config.Proposal{one, {Class: "istio"}}}, "choose the label-selector of each further Gateway"},
		{config.Proposals{Classes: []string{"eg", "istio"}}, "put one of the accepted GatewayClasses (eg, istio) in place of NAME-OF-A-GATEWAYCLASS"},
		{config.Proposals{}, "no GatewayClass is accepted: install an implementation of the Gateway API, and put the name of its GatewayClass in place of NAME-OF-A-GATEWAYCLASS"},
	} {
		if got := test.proposals.Open(); got != test.want {
			t.Errorf("%v: %q, want %q", test.proposals, got, test.want)
		}
	}
}
