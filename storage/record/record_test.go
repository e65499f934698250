package record_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fangzhuo/storage/record"
)

type step struct {
	At   time.Time `cbor:"1,keyasint,omitempty"`
	Note string    `cbor:"2,keyasint,omitempty"`
}

type caseRecord struct {
	Number  uint64     `cbor:"1,keyasint,omitempty"`
	Text    string     `cbor:"2,keyasint,omitempty"`
	Opened  time.Time  `cbor:"3,keyasint,omitempty"`
	Closed  *time.Time `cbor:"4,keyasint,omitempty"`
	Steps   []step     `cbor:"5,keyasint,omitempty"`
	Sealed  []byte     `cbor:"6,keyasint,omitempty"`
	Private bool       `cbor:"7,keyasint,omitempty"`
	Parent  *step      `cbor:"8,keyasint,omitempty"`
}

func example() caseRecord {
	opened := time.Date(2026, 12, 7, 8, 0, 0, 123e6, time.UTC)
	closed := opened.Add(36*time.Hour + 877*time.Millisecond)
	return caseRecord{
		Number: 2026000123, Text: strings.Repeat("澡堂热水不足", 20), Opened: opened, Closed: &closed,
		Steps:  []step{{opened.Add(time.Millisecond), "受理"}, {closed, "答复"}},
		Sealed: []byte{0, 1, 2}, Private: true, Parent: &step{At: opened.Add(-time.Second)},
	}
}

func TestRoundTrip(t *testing.T) {
	want := example()
	b, err := record.Encode(3, want)
	if err != nil {
		t.Fatal(err)
	}
	var got caseRecord
	version, err := record.Decode(b, &got)
	if err != nil || version != 3 || b[0] != 3 {
		t.Fatalf("version %d, first byte %d, error %v", version, b[0], err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got.Opened.Location() != time.UTC || got.Closed.Location() != time.UTC || got.Steps[0].At.Location() != time.UTC {
		t.Error("times are not in UTC")
	}
}

func TestInstantKeepsItsMillisecond(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	rapid.Check(t, func(t *rapid.T) {
		// 1900 to 2200
		at := time.Unix(rapid.Int64Range(-2208988800, 7258118400).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(shanghai)
		b, err := record.Encode(1, step{At: at})
		if err != nil {
			t.Fatal(err)
		}
		var got step
		if _, err := record.Decode(b, &got); err != nil {
			t.Fatal(err)
		}
		// A time within half a microsecond of the next millisecond may reach it.
		if d := got.At.UnixMilli() - at.UnixMilli(); d != 0 && (d != 1 || at.Nanosecond()%1e6 < 999_500) {
			t.Fatalf("%v came back as %v", at, got.At)
		}
		if got.At.Nanosecond()%1e6 != 0 || got.At.Location() != time.UTC {
			t.Fatalf("%v is not a millisecond in UTC", got.At)
		}
		if len(b) > 12 {
			t.Fatalf("%d bytes for one instant", len(b))
		}
	})
}

func TestEqualValuesGiveEqualBytes(t *testing.T) {
	a, err := record.Encode(1, map[string]int{"甲": 1, "乙": 2, "丙": 3, "丁": 4})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		b, err := record.Encode(1, map[string]int{"丁": 4, "丙": 3, "乙": 2, "甲": 1})
		if err != nil || !bytes.Equal(a, b) {
			t.Fatalf("%x and %x, %v", a, b, err)
		}
	}
}

// The next release added field 3 and the one after dropped field 2.
func TestReleasesReadEachOther(t *testing.T) {
	type next struct {
		At   time.Time `cbor:"1,keyasint,omitempty"`
		Note string    `cbor:"2,keyasint,omitempty"`
		By   string    `cbor:"3,keyasint,omitempty"`
	}
	type later struct {
		At time.Time `cbor:"1,keyasint,omitempty"`
		By string    `cbor:"3,keyasint,omitempty"`
	}
	at := example().Opened
	written, err := record.Encode(1, next{at, "转送", "P-7"})
	if err != nil {
		t.Fatal(err)
	}
	var old step
	if _, err := record.Decode(written, &old); err != nil || old != (step{at, "转送"}) {
		t.Errorf("the older release reads %+v, %v", old, err)
	}
	var last later
	if _, err := record.Decode(written, &last); err != nil || last != (later{at, "P-7"}) {
		t.Errorf("the later release reads %+v, %v", last, err)
	}
	if written, err = record.Encode(1, step{at, "转送"}); err != nil {
		t.Fatal(err)
	}
	var unknown next
	if _, err := record.Decode(written, &unknown); err != nil || unknown != (next{At: at, Note: "转送"}) {
		t.Errorf("the newer release reads %+v, %v", unknown, err)
	}
}

func TestDamagedRecordIsAnError(t *testing.T) {
	whole, err := record.Encode(9, example())
	if err != nil {
		t.Fatal(err)
	}
	var v caseRecord
	if _, err := record.Decode(nil, &v); !errors.Is(err, record.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	for n := 1; n < len(whole); n++ {
		if version, err := record.Decode(whole[:n], &v); err == nil || version != 9 {
			t.Fatalf("cut to %d of %d bytes: version %d, error %v", n, len(whole), version, err)
		}
	}
	for name, b := range map[string][]byte{
		"trailing bytes": append(bytes.Clone(whole), 0),
		"twice a field":  {1, 0xa2, 2, 0x61, 'a', 2, 0x61, 'b'},
		"wrong type":     {1, 0xa1, 1, 0x61, 'a'},
		"text":           []byte("垃圾"),
	} {
		if _, err := record.Decode(b, &caseRecord{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := record.Decode(whole, v); err == nil {
		t.Error("not a pointer: no error")
	}
	if _, err := record.Encode(1, make(chan int)); err == nil {
		t.Error("a channel was encoded")
	}
}

func FuzzDecode(f *testing.F) {
	whole, err := record.Encode(1, example())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte{})
	f.Add([]byte{1, 0xa1, 3, 0xfb, 0x7f, 0xef, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		var v caseRecord
		if _, err := record.Decode(b, &v); err != nil {
			return
		}
		// What was understood once is understood again.
		again, err := record.Encode(b[0], v)
		if err != nil {
			t.Fatal(err)
		}
		var w caseRecord
		if _, err := record.Decode(again, &w); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	v := example()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := record.Encode(1, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	enc, err := record.Encode(1, example())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var v caseRecord
		if _, err := record.Decode(enc, &v); err != nil {
			b.Fatal(err)
		}
	}
}
