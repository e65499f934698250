package desk

import (
	"testing"

	"fangzhuo/cases"
	"fangzhuo/storage"
)

// The sealed part is opened by keepers only, for a motive; who signs with their
// name lets the office use it, and that is written down too.
func TestWhoOpensTheSealedPart(t *testing.T) {
	clerk := cases.Actor{ID: "zhou", Role: cases.Staff}
	for _, test := range []struct {
		name      string
		marked    string // who is a keeper; "" for nobody
		actor     cases.Actor
		signature cases.Signature
		guarded   bool
		motive    string
		want      cases.Code // "" is opened
	}{
		{"a keeper with a motive", "wang", staff, cases.Sealed, false, "核实工资条", ""},
		{"a keeper without", "wang", staff, cases.Sealed, false, "", cases.NoMotive},
		{"a keeper with next to none", "wang", staff, cases.Sealed, false, "看", cases.NoMotive},
		{"somebody else of the staff", "wang", clerk, cases.Sealed, false, "核实工资条", cases.NotKeeper},
		{"nobody is marked", "", clerk, cases.Sealed, false, "核实工资条", ""},
		{"signed, by anybody of the staff", "wang", clerk, cases.Named, false, "", ""},
		{"signed, but afraid", "wang", clerk, cases.Named, true, "核实工资条", cases.NotKeeper},
		{"discipline, not theirs", "wang", cases.Actor{ID: "ji", Role: cases.Discipline}, cases.Sealed, false, "核实工资条", cases.Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, store := open(t)
			for i := range d.Office.People {
				d.Office.People[i].Keeper = d.Office.People[i].ID == test.marked
			}
			in := submission("工资少了")
			in.Signature, in.Guarded, in.Name = test.signature, test.guarded, "罗小虎"
			update(t, store, func(tx storage.Tx) error { _, err := d.Submit(tx, in, monday); return err })
			opens := func() (n int) {
				_, events := dump[cases.Event](t, store, eventTable)
				for _, e := range events {
					if Looked(e) && e.Actor == test.actor && e.Motive == test.motive {
						n++
					}
				}
				return n
			}
			err := store.Update(t.Context(), func(tx storage.Tx) error {
				_, who, err := d.Contact(tx, test.actor, firstNo, test.motive, monday)
				if err == nil && who.Name != "罗小虎" {
					t.Errorf("opened, but it says %+v", who)
				}
				return err
			})
			if r, refused := IsRefusal(err); refused != (test.want != "") || refused && r.Code != test.want {
				t.Fatalf("%v, want %q", err, test.want)
			}
			if want := map[bool]int{true: 1}[test.want == ""]; opens() != want {
				t.Errorf("%d openings in the history, want %d", opens(), want)
			}
		})
	}
}
