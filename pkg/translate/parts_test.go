// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/sets"
	"pgregory.net/rapid"
)

// TestRulesStay: B-TRN-3, B-RDY-3. In random changes of tags, hosts and percents, some of which are
// interrupted, a request that is served and still wanted is served after every single write, by the
// former backends or the new ones. In the end each rule is on exactly one HTTPRoute within the limits,
// and no rule has moved that need not.
func TestRulesStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := storedRoutes{}
		now := service{tags: upTo(t, 40, "tags"), hosts: upTo(t, 50, "hosts")}
		for _, write := range stored.writes(stored.plan(t, now)) {
			write()
		}
		settled := true
		for range rapid.IntRange(2, 8).Draw(t, "changes") {
			next := now.draw(t)
			before, wanted := stored.served(), next.wanted()
			writes := stored.writes(stored.plan(t, next))
			done := len(writes)
			if rapid.IntRange(0, 4).Draw(t, "interrupted") == 0 {
				done = rapid.IntRange(0, done).Draw(t, "writes")
			}
			for i, write := range writes[:done] {
				write()
				stillServed(t, fmt.Sprintf("after write %d of %d", i+1, len(writes)), before, stored.served(), wanted)
			}
			if done == len(writes) {
				complete(t, stored.served(), wanted)
				if again := stored.plan(t, next); !again.Empty() {
					t.Errorf("A second look writes again: %+v", again)
				}
				if settled {
					stayed(t, now, next, before, stored.served())
				}
			}
			now, settled = next, done == len(writes)
		}
	})
}

func stillServed(t *rapid.T, when string, before, served map[request][]place, wanted map[request]string) {
	for at, backends := range wanted {
		if len(before[at]) == 0 {
			continue
		}
		if len(served[at]) == 0 {
			t.Fatalf("%s no HTTPRoute serves %+v, which was on %v", when, at, before[at])
		}
		for _, found := range served[at] {
			if found.backends != backends && !slices.ContainsFunc(before[at], func(old place) bool { return old.backends == found.backends }) {
				t.Fatalf("%s %+v is served by %+v, want %q", when, at, found, backends)
			}
		}
	}
}

func complete(t *rapid.T, served map[request][]place, wanted map[request]string) {
	found := map[request]string{}
	for at, places := range served {
		if found[at] = places[0].backends; len(places) != 1 {
			t.Fatalf("%+v is on %d HTTPRoutes: %v", at, len(places), places)
		}
	}
	if diff := cmp.Diff(wanted, found, cmp.AllowUnexported(request{})); diff != "" {
		t.Fatalf("Served is not what is wanted (-want, +got):\n%s", diff)
	}
}

// stayed fails if a host moved while hosts were added and removed: if they take several HTTPRoutes, a
// host may only move if the one that named its HTTPRoute was removed.
func stayed(t *rapid.T, old, now service, before, served map[request][]place) {
	if few := min(len(old.names()), len(now.names())) <= mostHostnames; few && !old.hosts.Equal(now.hosts) {
		return
	}
	names := now.names()
	for at, places := range before {
		if len(served[at]) == 0 || served[at][0].route == places[0].route {
			continue
		}
		if slices.ContainsFunc(names, func(host string) bool { return places[0].route == host || strings.HasPrefix(places[0].route, host+".") }) {
			t.Fatalf("%+v moved from HTTPRoute %s to %s", at, places[0].route, served[at][0].route)
		}
	}
}

// TestFirstRenderingIsSorted: B-TRN-4, without stored HTTPRoutes, rules and hosts are cut in their order,
// the untagged one first, so that the same service has the same HTTPRoutes in every cluster.
func TestFirstRenderingIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fresh := service{tags: upTo(t, 40, "tags"), hosts: upTo(t, 50, "hosts"), percent: 30}
		toggle(t, fresh.tags, 40)
		toggle(t, fresh.hosts, 50)
		found := []string{}
		for _, route := range (storedRoutes{}).plan(t, fresh).Create {
			hosts, tags := []string{}, []string{}
			for _, host := range route.Spec.Hostnames {
				hosts = append(hosts, string(host))
			}
			for _, rule := range route.Spec.Rules[1:] {
				tag := ""
				if headers := rule.Matches[0].Headers; len(headers) > 0 {
					tag = headers[0].Value
				}
				tags = append(tags, tag)
			}
			found = append(found, fmt.Sprint(route.Name, hosts, tags))
		}
		want, tags := []string{}, []string{}
		for _, tag := range sets.List(fresh.tags) {
			tags = append(tags, fmt.Sprintf("t%02d", tag))
		}
		for hosts := range slices.Chunk(slices.Sorted(slices.Values(fresh.names())), mostHostnames) {
			part := 0
			for tags := range slices.Chunk(append(tags, ""), mostRules) {
				if last := len(tags) - 1; tags[last] == "" { // what most requests meet is first
					tags = append([]string{""}, tags[:last]...)
				}
				name := hosts[len(hosts)-1]
				if part++; part > 1 {
					name = fmt.Sprintf("%s.%d", name, part)
				}
				want = append(want, fmt.Sprint(name, hosts, tags))
			}
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Fatalf("Another cut (-want, +got):\n%s", diff)
		}
	})
}
