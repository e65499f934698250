package overlay

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/storage"
)

func TestBuffersStackAndSort(t *testing.T) {
	below := func(storage.Table, []byte) ([]byte, error) { return nil, storage.ErrNotFound }
	first, err := Run(below, func(tx storage.Tx) error {
		return errors.Join(tx.Put("b", []byte("2"), []byte("x")), tx.Put("b", []byte("1"), nil), tx.Put("a", []byte("1"), []byte("y")))
	})
	if err != nil {
		t.Fatal(err)
	}
	second, err := Run(below, func(tx storage.Tx) error {
		return errors.Join(tx.Delete("b", []byte("2")), tx.Put("a", []byte("0"), []byte("z")))
	})
	if err != nil {
		t.Fatal(err)
	}
	first.Merge(second)
	want := map[storage.Table][]Write{
		"a": {{"0", []byte("z")}, {"1", []byte("y")}},
		"b": {{"1", []byte{}}, {"2", nil}},
	}
	if d := cmp.Diff(want, first.Tables()); d != "" {
		t.Error(d)
	}
}

func TestFailingFunctionLeavesNothing(t *testing.T) {
	broken := errors.New("disk broken")
	below := func(storage.Table, []byte) ([]byte, error) { return nil, broken }
	written, err := Run(below, func(tx storage.Tx) error {
		if err := tx.Put("a", []byte("1"), nil); err != nil {
			return err
		}
		_, err := tx.Get("a", []byte("2"))
		return err
	})
	if !errors.Is(err, broken) || written != nil {
		t.Errorf("%v, %v", written, err)
	}
}
