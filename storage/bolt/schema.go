package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"fangzhuo/storage"
	"fangzhuo/storage/internal/overlay"
)

// metaBucket cannot be a table's name: those do not begin with a zero byte.
const metaBucket = "\x00meta"

var schemaKey = []byte("schema")

// NewerError is returned by Open for a file whose schema this program does not
// know yet.
type NewerError struct {
	File       string // path
	Have, Want int    // schema of the file, newest schema the program knows
}

// Error implements error.
func (e *NewerError) Error() string {
	return fmt.Sprintf("schema %d of the file is newer than schema %d of this program: use a newer program", e.Have, e.Want)
}

var errForeign = errors.New("bbolt file of another program")

// settle stamps a new file, migrates an old one and refuses a newer one.
func settle(db *bbolt.DB, o Options) error {
	have, stamped, err := schemaOf(db)
	switch {
	case err != nil:
		return err
	case have > o.Schema:
		return &NewerError{File: db.Path(), Have: have, Want: o.Schema}
	case o.ReadOnly && !stamped:
		return errForeign
	case o.ReadOnly && have < o.Schema:
		return fmt.Errorf("schema %d of the file is older than schema %d of this program: open it for writing once", have, o.Schema)
	case o.ReadOnly:
		return nil
	case !stamped:
		return update(db, func(tx *bbolt.Tx) error { return stamp(tx, o.Schema) })
	}
	for n := have + 1; n <= o.Schema; n++ {
		if err := migrate(db, n, o); err != nil {
			return fmt.Errorf("migrate from schema %d to %d: %w", n-1, n, err)
		}
	}
	return nil
}

func migrate(db *bbolt.DB, n int, o Options) error {
	return update(db, func(tx *bbolt.Tx) error {
		if step := o.Migrations[n]; step != nil {
			g := &transaction{tx: tx}
			r := &reader{tx: tx}
			written, err := overlay.Run(g.find, func(t storage.Tx) error { return step(r, t) })
			if err = errors.Join(err, r.damage); err != nil {
				return err
			}
			if err := apply(tx, written); err != nil {
				return err
			}
		}
		return stamp(tx, n)
	})
}

func update(db *bbolt.DB, fn func(*bbolt.Tx) error) (err error) {
	defer onDamage(&err)
	return db.Update(fn)
}

func stamp(tx *bbolt.Tx, schema int) error {
	b, err := tx.CreateBucketIfNotExists([]byte(metaBucket))
	if err != nil {
		return err
	}
	return b.Put(schemaKey, binary.BigEndian.AppendUint64(nil, uint64(schema)))
}

// schemaOf reads the schema of the file; stamped is false for a file without
// any content.
func schemaOf(db *bbolt.DB) (schema int, stamped bool, err error) {
	defer onDamage(&err)
	err = db.View(func(tx *bbolt.Tx) error {
		schema, stamped, err = readSchema(tx)
		return err
	})
	return schema, stamped, err
}

func readSchema(tx *bbolt.Tx) (schema int, stamped bool, err error) {
	b := tx.Bucket([]byte(metaBucket))
	if b == nil {
		if k, _ := tx.Cursor().First(); k != nil {
			return 0, false, errForeign
		}
		return 0, false, nil
	}
	v := b.Get(schemaKey)
	if len(v) != 8 {
		return 0, false, fmt.Errorf("%w: no schema number", ErrDamaged)
	}
	return int(binary.BigEndian.Uint64(v)), true, nil
}
