package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// secret is a word that stands nowhere but where it was put.
func secret(n int) string { return fmt.Sprintf("<白建军 %06d>", n) }

// TestScrubLeavesNothingOfWhatWasDeleted writes, changes, deletes and drops
// words in keys and values of all sizes, in tables of one page and of many, and
// reads the raw file: after a scrub what is gone is gone, and the rest is whole.
func TestScrubLeavesNothingOfWhatWasDeleted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "scrub")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		h := &hideout{t: t, path: filepath.Join(dir, "db"), live: map[storage.Table]map[string][]byte{}}
		h.open()
		defer func() { _ = h.store.Close() }() // the test has failed, or it is closed again
		t.Repeat(map[string]func(*rapid.T){
			"put":    h.put,
			"change": h.change,
			"delete": h.delete,
			"drop":   h.drop,
			"reopen": h.reopen,
			"scrub":  h.scrub,
			"":       func(*rapid.T) {},
		})
		h.scrub(t)
	})
}

type hideout struct {
	t     *rapid.T
	path  string
	store *bolt.Store
	words int
	gone  []string                            // in words that nothing holds any more
	live  map[storage.Table]map[string][]byte // table → key → value
}

func (h *hideout) open() {
	s, err := bolt.Open(h.path, bolt.Options{Schema: 1})
	if err != nil {
		h.t.Fatal(err)
	}
	h.store = s
}

func (h *hideout) word() string { h.words++; return secret(h.words) }

func (h *hideout) value(t *rapid.T, word string) []byte {
	size := rapid.SampledFrom([]int{0, 40, 400, 1500, 3900, 4096, 9000, 70_000}).Draw(t, "size")
	return []byte(word + strings.Repeat("x", size/2) + word + strings.Repeat("y", size/2))
}

