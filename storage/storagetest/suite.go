// Package storagetest is the suite that every storage.Store passes, and a store
// that fails when it is told to.
package storagetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"

	"fangzhuo/storage"
)

// Run checks a kind of store against the promises of storage.Store. open
// returns an empty store; the suite closes it.
func Run(t *testing.T, open func(testing.TB) storage.Store) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, storage.Store)
	}{
		{"Get", get},
		{"Scan", scan},
		{"Copies", copies},
		{"OwnWrites", ownWrites},
		{"Bounds", bounds},
		{"Snapshot", snapshot},
		{"ViewBesideUpdate", viewBesideUpdate},
		{"Failing", failing},
		{"FailingAlone", failingAlone},
		{"Panic", panicking},
		{"Increments", increments},
		{"Cancelled", cancelled},
		{"Drop", drop},
		{"Tables", tables},
		{"Outlived", outlived},
		{"Closed", closed},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil && !errors.Is(err, storage.ErrClosed) {
					t.Errorf("close: %v", err)
				}
			})
			c.check(t, s)
		})
	}
	t.Run("Model", func(t *testing.T) { model(t, open) })
}

const table storage.Table = "cases"

func update(t testing.TB, s storage.Store, fn func(storage.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t testing.TB, s storage.Store, fn func(storage.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// put writes keys with the values "v"+key.
func put(t testing.TB, s storage.Store, tab storage.Table, keys ...string) {
	t.Helper()
	update(t, s, func(tx storage.Tx) error {
		for _, k := range keys {
			if err := tx.Put(tab, []byte(k), []byte("v"+k)); err != nil {
				return err
			}
		}
		return nil
	})
}

// read returns the value of key as text, or "-" where there is none.
func read(t testing.TB, s storage.Store, tab storage.Table, key string) (v string) {
	t.Helper()
	view(t, s, func(r storage.Reader) error {
		b, err := r.Get(tab, []byte(key))
		if v = string(b); errors.Is(err, storage.ErrNotFound) {
			v, err = "-", nil
		}
		return err
	})
	return v
}

func keys(pairs iter.Seq2[[]byte, []byte]) []string {
	list := []string{}
	for k := range pairs {
		list = append(list, string(k))
	}
	return list
}

func get(t *testing.T, s storage.Store) {
	if v := read(t, s, table, "a"); v != "-" {
		t.Errorf("absent table: %q", v)
	}
	put(t, s, table, "a", "c")
	for key, want := range map[string]string{"a": "va", "c": "vc", "b": "-", "": "-", "a\x00": "-"} {
		if v := read(t, s, table, key); v != want {
			t.Errorf("Get(%q) = %q, want %q", key, v, want)
		}
	}
	if v := read(t, s, "other", "a"); v != "-" {
		t.Errorf("other table: %q", v)
	}
	update(t, s, func(tx storage.Tx) error {
		return errors.Join(tx.Put(table, []byte("empty"), nil), tx.Put(table, []byte("a"), []byte("new")), tx.Delete(table, []byte("c")), tx.Delete(table, []byte("never")))
	})
	for key, want := range map[string]string{"a": "new", "c": "-", "empty": ""} {
		if v := read(t, s, table, key); v != want {
			t.Errorf("after the second update: Get(%q) = %q, want %q", key, v, want)
		}
	}
}

func scan(t *testing.T, s storage.Store) {
	put(t, s, table, "b", "d", "a", "c", "c\x00", "\xff\xff")
	put(t, s, "other", "b1")
	nothing := []string{}
	for _, c := range []struct {
		tab      storage.Table
		from, to string // "nil" is nil
		want     []string
	}{
		{table, "nil", "nil", []string{"a", "b", "c", "c\x00", "d", "\xff\xff"}},
		{table, "", "nil", []string{"a", "b", "c", "c\x00", "d", "\xff\xff"}},
		{table, "b", "d", []string{"b", "c", "c\x00"}},
		{table, "b\x00", "c\x00", []string{"c"}},
		{table, "aa", "ab", nothing},
		{table, "c", "c", nothing},
		{table, "d", "b", nothing},
		{table, "", "", nothing},
		{table, "", "a", nothing},
		{table, "d", "\xff\xff\xff", []string{"d", "\xff\xff"}},
		{table, "\xff\xff\x00", "nil", nothing},
		{"absent", "nil", "nil", nothing},
		{"other", "nil", "c", []string{"b1"}},
	} {
		view(t, s, func(r storage.Reader) error {
			from, to := bound(c.from), bound(c.to)
			if got := keys(r.Scan(c.tab, from, to)); !slices.Equal(got, c.want) {
				t.Errorf("Scan(%s, %q, %q) = %q, want %q", c.tab, c.from, c.to, got, c.want)
			}
			got := keys(r.Back(c.tab, from, to))
			slices.Reverse(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("Back(%s, %q, %q) = %q reversed, want %q", c.tab, c.from, c.to, got, c.want)
			}
			return nil
		})
	}
	view(t, s, func(r storage.Reader) error { // stopping early, and one scan inside another
		for k := range r.Back(table, nil, []byte("d")) {
			for inner := range r.Scan(table, k, nil) {
				if !bytes.Equal(k, inner) || string(k) != "c\x00" {
					t.Errorf("first of Back is %q, first of Scan from there %q", k, inner)
				}
				break
			}
			break
		}
		return nil
	})
}

func bound(s string) []byte {
	if s == "nil" {
		return nil
	}
	return []byte(s)
}

// What is read stays valid after the view and after later updates; what was
// written may be changed by its owner afterwards.
func copies(t *testing.T, s storage.Store) {
	key, value := []byte("a"), []byte("first")
	update(t, s, func(tx storage.Tx) error {
		err := tx.Put(table, key, value)
		key[0], value[0] = 'z', 'z'
		own, getErr := tx.Get(table, []byte("a"))
		if string(own) != "first" {
			t.Errorf("own write reads %q", own)
		}
		own[0] = 'y'
		return errors.Join(err, getErr)
	})
	var got, scanned, scannedKey, back []byte
	view(t, s, func(r storage.Reader) (err error) {
		if got, err = r.Get(table, []byte("a")); err != nil {
			return err
		}
		for k, v := range r.Scan(table, nil, nil) {
			scannedKey, scanned = k, v
		}
		for _, v := range r.Back(table, nil, nil) {
			back = v
		}
		return nil
	})
	_ = append(scannedKey, "zz"...) // must not reach the value beside it
	update(t, s, func(tx storage.Tx) error {
		below, err := tx.Get(table, []byte("a"))
		below[0] = 'x'
		return errors.Join(err, tx.Put(table, []byte("a"), []byte("other")))
	})
	for range 50 { // pages are reused
		put(t, s, table, "b", "c", "d")
	}
	for _, b := range [][]byte{got, scanned, back} {
		if string(b) != "first" {
			t.Errorf("a copy changed to %q", b)
		}
	}
	scanned[0] = '!'
	if v := read(t, s, table, "a"); v != "other" {
		t.Errorf("the store changed to %q", v)
	}
}

func ownWrites(t *testing.T, s storage.Store) {
	put(t, s, table, "a", "b")
	expect := func(tx storage.Tx, key, want string) {
		t.Helper()
		v, err := tx.Get(table, []byte(key))
		if want == "-" {
			if !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("Get(%q) = %q, %v, want ErrNotFound", key, v, err)
			}
		} else if err != nil || string(v) != want {
			t.Errorf("Get(%q) = %q, %v, want %q", key, v, err, want)
		}
	}
	update(t, s, func(tx storage.Tx) error {
		expect(tx, "a", "va")
		err := errors.Join(tx.Put(table, []byte("a"), []byte("1")), tx.Put(table, []byte("c"), nil), tx.Delete(table, []byte("b")))
		expect(tx, "a", "1")
		expect(tx, "b", "-")
		expect(tx, "c", "")
		err = errors.Join(err, tx.Put(table, []byte("b"), []byte("2")), tx.Delete(table, []byte("a")), tx.Delete(table, []byte("c")))
		expect(tx, "a", "-")
		expect(tx, "b", "2")
		expect(tx, "c", "-")
		return err
	})
	view(t, s, func(r storage.Reader) error {
		if got := keys(r.Scan(table, nil, nil)); !slices.Equal(got, []string{"b"}) {
			t.Errorf("afterwards the keys are %q", got)
		}
		return nil
	})
}

// A write the store cannot hold is refused where it is made.
func bounds(t *testing.T, s storage.Store) {
	update(t, s, func(tx storage.Tx) error {
		for name, err := range map[string]error{
			"empty key":        tx.Put(table, nil, []byte("v")),
			"delete empty key": tx.Delete(table, []byte{}),
			"long key":         tx.Put(table, make([]byte, 32<<10+1), nil),
			"huge value":       tx.Put(table, []byte("k"), make([]byte, 16<<20+1)),
			"no table":         tx.Put("", []byte("k"), nil),
			"hidden table":     tx.Put("\x00meta", []byte("k"), nil),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		return errors.Join(tx.Put(table, bytes.Repeat([]byte{'k'}, 32<<10), []byte("v")), tx.Put(table, []byte("big"), make([]byte, 1<<20)))
	})
	if v := read(t, s, table, "big"); len(v) != 1<<20 {
		t.Errorf("a value of 1 MiB reads %d bytes", len(v))
	}
}

func snapshot(t *testing.T, s storage.Store) {
	put(t, s, table, "a", "b", "c")
	view(t, s, func(r storage.Reader) error {
		before := keys(r.Scan(table, nil, nil))
		done := make(chan error)
		go func() {
			done <- s.Update(context.Background(), func(tx storage.Tx) error {
				return errors.Join(tx.Put(table, []byte("a"), []byte("changed")), tx.Delete(table, []byte("b")), tx.Put(table, []byte("d"), nil))
			})
		}()
		if err := <-done; err != nil {
			t.Errorf("update beside a view: %v", err)
		}
		if v, err := r.Get(table, []byte("a")); err != nil || string(v) != "va" {
			t.Errorf("the snapshot changed: %q, %v", v, err)
		}
		if after := keys(r.Scan(table, nil, nil)); !slices.Equal(before, after) {
			t.Errorf("the snapshot changed from %q to %q", before, after)
		}
		return nil
	})
	if v := read(t, s, table, "a"); v != "changed" {
		t.Errorf("a later view reads %q", v)
	}
}

// A view does not wait for an update that is running, and does not see it.
func viewBesideUpdate(t *testing.T, s storage.Store) {
	put(t, s, table, "a")
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- s.Update(context.Background(), func(tx storage.Tx) error {
			err := tx.Put(table, []byte("a"), []byte("later"))
			close(inside)
			<-leave
			return err
		})
	}()
	<-inside
	v := read(t, s, table, "a")
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if v != "va" {
		t.Errorf("a view saw %q of an unfinished update", v)
	}
	if v := read(t, s, table, "a"); v != "later" {
		t.Errorf("afterwards %q", v)
	}
}

var errRefused = errors.New("refused")

func failing(t *testing.T, s storage.Store) {
	put(t, s, table, "a")
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		err := errors.Join(tx.Put(table, []byte("a"), []byte("bad")), tx.Put("new", []byte("b"), nil))
		return errors.Join(err, fmt.Errorf("case closed: %w", errRefused))
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("error %v, want the function's own", err)
	}
	if a, b := read(t, s, table, "a"), read(t, s, "new", "b"); a != "va" || b != "-" {
		t.Errorf("a failing update left %q and %q", a, b)
	}
	if names, err := s.Tables(t.Context(), ""); err != nil || !slices.Equal(names, []storage.Table{table}) {
		t.Errorf("tables %q, %v", names, err)
	}
	if err := s.View(t.Context(), func(storage.Reader) error { return errRefused }); err != errRefused {
		t.Errorf("view returned %v, want the function's own", err)
	}
}

// Updates that wait together are written together; those that fail or panic
// among them fail alone, and their neighbours do not see their writes.
func failingAlone(t *testing.T, s storage.Store) {
	inside, leave := make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		first <- s.Update(context.Background(), func(storage.Tx) error { close(inside); <-leave; return nil })
	}()
	<-inside // from here on everything waits for the first
	const n = 30
	var group sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		group.Go(func() {
			errs[i] = s.Update(context.Background(), func(tx storage.Tx) error { return neighbour(tx, i) })
		})
	}
	close(leave)
	if err := <-first; err != nil {
		t.Error(err)
	}
	group.Wait()
	for i, err := range errs {
		var panicked *storage.PanicError
		switch i % 3 {
		case 0:
			if err != nil {
				t.Errorf("neighbour %d: %v", i, err)
			}
		case 1:
			if !errors.Is(err, errRefused) {
				t.Errorf("failing %d: %v", i, err)
			}
		case 2:
			if !errors.As(err, &panicked) {
				t.Errorf("panicking %d: %v", i, err)
			}
		}
		if kept := read(t, s, table, fmt.Sprint(i)) != "-"; kept != (i%3 == 0) {
			t.Errorf("update %d written: %t", i, kept)
		}
	}
	if v := read(t, s, table, "sum"); v != "1111111111" {
		t.Errorf("sum is %q, want one stroke for each of the ten that succeed", v)
	}
}

