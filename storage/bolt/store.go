// Package bolt keeps a store in one bbolt file: an Update that has returned
// survives kill -9 and power loss, and all updates that wait at the same time
// share one commit.
//
// The file has mode 0600 and is locked: one process writes it, or several read
// it. Each table is a bucket; the bucket "\x00meta" holds the schema number.
// What is deleted stays readable in the file until Scrub overwrites it.
// A disk that fails under an open file gives ErrDamaged, not a crash.
package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"fangzhuo/storage"
)

var (
	// ErrInUse is returned by Open and Verify when another process holds the
	// file.
	ErrInUse = errors.New("database is in use by another process")
	// ErrDamaged is returned when the file is not a whole bbolt database.
	ErrDamaged = errors.New("database file is damaged")
	// ErrReadOnly is returned by writes to a store opened with ReadOnly.
	ErrReadOnly = errors.New("database is open for reading only")
)

// lockWait is how long Open waits for a process that is just ending.
const lockWait = 2 * time.Second

// Options says how to open a file. The zero value opens it for writing, with
// schema 0.
type Options struct {
	// ReadOnly opens an existing file next to other readers.
	ReadOnly bool
	// Schema is the number of the record layout the program knows.
	Schema int
	// Migrations brings older files forward: the entry n turns schema n-1 into
	// n. A step without an entry needs no change of data. Each step is one
	// transaction: the reader sees the file before the step.
	Migrations map[int]func(storage.Reader, storage.Tx) error
}

// Store is one open file.
type Store struct {
	db       *bbolt.DB
	path     string
	schema   int
	readOnly bool
	queue    *queue

	unscrubbed atomic.Bool // see Scrub
	scrubbing  sync.Mutex
}

var _ storage.Store = (*Store)(nil)

// Open opens the file at path, which is created if absent. The error is a
// *NewerError when a newer program has written the file, or wraps ErrInUse,
// ErrDamaged or an error of package os.
func Open(path string, o Options) (*Store, error) {
	db, err := openFile(path, o.ReadOnly)
	if err == nil {
		err = settle(db, o)
		if err == nil && !o.ReadOnly && runtime.GOOS != "windows" { // where a file that is mapped cannot be cut
			err = trim(path)
		}
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	s := &Store{db: db, path: path, schema: o.Schema, readOnly: o.ReadOnly, queue: newQueue()}
	s.unscrubbed.Store(!o.ReadOnly)
	go s.write() // with ReadOnly it has nothing to do but to end
	return s, nil
}

// openFile makes sure that bbolt, which maps the file, gets a whole one.
func openFile(path string, readOnly bool) (*bbolt.DB, error) {
	size, err := inspect(path, readOnly)
	if err != nil {
		return nil, err
	}
	o := &bbolt.Options{Timeout: lockWait, ReadOnly: readOnly, NoStatistics: true}
	if !readOnly {
		o.InitialMmapSize = mapSize(size)
	}
	db, err := openBolt(path, o)
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("%w (waited %v)", ErrInUse, lockWait)
	}
	if err != nil || readOnly {
		return db, err
	}
	if err := secure(path, size == 0); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// secure takes a file from the eyes of others, as a copy restored by hand may
// be open to them, and makes the name of a new one durable.
func secure(path string, created bool) error {
	if err := os.Chmod(path, 0o600); err != nil || !created {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// mapSize is generous, because an Update that outgrows the map waits for all
// views to end. Unused map costs address space only, but on Windows the file
// grows to it.
func mapSize(fileSize int64) int {
	switch {
	case runtime.GOOS == "windows" || strconv.IntSize == 32:
		return 64 << 20
	default:
		return int(max(1<<30, 2*fileSize))
	}
}

// Close waits for the updates already taken and for open views; updates still
// waiting get storage.ErrClosed.
func (s *Store) Close() error {
	if !s.queue.close() {
		return storage.ErrClosed
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close database %s: %w", s.path, err)
	}
	return nil
}

// View implements storage.Store.
func (s *Store) View(ctx context.Context, fn func(storage.Reader) error) error {
	return s.view(ctx, func(tx *bbolt.Tx) error {
		r := &reader{tx: tx}
		defer func() { r.tx = nil }()
		if err := fn(r); err != nil {
			return err
		}
		return r.damage
	})
}

// Tables implements storage.Store.
func (s *Store) Tables(ctx context.Context, prefix string) (names []storage.Table, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) (err error) {
		defer onDamage(&err)
		c := tx.Cursor()
		for k, _ := c.Seek([]byte(prefix)); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, _ = c.Next() {
			if len(k) == 0 || k[0] != 0 { // else it is one of the file's own
				names = append(names, storage.Table(k))
			}
		}
		return nil
	})
	return names, err
}

func (s *Store) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	tx, err := begin(s.db, false)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return fn(tx)
}

func begin(db *bbolt.DB, writable bool) (tx *bbolt.Tx, err error) {
	defer onDamage(&err)
	tx, err = db.Begin(writable)
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return nil, storage.ErrClosed
	}
	return tx, err
}

// onDamage, deferred, turns a panic inside bbolt into ErrDamaged. It surrounds
// only code that calls no function of the user. With SetPanicOnFault it covers
// pages that cannot be read.
func onDamage(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrDamaged, p)
	}
}
