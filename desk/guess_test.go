package desk

import (
	"fmt"
	"testing"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// However many accounts guess at the code of a number, its owner gets in with the
// right one from any account; each that guesses is shut out ever sooner.
func TestGuessingAtANumber(t *testing.T) {
	for _, no := range []cases.Number{firstNo, {Year: 2026, Seq: 99}} { // one that exists, one that does not
		d, store := open(t)
		in := submission("材料库的灯不亮")
		in.Signature = cases.Anonymous
		var code string
		update(t, store, func(tx storage.Tx) error {
			r, err := d.Submit(tx, in, monday)
			code = r.Code
			return err
		})
		guess := func(from chat.Address, at time.Time) (locked bool) {
			update(t, store, func(tx storage.Tx) (err error) {
				locked, err = d.WrongCode(tx, no, from, at)
				return err
			})
			return locked
		}
		shut := func(from chat.Address, at time.Time) bool {
			_, _, err := d.Track(t.Context(), no, Claim{From: from, Code: "2222"}, at)
			r, _ := IsRefusal(err)
			return r != nil && r.Code == cases.Locked
		}
		n := 0
		for i := range 4 {
			for range wrongCodes {
				guess(chat.Address(fmt.Sprintf("test:thief%d", i)), monday)
				n++
			}
			if from := chat.Address(fmt.Sprintf("test:thief%d", i)); !shut(from, monday) || shut(from, monday.Add(61*time.Minute)) {
				t.Errorf("%s: after five wrong codes it is not shut for an hour", from)
			}
		}
		if n < besieged {
			t.Fatalf("%d guesses are no siege", n)
		}
		if !guess("test:thief9", monday) || !shut("test:thief9", monday) {
			t.Error("the number is guessed at by many, and a new account has more than one guess")
		}
		if _, _, err := d.Track(t.Context(), no, Claim{From: "test:owner", Code: code}, monday); (err == nil) != (no == firstNo) {
			t.Errorf("%s: the owner with the right code: %v", no, err)
		}
	}
}

// One account cannot try a code at one number after the other.
func TestGuessingAtManyNumbers(t *testing.T) {
	d, store := open(t)
	for i := range wrongInAll {
		if _, _, err := d.Track(t.Context(), cases.Number{Year: 2026, Seq: i + 1}, Claim{From: "test:thief", Code: "2222"}, monday); err == nil {
			t.Fatal("found")
		} else if r, _ := IsRefusal(err); r == nil || r.Code != cases.Unknown {
			t.Fatalf("guess %d: %v", i, err)
		}
		update(t, store, func(tx storage.Tx) error {
			_, err := d.WrongCode(tx, cases.Number{Year: 2026, Seq: i + 1}, "test:thief", monday)
			return err
		})
	}
	for from, want := range map[chat.Address]cases.Code{"test:thief": cases.Locked, "test:other": cases.Unknown} {
		_, _, err := d.Track(t.Context(), cases.Number{Year: 2026, Seq: 77}, Claim{From: from, Code: "2222"}, monday)
		if r, _ := IsRefusal(err); r == nil || r.Code != want {
			t.Errorf("%s: %v, want %s", from, err, want)
		}
	}
}
