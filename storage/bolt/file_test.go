package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// filled returns the path of a closed file with n cases and no free space at
// its end.
func filled(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	for i := range n {
		if err := s.Update(t.Context(), func(tx storage.Tx) error { return putPair(tx, fmt.Sprintf("%06d", i)) }); err != nil {
			t.Fatal(err)
		}
	}
	short := filepath.Join(t.TempDir(), "short")
	if err := errors.Join(s.BackupFile(t.Context(), short), s.Close()); err != nil {
		t.Fatal(err)
	}
	return short
}

func TestFileIsPrivate(t *testing.T) {
	path := filled(t, 1)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	defer s.Close()
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestFileInUse(t *testing.T) {
	t.Parallel() // waits two seconds for the lock, twice
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	defer s.Close()
	_, openErr := bolt.Open(path, bolt.Options{Schema: 1})
	for name, err := range map[string]error{"open": openErr, "verify": bolt.Verify(path)} {
		if !errors.Is(err, bolt.ErrInUse) || !strings.Contains(err.Error(), "in use by another process") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := filled(t, 3)
	a, errA := bolt.Open(path, bolt.Options{Schema: 1, ReadOnly: true})
	b, errB := bolt.Open(path, bolt.Options{Schema: 1, ReadOnly: true})
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	if err := a.View(t.Context(), func(r storage.Reader) error { return allKept(r, []string{"000000", "000002"}) }); err != nil {
		t.Error(err)
	}
	if err := a.Update(t.Context(), func(storage.Tx) error { return nil }); !errors.Is(err, bolt.ErrReadOnly) {
		t.Errorf("update: %v", err)
	}
	if err := errors.Join(b.Check(t.Context()), a.Close(), b.Close()); err != nil {
		t.Error(err)
	}
	if err := a.Close(); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("second close: %v", err)
	}
	absent := filepath.Join(t.TempDir(), "none")
	if _, err := bolt.Open(absent, bolt.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
}

// Whatever a file is cut to, opening and verifying it gives an error that says
// so.
func TestTruncatedFile(t *testing.T) {
	whole, err := os.ReadFile(filled(t, 120))
	if err != nil {
		t.Fatal(err)
	}
	sizes := []int{1, 15, 16, 79, 80, 1024, 4095, 4096, 4097, 8191, 8192, 12288, 16383, 16384, 20000, len(whole) - 1}
	for n := 0; n < len(whole); n += len(whole) / 47 {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	path := filepath.Join(t.TempDir(), "cut")
	for _, n := range sizes[1:] { // not 0: that is a new file
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		what := fmt.Sprintf("cut to %d of %d bytes", n, len(whole))
		if opened := tryFile(t, path, what); opened {
			t.Errorf("%s: opened", what)
		}
	}
}

// tryFile opens and verifies a file that may be damaged; an error must say so.
func tryFile(t *testing.T, path, what string) (opened bool) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{Schema: 1})
	if err == nil {
		err = errors.Join(s.Check(t.Context()), s.Close())
		opened = err == nil
	}
	if err != nil && !errors.Is(err, bolt.ErrDamaged) {
		t.Errorf("%s: open: %v", what, err)
	}
	if err := bolt.Verify(path); opened != (err == nil) || err != nil && !errors.Is(err, bolt.ErrDamaged) {
		t.Errorf("%s: opened %t, verify: %v", what, opened, err)
	}
	return opened
}

func TestOverwrittenMetaPages(t *testing.T) {
	whole, err := os.ReadFile(filled(t, 20))
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	path := filepath.Join(t.TempDir(), "broken")
	for at := 16; at < 80; at += 3 {
		for name, pages := range map[string][]int{"first": {0}, "second": {page}, "both": {0, page}} {
			broken := bytes.Clone(whole)
			for _, p := range pages {
				broken[p+at] ^= 0x5a
			}
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			// With one meta page left the file is as of the commit before, or after.
			if opened := tryFile(t, path, fmt.Sprintf("byte %d of %s", at, name)); opened != (name != "both") {
				t.Errorf("byte %d of %s meta page overwritten: opened %t", at, name, opened)
			}
		}
	}
}

func TestOverwrittenPages(t *testing.T) {
	whole, err := os.ReadFile(filled(t, 120))
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	path := filepath.Join(t.TempDir(), "broken")
	for at := 2 * page; at < min(len(whole), 64*page); at += page {
		broken := bytes.Clone(whole)
		for i := range 64 {
			broken[at+i] = 0xff
		}
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		tryFile(t, path, fmt.Sprintf("page %d", at/page))
	}
}

func TestFileOfAnotherKind(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, bytes.Repeat([]byte("方桌\n"), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(text, bolt.Options{}); !errors.Is(err, bolt.ErrDamaged) {
		t.Errorf("text file: %v", err)
	}
	if _, err := bolt.Open(dir, bolt.Options{}); err == nil {
		t.Error("a directory was opened")
	}
	other := filepath.Join(dir, "other")
	db, err := bbolt.Open(other, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(other, bolt.Options{}); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("another program's file: %v", err)
	}
}
