package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fangzhuo/storage"
)

// contents is what a store should hold, by table and key.
type contents map[storage.Table]map[string]string

func (c contents) clone() contents {
	copied := make(contents, len(c))
	for t, pairs := range c {
		copied[t] = maps.Clone(pairs)
	}
	return copied
}

// op is one thing done in a transaction.
type op struct {
	kind  string
	table storage.Table
	key   string
	value []byte
}

var (
	someTable = rapid.SampledFrom([]storage.Table{"a", "b", "ab"})
	someKey   = rapid.StringOfN(rapid.SampledFrom([]rune("\x00az")), 1, 3, -1)
	someOps   = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) op {
		return op{
			kind:  rapid.SampledFrom([]string{"put", "put", "delete", "get"}).Draw(t, "kind"),
			table: someTable.Draw(t, "table"),
			key:   someKey.Draw(t, "key"),
			value: rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "value"),
		}
	}), 0, 12)
)

// model does the same to a store and to a map, and compares them.
func model(t *testing.T, open func(testing.TB) storage.Store) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t)
		defer s.Close()
		want := contents{}
		r.Repeat(map[string]func(*rapid.T){
			"update": func(r *rapid.T) {
				ops, fails := someOps.Draw(r, "ops"), rapid.IntRange(0, 3).Draw(r, "fails") == 0
				next := want.clone()
				err := s.Update(context.Background(), func(tx storage.Tx) error {
					next = want.clone()
					return perform(tx, next, ops, fails)
				})
				switch {
				case fails && errors.Is(err, errRefused):
				case !fails && err == nil:
					want = next
				default:
					r.Fatalf("update: %v", err)
				}
			},
			"drop": func(r *rapid.T) {
				name := someTable.Draw(r, "table")
				if err := s.Drop(context.Background(), name); err != nil {
					r.Fatal(err)
				}
				delete(want, name)
			},
			"range": func(r *rapid.T) {
				from, to := []byte(someKey.Draw(r, "from")), []byte(someKey.Draw(r, "to"))
				if err := compareRange(s, want, someTable.Draw(r, "table"), from, to); err != nil {
					r.Fatal(err)
				}
			},
			"": func(r *rapid.T) {
				if err := compareAll(s, want); err != nil {
					r.Fatal(err)
				}
			},
		})
	})
}

func perform(tx storage.Tx, want contents, ops []op, fails bool) error {
	for _, o := range ops {
		var err error
		switch o.kind {
		case "put":
			if want[o.table] == nil {
				want[o.table] = map[string]string{}
			}
			want[o.table][o.key] = string(o.value)
			err = tx.Put(o.table, []byte(o.key), o.value)
		case "delete":
			delete(want[o.table], o.key)
			err = tx.Delete(o.table, []byte(o.key))
		case "get":
			v, found := want[o.table][o.key]
			got, getErr := tx.Get(o.table, []byte(o.key))
			if string(got) != v || found != (getErr == nil) {
				err = fmt.Errorf("get %q of %s: %q, %w; want %q, %t", o.key, o.table, got, getErr, v, found)
			}
		}
		if err != nil {
			return err
		}
	}
	if fails {
		return errRefused
	}
	return nil
}

func compareAll(s storage.Store, want contents) error {
	for _, t := range []storage.Table{"a", "b", "ab"} {
		if err := compareRange(s, want, t, nil, nil); err != nil {
			return err
		}
	}
	// A table emptied key by key may be listed or not.
	names, err := s.Tables(context.Background(), "")
	if err != nil {
		return err
	}
	for t, pairs := range want {
		if len(pairs) > 0 && !slices.Contains(names, t) {
			return fmt.Errorf("table %s is missing in %q", t, names)
		}
	}
	return nil
}

func compareRange(s storage.Store, want contents, t storage.Table, from, to []byte) error {
	var expect []string
	for _, k := range slices.Sorted(maps.Keys(want[t])) {
		if k >= string(from) && (to == nil || k < string(to)) {
			expect = append(expect, k+"="+want[t][k])
		}
	}
	return s.View(context.Background(), func(r storage.Reader) error {
		var rising, falling []string
		for k, v := range r.Scan(t, from, to) {
			rising = append(rising, string(k)+"="+string(v))
			if got, err := r.Get(t, k); err != nil || !bytes.Equal(got, v) {
				return fmt.Errorf("table %s: get %q gives %q, %w; scan gives %q", t, k, got, err, v)
			}
		}
		for k, v := range r.Back(t, from, to) {
			falling = append(falling, string(k)+"="+string(v))
		}
		slices.Reverse(falling)
		if !slices.Equal(rising, expect) || !slices.Equal(falling, expect) {
			return fmt.Errorf("table %s from %q to %q: scan %q, back (reversed) %q, want %q", t, from, to, rising, falling, expect)
		}
		return nil
	})
}