// write puts values, and deletes where a value is nil, in one update.
func (h *hideout) write(t *rapid.T, table storage.Table, pairs map[string][]byte) {
	if h.live[table] == nil {
		h.live[table] = map[string][]byte{}
	}
	for key, value := range pairs {
		h.live[table][key] = value
		if value == nil {
			delete(h.live[table], key)
		}
	}
	err := h.store.Update(context.Background(), func(tx storage.Tx) error {
		for key, value := range pairs {
			err := tx.Put(table, []byte(key), value)
			if value == nil {
				err = tx.Delete(table, []byte(key))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *hideout) put(t *rapid.T) {
	table := storage.Table(rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "table"))
	long := strings.Repeat("k", rapid.SampledFrom([]int{0, 0, 500}).Draw(t, "key"))
	pairs := map[string][]byte{}
	for range rapid.IntRange(1, 60).Draw(t, "many") {
		order, word := rapid.IntRange(0, 99).Draw(t, "order"), h.word()
		pairs[fmt.Sprintf("%02d %s%s", order, word, long)] = h.value(t, word)
	}
	h.write(t, table, pairs)
}

// some draws keys of a table.
func (h *hideout) some(t *rapid.T) (storage.Table, []string) {
	table := storage.Table(rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "table"))
	var keys []string
	for key := range h.live[table] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if len(keys) == 0 {
		t.Skip("nothing there")
	}
	from := rapid.IntRange(0, len(keys)-1).Draw(t, "from")
	return table, keys[from:min(len(keys), from+rapid.IntRange(1, 40).Draw(t, "many"))]
}

// lost notes the words that were in a value and, with the key gone, in it.
func (h *hideout) lost(key string, value []byte, keyToo bool) {
	word := string(value[:len(secret(0))])
	if keyToo || !strings.Contains(key, word) {
		h.gone = append(h.gone, word)
		if keyToo && !strings.Contains(key, word) {
			h.gone = append(h.gone, key[3:3+len(word)])
		}
	}
}

func (h *hideout) change(t *rapid.T) {
	table, keys := h.some(t)
	pairs := map[string][]byte{}
	for _, key := range keys {
		h.lost(key, h.live[table][key], false)
		pairs[key] = h.value(t, h.word())
	}
	h.write(t, table, pairs)
}

func (h *hideout) delete(t *rapid.T) {
	table, keys := h.some(t)
	pairs := map[string][]byte{}
	for _, key := range keys {
		h.lost(key, h.live[table][key], true)
		pairs[key] = nil
	}
	h.write(t, table, pairs)
}

func (h *hideout) drop(t *rapid.T) {
	table, _ := h.some(t)
	for key, value := range h.live[table] {
		h.lost(key, value, true)
	}
	delete(h.live, table)
	if err := h.store.Drop(context.Background(), table); err != nil {
		t.Fatal(err)
	}
}

func (h *hideout) reopen(t *rapid.T) {
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	h.open()
}

func (h *hideout) scrub(t *rapid.T) {
	if err := h.store.Scrub(context.Background()); err != nil {
		t.Fatal(err)
	}
	if h.store.Unscrubbed() {
		t.Fatal("still to be scrubbed")
	}
	there := found(h.t, h.path)
	for _, word := range h.gone {
		if there[word] {
			t.Fatalf("%s is left", word)
		}
	}
	if err := h.store.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	err := h.store.View(context.Background(), func(r storage.Reader) error {
		for table, pairs := range h.live {
			n := 0
			for key, value := range r.Scan(table, nil, nil) {
				if n++; !bytes.Equal(value, pairs[string(key)]) {
					return fmt.Errorf("%s %q changed", table, key)
				}
			}
			if n != len(pairs) {
				return fmt.Errorf("%s has %d of %d", table, n, len(pairs))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// putMany writes words as keys and values, and deletes all but every tenth.
func putMany(t *testing.T, s storage.Store, from, n int) (gone []string) {
	t.Helper()
	gone, err := writeMany(s, from, n)
	if err != nil {
		t.Fatal(err)
	}
	return gone
}

func writeMany(s storage.Store, from, n int) (gone []string, err error) {
	for i := range n {
		if i%10 != 0 {
			gone = append(gone, secret(from+i))
		}
	}
	return gone, errors.Join(
		s.Update(context.Background(), func(tx storage.Tx) error {
			for i := range n {
				key := []byte(secret(from + i))
				if err := tx.Put("t", key, bytes.Repeat(key, 20)); err != nil {
					return err
				}
			}
			return nil
		}),
		s.Update(context.Background(), func(tx storage.Tx) error {
			for _, word := range gone {
				if err := tx.Delete("t", []byte(word)); err != nil {
					return err
				}
			}
			return nil
		}))
}

// found returns the words that stand in the file, each once.
func found(t interface {
	Helper()
	Fatal(...any)
}, path string) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	words, n := map[string]bool{}, len(secret(0))
	for {
		i := bytes.Index(raw, []byte(secret(0)[:10]))
		if i < 0 {
			return words
		}
		raw = raw[i:]
		words[string(raw[:min(n, len(raw))])] = true
		raw = raw[1:]
	}
}

// left returns how many of the words stand in the file.
func left(t *testing.T, path string, words []string) (n int) {
	t.Helper()
	there := found(t, path)
	for _, w := range words {
		if there[w] {
			n++
		}
	}
	return n
}

// A scrub that has nothing to do writes nothing, and many that have do not make
// the file grow.
func TestScrubsDoNotGrowTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	putMany(t, s, 0, 3000)
	scrub := func() int64 {
		t.Helper()
		if err := s.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		return pages(t, s)
	}
	before, grown := pages(t, s), scrub()
	if grown > before+before/10 {
		t.Errorf("the first scrub makes %d pages of %d", grown, before)
	}
	for i := range 60 {
		putMany(t, s, 3000+10*i, 10)
		scrub()
	}
	if now := pages(t, s); now > grown+grown/10 {
		t.Errorf("60 scrubs make %d pages of %d", now, grown)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	scrub()
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(raw, again) {
		t.Errorf("a scrub of a scrubbed file writes: %v", err)
	}
}

// pages returns how many pages the file uses.
func pages(t *testing.T, s *bolt.Store) int64 {
	t.Helper()
	n, err := s.Backup(t.Context(), discard{})
	if err != nil {
		t.Fatal(err)
	}
	return n / int64(os.Getpagesize())
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// What a view still reads is not overwritten, and not forgotten.
func TestScrubWaitsForReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	gone := putMany(t, s, 0, 500)
	err := s.View(t.Context(), func(r storage.Reader) error {
		more := putMany(t, s, 500, 500)
		if err := s.Scrub(t.Context()); !errors.Is(err, bolt.ErrRead) {
			t.Errorf("beside a view: %v", err)
		}
		n := 0
		for range r.Scan("t", nil, nil) {
			n++
		}
		if n != 50 {
			t.Errorf("the view sees %d", n)
		}
		gone = append(gone, more...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Unscrubbed() || left(t, path, gone) == 0 {
		t.Error("all was overwritten, or is forgotten")
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := left(t, path, gone); n > 0 {
		t.Errorf("%d words are left", n)
	}
}

// Updates go on beside a scrub, and each of them makes another one due.
func TestUpdatesBesideScrub(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	gone := putMany(t, s, 0, 20_000)
	done := make(chan error)
	go func() { done <- s.Scrub(context.Background()) }()
	for i := range 50 {
		gone = append(gone, putMany(t, s, 20_000+10*i, 10)...)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !s.Unscrubbed() {
		t.Error("nothing is owed for what was deleted meanwhile")
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := left(t, path, gone); n > 0 {
		t.Errorf("%d words are left", n)
	}
}

// A backup holds what the store holds, and nothing of what it held before.
func TestBackupIsScrubbed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	gone := putMany(t, s, 0, 2000)
	if left(t, path, gone) == 0 {
		t.Fatal("the test shows nothing: a deletion leaves nothing anyway")
	}
	if err := s.BackupFile(t.Context(), path+".copy"); err != nil {
		t.Fatal(err)
	}
	if n := left(t, path+".copy", gone); n > 0 {
		t.Errorf("%d words are in the backup", n)
	}
	copied, err := os.Stat(path + ".copy")
	if err != nil || copied.Size() > 2*pages(t, s)*int64(os.Getpagesize()) {
		t.Errorf("the copy is of another size: %v, %v", copied, err)
	}
	if err := bolt.Verify(path + ".copy"); err != nil {
		t.Error(err)
	}
}

// TestKilledScrub kills the program again and again while it scrubs what it
// writes: the file stays whole, and the next scrub finds everything.
func TestKilledScrub(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	for round := range 6 {
		killedAfter(t, path, 1+3*round, scrubberEnv)
		s := open(t, path)
		if err := s.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		words, live := found(t, path), 0
		err := s.View(t.Context(), func(r storage.Reader) error {
			for key := range r.Scan("t", nil, nil) {
				delete(words, string(key))
				live++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(words) > 0 || live == 0 {
			t.Errorf("round %d: %d words of deleted records are left beside %d live ones", round, len(words), live)
		}
		tables, err := s.Tables(t.Context(), "")
		if err != nil || !slices.Equal(tables, []storage.Table{"t"}) {
			t.Errorf("tables %q, %v", tables, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// scrubberEnv holds the file that a child process of TestKilledScrub writes.
const scrubberEnv = "BOLT_TEST_SCRUB"

// scrubForever prints a line before each scrub and one after it.
func scrubForever(path string) error {
	s, err := bolt.Open(path, bolt.Options{Schema: 1})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if _, err := writeMany(s, 10_000+1000*(i%5), 1000); err != nil {
			return err
		}
		fmt.Println("written")
		if err := s.Scrub(context.Background()); err != nil {
			return err
		}
		fmt.Println("scrubbed")
	}
}

// What a commit wrote that was killed before its end is in no list of free
// pages: it stands in free ones, or behind the last.
func TestScrubAfterKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	gone := putMany(t, s, 0, 2000)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("junk " + secret(999_999)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := left(t, path, append(gone, secret(999_999))); n > 0 {
		t.Errorf("%d words are left", n)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestScrubOfReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, bolt.Options{ReadOnly: true, Schema: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Scrub(t.Context()); !errors.Is(err, bolt.ErrReadOnly) || s.Unscrubbed() {
		t.Errorf("%v, unscrubbed %t", err, s.Unscrubbed())
	}
}
