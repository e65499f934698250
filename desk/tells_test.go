package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// taken is a step as a test takes it.
type taken func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error

// steps of which others are made.
var (
	registers taken = func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Register(tx, staff, no, "宿舍澡堂", "", "", now)
		return err
	}
	seals taken = func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Register(tx, staff, no, "检举控告", "", "", now)
		return err
	}
	accepts taken = func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Accept(tx, staff, no, "", now)
		return err
	}
	sponsors taken = func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Sponsor(tx, staff, no, "秦矿长", calendar.Term{N: 15}, now)
		return err
	}
	answers taken = func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Answer(tx, staff, no, cases.Reply{Opinion: "换好了", Basis: "维修单"}, now)
		return err
	}
	disputes taken = func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Dispute(tx, no, Claim{From: "test:luo"}, "还是坏的", now)
		return err
	}
	reviews         = worded((*Desk).Review)
	closes          = worded((*Desk).Close)
	feedsBack       = byUnit((*Desk).Feedback)
	concludes taken = func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Conclude(tx, staff, no, cases.Reply{Opinion: "维持原来的意见", Basis: "维修单"}, now)
		return err
	}
)

func assigns(unit string) taken {
	return func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Assign(tx, staff, no, unit, calendar.Term{N: 3}, "", now)
		return err
	}
}

func worded(take func(*Desk, storage.Tx, cases.Actor, cases.Number, string, time.Time) (Done, error)) taken {
	return func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := take(d, tx, staff, no, "再看一遍", now)
		return err
	}
}

func byUnit(take func(*Desk, storage.Tx, cases.Actor, cases.Number, string, time.Time) (Done, error)) taken {
	return func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := take(d, tx, unit, no, "换好了", now)
		return err
	}
}

// Each step tells the parties of the one table, no more and no fewer. A party that
// has no part in a matter (no unit, no leader yet) is told in another situation.
func TestTells(t *testing.T) {
	own, heard := Claim{From: "test:luo"}, map[cases.Verb][]cases.Party{}
	for _, test := range []struct {
		verb   cases.Verb
		before []taken
		step   taken
	}{
		{cases.Register, nil, registers},
		{cases.Register, nil, seals},
		{cases.Accept, []taken{registers}, accepts},
		{cases.Assign, []taken{accepts}, assigns("机电")},
		{cases.Assign, []taken{assigns("后勤")}, assigns("机电")},
		{cases.Ask, nil, func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
			_, _, err := d.Ask(tx, staff, no, "哪个月？", now)
			return err
		}},
		{cases.Answer, []taken{assigns("机电"), sponsors}, answers},
		{cases.Fulfil, []taken{answers}, worded((*Desk).Fulfil)},
		{cases.Close, []taken{assigns("机电"), answers}, closes},
		{cases.Reopen, []taken{answers, disputes}, worded((*Desk).Reopen)},
		{cases.Review, []taken{answers, disputes}, reviews},
		{cases.Conclude, []taken{answers, reviews}, concludes},
		{cases.Finish, []taken{answers, reviews, concludes, reviews, concludes}, worded((*Desk).Finish)},
		{cases.Urge, []taken{assigns("机电")}, worded((*Desk).Urge)},
		{cases.Urge, []taken{accepts}, worded((*Desk).Urge)},
		{cases.Sponsor, []taken{accepts}, sponsors},
		{cases.SignOff, []taken{assigns("机电")}, func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
			_, err := d.SignOff(tx, unit, no, now)
			return err
		}},
		{cases.Feedback, []taken{assigns("机电")}, feedsBack},
		{cases.Object, []taken{assigns("机电")}, byUnit((*Desk).Object)},
		{cases.Instruct, []taken{assigns("机电")}, func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
			_, err := d.Instruct(tx, cases.Actor{ID: "qin", Role: cases.Leader}, no, "快办", now)
			return err
		}},
		{cases.Supplement, []taken{assigns("机电")}, func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
			_, err := d.Supplement(tx, no, own, chat.Message{At: now}, "还有一把", now)
			return err
		}},
		{cases.Withdraw, []taken{assigns("机电")}, func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
			_, err := d.Withdraw(tx, no, own, now)
			return err
		}},
		{cases.Confirm, []taken{assigns("机电"), answers}, func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
			_, err := d.Confirm(tx, no, own, now)
			return err
		}},
		{cases.Dispute, []taken{assigns("机电"), answers}, disputes},
		{cases.Rate, []taken{assigns("机电"), sponsors, answers}, func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
			_, err := d.Rate(tx, no, own, cases.Unsatisfied, "拖了点", now)
			return err
		}},
	} {
		heard[test.verb] = append(heard[test.verb], hears(t, test.verb, test.before, test.step)...)
	}
	for verb, parties := range heard {
		want := slices.DeleteFunc(slices.Clone(cases.RuleOf(verb).Tells), func(p cases.Party) bool {
			return verb == cases.SignOff && p == cases.ToPetitioner // of a danger: see the hazard scripts
		})
		slices.Sort(want)
		slices.Sort(parties)
		if parties = slices.Compact(parties); !slices.Equal(parties, want) {
			t.Errorf("%s tells %v, the table says %v", verb, parties, want)
		}
	}
}

// parties are those at the table by where they are reached.
var parties = map[string]cases.Party{"test:luo": cases.ToPetitioner, "test:wang": cases.ToKeepers, "test:zhou": cases.ToKeepers, "test:ji": cases.ToKeepers,
	"test:mei": cases.ToUnit, "test:shi": cases.ToUnit, "test:qin": cases.ToLeader}

// hears takes a step and returns who was told of it. Who takes it is not told.
func hears(t *testing.T, verb cases.Verb, before []taken, step taken) (told []cases.Party) {
	t.Helper()
	d, store := open(t)
	no := handIn(t, d, store, "test:luo", nil).Case.No
	now := monday
	take := func(s taken) {
		t.Helper()
		now = now.Add(time.Hour)
		if err := store.Update(t.Context(), func(tx storage.Tx) error { return s(d, tx, no, now) }); err != nil {
			t.Fatalf("%s: %v", verb, err)
		}
	}
	for _, s := range before {
		take(s)
	}
	was := strings.Join(owed(t, store), "\n")
	take(step)
	is := strings.Join(owed(t, store), "\n")
	for address, party := range parties {
		if strings.Count(is, address) > strings.Count(was, address) {
			told = append(told, party)
		}
	}
	return told
}
