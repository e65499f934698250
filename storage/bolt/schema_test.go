package bolt_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s, err := bolt.Open(path, bolt.Options{Schema: 7})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []bolt.Options{{Schema: 6}, {Schema: 6, ReadOnly: true}, {}} {
		_, err := bolt.Open(path, o)
		var newer *bolt.NewerError
		if !errors.As(err, &newer) || *newer != (bolt.NewerError{File: path, Have: 7, Want: o.Schema}) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("refusing changed the file, %v", err)
	}
	if err := bolt.Verify(path); err != nil {
		t.Errorf("verify does not depend on the schema: %v", err)
	}
}

// From schema 1 to 4: 2 gives each case an index key, 3 needs nothing, 4 fails
// at first.
func TestMigrations(t *testing.T) {
	path := filled(t, 3)
	fails := errors.New("disk on fire")
	var ran []int
	o := bolt.Options{Schema: 4, Migrations: map[int]func(storage.Reader, storage.Tx) error{
		1: func(storage.Reader, storage.Tx) error { ran = append(ran, 1); return nil },
		2: func(r storage.Reader, tx storage.Tx) error {
			ran = append(ran, 2)
			for k := range r.Scan("cases", nil, nil) {
				if err := tx.Put("cases by number", k, nil); err != nil {
					return err
				}
			}
			return nil
		},
		4: func(_ storage.Reader, tx storage.Tx) error {
			ran = append(ran, 4)
			return errors.Join(tx.Delete("cases", []byte("000000")), fails)
		},
	}}
	if _, err := bolt.Open(path, o); !errors.Is(err, fails) || !strings.Contains(err.Error(), "schema 3 to 4") {
		t.Fatalf("error %v", err)
	}
	if _, err := bolt.Open(path, bolt.Options{Schema: 4, ReadOnly: true}); err == nil {
		t.Error("an older file was opened read-only")
	}
	fails = nil
	s, err := bolt.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(ran) != 3 || ran[0] != 2 || ran[1] != 4 || ran[2] != 4 {
		t.Errorf("steps %v, want 2, 4 failing, 4", ran)
	}
	err = s.View(t.Context(), func(r storage.Reader) error {
		n := 0
		for range r.Scan("cases by number", nil, nil) {
			n++
		}
		if _, err := r.Get("cases", []byte("000000")); n != 3 || !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%d index keys; case 0: %v", n, err)
		}
		return nil
	})
	if err := errors.Join(err, s.Check(t.Context())); err != nil {
		t.Error(err)
	}
}
