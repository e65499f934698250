package storagetest

import (
	"context"
	"errors"
	"sync/atomic"

	"fangzhuo/storage"
)

// ErrFailed is what the updates of a Failing store fail with.
var ErrFailed = errors.New("the store has failed")

// Failing is a store whose updates fail once some were made, as if the process
// had been killed there.
type Failing struct {
	storage.Store
	// Left is how many updates are still made; below zero are those that failed.
	Left atomic.Int64
	// Late means that the first one to fail is made nonetheless: the process
	// died before it heard of it.
	Late bool
}

// FailAfter returns the store failing after n updates.
func FailAfter(store storage.Store, n int64) *Failing {
	f := &Failing{Store: store}
	f.Left.Store(n)
	return f
}

// Update implements storage.Store.
func (f *Failing) Update(ctx context.Context, fn func(storage.Tx) error) error {
	switch left := f.Left.Add(-1); {
	case left >= 0:
		return f.Store.Update(ctx, fn)
	case left == -1 && f.Late:
		return errors.Join(f.Store.Update(ctx, fn), ErrFailed)
	}
	return ErrFailed
}
