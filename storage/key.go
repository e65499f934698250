package storage

import (
	"encoding/binary"
	"time"
)

// Key is a key under construction. Every part is written so that the byte
// order of keys is the order of their parts.
type Key []byte

// Uint appends a number in eight bytes, big-endian.
func (k Key) Uint(n uint64) Key { return binary.BigEndian.AppendUint64(k, n) }

// Uint16 appends a small number in two bytes.
func (k Key) Uint16(n uint16) Key { return binary.BigEndian.AppendUint16(k, n) }

// Uint32 appends a number in four bytes.
func (k Key) Uint32(n uint32) Key { return binary.BigEndian.AppendUint32(k, n) }

// Time appends an instant with millisecond precision. Instants before 1970
// count as 1970.
func (k Key) Time(t time.Time) Key { return k.Uint(uint64(max(0, t.UnixMilli()))) }

// Text appends a string and a zero byte, so that no string is the prefix of
// another one's key. The string must not hold a zero byte.
func (k Key) Text(s string) Key { return append(append(k, s...), 0) }

// End returns the first key after all keys that begin with k, or nil when
// there is none.
func (k Key) End() []byte {
	end := append([]byte(nil), k...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}
