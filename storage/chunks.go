package storage

import (
	"context"
	"sync"
)

// InChunks calls fn in transactions for so many of the items each, all submitted
// at once so that a group commit takes them together, and returns each one's
// error, in order.
func InChunks[T any](ctx context.Context, s Store, all []T, size int, fn func(tx Tx, chunk []T) error) []error {
	errs := make([]error, (len(all)+size-1)/size)
	var done sync.WaitGroup
	for c := range errs {
		chunk := all[c*size : min(len(all), (c+1)*size)]
		done.Go(func() { errs[c] = s.Update(ctx, func(tx Tx) error { return fn(tx, chunk) }) })
	}
	done.Wait()
	return errs
}
