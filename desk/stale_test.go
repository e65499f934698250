package desk

import (
	"slices"
	"strings"
	"testing"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/outbox"
	"fangzhuo/storage"
)

// What waits for a unit or a leader when a matter turns out to be an accusation
// does not reach them in the morning; that it is over does.
func TestAnAccusationOvertakesWhatWaits(t *testing.T) {
	d, store := open(t)
	no := cases.Number{Seq: 1}
	step := func(do func(tx storage.Tx) error) {
		t.Helper()
		if err := store.Update(t.Context(), do); err != nil {
			t.Fatal(err)
		}
	}
	stale := func() (list []string) {
		t.Helper()
		tables, err := store.Tables(t.Context(), "outbox-key/")
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			keys, _ := dump[any](t, store, table)
			for _, key := range keys {
				name := strings.TrimSuffix(string(key), "\x00")
				switch is, err := d.Stale(t.Context(), name); {
				case err != nil:
					t.Fatal(err)
				case is:
					list = append(list, name)
				}
			}
		}
		slices.Sort(list)
		return list
	}
	step(func(tx storage.Tx) error { _, err := d.Submit(tx, submission("澡堂锁坏了"), monday); return err })
	step(func(tx storage.Tx) error {
		_, err := d.Assign(tx, staff, no, "hq", calendar.Term{N: 3}, "换锁", monday)
		return err
	})
	step(func(tx storage.Tx) error {
		_, err := d.Sponsor(tx, staff, no, "秦卫东", calendar.Term{N: 3}, monday)
		return err
	})
	if got := stale(); len(got) != 0 {
		t.Errorf("nothing has changed, yet these are stale: %q", got)
	}
	step(func(tx storage.Tx) error {
		_, err := d.Register(tx, staff, no, "检举控告", "", "", monday)
		return err
	})
	got := stale()
	if len(got) != 2 || !strings.HasSuffix(got[0], "unit.task/mei") || !strings.HasSuffix(got[1], "/qin") {
		t.Errorf("stale: %q", got)
	}
	before := len(owed(t, store))
	step(func(tx storage.Tx) error {
		return d.Unsent(tx, outbox.Outcome{Key: got[0], To: "test:mei", State: outbox.Expired, Reason: outbox.Overtaken}, monday)
	})
	if after := len(owed(t, store)); after != before {
		t.Errorf("staff are alarmed about what is as it should be: %d, %d", before, after)
	}
}
