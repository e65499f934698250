package desk

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// tally are the counters kept in the transaction, so that an overview never
// counts by reading cases.
type tally struct {
	Open     map[cases.Stage]int `cbor:"1,keyasint,omitempty"`
	Received int                 `cbor:"2,keyasint,omitempty"`
	Answered int                 `cbor:"3,keyasint,omitempty"`
	Closed   int                 `cbor:"4,keyasint,omitempty"`
	Category map[string]int      `cbor:"5,keyasint,omitempty"`
	Forms    map[string]int      `cbor:"6,keyasint,omitempty"`
	Visits   int                 `cbor:"7,keyasint,omitempty"` // 批次
	Visitors int                 `cbor:"8,keyasint,omitempty"` // 人次
	InTime   int                 `cbor:"9,keyasint,omitempty"` // answered by the due day
	OutOf    int                 `cbor:"10,keyasint,omitempty"`

	Channels map[cases.Channel]int `cbor:"11,keyasint,omitempty"` // of Received
	Resolved int                   `cbor:"12,keyasint,omitempty"` // of Closed (化解)
	Ratings  map[cases.Grade]int   `cbor:"13,keyasint,omitempty"` // of Answered and Joined, the latest of each number
	Joined   int                   `cbor:"14,keyasint,omitempty"` // matters that got their answer with one they were merged into
	// ToDiscipline counts accusations handed to discipline. Fewer than three are not
	// told apart (scenario S11).
	ToDiscipline int `cbor:"15,keyasint,omitempty"`
}

func allKey() []byte { return storage.Key(nil).Text("all") }

func monthKey(t time.Time) []byte {
	d := dateOf(t)
	return storage.Key(nil).Text("month").Uint16(uint16(d.Year)).Uint16(uint16(d.Month))
}

// counted reports whether a case stands in the figures. Accusations do not, but for
// how many there are: a count of one would already tell somebody.
func counted(c cases.Case) bool { return c.Events > 0 && !c.Sealed }

// count brings the counters up to date with the step.
func (s *step) count() error {
	was, is := counted(s.before) && s.before.Stage.Open(), counted(s.c) && s.c.Stage.Open()
	if was != is || s.before.Stage != s.c.Stage {
		var all tally
		if _, err := record.Load(s.tx, countTable, allKey(), &all); err != nil {
			return err
		}
		if all.Open == nil {
			all.Open = map[cases.Stage]int{}
		}
		if was {
			all.Open[s.before.Stage]--
		}
		if is {
			all.Open[s.c.Stage]++
		}
		if err := record.Save(s.tx, countTable, allKey(), all); err != nil {
			return err
		}
	}
	if err := s.countMonth(); err != nil {
		return err
	}
	return s.countLater()
}

// countLater counts what a later step may change in the month that it belongs to:
// what is closed, and settled, in that of closing; a rating in that of the answer.
func (s *step) countLater() error {
	ends := func(c cases.Case) (closed time.Time, resolved bool) {
		if counted(c) && (c.Stage == cases.Closed || c.Stage == cases.Final) {
			return c.ClosedAt, c.Resolved()
		}
		return time.Time{}, false
	}
	with, err := s.answeredWith()
	if err != nil {
		return err
	}
	rated := func(c cases.Case) (time.Time, cases.Grade) {
		switch {
		case !counted(c) || c.Rating == "":
			return time.Time{}, ""
		case c.Stage == cases.Merged && c.AnsweredAt.IsZero():
			return with, c.Rating
		}
		return c.AnsweredAt, c.Rating
	}
	wasAt, wasResolved := ends(s.before)
	isAt, isResolved := ends(s.c)
	if !wasAt.Equal(isAt) || wasResolved != isResolved {
		end := func(n int, resolved bool) func(*tally) {
			return func(m *tally) {
				m.Closed += n
				if resolved {
					m.Resolved += n
				}
			}
		}
		if err := s.inMonth(wasAt, end(-1, wasResolved)); err != nil {
			return err
		}
		if err := s.inMonth(isAt, end(1, isResolved)); err != nil {
			return err
		}
	}
	wasAt, was := rated(s.before)
	isAt, is := rated(s.c)
	if was == is && wasAt.Equal(isAt) {
		return nil
	}
	if err := s.inMonth(wasAt, func(m *tally) { m.Ratings = plus(m.Ratings, was, -1) }); err != nil {
		return err
	}
	return s.inMonth(isAt, func(m *tally) { m.Ratings = plus(m.Ratings, is, 1) })
}

// answeredWith is when a merged matter that is being rated got its answer: the first
// one after it was merged.
func (s *step) answeredWith() (time.Time, error) {
	m := s.c
	for c, n := m, 0; m.Rating != "" && c.Stage == cases.Merged && n < 5; n++ {
		var into cases.Case
		if _, err := record.Load(s.tx, caseTable, numberKey(c.Into), &into); err != nil {
			return time.Time{}, err
		}
		for i := range into.Events {
			var e cases.Event
			if _, err := record.Load(s.tx, eventTable, eventKey(into.No, i), &e); err != nil {
				return time.Time{}, err
			}
			if e.Verb == cases.Answer && !e.At.Before(m.ClosedAt) {
				return e.At, nil
			}
		}
		c = into
	}
	return time.Time{}, nil
}

