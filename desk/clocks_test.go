package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/storage/record"
)

// lastDay counts the days of a term one by one: the day after is the first; of
// calendar days the last rolls on when nobody works.
func lastDay(cal *calendar.Calendar, from calendar.Date, days int, working bool) calendar.Date {
	day, counted := from, 0
	for counted < days {
		day = day.Add(1)
		if !working || cal.Day(day).Working() {
			counted++
		}
	}
	for !cal.Day(day).Working() {
		day = day.Add(1)
	}
	return day
}

// takeSteps takes each step in a transaction of its own.
func takeSteps(t fataler, s storage.Store, steps ...func(tx storage.Tx) error) {
	for _, step := range steps {
		if err := s.Update(context.Background(), step); err != nil {
			t.Fatalf("%v", err)
		}
	}
}

// newMatter submits one matter on a day and returns its number.
func newMatter(t fataler, d *Desk, s storage.Store, now time.Time) cases.Number {
	var no cases.Number
	takeSteps(t, s, func(tx storage.Tx) error {
		r, err := d.Submit(tx, submission("澡堂锁坏了"), now)
		no = r.Case.No
		return err
	})
	return no
}

func load(t fataler, s storage.Store, no cases.Number) (c cases.Case) {
	err := s.View(context.Background(), func(r storage.Reader) error {
		_, err := record.Load(r, caseTable, numberKey(no), &c)
		return err
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return c
}

// answered answers a matter as the table wants it.
func answered(d *Desk, no cases.Number, now time.Time) func(storage.Tx) error {
	return func(tx storage.Tx) error {
		s, err := d.stepTo(tx, no, cases.Answer, staff, now)
		if err != nil {
			return err
		}
		reply := &cases.Reply{Opinion: "换好了", Basis: "后勤维修规定", Code: cases.Supported}
		if err := s.take(cases.Event{Verb: cases.Answer, Reply: reply}); err != nil {
			return err
		}
		return s.commit()
	}
}

// Whatever the day, every term of the law ends on the day that counting on the
// calendar comes to, and the house's never later than the law's.
func TestTheLawsLastDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, s := open(&testing.T{})
		house := &d.Office.Categories[0] // however long the house takes
		house.Days, house.Working = rapid.IntRange(0, 90).Draw(t, "house days"), rapid.Bool().Draw(t, "working")
		received := calendar.On(2025, 1, 1).Add(rapid.IntRange(0, 3*365-1).Draw(t, "received"))
		accepted := received.Add(rapid.IntRange(0, 20).Draw(t, "accepted after"))
		answeredOn := accepted.Add(rapid.IntRange(0, 20).Draw(t, "answered after"))
		at := func(day calendar.Date) time.Time {
			return day.At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		}
		how := rapid.SampledFrom([]cases.Procedure{cases.Ordinary, cases.Simple}).Draw(t, "how")
		no := newMatter(t, d, s, received.At(0, 0))
		ends := func(kind cases.ClockKind, from calendar.Date, days int, working bool) {
			t.Helper()
			k, ok := load(t, s, no).Clock(kind)
			if want := lastDay(d.Calendar, from, days, working); !ok || dateOf(k.Due) != want {
				t.Fatalf("%s from %v ends on %v (runs: %t), counting comes to %v", kind, from, dateOf(k.Due), ok, want)
			}
		}
		ends(cases.NoticeClock, received, 15, false)
		takeSteps(t, s, func(tx storage.Tx) error {
			_, err := d.Register(tx, staff, no, "宿舍澡堂", "", how, at(accepted))
			return err
		})
		if how == cases.Simple {
			ends(cases.DecideClock, received, 3, true)
		}
		takeSteps(t, s, func(tx storage.Tx) error { _, err := d.Accept(tx, staff, no, "", at(accepted)); return err })
		c := load(t, s, no)
		law, _ := c.Clock(cases.HandleClock)
		if house, ok := c.Clock(cases.HouseClock); ok && (house.Due.After(law.Due) || how == cases.Simple) {
			t.Fatalf("the house's term ends on %v, the law's on %v (%s)", house.Due, law.Due, how)
		}
		if how == cases.Simple {
			ends(cases.HandleClock, accepted, 10, true)
		} else {
			ends(cases.HandleClock, accepted, 60, false)
		}
		takeSteps(t, s, func(tx storage.Tx) error {
			_, err := d.Assign(tx, staff, no, "机电", calendar.Term{N: 3}, "", at(accepted))
			return err
		})
		ends(cases.ObjectClock, accepted, 5, true)
		takeSteps(t, s, answered(d, no, at(answeredOn)))
		ends(cases.WindowClock, answeredOn, 30, false)
		c = load(t, s, no)
		for _, kind := range []cases.ClockKind{cases.NoticeClock, cases.DecideClock, cases.HandleClock, cases.HouseClock, cases.TaskClock, cases.ObjectClock} {
			if _, runs := c.Clock(kind); runs {
				t.Fatalf("%s still runs though the matter is answered", kind)
			}
		}
	})
}

