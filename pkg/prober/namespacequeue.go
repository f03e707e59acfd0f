// SPDX-License-Identifier: Apache-2.0

package prober

// namespaceQueue holds the targets that owners of one namespace have at an address. Namespaces take turns, so that none
// waits for targets of another that are not served. Guarded by Prober.mu.
type namespaceQueue struct {
	namespace string
	heaps     [classCount]taskHeap
}

func (n *namespaceQueue) empty() bool { return n.first() == nil }

// first is the task to try first, whatever its class.
func (n *namespaceQueue) first() *task {
	var first *task
	for c := range n.heaps {
		if head := n.heaps[c].first(); head != nil && (first == nil || head.before(first)) {
			first = head
		}
	}
	return first
}

// taskHeap has the task to try first at its root.
type taskHeap []*task

// first is nil if the heap is empty.
func (h taskHeap) first() *task {
	if len(h) == 0 {
		return nil
	}
	return h[0]
}

func (h taskHeap) Len() int           { return len(h) }
func (h taskHeap) Less(i, j int) bool { return h[i].before(h[j]) }
func (h taskHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *taskHeap) Push(x any) {
	t := x.(*task)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *taskHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last], *h = nil, (*h)[:last]
	t.index = -1
	return t
}