func neighbour(tx storage.Tx, i int) error {
	sum, err := tx.Get(table, []byte("sum"))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if err := errors.Join(tx.Put(table, []byte("sum"), append(sum, '1')), tx.Put(table, []byte(fmt.Sprint(i)), nil)); err != nil {
		return err
	}
	switch i % 3 {
	case 1:
		return errRefused
	case 2:
		panic("张三的电话")
	}
	return nil
}

func panicking(t *testing.T, s storage.Store) {
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.Put(table, []byte("a"), nil); err != nil {
			return err
		}
		panic("张三的电话")
	})
	var p *storage.PanicError
	if !errors.As(err, &p) || p.Value != "张三的电话" || !bytes.Contains(p.Stack, []byte("panicking")) {
		t.Fatalf("error %#v, want a *PanicError with the value and the place", err)
	}
	if bytes.Contains([]byte(err.Error()), []byte("张三")) {
		t.Error("the error text holds the value")
	}
	if v := read(t, s, table, "a"); v != "-" {
		t.Errorf("a panicking update left %q", v)
	}
	put(t, s, table, "b")
}

// Updates are serializable: no increment is lost.
func increments(t *testing.T, s storage.Store) {
	const workers, each = 8, 50
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				if err := s.Update(context.Background(), increment); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if v := read(t, s, "counters", "n"); binary.BigEndian.Uint64([]byte(v)) != workers*each {
		t.Errorf("counted %d of %d", binary.BigEndian.Uint64([]byte(v)), workers*each)
	}
}