// answeredAlong counts the matters that were merged into c and get their first answer with
// the one that c gets now.
func (s *step) answeredAlong(c cases.Case) (n int, err error) {
	all, err := s.d.mergedInto(s.tx, c)
	for _, m := range all {
		if counted(m) && m.AnsweredAt.IsZero() && m.ClosedAt.After(c.AnsweredAt) {
			n++
		}
	}
	return n, err
}

// inMonth changes the counters of a month; the zero time is none.
func (s *step) inMonth(at time.Time, change func(*tally)) error {
	if at.IsZero() {
		return nil
	}
	var m tally
	if _, err := record.Load(s.tx, countTable, monthKey(at), &m); err != nil {
		return err
	}
	change(&m)
	return record.Save(s.tx, countTable, monthKey(at), m)
}

// countMonth counts what happened in the month in which it happened.
func (s *step) countMonth() error {
	var m tally
	if _, err := record.Load(s.tx, countTable, monthKey(s.now), &m); err != nil {
		return err
	}
	changed, c := false, s.before
	for _, e := range s.events {
		after := c.After(e)
		changed = m.add(e, c, after) || changed
		if e.Verb == cases.Answer && counted(after) {
			n, err := s.answeredAlong(c)
			if err != nil {
				return err
			}
			m.Joined += n
			changed = changed || n > 0
		}
		c = after
	}
	if !changed {
		return nil
	}
	return record.Save(s.tx, countTable, monthKey(s.now), m)
}

// add counts an event and reports whether it counts.
func (m *tally) add(e cases.Event, before, after cases.Case) bool {
	counts := m.addCounted(e, before, after)
	switch {
	case !withDiscipline(before) && withDiscipline(after):
		m.ToDiscipline++
	case withDiscipline(before) && !withDiscipline(after):
		m.ToDiscipline--
	default:
		return counts
	}
	return true
}

// withDiscipline reports whether a matter was handed to discipline as an accusation.
func withDiscipline(c cases.Case) bool { return c.Sealed && c.Category != "" }

// addCounted is add for the other figures. A matter that registering shows to be no
// accusation is received then; one that it shows to be is not.
func (m *tally) addCounted(e cases.Event, before, after cases.Case) bool {
	if counted(before) != counted(after) {
		n := 1
		if counted(before) {
			n = -1
		}
		m.Received += n
		m.Forms = plus(m.Forms, after.Form, n)
		m.Channels = plus(m.Channels, after.Channel, n)
	}
	if !counted(after) {
		return counted(before)
	}
	switch e.Verb {
	case cases.Submit:
	case cases.Register:
		if before.Category != "" {
			return false
		}
		m.Category = plus(m.Category, e.Category, 1)
	case cases.Answer:
		if !before.AnsweredAt.IsZero() {
			return false
		}
		m.answered(e, before)
	default:
		return false
	}
	return true
}

func (m *tally) answered(e cases.Event, before cases.Case) {
	m.Answered++
	if due := before.Due(); !due.IsZero() {
		m.OutOf++
		if !dateOf(e.At).After(dateOf(due)) {
			m.InTime++
		}
	}
}

func plus[K comparable](m map[K]int, key K, n int) map[K]int {
	if m == nil {
		m = map[K]int{}
	}
	m[key] += n
	return m
}

// Overview is how the office stands (概况).
type Overview struct {
	Open   map[cases.Stage]int
	InWork int // open cases in all
	// Suspected counts what looks like an accusation and waits for staff; only
	// the staff's own digest has it.
	Suspected int
	Month     tally
	DueSoon   []cases.Case // due within three days, soonest first, as many as are shown
	Overdue   []cases.Case // past their day, oldest first, as many as are shown
	DueSoonN  int          // how many there are
	OverdueN  int
	Untold    []cases.Case // whose petitioner was not told within the law's fifteen days, oldest first, as many as are shown
	UntoldN   int
	Category  []Counted // this month's matters by category, most first; below three as "<3"
}

// Counted is a name with its count.
type Counted struct {
	Name string
	N    int
}

// listedAtMost bounds a list in a message, nobody reads more on a phone;
// countedAtMost bounds what is counted for it.
const (
	listedAtMost  = 20
	countedAtMost = 200
)

// Overview reads the counters and the heads of the due lists. The actor sees
// only what they may see.
func (d *Desk) Overview(ctx context.Context, actor cases.Actor, now time.Time) (Overview, error) {
	var o Overview
	today := dateOf(now)
	err := d.view(ctx, func(r storage.Reader) error {
		var all tally
		if _, err := record.Load(r, countTable, allKey(), &all); err != nil {
			return err
		}
		o.Open = all.Open
		for _, n := range all.Open {
			o.InWork += n
		}
		if _, err := record.Load(r, countTable, monthKey(now), &o.Month); err != nil {
			return err
		}
		if err := o.less(r, actor, now); err != nil {
			return err
		}
		if err := o.suspected(r, actor); err != nil {
			return err
		}
		return d.dueLists(r, &o, actor, today)
	})
	o.Category = most(o.Month.Category)
	return o, err
}

