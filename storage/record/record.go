// Package record encodes stored values compactly, so that every later release
// can still read them: one version byte, then CBOR (RFC 8949, core
// deterministic: equal values give equal bytes).
//
// A value is a struct whose fields are numbered, `cbor:"1,keyasint,omitempty"`.
// Rules for changing one:
//   - A new field takes a new number. Numbers are never changed or used again,
//     not even after their field is gone; an old record leaves new fields zero.
//   - A field never changes its type. Where it must, or where its meaning
//     changes, raise the version and decode both.
//   - Unknown numbers are skipped.
//
// A time.Time is stored as the instant, cut to the millisecond, in 5 or 9
// bytes, and comes back in UTC; the zero time comes back zero. Times in maps
// are not looked after: keep them out of maps.
//
// Load and Save do this for a record in a store that is still in its first
// version.
package record

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"fangzhuo/storage"
)

// ErrEmpty is returned by Decode for a record without a single byte.
var ErrEmpty = errors.New("record is empty")

var (
	encoder = must(encOptions().UserBufferEncMode())
	decoder = must(cbor.DecOptions{
		DupMapKey:   cbor.DupMapKeyEnforcedAPF,
		IndefLength: cbor.IndefLengthForbidden,
		TagsMd:      cbor.TagsForbidden,
	}.DecMode())
)

func encOptions() cbor.EncOptions {
	o := cbor.CoreDetEncOptions()
	o.Time = cbor.TimeUnixDynamic
	o.TimeTag = cbor.EncTagNone
	o.TagsMd = cbor.TagsForbidden
	return o
}

// must is for modes whose options are constants.
func must[M any](mode M, err error) M {
	if err != nil {
		panic(err)
	}
	return mode
}

// Encode returns the version byte and v in CBOR.
func Encode(version byte, v any) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(256) // most records fit
	b.WriteByte(version)
	if err := encoder.MarshalToBuffer(v, &b); err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	return b.Bytes(), nil
}

// Decode fills *v from what Encode returned. The version is set whenever b is
// not empty, with an error as well. After an error *v is of no use.
func Decode(b []byte, v any) (version byte, err error) {
	if len(b) == 0 {
		return 0, ErrEmpty
	}
	if err := decoder.Unmarshal(b[1:], v); err != nil {
		return b[0], fmt.Errorf("decode record of version %d, %d bytes: %w", b[0], len(b), err)
	}
	normalize(v)
	return b[0], nil
}

// Load fills *v from the record at key. It reports false when there is none.
func Load(g storage.Getter, t storage.Table, key []byte, v any) (bool, error) {
	b, err := g.Get(t, key)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err == nil {
		_, err = Decode(b, v)
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", t, err)
	}
	return true, nil
}

// Save writes v as a record of version 1.
func Save(tx storage.Tx, t storage.Table, key []byte, v any) error {
	b, err := Encode(1, v)
	if err != nil {
		return fmt.Errorf("write %s: %w", t, err)
	}
	return tx.Put(t, key, b)
}
