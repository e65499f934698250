package bolt

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Backup writes a consistent copy of the file to w while the store goes on,
// and returns its length in bytes. Pages freed meanwhile are not reused, so w
// should not be a slow network.
func (s *Store) Backup(ctx context.Context, w io.Writer) (n int64, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		n, err = tx.WriteTo(contextWriter{ctx, w})
		return err
	})
	if err != nil {
		return n, fmt.Errorf("back up %s: %w", s.path, err)
	}
	return n, nil
}

// BackupFile writes a consistent copy to path, with mode 0600, in which nothing
// is left of what was deleted. The name appears when the copy is whole and on
// the disk; an existing file is an error that wraps fs.ErrExist.
func (s *Store) BackupFile(ctx context.Context, path string) (err error) {
	if err := absent(path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part") // mode 0600
	if err != nil {
		return fmt.Errorf("back up %s: %w", s.path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = s.Backup(ctx, f)
	if err = errors.Join(err, f.Close()); err == nil {
		err = s.scrubCopy(ctx, f.Name())
	}
	if err != nil {
		return err
	}
	if err := absent(path); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("back up %s: %w", s.path, err)
	}
	return syncDir(filepath.Dir(path))
}

// scrubCopy scrubs a copy of the file and sees to it that it is on the disk.
func (s *Store) scrubCopy(ctx context.Context, path string) error {
	c, err := Open(path, Options{Schema: s.schema})
	if err != nil {
		return err
	}
	if err := errors.Join(c.Scrub(ctx), c.Close(), trim(path)); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func absent(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return fmt.Errorf("back up to %s: %w", path, fs.ErrExist)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c contextWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}

// Check reads the whole file and returns what is wrong with it, wrapping
// ErrDamaged. Updates wait meanwhile: seconds for a large file.
func (s *Store) Check(ctx context.Context) error {
	verify := func(tx *bbolt.Tx) error {
		have, _, err := readSchema(tx)
		if err == nil && have != s.schema {
			err = fmt.Errorf("%w: schema is %d, was %d when opened", ErrDamaged, have, s.schema)
		}
		if err == nil {
			err = check(ctx, tx)
		}
		if err != nil {
			return fmt.Errorf("check %s: %w", s.path, err)
		}
		return nil
	}
	if s.readOnly {
		return s.view(ctx, func(tx *bbolt.Tx) (err error) {
			defer onDamage(&err)
			return verify(tx)
		})
	}
	return s.enqueue(ctx, &request{alone: verify})
}

// Verify opens the file at path for reading and checks all of it, of whatever
// schema.
func Verify(path string) (err error) {
	db, err := openFile(path, true)
	if err != nil {
		return fmt.Errorf("verify %s: %w", path, err)
	}
	s := &Store{db: db, path: path, readOnly: true}
	defer func() { err = errors.Join(err, db.Close()) }()
	schema, stamped, err := schemaOf(db)
	if err == nil && !stamped {
		err = errForeign
	}
	if err != nil {
		return fmt.Errorf("verify %s: %w", path, err)
	}
	s.schema = schema
	return s.Check(context.Background())
}

// check visits every pair before bbolt's own check, which runs in a goroutine
// where an unreadable page could not be caught.
func check(ctx context.Context, tx *bbolt.Tx) error {
	pairs, sum := 0, uint32(0)
	err := tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
		return b.ForEach(func(_, v []byte) error {
			sum = crc32.Update(sum, crc32.IEEETable, v) // reads each page of a long value
			if pairs++; pairs%1024 == 0 {
				return ctx.Err()
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	var faults []error
	for err := range tx.Check(bbolt.WithKVStringer(silent{})) {
		if len(faults) < 10 { // one broken page gives thousands
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrDamaged, errors.Join(faults...))
	}
	return nil
}

// silent keeps keys and values out of errors: they may be personal.
type silent struct{}

func (silent) KeyToString([]byte) string   { return "key" }
func (silent) ValueToString([]byte) string { return "value" }