// suspected counts what looks like an accusation and that the actor may look at.
func (o *Overview) suspected(r storage.Reader, actor cases.Actor) error {
	if actor.Role != cases.Staff {
		return nil
	}
	list := stageKey(cases.Received, true)
	for key := range r.Scan(openTable, list, list.End()) {
		var c cases.Case
		if ok, err := record.Load(r, caseTable, numberKey(numberAtEnd(key)), &c); err != nil || !ok {
			return fmt.Errorf("read what looks like an accusation: found %t: %w", ok, err)
		}
		if !c.Visible(actor) {
			continue
		}
		if o.Suspected++; o.Suspected == countedAtMost {
			break
		}
	}
	return nil
}

func (d *Desk) dueLists(r storage.Reader, o *Overview, actor cases.Actor, today calendar.Date) error {
	for _, stage := range []cases.Stage{cases.Registered, cases.Accepted, cases.Handling} {
		for _, sealed := range shelves(actor, stage) {
			if err := o.dueOn(r, stageKey(stage, sealed), today); err != nil {
				return err
			}
		}
	}
	for _, stage := range []cases.Stage{cases.Received, cases.Registered} {
		for _, sealed := range shelves(actor, stage) {
			key := stageKey(stage, sealed)
			if stage == cases.Registered {
				key = untoldKey(sealed)
			}
			n, err := overOn(r, key, today, &o.Untold)
			if err != nil {
				return err
			}
			o.UntoldN += n
		}
	}
	slices.SortStableFunc(o.Untold, func(a, b cases.Case) int { return untoldDays(b, today) - untoldDays(a, today) })
	o.Untold = shownTo(o.Untold, actor, &o.UntoldN)
	o.Overdue, o.DueSoon = shownTo(o.Overdue, actor, &o.OverdueN), shownTo(o.DueSoon, actor, &o.DueSoonN)
	o.Untold = first(o.Untold)
	sortByDue(o.Overdue)
	sortByDue(o.DueSoon)
	o.Overdue, o.DueSoon = first(o.Overdue), first(o.DueSoon)
	return nil
}

// shownTo are the cases of a list that the actor may see. Those they may not are
// not counted to them either.
func shownTo(list []cases.Case, actor cases.Actor, n *int) []cases.Case {
	before := len(list)
	list = visible(list, actor)
	*n -= before - len(list)
	return list
}

// overOn counts what is past its day on one list by its keys alone, and reads only
// the cases that will be shown.
func overOn(r storage.Reader, list storage.Key, today calendar.Date, shown *[]cases.Case) (n int, err error) {
	until := append(slices.Clone(list), storage.Key(nil).Time(today.Start())...)
	for key := range r.Scan(openTable, list, until) {
		if n++; n <= listedAtMost {
			var c cases.Case
			if ok, err := record.Load(r, caseTable, numberKey(numberAtEnd(key)), &c); err != nil || !ok {
				return 0, fmt.Errorf("read a case that is over: found %t: %w", ok, err)
			}
			*shown = append(*shown, c)
		}
		if n == countedAtMost {
			break
		}
	}
	return n, nil
}

// untoldDays are the days by which telling the petitioner is late (受理告知超期), or 0.
func untoldDays(c cases.Case, today calendar.Date) int {
	k, ok := c.Clock(cases.NoticeClock)
	if !ok {
		return 0
	}
	return max(0, today.Sub(dateOf(k.Due)))
}

// dueOn counts what is due on one list by its keys alone, and reads only the
// cases that will be shown.
func (o *Overview) dueOn(r storage.Reader, list storage.Key, today calendar.Date) error {
	over, soon := 0, 0
	until := append(slices.Clone(list), storage.Key(nil).Time(today.Add(4).Start())...)
	for key := range r.Scan(openTable, list, until) {
		due := time.UnixMilli(int64(binary.BigEndian.Uint64(key[len(list):])))
		n, shown := &soon, &o.DueSoon
		if dateOf(due).Before(today) {
			n, shown = &over, &o.Overdue
		}
		if *n++; *n <= listedAtMost {
			var c cases.Case
			if ok, err := record.Load(r, caseTable, numberKey(numberAtEnd(key)), &c); err != nil || !ok {
				return fmt.Errorf("read a due case: found %t: %w", ok, err)
			}
			*shown = append(*shown, c)
		}
		if over+soon == countedAtMost {
			break
		}
	}
	o.OverdueN, o.DueSoonN = o.OverdueN+over, o.DueSoonN+soon
	return nil
}

// shelves says on which lists of a stage the actor finds what they may see:
// ordinary matters (false), accusations (true).
func shelves(a cases.Actor, stage cases.Stage) []bool {
	switch {
	case a.Role == cases.Discipline:
		return []bool{true}
	case a.Role == cases.Staff && stage == cases.Received:
		return []bool{false, true}
	}
	return []bool{false}
}
