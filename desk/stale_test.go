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
	if len(got) != 4 || !strings.HasSuffix(got[2], "unit.task/mei") || !strings.HasSuffix(got[3], "/qin") { // and what the office was told of it
		t.Errorf("stale: %q", got)
	}
	before := len(owed(t, store))
	step(func(tx storage.Tx) error {
		return d.Unsent(tx, outbox.Outcome{Key: got[2], To: "test:mei", State: outbox.Expired, Reason: outbox.Overtaken}, monday)
	})
	if after := len(owed(t, store)); after != before {
		t.Errorf("staff are alarmed about what is as it should be: %d, %d", before, after)
	}
}

// Nor does what waits when a matter complains about who would read it, is taken
// back by who told it, or is theirs no longer; and what was pushed about its term.
func TestWhatWaitsIsOvertaken(t *testing.T) {
	d, store := open(t)
	update := func(do func(tx storage.Tx) error) {
		t.Helper()
		if err := store.Update(t.Context(), do); err != nil {
			t.Fatal(err)
		}
	}
	stale := func(key string, want bool) {
		t.Helper()
		if is, err := d.Stale(t.Context(), key); err != nil || is != want {
			t.Errorf("%s is stale: %t, %v", key, is, err)
		}
	}
	no := cases.Number{Seq: 1}
	update(func(tx storage.Tx) error { _, err := d.Submit(tx, submission("澡堂锁坏了"), monday); return err })
	update(func(tx storage.Tx) error {
		_, err := d.Assign(tx, staff, no, "hq", calendar.Term{N: 3}, "换锁", monday)
		return err
	})
	task, file, push, over, mine := "case/2026-0001/5/unit.task/mei", "case/2026-0001/5/file/1/mei", "push/2026-0001/2026-11-24/mei", "case/2026-0001/7/unit.withdrawn/mei", "case/2026-0001/5/worker.handling"
	for _, key := range []string{task, file, push, over, mine, "alert.soon/2026-0001/handle/2026-12-01/wang"} {
		stale(key, false)
	}
	update(func(tx storage.Tx) error { _, err := d.Recuse(tx, staff, no, "hq", monday); return err })
	stale(task, true)
	stale(file, true)
	stale(push, true)
	stale(over, false)
	stale(mine, false)
	update(func(tx storage.Tx) error {
		_, err := d.Erase(tx, no, Claim{From: submission("").From}, monday)
		return err
	})
	stale(mine, true)
	stale("case/2026-0001/9/worker.erased", false)
}