// The examples of domain.md §2.2, by hand.
func TestTheLawsLastDaysByHand(t *testing.T) {
	d, _ := open(t)
	for _, tt := range []struct {
		kind cases.ClockKind
		how  cases.Procedure
		from calendar.Date
		want string
	}{
		{cases.NoticeClock, cases.Ordinary, calendar.On(2026, 11, 23), "2026-12-08"},
		{cases.HandleClock, cases.Ordinary, calendar.On(2026, 11, 23), "2027-01-22"},
		{cases.HandleClock, cases.Ordinary, calendar.On(2026, 8, 3), "2026-10-08"}, // day 60 is in the holidays
		{cases.DecideClock, cases.Simple, calendar.On(2026, 11, 23), "2026-11-26"},
		{cases.HandleClock, cases.Simple, calendar.On(2026, 11, 23), "2026-12-07"},
		{cases.HandleClock, cases.Simple, calendar.On(2026, 9, 18), "2026-10-09"}, // over a make-up Sunday and two holidays
		{cases.ObjectClock, cases.Ordinary, calendar.On(2026, 11, 23), "2026-11-30"},
	} {
		l, _ := tt.kind.Limit(tt.how)
		if k := d.clock(tt.kind, tt.from.At(23, 59), calendar.Term{N: l.Days, Working: l.Working}); dateOf(k.Due).String() != tt.want {
			t.Errorf("%s (%s) from %v ends on %v, want %s", tt.kind, tt.how, tt.from, dateOf(k.Due), tt.want)
		}
	}
}

// owedMessage is a promise as the outbox keeps it.
type owedMessage struct {
	Key  string       `cbor:"1,keyasint"`
	To   chat.Address `cbor:"2,keyasint"`
	Text string       `cbor:"3,keyasint"`
}

// newlyOwed takes what is promised about terms out of the outbox.
func newlyOwed(t fataler, s storage.Store) (fresh []owedMessage) {
	keys, all := dump[owedMessage](t, s, "outbox-pending")
	if len(keys) == 0 {
		return nil
	}
	takeSteps(t, s, func(tx storage.Tx) error {
		for _, key := range keys {
			if err := tx.Delete("outbox-pending", key); err != nil {
				return err
			}
		}
		return nil
	})
	for _, m := range all {
		if strings.HasPrefix(m.Key, "push/") || strings.HasPrefix(m.Key, "alert.") || strings.HasSuffix(m.Key, "worker.closed-itself") {
			fresh = append(fresh, m)
		}
	}
	return fresh
}

