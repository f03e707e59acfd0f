// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// maxMatches is how many matches the routes of one frontend may have together at a visibility, with those of
// tags. The matches of further rules are dropped.
const maxMatches = 1024

// claims say who has a match of a host. Of two routes the older one has it, and the frontend's own rules come
// before all routes.
type claims struct {
	holders map[claim]string
	count   map[v1alpha1.IngressVisibility]int
}

type claim struct {
	visibility  v1alpha1.IngressVisibility
	host, match string
}

// frontendItself is the holder of matches of own rules.
const frontendItself = "the parent itself"

func newClaims(own []rules.RuleSet) claims {
	all := claims{holders: map[claim]string{}, count: map[v1alpha1.IngressVisibility]int{}}
	for _, set := range own {
		for _, rule := range set.Rules {
			match := rule.Match()
			for _, host := range set.Hosts {
				all.holders[claim{set.Visibility, host, match}] = frontendItself
			}
		}
	}
	return all
}

// holder is who has a match of one of the hosts of a set; empty if it is free.
func (c claims) holder(set rules.RuleSet, match string) string {
	for _, host := range set.Hosts {
		if holder := c.holders[claim{set.Visibility, host, match}]; holder != "" {
			return holder
		}
	}
	return ""
}

func (c claims) take(set rules.RuleSet, match, holder string) {
	for _, host := range set.Hosts {
		c.holders[claim{set.Visibility, host, match}] = holder
	}
}

// room tells whether so many more matches are possible at a visibility, and counts them.
func (c claims) room(visibility v1alpha1.IngressVisibility, more int) bool {
	if c.count[visibility]+more > maxMatches {
		return false
	}
	c.count[visibility] += more
	return true
}
