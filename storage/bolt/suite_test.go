package bolt_test

import (
	"path/filepath"
	"testing"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
	"fangzhuo/storage/storagetest"
)

func TestSuite(t *testing.T) {
	storagetest.Run(t, func(t testing.TB) storage.Store { return open(t, filepath.Join(t.TempDir(), "db")) })
}

func open(t testing.TB, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{Schema: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