// expected are the keys of what is owed about the terms of a case on a working
// morning, found from the calendar alone.
func expected(d *Desk, c cases.Case, today calendar.Date, since map[string]calendar.Date) []string {
	var want []string
	add := func(key string) {
		if !slices.Contains(want, key) {
			want = append(want, key)
		}
	}
	before := func(day calendar.Date) calendar.Date { return d.Calendar.PrevWorking(day.Add(-1)) }
	keepers := []string{"wang", "zhou"}
	acting := keepers
	if c.WithUnit() {
		acting = []string{"shi"}
	}
	_, house := c.Clock(cases.HouseClock)
	for _, k := range c.Clocks {
		from, due := dateOf(k.From), dateOf(k.Due)
		overOn := d.Calendar.NextWorking(due.Add(1))
		if s := since[string(k.Kind)+due.String()]; s.After(overOn) {
			overOn = s
		}
		late := today.After(due)
		once := func(warn calendar.Date) {
			switch {
			case !late && today == warn && warn.After(from) && warn.Before(due):
				for _, p := range keepers {
					add(fmt.Sprintf("alert.soon/%s/%s/%s/%s", c.No, k.Kind, due, p))
				}
			case today == overOn:
				for _, p := range keepers {
					add(fmt.Sprintf("alert.over/%s/%s/%s/%s", c.No, k.Kind, due, p))
				}
			}
		}
		climbs := k.Kind == cases.HouseClock || k.Kind == cases.TaskClock || k.Kind == cases.HandleClock && (!house || c.Procedure == cases.Simple)
		switch {
		case k.Kind == cases.NoticeClock:
			once(d.Calendar.PrevWorking(from.Add(10)))
		case k.Kind == cases.DecideClock, k.Kind == cases.ReviewClock, k.Kind == cases.HandleClock && !climbs:
			once(before(due))
		case k.Kind == cases.WindowClock:
			if late && c.Stage == cases.Answered && c.DisputedAt.IsZero() {
				add("worker.closed-itself")
			}
		case climbs:
			half, most, eve, end := d.Calendar.Marks(from, calendar.Term{N: k.Days, Working: k.Working})
			if end != due {
				half, most, eve, _ = d.Calendar.Marks(from, calendar.Term{N: due.Sub(from)})
			}
			mark := slices.Contains([]calendar.Date{half, most, eve}, today) && today.After(from) && today.Before(due)
			if mark || late {
				for _, p := range acting {
					add(fmt.Sprintf("push/%s/%s/%s", c.No, today, p))
				}
				if k.Kind == cases.HandleClock && !today.Before(before(due)) {
					for _, p := range keepers {
						add(fmt.Sprintf("push/%s/%s/%s", c.No, today, p))
					}
				}
			}
		}
	}
	return want
}

