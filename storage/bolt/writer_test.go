package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"go.etcd.io/bbolt"

	"fangzhuo/storage"
	"fangzhuo/storage/internal/overlay"
)

func opened(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, storage.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func putter(key string, size int) func(storage.Tx) error {
	return func(tx storage.Tx) error { return tx.Put("t", []byte(key), make([]byte, size)) }
}

func has(t *testing.T, s *Store, key string) bool {
	t.Helper()
	err := s.View(context.Background(), func(r storage.Reader) error { _, err := r.Get("t", []byte(key)); return err })
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// held keeps the writer busy with one update until release is called, so that
// what is started meanwhile waits.
func held(s *Store) (release func() error) {
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- s.Update(context.Background(), func(tx storage.Tx) error {
			close(inside)
			<-leave
			return tx.Put("t", []byte("held"), nil)
		})
	}()
	<-inside
	return func() error { close(leave); return <-done }
}

// transactions counts the commits of the file.
func transactions(s *Store) (id int) {
	_ = s.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil })
	return id
}

func TestWaitingUpdatesShareOneCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		before := transactions(s)
		release := held(s)
		const n = 100
		done := make(chan error, n)
		for i := range n {
			go func() { done <- s.Update(context.Background(), putter(fmt.Sprint(i), 10)) }()
		}
		synctest.Wait() // all of them wait in the queue
		if err := release(); err != nil {
			t.Fatal(err)
		}
		for range n {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if commits := transactions(s) - before; commits != 2 {
			t.Errorf("%d updates took %d commits, want one for the first and one for the rest", n+1, commits)
		}
	})
}

func TestUpdateWithoutWritesCommitsNothing(t *testing.T) {
	s := opened(t)
	before := transactions(s)
	if err := s.Update(t.Context(), func(storage.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if after := transactions(s); after != before {
		t.Errorf("%d commits", after-before)
	}
}

// The end of ctx takes back what waits, and only that.
func TestWaitingUpdateIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		release := held(s)
		ctx, cancel := context.WithCancel(t.Context())
		done, other := make(chan error), make(chan error)
		go func() { done <- s.Update(ctx, putter("taken back", 1)) }()
		go func() { other <- s.Update(context.Background(), putter("stays", 1)) }()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) { // before the writer is free
			t.Errorf("error %v", err)
		}
		if err := errors.Join(release(), <-other); err != nil {
			t.Error(err)
		}
		if has(t, s, "taken back") || !has(t, s, "stays") {
			t.Error("the wrong update was written")
		}
	})
}

func TestCloseTurnsAwayWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		path := s.path
		release := held(s)
		waiting, closing := make(chan error), make(chan error)
		go func() { waiting <- s.Update(context.Background(), putter("late", 1)) }()
		synctest.Wait()
		go func() { closing <- s.Close() }()
		if err := <-waiting; !errors.Is(err, storage.ErrClosed) {
			t.Errorf("waiting: %v", err)
		}
		if err := errors.Join(release(), <-closing); err != nil {
			t.Fatal(err)
		}
		again, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if !has(t, again, "held") || has(t, again, "late") {
			t.Error("the taken update is lost or the other one written")
		}
	})
}

// A function that ends its goroutine, as t.FailNow does, fails alone.
func TestFunctionEndsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		release := held(s)
		errs := make([]chan error, 5)
		for i := range errs {
			errs[i] = make(chan error)
			go func() {
				errs[i] <- s.Update(context.Background(), func(tx storage.Tx) error {
					err := putter(fmt.Sprint(i), 1)(tx)
					if i == 2 {
						runtime.Goexit()
					}
					return err
				})
			}()
			synctest.Wait() // in this order
		}
		if err := release(); err != nil {
			t.Fatal(err)
		}
		for i, c := range errs {
			if err := <-c; (i == 2) != errors.Is(err, errLeft) || has(t, s, fmt.Sprint(i)) == (i == 2) {
				t.Errorf("update %d: %v", i, err)
			}
		}
	})
}

// When the file cannot grow, all updates of the commit get the error, nothing
// of them is written, and once there is room the store goes on.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		if err := s.Update(t.Context(), putter("before", 1000)); err != nil {
			t.Fatal(err)
		}
		release := held(s)
		errs := make([]chan error, 3)
		for i := range errs {
			errs[i] = make(chan error)
			go func() { errs[i] <- s.Update(context.Background(), putter(fmt.Sprint(i), 8<<20)) }()
		}
		synctest.Wait()
		s.db.MaxSize = 16 << 20 // the writer is held
		if err := release(); err != nil {
			t.Fatal(err)
		}
		for i, c := range errs {
			if err := <-c; err == nil || has(t, s, fmt.Sprint(i)) {
				t.Errorf("update %d: error %v, written %t", i, err, has(t, s, fmt.Sprint(i)))
			}
		}
		release = held(s)
		s.db.MaxSize = 0
		if err := errors.Join(release(), s.Update(t.Context(), putter("after", 8<<20)), s.Check(t.Context())); err != nil {
			t.Error(err)
		}
		if !has(t, s, "before") || !has(t, s, "after") {
			t.Error("an update is lost")
		}
	})
}

func TestGrowingTablesAreDense(t *testing.T) {
	s := opened(t)
	for _, c := range []struct {
		what   string
		writes []overlay.Write
		want   float64
	}{
		{"behind the end", []overlay.Write{{Key: "n", Value: []byte{1}}, {Key: "o", Value: []byte{1}}}, dense},
		{"old keys and behind the end", []overlay.Write{{Key: "a", Value: []byte{1}}, {Key: "n", Value: []byte{1}}}, dense},
		{"between", []overlay.Write{{Key: "b", Value: []byte{1}}, {Key: "n", Value: []byte{1}}}, spread},
		{"old keys", []overlay.Write{{Key: "a", Value: []byte{1}}}, spread},
		{"deletion between", []overlay.Write{{Key: "b"}, {Key: "n", Value: []byte{1}}}, dense},
	} {
		err := s.db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("t"))
			if err != nil {
				return err
			}
			if err := errors.Join(b.Put([]byte("a"), nil), b.Put([]byte("m"), nil)); err != nil {
				return err
			}
			if got := fill(b, c.writes); got != c.want {
				t.Errorf("%s: %v, want %v", c.what, got, c.want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestGroupIsBounded(t *testing.T) {
	q := newQueue()
	for range maxGroup + 5 {
		q.put(&request{})
	}
	q.put(&request{alone: func(*bbolt.Tx) error { return nil }})
	q.put(&request{})
	var sizes []int
	for range 4 {
		sizes = append(sizes, len(q.take()))
	}
	if !slices.Equal(sizes, []int{maxGroup, 5, 1, 1}) {
		t.Errorf("groups of %d", sizes)
	}
}
