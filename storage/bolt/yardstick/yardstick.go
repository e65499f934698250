// Package yardstick measures what the disk and bare bbolt can do, so that
// benchmarks print a ratio to them, taken in the same run, and not a figure of
// one machine. It is for benchmarks only.
package yardstick

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// KV is one put.
type KV struct {
	Table      string
	Key, Value []byte
}

// Clock tells the time; only differences count. A benchmark has its own in
// testing.B.Elapsed.
type Clock func() time.Time

// GroupCommit is the smallest program that makes the same puts durable: one
// goroutine drains a channel into bbolt transactions, without a timer, and
// answers after the commit. So many writers make so many operations in all, in
// a new file in dir; puts gives those of operation i. It returns operations
// per second.
func GroupCommit(now Clock, dir string, writers, ops int, puts func(i int) []KV) (float64, error) {
	path := filepath.Join(dir, "yardstick.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{InitialMmapSize: 1 << 30})
	if err != nil {
		return 0, fmt.Errorf("yardstick: %w", err)
	}
	defer os.Remove(path)
	defer db.Close()
	queue := make(chan job, 4096)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		drain(db, queue)
	}()
	start := now()
	err = Spread(writers, ops, func(i int) error {
		j := job{puts: puts(i), done: make(chan error, 1)}
		queue <- j
		return <-j.done
	})
	elapsed := now().Sub(start)
	close(queue)
	<-ended
	return float64(ops) / elapsed.Seconds(), err
}

type job struct {
	puts []KV
	done chan error
}

// drain takes what waits into one transaction, again and again.
func drain(db *bbolt.DB, queue chan job) {
	for first := range queue {
		group := []job{first}
		for len(queue) > 0 && len(group) < cap(queue) {
			group = append(group, <-queue)
		}
		err := db.Update(func(tx *bbolt.Tx) error {
			for _, j := range group {
				if err := put(tx, j.puts); err != nil {
					return err
				}
			}
			return nil
		})
		for _, j := range group {
			j.done <- err
		}
	}
}

func put(tx *bbolt.Tx, puts []KV) error {
	for _, p := range puts {
		b, err := tx.CreateBucketIfNotExists([]byte(p.Table))
		if err != nil {
			return err
		}
		b.FillPercent = 1 // keys rise
		if err := b.Put(p.Key, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// Spread calls do with 0 to ops-1 from so many goroutines at a time, and
// returns the first error of each.
func Spread(writers, ops int, do func(i int) error) error {
	next := make(chan int)
	errs := make([]error, writers)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range next {
				if err := do(i); err != nil && errs[w] == nil {
					errs[w] = err
				}
			}
		})
	}
	for i := range ops {
		next <- i
	}
	close(next)
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Fdatasync returns the median time of n writes of 4 KiB in place, into a file
// written before, each made durable.
func Fdatasync(now Clock, dir string, n int) (p50 time.Duration, err error) {
	f, err := os.Create(filepath.Join(dir, "yardstick.page"))
	if err != nil {
		return 0, fmt.Errorf("yardstick: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	const page, pages = 4096, 256
	if _, err := f.Write(make([]byte, page*pages)); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	times := make([]time.Duration, n)
	block := make([]byte, page)
	for i := range times {
		block[0]++
		start := now()
		if _, err := f.WriteAt(block, int64(i%pages)*page); err != nil {
			return 0, err
		}
		if err := datasync(f); err != nil {
			return 0, err
		}
		times[i] = now().Sub(start)
	}
	return Median(times), nil
}

// Median returns the middle one of a list that is not empty, which it sorts.
func Median[T int | int64 | float64 | time.Duration](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}