func increment(tx storage.Tx) error {
	n := make([]byte, 8)
	if v, err := tx.Get("counters", []byte("n")); err == nil {
		n = v
	} else if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	return tx.Put("counters", []byte("n"), binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(n)+1))
}

func cancelled(t *testing.T, s storage.Store) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	never := func(storage.Tx) error { t.Error("function was called"); return nil }
	_, tablesErr := s.Tables(ended, "")
	for name, err := range map[string]error{
		"view":   s.View(ended, func(storage.Reader) error { t.Error("function was called"); return nil }),
		"update": s.Update(ended, never),
		"drop":   s.Drop(ended, table),
		"tables": tablesErr,
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One that waits for its turn is taken back; one that runs is carried through.
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan error)
	running, stop := context.WithCancel(t.Context())
	go func() {
		done <- s.Update(running, func(tx storage.Tx) error {
			close(inside)
			<-leave
			return tx.Put(table, []byte("kept"), nil)
		})
	}()
	<-inside
	stop()
	waiting, give := context.WithCancel(t.Context())
	waited := make(chan error)
	go func() { waited <- s.Update(waiting, never) }()
	give()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting update: %v", err)
	}
	close(leave)
	if err := <-done; err != nil {
		t.Errorf("running update: %v", err)
	}
	if v := read(t, s, table, "kept"); v != "" {
		t.Errorf("running update wrote %q", v)
	}
}

