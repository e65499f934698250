package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// writing keeps four writers busy until stop is called.
func writing(t *testing.T, s *bolt.Store) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				key := fmt.Sprintf("%d/%06d", worker, i)
				if err := s.Update(context.Background(), func(tx storage.Tx) error { return putPair(tx, key) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

func TestBackupWhileWriting(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "db"))
	defer s.Close()
	stop := writing(t, s)
	defer stop()
	for i := range 8 {
		key := fmt.Sprintf("said %d", i)
		if err := s.Update(t.Context(), func(tx storage.Tx) error { return putPair(tx, key) }); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprintf("backup-%d", i))
		if err := s.BackupFile(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		if err := bolt.Verify(path); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		b := open(t, path)
		if err := b.View(t.Context(), func(r storage.Reader) error { return allKept(r, []string{key}) }); err != nil {
			t.Errorf("backup %d: %v", i, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Check(t.Context()); err != nil { // beside the writers as well
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.part")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBackupDoesNotOverwrite(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "db"))
	defer s.Close()
	path := filepath.Join(dir, "backup")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.BackupFile(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("file is now %q, %v", b, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.BackupFile(ended, filepath.Join(dir, "other")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestBackupToWriter(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "db"))
	defer s.Close()
	var b bytes.Buffer
	n, err := s.Backup(t.Context(), &b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("%d bytes reported, %d written, %v", n, b.Len(), err)
	}
	path := filepath.Join(t.TempDir(), "copy")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := bolt.Verify(path); err != nil {
		t.Error(err)
	}
}
