// SPDX-License-Identifier: Apache-2.0

package prober

// queue is a heap of tasks, the next one first. running are those taken from it and not finished.
type queue struct {
	tasks   []*task
	running int
}

func (q *queue) Len() int           { return len(q.tasks) }
func (q *queue) Less(i, j int) bool { return q.tasks[i].before(q.tasks[j]) }
func (q *queue) Swap(i, j int) {
	q.tasks[i], q.tasks[j] = q.tasks[j], q.tasks[i]
	q.tasks[i].index, q.tasks[j].index = i, j
}

func (q *queue) Push(x any) {
	t := x.(*task)
	t.index = len(q.tasks)
	q.tasks = append(q.tasks, t)
}

func (q *queue) Pop() any {
	last := len(q.tasks) - 1
	t := q.tasks[last]
	q.tasks[last], q.tasks = nil, q.tasks[:last]
	t.index = -1
	return t
}
