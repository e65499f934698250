package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fangzhuo/calendar"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/storage/record"
	"fangzhuo/storage/storagetest"
)

// tables of the test's own, in the same store
const (
	went    storage.Table = "went"
	skipped storage.Table = "skipped"
)

// office is a planner with a clock that only moves when told; what it emits
// is written into the store.
type office struct {
	t       testing.TB
	store   storage.Store
	clock   *Clock
	mu      sync.Mutex
	sources []Source
	plan    *Planner
	runner  *Runner
}

func newOffice(t testing.TB, now string, sources ...Source) *office {
	wall := at(t, "2026-01-01 00:00")
	o := &office{t: t, store: mem.New(), sources: sources}
	o.clock = NewClock(func() time.Time { return wall }, at(t, now))
	o.restart(o.store)
	return o
}

// restart forgets all that is not stored.
func (o *office) restart(s storage.Store) {
	o.plan = NewPlanner(s, PlannerOptions{
		Now: o.clock.Now,
		Log: slog.New(slog.DiscardHandler),
		Sources: func(context.Context) ([]Source, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.sources, nil
		},
		Emit: func(tx storage.Tx, oc Occasion, now time.Time) error {
			key := []byte(oc.Key())
			if _, err := tx.Get(went, key); !errors.Is(err, storage.ErrNotFound) {
				o.t.Errorf("%s goes out twice", oc.Key())
			}
			if now.Before(oc.Due) || now.After(oc.Until) {
				o.t.Errorf("%s goes out at %v, due %v, until %v", oc.Key(), now, oc.Due, oc.Until)
			}
			line := fmt.Sprintf("%s %s %s", now.In(calendar.Zone).Format("01-02 15:04"), oc.Target, oc.Stage)
			return tx.Put(went, key, []byte(line))
		},
		Skipped: func(tx storage.Tx, oc Occasion, now time.Time) error {
			return tx.Put(skipped, []byte(oc.Key()), []byte(fmt.Sprint(oc.Target, " ", oc.Stage)))
		},
	})
	o.runner = NewRunner(o.clock, slog.New(slog.DiscardHandler), o.plan)
}

func (o *office) moveTo(when string) {
	o.t.Helper()
	if err := o.runner.Move(o.t.Context(), at(o.t, when)); err != nil {
		o.t.Fatalf("move to %s: %v", when, err)
	}
}

// down lets time pass while the program does not run.
func (o *office) down(until string) {
	o.t.Helper()
	o.clock.put(at(o.t, until))
	o.restart(o.store)
	if err := o.runner.Settle(o.t.Context()); err != nil {
		o.t.Fatalf("settle at %s: %v", until, err)
	}
}

