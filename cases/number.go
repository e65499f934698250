// Package cases says what a petition case (信访事项) is, who may see it, how it
// may move and what is refused. It is pure: it does no I/O, never asks the
// time, and imports nothing of ours.
package cases

import "fmt"

// Number is a case number (编号): the year and the running number within it.
// Numbers have no gaps and no duplicates. Year 0 means "not said".
type Number struct {
	Year int `cbor:"1,keyasint"`
	Seq  int `cbor:"2,keyasint"`
}

// String returns the number as it stands on a receipt, "2026-0001".
func (n Number) String() string { return fmt.Sprintf("%04d-%04d", n.Year, n.Seq) }

// ParseNumber reads a number as String writes it.
func ParseNumber(s string) (n Number, ok bool) {
	_, err := fmt.Sscanf(s, "%d-%d", &n.Year, &n.Seq)
	if err != nil || n.Year <= 0 || n.Seq <= 0 || n.String() != s {
		return Number{}, false
	}
	return n, true
}

// Short returns the number without its year, "0001", as staff write it.
func (n Number) Short() string { return fmt.Sprintf("%04d", n.Seq) }

// IsZero reports whether n is no number.
func (n Number) IsZero() bool { return n.Seq == 0 }