// Over a year of days each state of each term is told exactly once, on a working
// morning: a restart, a repeated round and a lawful extension add nothing.
func TestEachStateIsToldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, s := open(&testing.T{})
		day0 := calendar.On(2026, 1, 5).Add(rapid.IntRange(0, 300).Draw(t, "received"))
		no := newMatter(t, d, s, day0.At(10, 0))
		steps := map[int]string{}
		for _, name := range []string{"register", "accept", "assign", "feedback", "extend", "answer", "dispute", "review"} {
			if rapid.IntRange(0, 3).Draw(t, name+" happens") > 0 {
				steps[rapid.IntRange(0, 120).Draw(t, name)] = name
			}
		}
		how := rapid.SampledFrom([]cases.Procedure{"", cases.Ordinary, cases.Simple}).Draw(t, "how")
		restarts := rapid.IntRange(1, 40).Draw(t, "days between restarts")
		since := map[string]calendar.Date{}
		newlyOwed(t, s)
		for i := range 365 {
			today := day0.Add(i)
			quiet := func(now time.Time) {
				if err := d.Fire(context.Background(), now); err != nil {
					t.Fatalf("%v", err)
				}
				if owed := newlyOwed(t, s); len(owed) > 0 {
					t.Fatalf("%v: told %+v", now, owed)
				}
			}
			quiet(today.At(0, 0))
			c := load(t, s, no)
			var want []string
			if d.Calendar.Working(today) && i > 0 {
				want = expected(d, c, today, since)
			}
			if err := d.Fire(context.Background(), today.At(9, 0)); err != nil {
				t.Fatalf("%v", err)
			}
			var got []string
			for _, m := range newlyOwed(t, s) {
				key := m.Key
				if strings.HasPrefix(key, "case/") { // with how many events there are by then
					key = key[strings.LastIndex(key, "/")+1:]
				}
				got = append(got, key)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%v (%s, %s): told %q, want %q; clocks %+v", today, c.Stage, c.Procedure, got, want, c.Clocks)
			}
			if i%restarts == 0 {
				d = New(s, d.Options)
			}
			quiet(today.At(9, 0))
			attempt(t, d, s, no, steps[i], how, today.At(10, 0))
			for _, k := range load(t, s, no).Clocks {
				key := string(k.Kind) + dateOf(k.Due).String()
				if _, ok := since[key]; !ok {
					since[key] = d.Calendar.NextWorking(today.Add(1)) // the first morning that could tell
				}
			}
			newlyOwed(t, s) // what the step itself says
			quiet(today.At(16, 0))
		}
		c := load(t, s, no)
		if c.Stage == cases.Answered && c.DisputedAt.IsZero() {
			if _, runs := c.Clock(cases.WindowClock); runs {
				t.Fatalf("nobody disputed it, and it is not closed: %+v", c)
			}
		}
		if c.Rating != "" || c.Resolved() {
			t.Fatalf("a matter that was closed because time passed counts as settled: %+v", c)
		}
	})
}

// attempt tries one step; a refusal is no matter.
func attempt(t *rapid.T, d *Desk, s *mem.Store, no cases.Number, name string, how cases.Procedure, now time.Time) {
	err := s.Update(context.Background(), func(tx storage.Tx) (err error) {
		switch name {
		case "register":
			_, err = d.Register(tx, staff, no, "宿舍澡堂", "", how, now)
		case "accept":
			_, err = d.Accept(tx, staff, no, "", now)
		case "assign":
			_, err = d.Assign(tx, staff, no, "机电", calendar.Term{N: 7}, "", now)
		case "feedback":
			_, err = d.Feedback(tx, unit, no, "换好了", now)
		case "extend":
			_, err = d.Extend(tx, staff, no, Extension{Days: 30, Approver: "秦矿长", Reason: "设备招标"}, now)
		case "answer":
			err = answered(d, no, now)(tx)
		case "dispute", "review":
			e := map[string]cases.Event{"dispute": {Verb: cases.Dispute, Actor: cases.Petitioner}, "review": {Verb: cases.Review, Actor: staff}}[name]
			st, err := d.stepTo(tx, no, e.Verb, e.Actor, now)
			if err != nil {
				return err
			}
			if err := st.take(e); err != nil {
				return err
			}
			return st.commit()
		}
		return err
	})
	if _, refused := IsRefusal(err); err != nil && !refused {
		t.Fatalf("%s: %v", name, err)
	}
}