func (o *office) values(table storage.Table) []string {
	o.t.Helper()
	var all []string
	err := o.store.View(o.t.Context(), func(r storage.Reader) error {
		for _, v := range r.Scan(table, nil, nil) {
			all = append(all, string(v))
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

var december = []string{"11-30 09:00 A week", "12-04 09:00 A three", "12-06 19:30 A eve", "12-07 07:00 A day"}

// S1: the tick runs, and again after a restart at 09:02.
func TestFirstStart(t *testing.T) {
	o := newOffice(t, "2026-11-30 09:00", reception(t, "A"))
	if err := o.runner.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, "what is due this instant goes out", o.values(went), december[:1])
	o.down("2026-11-30 09:02")
	o.moveTo("2026-12-03 23:59")
	expect(t, "nothing more until 12-03", o.values(went), december[:1])
	o.moveTo("2026-12-20 00:00")
	expect(t, "the month", o.values(went), december)

	late := newOffice(t, "2026-11-30 09:01", reception(t, "A"))
	late.moveTo("2026-12-20 00:00")
	expect(t, "what is from before the first start does not go out", late.values(went), december[1:])
}

func TestMonthDayByDayForEachGroup(t *testing.T) {
	r := reception(t, "A", "B")
	r.Targets[1].Times = map[Stage]TimeOfDay{Eve: {22, 0}}
	o := newOffice(t, "2026-09-20 00:00", r)
	for day := date(t, "2026-09-21"); day.Before(date(t, "2026-10-20")); day = day.Add(1) {
		o.moveTo(day.String() + " 12:00")
		o.restart(o.store)
	}
	expect(t, "S2", o.values(went), []string{
		"09-28 09:00 A moved", "09-28 09:00 B moved",
		"09-30 09:00 A week", "09-30 09:00 B week",
		"10-07 19:30 A eve", "10-07 22:00 B eve",
		"10-08 07:00 A day", "10-08 07:00 B day",
	})
}

// S3, with the move stored a little after it was said, while the planner has
// gone past that instant already.
func TestMoveByStaff(t *testing.T) {
	r := reception(t, "A", "B")
	o := newOffice(t, "2026-11-24 09:00", r)
	o.moveTo("2026-12-01 10:05")
	said := o.clock.Now().Add(-20 * time.Second)
	r.Moves = []Move{{calendar.Move{RuleDate: date(t, "2026-12-07"), To: date(t, "2026-12-09"), Note: "领导出差"}, said}}
	o.mu.Lock()
	o.sources = []Source{r}
	o.mu.Unlock()
	o.plan.Replan()
	if err := o.runner.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.moveTo("2026-12-20 00:00")
	expect(t, "went", o.values(went), []string{
		"11-30 09:00 A week", "11-30 09:00 B week",
		"12-01 10:05 A moved", "12-01 10:05 B moved",
		"12-02 09:00 A week", "12-02 09:00 B week",
		"12-04 09:00 A three", "12-04 09:00 B three",
		"12-08 19:30 A eve", "12-08 19:30 B eve",
		"12-09 07:00 A day", "12-09 07:00 B day",
	})
}

func TestDowntime(t *testing.T) {
	cases := []struct {
		name, from, until string
		want              []string // directly after
		skip              []string
		history           string
	}{
		{"three days", "2026-12-03 20:00", "2026-12-06 20:00",
			[]string{"11-30 09:00 A week", "12-06 20:00 A eve"}, nil, "eve emitted, three merged, week emitted"},
		{"still useful", "2026-11-29 20:00", "2026-12-02 20:00",
			[]string{"12-02 20:00 A week"}, nil, "week emitted"},
		{"past it all", "2026-12-06 20:00", "2026-12-08 08:00",
			[]string{"11-30 09:00 A week", "12-04 09:00 A three", "12-06 19:30 A eve"}, []string{"A day"},
			"day skipped, eve emitted, three emitted, week emitted"},
	}
	for _, c := range cases {
		o := newOffice(t, "2026-11-24 09:00", reception(t, "A"))
		o.moveTo(c.from)
		o.down(c.until)
		expect(t, c.name+": went", o.values(went), c.want)
		expect(t, c.name+": skipped", o.values(skipped), c.skip)
		var history []string
		for _, value := range o.values(tableNotice) {
			var d Decision
			if _, err := record.Decode([]byte(value), &d); err != nil {
				t.Fatal(err)
			}
			history = append(history, fmt.Sprint(d.Stage, " ", d.Verdict))
		}
		slices.Sort(history)
		expect(t, c.name+": history", strings.Join(history, ", "), c.history)
	}
}

func TestClockBack(t *testing.T) {
	r := reception(t, "A")
	o := newOffice(t, "2026-11-24 09:00", r)
	o.moveTo("2026-12-20 00:00")
	o.moveTo("2026-11-29 00:00")
	r.Moves = []Move{{calendar.Move{RuleDate: date(t, "2026-12-07"), To: date(t, "2026-12-09")}, at(t, "2026-12-05 10:00")}}
	o.moveTo("2026-12-05 10:00")
	expect(t, "nothing goes out twice", o.values(went), december)
	o.mu.Lock()
	o.sources = []Source{r}
	o.mu.Unlock()
	o.plan.Replan()
	o.moveTo("2026-12-20 00:00")
	expect(t, "what is new goes out", o.values(went), []string{
		"11-30 09:00 A week", "12-04 09:00 A three", "12-05 10:00 A moved", "12-06 19:30 A eve",
		"12-07 07:00 A day", "12-08 19:30 A eve", "12-09 07:00 A day"})
}

func TestClockThatWasWrongCostsNothing(t *testing.T) {
	o := newOffice(t, "2026-11-24 09:00", reception(t, "A"))
	o.down("2026-12-30 00:00") // the wall was wrong
	expect(t, "went", o.values(went), []string(nil)[:0])
	o.down("2026-11-24 09:05")
	o.moveTo("2026-12-20 00:00")
	expect(t, "went", o.values(went), december)
}

func TestRestartBetweenAnyTwoSteps(t *testing.T) {
	groups := make([]string, 30) // three transactions for each stage
	for i := range groups {
		groups[i] = fmt.Sprintf("G%02d", i)
	}
	for n := int64(0); ; n++ {
		o := newOffice(t, "2026-11-24 09:00", reception(t, groups...))
		s := storagetest.FailAfter(o.store, n)
		o.restart(s)
		crashed := o.runner.Move(t.Context(), at(t, "2026-12-20 00:00")) != nil
		o.restart(o.store)
		o.moveTo("2026-12-20 00:00")
		if got := len(o.values(went)); got != 4*len(groups) {
			t.Errorf("after a crash at write %d %d notices went out, want %d", n, got, 4*len(groups))
		}
		if !crashed {
			if n < 16 {
				t.Errorf("only %d steps were walked", n)
			}
			return
		}
	}
}

func TestFailingEmitIsTriedAgain(t *testing.T) {
	o := newOffice(t, "2026-11-30 09:00", reception(t, "A"))
	emit := o.plan.Emit
	o.plan.Emit = func(storage.Tx, Occasion, time.Time) error { return errors.New("no") }
	if err := o.runner.Settle(t.Context()); err == nil {
		t.Fatal("the failure is not reported")
	}
	o.plan.Emit = emit
	if err := o.runner.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, "went", o.values(went), december[:1])
}

// Whatever the clock, the staff and the power do: Emit in newOffice finds what
// would go out twice, early or late.
func TestNothingGoesOutTwice(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rec := reception(t, "A", "B")
		o := newOffice(t, "2026-09-20 00:00", rec)
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			now := o.clock.Now()
			hours := rapid.IntRange(-400, 600).Draw(r, "hours")
			then := now.Add(time.Duration(hours) * time.Hour)
			switch rapid.SampledFrom([]string{"move", "down", "said"}).Draw(r, "step") {
			case "move":
				o.moveTo(then.In(calendar.Zone).Format("2006-01-02 15:04"))
			case "down":
				o.down(then.In(calendar.Zone).Format("2006-01-02 15:04"))
			case "said":
				day := calendar.DateOf(now)
				rec.Moves = append(slices.Clone(rec.Moves), Move{calendar.Move{
					RuleDate: calendar.On(day.Year, day.Month, 5), To: calendar.On(day.Year, day.Month, 5+hours%20),
				}, now})
				o.mu.Lock()
				o.sources = []Source{rec}
				o.mu.Unlock()
				o.plan.Replan()
			}
		}
		if t.Failed() {
			r.Fatal("see above")
		}
	})
}
