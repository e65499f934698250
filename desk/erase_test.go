package desk

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// holds lists which tables hold one of the words.
func holds(t *testing.T, store storage.Store, words ...string) (all []string) {
	t.Helper()
	tables, err := store.Tables(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if strings.HasPrefix(string(table), "outbox") { // what is promised already goes out first
			continue
		}
		err := store.View(t.Context(), func(r storage.Reader) error {
			for key, value := range r.Scan(table, nil, nil) {
				for _, w := range words {
					if bytes.Contains(key, []byte(w)) || bytes.Contains(value, []byte(w)) {
						all = append(all, string(table)+" holds "+w)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// whoSpoke is a matter of somebody who said who they are wherever they could.
func whoSpoke(t *testing.T, d *Desk, store storage.Store) {
	t.Helper()
	s := submission("我是综采二队的白建军，电话13911112222，上个月工资少了")
	s.Signature, s.Name, s.Contact = cases.Named, "白建军", "13911112222"
	update(t, store, func(tx storage.Tx) error {
		if _, err := d.Submit(tx, s, monday); err != nil {
			return err
		}
		if _, err := d.Supplement(tx, firstNo, Claim{From: "test:luo"}, chat.Message{At: monday, From: "test:luo"}, "白建军再说一句：十月的", monday); err != nil {
			return err
		}
		if _, err := d.Assign(tx, staff, firstNo, "机电", calendar.Term{N: 3}, "查十月的考勤", monday); err != nil {
			return err
		}
		_, _, err := d.Contact(tx, staff, firstNo, "约白建军来对账", monday)
		return err
	})
}

// What is erased is in no record of the desk any more, and the case is still the
// fold of its events.
func TestErasedLeavesNobody(t *testing.T) {
	for name, erase := range map[string]func(d *Desk, tx storage.Tx) (Erased, error){
		"by themselves": func(d *Desk, tx storage.Tx) (Erased, error) {
			return d.Erase(tx, firstNo, Claim{From: "test:luo"}, monday)
		},
		"by a keeper": func(d *Desk, tx storage.Tx) (Erased, error) {
			return d.EraseFor(tx, staff, firstNo, "白建军来电要求", monday)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, store := open(t)
			whoSpoke(t, d, store)
			update(t, store, func(tx storage.Tx) error {
				e, err := erase(d, tx)
				if err == nil && (e.Code != "") != (name == "by themselves") {
					t.Errorf("the new code is %q", e.Code)
				}
				return err
			})
			agree(t, store)
			for _, left := range holds(t, store, "白建军", "13911112222") {
				t.Error(left)
			}
			for _, table := range []storage.Table{fromTable, joinedTable, identityTable, saidTable} {
				if keys, _ := dump[any](t, store, table); len(keys) > 0 {
					t.Errorf("%s has %d records", table, len(keys))
				}
			}
			if left := holds(t, store, "工资少了"); len(left) == 0 {
				t.Error("what the matter is is gone too")
			}
			if all, err := d.Kept(t.Context(), "test:luo", 9); err != nil || len(all) > 0 {
				t.Errorf("kept: %+v, %v", all, err)
			}
		})
	}
}

// Years after a matter's end the program erases who spoke; not earlier, and not of
// one that was opened again meanwhile.
func TestKeepingEnds(t *testing.T) {
	d, store := open(t)
	whoSpoke(t, d, store)
	closed := monday.AddDate(0, 1, 0)
	update(t, store, func(tx storage.Tx) error {
		_, err := d.Withdraw(tx, firstNo, Claim{From: "test:luo"}, closed)
		return err
	})
	k, err := d.KeptOf(t.Context(), firstNo, Claim{From: "test:luo"}, closed)
	if want := time.Date(2029, 12, 23, 0, 0, 0, 0, calendar.Zone); err != nil || !k.Until.Equal(want) {
		t.Errorf("kept until %s, want %s: %v", k.Until, want, err)
	}
	if k.Name != "白**" || k.Phone != "139******22" || k.Words != 2 || len(k.Opened) != 1 || k.Opened[0].Motive != "约白建军来对账" {
		t.Errorf("kept: %+v", k)
	}
	for _, test := range []struct {
		at   time.Time
		kept bool
	}{
		{closed.AddDate(2, 11, 29), true},
		{time.Date(2029, 12, 23, 23, 0, 0, 0, calendar.Zone), true},
		{time.Date(2029, 12, 24, 9, 0, 0, 0, calendar.Zone), false},
	} {
		if err := d.Fire(t.Context(), test.at); err != nil {
			t.Fatal(err)
		}
		if keys, _ := dump[any](t, store, identityTable); (len(keys) > 0) != test.kept {
			t.Errorf("at %s it is kept: %t", test.at, len(keys) > 0)
		}
	}
	agree(t, store)
	for _, left := range holds(t, store, "白建军", "13911112222") {
		t.Error(left)
	}
	_, events := dump[cases.Event](t, store, eventTable)
	if e := events[len(events)-1]; e.Verb != cases.Erase || e.Actor != cases.System {
		t.Errorf("the last event is %+v", e)
	}
}
