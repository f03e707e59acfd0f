// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

// TestSharing: B-TLS-1, B-TRN-4, of very many KIngresses with one Secret, those that Sharing needs give
// the same translation as all of them.
func TestSharing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := []*v1alpha1.Ingress{} // from the oldest on
		for i := range rapid.IntRange(1, 4*listeners.MaxOwners).Draw(t, "sharers") {
			all = append(all, aSharer(t, i))
		}
		own := rapid.IntRange(0, len(all)-1).Draw(t, "own")
		in := withHosts(nil)
		in.Ingress, in.Namespace = all[own], &metav1.ObjectMeta{Name: "default", UID: "namespace"}
		if rapid.Bool().Draw(t, "another owner has the wildcard") {
			in.AvailableListeners = map[types.NamespacedName]dataplane.AvailableListeners{external: {
				Listeners: []gatewayv1.Listener{{Name: "theirs", Hostname: new(gatewayv1.Hostname("*.example.com")), Port: 443, Protocol: gatewayv1.HTTPSProtocolType}},
				Held:      sets.New[gatewayv1.SectionName](), Usable: sets.New[gatewayv1.SectionName](),
			}}
		}
		few := in
		in.Sharers, few.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{}, map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{}
		for _, visibility := range config.Visibilities {
			sharing := listeners.NewSharing(in.Ingress, "wild", visibility)
			for i, sharer := range all {
				if i == own {
					continue
				}
				in.Sharers[visibility] = append(in.Sharers[visibility], sharer)
				if !sharing.Complete() && sharing.Needs(sharer) {
					sharing.Add(sharer)
					few.Sharers[visibility] = append(few.Sharers[visibility], sharer)
				}
			}
			if got := len(few.Sharers[visibility]); got > 3*(listeners.MaxOwners+1) {
				t.Errorf("%d are asked for, of three domains", got)
			}
		}
		if diff := cmp.Diff(ingress(t, in).ListenerSets, ingress(t, few).ListenerSets); diff != "" {
			t.Errorf("With all (-), with those asked for (+):\n%s", diff)
		}
	})
}

// aSharer is a KIngress with hosts of one or two domains, younger than those of lower numbers.
func aSharer(t *rapid.T, number int) *v1alpha1.Ingress {
	hosts := []string{}
	for _, domain := range rapid.SampledFrom([][]string{{"shop"}, {"blog"}, {"shop", "blog"}}).Draw(t, "domains") {
		hosts = append(hosts, fmt.Sprintf("s%d.%s.example.com", number, domain))
	}
	named := rapid.SampledFrom([][]string{hosts, nil, hosts[:1], {"*.shop.example.com"}, {"*.example.com"}}).Draw(t, "spec.tls hosts")
	ing := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", named...)}, hosts...).Ingress
	ing.Name, ing.UID = fmt.Sprintf("s%d", number), types.UID(hosts[0])
	ing.CreationTimestamp = metav1.NewTime(time.Unix(int64(number), 0))
	for i := range ing.Spec.Rules {
		ing.Spec.Rules[i].Visibility = rapid.SampledFrom(config.Visibilities).Draw(t, "visibility")
	}
	return ing
}
