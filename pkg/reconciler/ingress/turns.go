// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// turns lets one KIngress at a time write to each Gateway. The API server checks a Gateway with 64
// listeners for long, and begins anew when another write was faster: all at once, none ends in time.
//
// Nobody waits in a worker, and nobody asks again and again: who comes while another one writes stands
// in line, and is called when it is free. Who is called and does not ask any more, for it is deleted
// or wants something else by now, has left when its reconcile ends, and the next is called.
type turns struct {
	call func(types.NamespacedName)

	mu       sync.Mutex
	gateways map[types.NamespacedName]*line
	// waiting are the KIngresses in line, with the Gateways for which they have asked in the
	// reconcile that is under way, or in the last one.
	waiting map[types.NamespacedName]map[types.NamespacedName]bool
}

// line is a Gateway that is written to, or is asked for.
type line struct {
	taken bool
	next  []types.NamespacedName
}

func newTurns(call func(types.NamespacedName)) *turns {
	return &turns{call: call, gateways: map[types.NamespacedName]*line{}, waiting: map[types.NamespacedName]map[types.NamespacedName]bool{}}
}

// take tells whether a KIngress may write to a Gateway, until it gives its turn back. Else it is
// called.
func (t *turns) take(gateway, ingress types.NamespacedName) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.gateways[gateway]
	if at == nil {
		at = &line{}
		t.gateways[gateway] = at
	}
	if !at.taken {
		at.taken = true
		t.leave(gateway, ingress)
		return true
	}
	if !slices.Contains(at.next, ingress) {
		at.next = append(at.next, ingress)
	}
	if t.waiting[ingress] == nil {
		t.waiting[ingress] = map[types.NamespacedName]bool{}
	}
	t.waiting[ingress][gateway] = true
	return false
}

// give gives a turn back.
func (t *turns) give(gateway types.NamespacedName) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gateways[gateway].taken = false
	t.callNext(gateway)
}

// ended takes a KIngress out of the lines that its reconcile did not ask for.
func (t *turns) ended(ingress types.NamespacedName) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for gateway, asked := range t.waiting[ingress] {
		if asked {
			t.waiting[ingress][gateway] = false
			continue
		}
		t.leave(gateway, ingress)
		t.callNext(gateway)
	}
}

// leave takes a KIngress out of the line of a Gateway.
func (t *turns) leave(gateway, ingress types.NamespacedName) {
	at := t.gateways[gateway]
	at.next = slices.DeleteFunc(at.next, func(other types.NamespacedName) bool { return other == ingress })
	delete(t.waiting[ingress], gateway)
	if len(t.waiting[ingress]) == 0 {
		delete(t.waiting, ingress)
	}
}

// callNext calls the first in line where the Gateway is free. It may be called already.
func (t *turns) callNext(gateway types.NamespacedName) {
	at := t.gateways[gateway]
	switch {
	case at.taken:
	case len(at.next) == 0:
		delete(t.gateways, gateway)
	default:
		t.call(at.next[0])
	}
}