// After a stretch in which the program was away, what is late is told once, on the
// next working morning, and never by night.
func TestAfterAnOutageEachStateIsToldAtMostOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, s := open(&testing.T{})
		day0 := calendar.On(2026, 1, 5).Add(rapid.IntRange(0, 300).Draw(t, "received"))
		newMatter(t, d, s, day0.At(10, 0))
		told := map[string]int{}
		newlyOwed(t, s)
		now := day0.At(10, 0)
		for now.Before(day0.Add(60).Start()) {
			now = now.Add(time.Duration(rapid.IntRange(1, 30*24*60).Draw(t, "minutes away")) * time.Minute)
			if err := d.Fire(context.Background(), now); err != nil {
				t.Fatalf("%v", err)
			}
			for _, m := range newlyOwed(t, s) {
				if told[m.Key]++; told[m.Key] > 1 {
					t.Fatalf("told twice: %s", m.Key)
				}
				if !d.Calendar.Working(dateOf(now)) || now.Before(dateOf(now).At(9, 0)) {
					t.Fatalf("told at %v: %s", now, m.Text)
				}
			}
		}
		for range 10 { // now that it stays, the working mornings bring what is left
			now = d.Calendar.AddWorking(dateOf(now), 1).At(9, 0)
			if err := d.Fire(context.Background(), now); err != nil {
				t.Fatalf("%v", err)
			}
		}
		for _, m := range newlyOwed(t, s) {
			told[m.Key]++
		}
		for _, p := range []string{"wang", "zhou"} {
			key := fmt.Sprintf("alert.over/%s/notice/%s/%s", cases.Number{Year: day0.Year, Seq: 1}, lastDay(d.Calendar, day0, 15, false), p)
			if told[key] != 1 {
				t.Fatalf("%s was told %d times: %v", key, told[key], told)
			}
		}
	})
}

// An answered matter closes itself after the petitioner's thirty days, and says
// so in one line; one that is disputed stays, and the office has to decide.
func TestTheWindowCloses(t *testing.T) {
	d, s := open(t)
	no := newMatter(t, d, s, monday)
	takeSteps(t, s, func(tx storage.Tx) error { _, err := d.Accept(tx, staff, no, "", monday); return err }, answered(d, no, monday))
	last := dateOf(load(t, s, no).Due())
	if last != calendar.On(2026, 12, 23) {
		t.Fatalf("the window ends on %v", last)
	}
	for _, at := range []time.Time{last.At(23, 59), last.Add(1).At(8, 59)} {
		if err := d.Fire(t.Context(), at); err != nil || load(t, s, no).Stage != cases.Answered {
			t.Fatalf("%v: %v, %s", at, err, load(t, s, no).Stage)
		}
	}
	if err := d.Fire(t.Context(), last.Add(1).At(9, 0)); err != nil {
		t.Fatal(err)
	}
	c := load(t, s, no)
	if c.Stage != cases.Closed || c.Resolved() || c.Rating != "" || !told(t, s, "这件就先办结了") {
		t.Errorf("it is %s, resolved %t, rated %q", c.Stage, c.Resolved(), c.Rating)
	}
	agree(t, s)
}

// Who is complained about does not approve more time, and nobody gains a day
// because the thirtieth is a day off.
func TestExtensionIsNarrow(t *testing.T) {
	d, s := open(t)
	no := newMatter(t, d, s, monday)
	takeSteps(t, s, func(tx storage.Tx) error { _, err := d.Accept(tx, staff, no, "", monday); return err })
	c := load(t, s, no)
	extend := func(c cases.Case, person string, due calendar.Date, more ...cases.Clock) error {
		k, _ := c.Clock(cases.HandleClock)
		k.Due = due.Start()
		return c.Permit(cases.Event{At: monday, Actor: staff, Verb: cases.Extend, Text: "设备招标", Person: person, Clocks: append(more, k)})
	}
	against := c
	against.Against = []string{"qin"}
	for _, tt := range []struct {
		err  error
		want cases.Code
	}{
		{extend(c, "qin", calendar.On(2027, 2, 21)), ""}, // a Sunday
		{extend(c, "qin", calendar.On(2027, 2, 22)), cases.TooLong30},
		{extend(c, "qin", calendar.On(2027, 1, 22)), cases.NoTerm},
		{extend(c, "", calendar.On(2027, 2, 1)), cases.NoApprover},
		{extend(against, "qin", calendar.On(2027, 2, 1)), cases.Recused},
		{extend(c, "qin", calendar.On(2027, 2, 1), cases.Clock{Kind: cases.TaskClock, Due: monday}), cases.NoTerm}, // no unit has it
	} {
		got := cases.Code("")
		if r, ok := IsRefusal(tt.err); ok {
			got = r.Code
		}
		if got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
