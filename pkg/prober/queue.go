// SPDX-License-Identifier: Apache-2.0

package prober

// queue is a heap of tasks, the next one first.
type queue []*task

// head is the next one, nil if there is none.
func (q queue) head() *task {
	if len(q) == 0 {
		return nil
	}
	return q[0]
}

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].before(q[j]) }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	t := x.(*task)
	t.index = len(*q)
	*q = append(*q, t)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	t := (*q)[last]
	(*q)[last], *q = nil, (*q)[:last]
	t.index = -1
	return t
}
