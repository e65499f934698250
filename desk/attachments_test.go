package desk

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"fangzhuo/attach"
	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// one is a network that has one file.
type one struct{}

func (one) Fetch(context.Context, chat.Media) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader([]byte("一份材料"))), nil
}

// handedOut is a matter with one file, with the unit jd.
func handedOut(t *testing.T, d *Desk, store storage.Store) {
	t.Helper()
	m := chat.Message{From: "test:luo", At: monday, Media: []chat.Media{{Kind: chat.File, Ref: "1", Name: "罗小虎.txt"}}}
	named, pieces, err := attach.Rename(bytes.NewReader(make([]byte, 8)), m.Media)
	if err != nil {
		t.Fatal(err)
	}
	update(t, store, func(tx storage.Tx) error {
		if err := attach.Want(tx, m, pieces); err != nil {
			return err
		}
		s := submission("路灯不亮")
		s.Said[0].Media = named
		if _, err := d.Submit(tx, s, monday); err != nil {
			return err
		}
		_, err := d.Assign(tx, staff, firstNo, "机电", calendar.Term{N: 3}, "", monday)
		return err
	})
	k := attach.New(store, attach.Options{Dir: t.TempDir(), Sources: map[string]chat.Fetcher{"test": one{}}, MaxBytes: 100, Now: func() time.Time { return monday }})
	if err := k.Fire(t.Context(), monday); err != nil {
		t.Fatal(err)
	}
}

var firstNo = cases.Number{Year: 2026, Seq: 1}

func update(t *testing.T, store storage.Store, fn func(storage.Tx) error) {
	t.Helper()
	if err := store.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// verbs lists what has happened to the first matter.
func verbs(t *testing.T, store storage.Store) (all []cases.Verb) {
	t.Helper()
	_, events := dump[cases.Event](t, store, eventTable)
	for _, e := range events {
		all = append(all, e.Verb)
	}
	return all
}

// Nothing is said to have gone to a unit that nobody can reach.
func TestPassOnToNobody(t *testing.T) {
	for _, reachable := range []bool{true, false} {
		d, store := open(t)
		handedOut(t, d, store)
		if !reachable {
			delete(d.Addresses, "shi")
		}
		for _, sure := range []bool{false, true} {
			var h Handed
			update(t, store, func(tx storage.Tx) (err error) {
				h, err = d.PassOn(tx, staff, firstNo, []int{1}, "jd", sure, monday)
				return err
			})
			if h.Asks == sure || h.Told != reachable || len(h.Sent) != 1 {
				t.Errorf("reachable %t, sure %t: %+v", reachable, sure, h)
			}
			if passed := slices.Contains(verbs(t, store), cases.PassOn); passed != (sure && reachable) {
				t.Errorf("reachable %t, sure %t: it stands in the history: %t", reachable, sure, passed)
			}
		}
	}
}

// Each look at what somebody sent along is written down, with who took it.
func TestEveryLookIsWrittenDown(t *testing.T) {
	d, store := open(t)
	handedOut(t, d, store)
	looks := func() (n int) {
		_, events := dump[cases.Event](t, store, eventTable)
		for _, e := range events {
			if Looked(e) && e.Actor == staff {
				n++
			}
		}
		return n
	}
	for i, look := range []func(tx storage.Tx) error{
		func(tx storage.Tx) error {
			_, _, err := d.Attachments(tx, staff, firstNo, "核实现场", monday)
			return err
		},
		func(tx storage.Tx) error {
			_, err := d.SendAttachments(tx, staff, firstNo, []int{1}, "核实现场", "test:wang", monday)
			return err
		},
		func(tx storage.Tx) error {
			_, err := d.PassOn(tx, staff, firstNo, nil, "", false, monday)
			return err
		},
	} {
		if update(t, store, look); looks() != i+1 {
			t.Errorf("after look %d there are %d in the history", i+1, looks())
		}
	}
	for _, who := range []cases.Actor{unit, {ID: "qin", Role: cases.Leader}, {ID: "ji", Role: cases.Discipline}, cases.Petitioner} {
		err := store.Update(t.Context(), func(tx storage.Tx) error {
			_, _, err := d.Attachments(tx, who, firstNo, "核实现场", monday)
			return err
		})
		if _, refused := IsRefusal(err); !refused {
			t.Errorf("%s may list them: %v", who.Role, err)
		}
	}
}