func drop(t *testing.T, s storage.Store) {
	put(t, s, "inbox/2026-12-07", "a", "b")
	put(t, s, "inbox/2026-12-08", "a")
	for range 2 { // the second finds it absent
		if err := s.Drop(t.Context(), "inbox/2026-12-07"); err != nil {
			t.Fatal(err)
		}
	}
	if v := read(t, s, "inbox/2026-12-07", "a"); v != "-" {
		t.Errorf("dropped table holds %q", v)
	}
	names, err := s.Tables(t.Context(), "")
	if err != nil || !slices.Equal(names, []storage.Table{"inbox/2026-12-08"}) {
		t.Errorf("tables %q, %v", names, err)
	}
	put(t, s, "inbox/2026-12-07", "c")
	view(t, s, func(r storage.Reader) error {
		if got := keys(r.Scan("inbox/2026-12-07", nil, nil)); !slices.Equal(got, []string{"c"}) {
			t.Errorf("written anew it holds %q", got)
		}
		return nil
	})
}

func tables(t *testing.T, s storage.Store) {
	list := func(prefix string) []storage.Table {
		t.Helper()
		names, err := s.Tables(t.Context(), prefix)
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if got := list(""); len(got) != 0 {
		t.Errorf("a new store has tables %q", got)
	}
	for _, name := range []storage.Table{"outbox/2", "cases", "outbox/10", "outbox/1", "outboxes"} {
		put(t, s, name, "a")
	}
	update(t, s, func(tx storage.Tx) error { return tx.Delete("never written", []byte("a")) })
	for prefix, want := range map[string][]storage.Table{
		"":        {"cases", "outbox/1", "outbox/10", "outbox/2", "outboxes"},
		"outbox/": {"outbox/1", "outbox/10", "outbox/2"},
		"cases":   {"cases"},
		"d":       nil,
		"z":       nil,
	} {
		if got := list(prefix); !slices.Equal(got, want) {
			t.Errorf("Tables(%q) = %q, want %q", prefix, got, want)
		}
	}
}

// A reader or transaction used after its end gives errors or nothing.
func outlived(t *testing.T, s storage.Store) {
	put(t, s, table, "a")
	var tx storage.Tx
	update(t, s, func(x storage.Tx) error { tx = x; return nil })
	if err := tx.Put(table, []byte("late"), nil); err == nil {
		t.Error("a put after the end: no error")
	}
	if err := tx.Delete(table, []byte("a")); err == nil {
		t.Error("a delete after the end: no error")
	}
	if _, err := tx.Get(table, []byte("a")); err == nil || errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a get after the end: %v", err)
	}
	put(t, s, table, "b")
	if v := read(t, s, table, "late"); v != "-" {
		t.Errorf("a put after the end wrote %q", v)
	}
}

func closed(t *testing.T, s storage.Store) {
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- s.Update(context.Background(), func(tx storage.Tx) error { close(inside); <-leave; return tx.Put(table, []byte("a"), nil) })
	}()
	<-inside
	closing := make(chan error)
	go func() { closing <- s.Close() }()
	close(leave)
	if err := <-done; err != nil {
		t.Errorf("close did not wait for the running update: %v", err)
	}
	if err := <-closing; err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, tablesErr := s.Tables(ctx, "")
	for name, err := range map[string]error{
		"view":   s.View(ctx, func(storage.Reader) error { t.Error("function was called"); return nil }),
		"update": s.Update(ctx, func(storage.Tx) error { t.Error("function was called"); return nil }),
		"drop":   s.Drop(ctx, table),
		"tables": tablesErr,
		"close":  s.Close(),
	} {
		if !errors.Is(err, storage.ErrClosed) {
			t.Errorf("%s after close: %v", name, err)
		}
	}
}
