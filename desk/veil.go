package desk

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
)

// veil is a secret of this process, which no record holds.
type veil [32]byte

func newVeil() (v veil) {
	_, _ = rand.Read(v[:]) // never fails
	return v
}

// Veil turns something that would say who spoke, or of what, into a name that
// says neither and is the same for as long as the program runs. A plain hash
// would not do: accounts, minutes and numbers are few enough to try them all.
func (d *Desk) Veil(b []byte) []byte {
	mac := hmac.New(sha256.New, d.veil[:])
	mac.Write(b)
	return mac.Sum(nil)[:16]
}
