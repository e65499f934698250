package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/storage/storagetest"
)

// TestMoveLog moves a log to a store of its own, and dies after each update on
// the way: the next try brings all of it.
func TestMoveLog(t *testing.T) {
	for dies := range int64(100) {
		from, to := mem.New(), mem.New()
		err := from.Update(t.Context(), func(tx storage.Tx) error {
			for i := range uint64(1500) {
				if _, err := appendEntry(tx, entry{Chat: fmt.Sprint("p-", i%3), From: "luo", Text: fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return tx.Put(untakenTable, entryKey("p-1", 2), []byte{1})
		})
		if err != nil {
			t.Fatal(err)
		}
		want := read(t, from)
		dying := storagetest.FailAfter(to, dies)
		dying.Late = dies%2 == 0
		err = MoveLog(t.Context(), from, dying)
		if err != nil && !errors.Is(err, storagetest.ErrFailed) {
			t.Fatal(err)
		}
		if err != nil {
			if err := MoveLog(t.Context(), from, to); err != nil {
				t.Fatal(err)
			}
		}
		if got := read(t, to); !slices.Equal(got, want) {
			t.Fatalf("after %d updates %d of %d pairs arrived", dies, len(got), len(want))
		}
		if has, err := HasLog(t.Context(), from); has || err != nil {
			t.Fatalf("the old log is still there: %t, %v", has, err)
		}
		if err == nil {
			if dies == 0 {
				t.Error("nothing was moved")
			}
			return
		}
	}
	t.Error("it never came to its end")
}

func read(t *testing.T, s storage.Store) (pairs []string) {
	t.Helper()
	err := s.View(t.Context(), func(r storage.Reader) error {
		for _, table := range logTables {
			for key, value := range r.Scan(table, nil, nil) {
				pairs = append(pairs, fmt.Sprintf("%s %x %x", table, key, value))
			}
		}
		return nil
	})
	if err != nil || len(pairs) == 0 {
		t.Fatalf("%d pairs, %v", len(pairs), err)
	}
	return pairs
}
