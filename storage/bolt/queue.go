package bolt

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"go.etcd.io/bbolt"

	"fangzhuo/storage"
)

// maxGroup bounds one commit: about 4 MiB of ordinary updates.
const maxGroup = 4096

// request is one caller waiting for the writer: for fn inside a group, or for
// alone in a transaction of its own.
type request struct {
	fn    func(storage.Tx) error
	alone func(*bbolt.Tx) error
	err   error
	done  chan struct{}
}

func (r *request) answer(err error) {
	r.err = err
	close(r.done)
}

// queue is where callers wait for the writer, in order.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	closed  bool
	wake    chan struct{} // holds one token when there may be something to do
	stopped chan struct{} // closed when the writer has ended
}

func newQueue() *queue {
	return &queue{wake: make(chan struct{}, 1), stopped: make(chan struct{})}
}

// do waits until the writer has dealt with r, or ctx ends while r still waits.
func (q *queue) do(ctx context.Context, r *request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.done = make(chan struct{})
	if !q.put(r) {
		return storage.ErrClosed
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		if q.withdraw(r) {
			return ctx.Err()
		}
		<-r.done
	}
	return r.err
}

func (q *queue) put(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, r)
	q.nudge()
	return true
}

// putBack lets requests that were taken wait again, before all others.
func (q *queue) putBack(group []*request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(group, q.waiting...)
	q.nudge()
	return true
}

func (q *queue) withdraw(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, r)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// take waits for requests and returns those that share the next commit, or nil
// when the queue is closed. There is no timer: a caller alone goes at once, and
// while one group is written the next gathers.
//
// Callers that were all answered a moment ago come back one by one. Without
// gather the first of them would get a commit of its own, and groups of 64
// callers would hold 1 and 63 by turns: twice the commits.
func (q *queue) take() []*request {
	for {
		<-q.wake
		q.gather()
		q.mu.Lock()
		group, closed := q.next(), q.closed
		q.mu.Unlock()
		if len(group) > 0 {
			return group
		}
		if closed {
			return nil
		}
	}
}

// gather lets other goroutines run as long as that brings new requests.
func (q *queue) gather() {
	for before, n := -1, 0; before < n && n < maxGroup; {
		runtime.Gosched()
		q.mu.Lock()
		before, n = n, len(q.waiting)
		q.mu.Unlock()
	}
}

// next cuts the next group off the queue. It holds mu.
func (q *queue) next() []*request {
	n := slices.IndexFunc(q.waiting, func(r *request) bool { return r.alone != nil })
	switch {
	case n < 0:
		n = len(q.waiting)
	case n == 0:
		n = 1
	}
	n = min(n, maxGroup)
	group := q.waiting[:n:n]
	if q.waiting = q.waiting[n:]; len(q.waiting) > 0 {
		q.nudge()
	}
	return group
}

func (q *queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// close turns away whoever waits and waits for the writer; false if closed
// before.
func (q *queue) close() bool {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return false
	}
	q.closed = true
	for _, r := range q.waiting {
		r.answer(storage.ErrClosed)
	}
	q.waiting = nil
	q.nudge()
	q.mu.Unlock()
	<-q.stopped
	return true
}
