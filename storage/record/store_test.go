package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/storage/record"
)

func TestLoadWhatWasSaved(t *testing.T) {
	store, key, want := mem.New(), []byte("1"), example()
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.Put("cases", []byte("odd"), []byte{1, 0xff}); err != nil {
			return err
		}
		return record.Save(tx, "cases", key, want)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = store.View(t.Context(), func(r storage.Reader) error {
		var got caseRecord
		if ok, err := record.Load(r, "cases", key, &got); !ok || err != nil || !cmp.Equal(got, want) {
			t.Errorf("Load = %+v, %t, %v, want what was saved", got, ok, err)
		}
		if ok, err := record.Load(r, "cases", []byte("2"), &got); ok || err != nil {
			t.Errorf("of a record that is not there Load = %t, %v", ok, err)
		}
		if ok, err := record.Load(r, "cases", []byte("odd"), &got); ok || err == nil {
			t.Errorf("of a record that cannot be read Load = %t, %v", ok, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
