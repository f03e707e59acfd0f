// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const tagged = "tagged"

// tagChanges is what happens to the tags, one change after the other. The value is
// the index of the Revision's program; both always have a tag, so that both keep a Pod.
var (
	tagsAtFirst = map[string]int{"t1": 0, "t2": 1, "t3": 1}
	tagChanges  = []struct {
		tag string
		to  int
	}{
		{"t4", 1}, {"t1", 1}, {"t2", gone}, {"t5", 0}, {"t4", 0},
		{"t3", gone}, {"t2", 1}, {"t5", 1}, {"t1", gone}, {"t3", 0},
	}
)

const gone = -1

// tags changes the tags of a Knative Service whose untagged traffic stays where it
// is, with tag-header-based-routing on. The bare minimum is the same load while nothing
// changes.
func tags(ctx context.Context, c clients) ([]figure, error) {
	restore, err := c.configure(ctx, "config-features", "tag-header-based-routing", "enabled")
	if err != nil {
		return nil, err
	}
	defer restore()
	p, err := newPlace(ctx, c, "tags")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	if err := p.twoRevisions(ctx); err != nil {
		return nil, err
	}
	quiet := startLoad(p.external.address, p.externalHost(tagged), *rate)
	err = pause(ctx, observation)
	bare := quiet.stop()
	if err != nil {
		return nil, err
	}
	load := startLoad(p.external.address, p.externalHost(tagged), *rate)
	late, err := p.changeTags(ctx)
	counted := load.stop()
	if err := cmp.Or(err, counted.check("tag changes"), bare.check("before the tag changes")); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%d tag changes: ", len(tagChanges))
	return append(counted.figures(name, *rate, bare),
		count(name+"answers of a Revision without untagged traffic", load.others(programs[0].answer), "answers", "0"),
		count(name+"tags that answered wrong when the service was Ready", late, "tags", "0"),
	), nil
}

// twoRevisions leaves all untagged traffic with the first.
func (p *place) twoRevisions(ctx context.Context) error {
	if err := p.deployReady(ctx, tagged, programs[0]); err != nil {
		return err
	}
	return p.changeReady(ctx, tagged, func(service cluster.Object) {
		service["spec"].(map[string]any)["template"] = programs[1].template()
		service["spec"].(map[string]any)["traffic"] = taggedTraffic(tagsAtFirst)
	})
}

func (p *place) changeTags(ctx context.Context) (late int, err error) {
	tags := maps.Clone(tagsAtFirst)
	for i, change := range tagChanges {
		if tags[change.tag] = change.to; change.to == gone {
			delete(tags, change.tag)
		}
		if err := p.changeReady(ctx, tagged, func(service cluster.Object) {
			service["spec"].(map[string]any)["traffic"] = taggedTraffic(tags)
		}); err != nil {
			return 0, fmt.Errorf("tag change %d: %w", i+1, err)
		}
		wrong, err := p.checkTags(ctx, tags)
		if err != nil {
			return 0, fmt.Errorf("tag change %d: %w", i+1, err)
		}
		late += wrong
	}
	return late, nil
}

func taggedTraffic(tags map[string]int) []any {
	traffic := []any{map[string]any{"revisionName": tagged + "-00001", "percent": int64(100)}}
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		traffic = append(traffic, map[string]any{"tag": tag, "revisionName": fmt.Sprintf("%s-%05d", tagged, tags[tag]+1), "percent": int64(0)})
	}
	return traffic
}

// checkTags asks each tag by its host and by header, waits until all answer as they
// should, and counts those that did not at once.
func (p *place) checkTags(ctx context.Context, tags map[string]int) (late int, err error) {
	for tag, program := range tags {
		for _, asked := range []request{
			{address: p.external.address, host: p.externalHost(tag + "-" + tagged)},
			{address: p.external.address, host: p.externalHost(tagged), tag: tag},
		} {
			asked.answer = programs[program].answer
			attempts, err := asked.until(ctx)
			if err != nil {
				return late, err
			}
			if attempts > 1 {
				late++
			}
		}
	}
	return late, nil
}
