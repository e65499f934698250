package desk

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
)

// situations are steps as they are taken, and who hears of each: luo or bai, whose
// matter it is; wang, who takes the steps of the office, zhou and ji; shi and tang,
// whose units have it, and mei, whose unit helps; qin and fan, the leaders.
var situations = []struct {
	verb   cases.Verb
	before []moment
	step   moment
	told   string
}{
	{cases.Submit, nil, writtenDown, "zhou"},
	{cases.Submit, nil, byBai, "wang zhou"},
	{cases.Submit, nil, endangered, "shi tang wang zhou"}, // and registered, accepted and handed out by the program
	{cases.Register, nil, registers, "luo"},
	{cases.Register, after(registers), registersSimply, "luo"},
	{cases.Register, after(registersSimply), registers, "luo"},
	{cases.Register, nil, seals, "ji luo"},
	{cases.Register, after(assigns("机电"), helps, sponsors), seals, "ji luo mei shi"},
	{cases.Register, after(endangered), seals, "ji luo shi tang"},
	{cases.Accept, after(registers), accepts, "luo"},
	{cases.Accept, after(registersSimply), accepts, "luo"},
	{cases.Accept, nil, accepts, "luo"},
	{cases.Assign, nil, assigns("机电"), "luo shi"},
	{cases.Assign, after(assigns("后勤")), assigns("机电"), "luo mei shi zhou"},
	{cases.Assign, after(endangered), assigns("机电"), "luo shi"},
	{cases.Help, after(assigns("机电")), helps, "mei shi"},
	{cases.Ask, nil, asks, "luo"},
	{cases.Extend, after(assigns("机电"), helps), extends, "luo shi"},
	{cases.Switch, after(registersSimply, accepts), switches, "luo"},
	{cases.Inform, after(accepts), informs, ""},
	{cases.Answer, nil, answers, "luo"},
	{cases.Answer, after(assigns("机电"), helps, sponsors), answers, "luo mei qin shi"},
	{cases.Answer, after(endangered), answers, "luo shi tang"},
	{cases.Refer, nil, refers, "luo"},
	{cases.Refer, after(registersSimply), refers, "luo"},
	{cases.Refer, after(assigns("机电"), helps, sponsors), refers, "luo mei qin shi"},
	{cases.Fulfil, after(assigns("机电"), answers), fulfils, "luo"},
	{cases.Close, after(assigns("机电"), answers), closes, "luo shi"},
	{cases.Close, after(assigns("机电"), answers), days(32), "luo shi"},
	{cases.Close, after(answers, disputes), closes, "luo"},
	{cases.Reopen, after(assigns("机电"), helps, sponsors, answers, disputes), reopens, "luo"},
	{cases.Reopen, after(answers, closes), reopens, "luo"},
	{cases.Reopen, after(refers), mediates, "wang zhou"},
	{cases.Review, after(answers, disputes), reviews, "luo"},
	{cases.Review, after(answers, closes), reviews, "luo"},
	{cases.Conclude, after(answers, reviews), concludes, "luo"},
	{cases.Conclude, after(answers, reviews, concludes, reviews), concludes, "luo"},
	{cases.Finish, after(answers, reviews, concludes, reviews, concludes), finishes, "luo"},
	{cases.Finish, after(answers, reviews, concludes, reviews, concludes, closes), finishes, "luo"},
	{cases.Urge, after(assigns("机电"), helps), urges, "shi"},
	{cases.Urge, after(accepts), urges, "zhou"},
	{cases.Sponsor, after(accepts), sponsors, "qin"},
	{cases.Sponsor, after(sponsors), sponsorsBy("范书记"), "fan qin"},
	{cases.Merge, after(byBai), merges, "bai zhou"},
	{cases.Merge, after(byBai, registersSimply), merges, "bai zhou"},
	{cases.Merge, after(byBai, assigns("机电"), helps, sponsors), merges, "bai mei qin shi zhou"},
	{cases.Split, after(assigns("机电"), helps), splits, "luo shi zhou"},
	{cases.Relate, after(byBai), relates, ""},
	{cases.Correct, after(assigns("机电"), helps, sponsors), corrects, "mei shi zhou"},
	{cases.Hand, after(registers), handsTo("zhou"), "zhou"},
	{cases.Hand, after(sponsors), handsTo("fan"), "fan qin"},
	{cases.Recuse, after(assigns("机电"), helps), recuses("机电"), "mei shi"},
	{cases.Recuse, after(assigns("机电"), helps), recuses("后勤"), "mei"},
	{cases.Recuse, after(assigns("机电"), sponsors), recuses("秦矿长"), ""},
	{cases.Recuse, after(registers, handsTo("zhou")), recuses("周敏"), ""},
	{cases.Waive, after(recuses("后勤")), waives, "ji zhou"},
	{cases.PassOn, after(addsPicture, fetched{}, assigns("机电"), helps), passesOn, "shi zhou"},
	{cases.Open, nil, opens, "zhou"},
	{cases.SignOff, after(assigns("机电"), helps), signsOff, "wang zhou"},
	{cases.SignOff, after(assigns("机电"), helps), helperSignsOff, "shi wang zhou"},
	{cases.SignOff, after(endangered), signsOff, "luo tang wang zhou"},
	{cases.SignOff, after(endangered, helps, passes(15*time.Minute)), helperSignsOff, "fan luo qin shi tang wang zhou"},
	{cases.Feedback, after(assigns("机电"), helps), feedsBack, "wang zhou"},
	{cases.Feedback, after(assigns("机电"), helps), helperFeedsBack, "shi wang zhou"},
	{cases.Object, after(assigns("机电"), helps), objects, "mei wang zhou"},
	{cases.Object, after(assigns("机电"), helps), helperObjects, "shi wang zhou"},
	{cases.Instruct, after(assigns("机电")), instructs, "wang zhou"},
	{cases.Supplement, after(assigns("机电"), helps, sponsors), supplements, "wang zhou"},
	{cases.Supplement, after(endangered), supplements, "shi tang wang zhou"},
	{cases.Withdraw, after(registersSimply), withdraws, "wang zhou"},
	{cases.Withdraw, after(assigns("机电"), helps, sponsors), withdraws, "mei qin shi wang zhou"},
	{cases.Withdraw, after(answers), withdraws, "wang zhou"},
	{cases.Confirm, after(assigns("机电"), answers), confirms, ""},
	{cases.Confirm, after(answers, disputes), confirms, "wang zhou"},
	{cases.Confirm, after(answers, reviews, concludes, reviews, concludes), confirms, "wang zhou"},
	{cases.Dispute, after(assigns("机电"), sponsors, answers), disputes, "wang zhou"},
	{cases.Dispute, after(answers, closes), disputes, "wang zhou"},
	{cases.Rate, after(assigns("机电"), sponsors, answers), rates, ""},
	{cases.Rejoin, after(fromALogin, assigns("机电"), freshLogin{}), rejoins, "wang zhou"},
	{cases.Recall, after(assigns("机电")), recalls, "wang zhou"},
	{cases.Erase, after(assigns("机电")), erases, "wang zhou"},
	{cases.Erase, after(assigns("机电")), erasesThem, "luo zhou"},
	{cases.Erase, after(answers, closes), erases, ""},
	{cases.Erase, after(answers, closes, days(31), days(60)), days(3 * 366), ""},
	{cases.Escalate, after(endangered), passes(15 * time.Minute), "fan qin shi tang wang zhou"},
	{cases.Escalate, after(endangered, passes(15*time.Minute)), passes(15 * time.Minute), "shi tang wang"},
	{cases.Escalate, append(after(endangered), times(calls-1, passes(15*time.Minute))...), passes(15 * time.Minute), "shi tang wang"},
	{cases.CheckIn, after(answers, closes), days(31), "luo"},
	{cases.CheckIn, after(answers, closes, days(31)), days(60), "luo"},
	{cases.CheckIn, after(writtenDown, answers, closes), days(31), "ji wang"},
	{cases.MediaGone, nil, loses, "luo wang zhou"},
}

// Each step tells those whom the one table says, no more and no fewer, and never the
// one who takes it.
func TestTells(t *testing.T) {
	heard := map[cases.Verb][]cases.Party{}
	for i, test := range situations {
		s := newScene(t)
		if err := s.play(test.before); err != nil {
			t.Fatalf("situation %d (%s): %v", i, test.verb, err)
		}
		told, happened := s.hears(test.step)
		if !slices.ContainsFunc(happened, func(e cases.Event) bool { return e.Verb == test.verb }) {
			t.Errorf("situation %d: no %s happens", i, test.verb)
		}
		if is := strings.Join(slices.Sorted(maps.Keys(told)), " "); is != test.told {
			t.Errorf("situation %d: %s tells %q, want %q", i, test.verb, is, test.told)
		}
		for who, party := range told {
			row := func(e cases.Event) bool { return slices.Contains(cases.RuleOf(e.Verb).Tells, party) }
			if !slices.ContainsFunc(happened, row) {
				t.Errorf("situation %d: %s tells %s, the table tells no %s", i, test.verb, who, party)
			}
		}
		heard[test.verb] = slices.AppendSeq(heard[test.verb], maps.Values(told))
	}
	for _, row := range cases.Table {
		told, ok := heard[row.Verb]
		if !ok {
			t.Errorf("%s is taken in no situation", row.Verb)
		}
		for _, party := range row.Tells {
			if !slices.Contains(told, party) {
				t.Errorf("%s tells the %s only in the table", row.Verb, party)
			}
		}
	}
}

// Each event is one that the one table permits, and starts and stops the clocks that
// it says, no more and no fewer: in some situation at least, for some stop only what
// they end.
func TestStartsAndStops(t *testing.T) {
	type kinds map[cases.Verb]map[cases.ClockKind]bool
	starts, stops, runs := kinds{}, kinds{}, kinds{}
	note := func(in kinds, e cases.Event, kind cases.ClockKind) {
		if in[e.Verb] == nil {
			in[e.Verb] = map[cases.ClockKind]bool{}
		}
		in[e.Verb][kind] = true
	}
	for i, test := range situations {
		s := newScene(t)
		if err := errors.Join(s.play(test.before), test.step.happens(s)); err != nil {
			t.Fatalf("situation %d (%s): %v", i, test.verb, err)
		}
		for no, events := range s.histories() {
			c := cases.Case{No: no}
			for _, e := range events {
				next := c.After(e)
				if opens := e.Verb == cases.Submit || e.Verb == cases.Open; !opens { // a matter, or the sealed part on the way of another step
					if err := c.Permit(e); err != nil {
						t.Errorf("situation %d: %s: %v", i, e.Verb, err)
					}
				}
				if carries := e.Verb == cases.Relate || e.Verb == cases.Submit && e.Other != nil; carries { // on what runs for another matter
					c = next
					continue
				}
				for _, kind := range clockKinds {
					was, ran := c.Clock(kind)
					is, goesOn := next.Clock(kind)
					if ran {
						note(runs, e, kind)
					}
					if goesOn && !(was.From.Equal(is.From) && was.Due.Equal(is.Due)) {
						note(starts, e, kind)
					}
					if ran && !goesOn {
						note(stops, e, kind)
					}
				}
				c = next
			}
		}
	}
	for _, row := range cases.Table {
		for _, kind := range clockKinds {
			if in := slices.Contains(row.Starts, kind); in != starts[row.Verb][kind] {
				t.Errorf("%s starts %s: %t in the table, %t at the desk", row.Verb, kind, in, !in)
			}
			in, is := slices.Contains(row.Stops, kind), stops[row.Verb][kind]
			if in != is && (is || runs[row.Verb][kind]) { // what never runs then may stand among those that are stopped
				t.Errorf("%s stops %s: %t in the table, %t at the desk", row.Verb, kind, in, is)
			}
		}
	}
}

var clockKinds = []cases.ClockKind{cases.NoticeClock, cases.DecideClock, cases.HandleClock, cases.ObjectClock, cases.WindowClock, cases.ReviewClock,
	cases.HouseClock, cases.TaskClock, cases.LeaderClock, cases.HazardClock, cases.CheckClock}

// histories are the events of each matter, in order.
func (s *scene) histories() map[cases.Number][]cases.Event {
	all := map[cases.Number][]cases.Event{}
	keys, events := dump[cases.Event](s.t, s.store, eventTable)
	for i, key := range keys {
		no := numberAtEnd(key[:6])
		all[no] = append(all[no], events[i])
	}
	return all
}

// hears takes a step and returns who was told of it, as what, and what happened.
func (s *scene) hears(step moment) (told map[string]cases.Party, happened []cases.Event) {
	s.t.Helper()
	before, no := s.matter(), s.no
	was, past := strings.Join(owed(s.t, s.store), "\n"), s.history()
	if err := step.happens(s); err != nil {
		s.t.Fatal(err)
	}
	is, now := strings.Join(owed(s.t, s.store), "\n"), s.history()
	for key, e := range now {
		if _, ok := past[key]; !ok {
			happened = append(happened, e)
		}
	}
	c := s.matter()
	if s.no != no { // the scene is of another matter now
		before = c
	}
	told = map[string]cases.Party{}
	for address, p := range s.people() {
		if strings.Count(is, string(address)) == strings.Count(was, string(address)) {
			continue
		}
		if slices.ContainsFunc(happened, func(e cases.Event) bool { return e.Actor.ID == p.ID }) {
			s.t.Errorf("%s is told of what they do", p.ID)
		}
		told[p.ID] = party(s.t, p, before, c)
	}
	return told, happened
}

// people are all who can be told something, by where.
func (s *scene) people() map[chat.Address]cases.Person {
	all := map[chat.Address]cases.Person{"test:luo": {ID: "luo"}, "test:bai": {ID: "bai"}, "wx:s/luo": {ID: "luo"}}
	for _, p := range s.d.Office.People {
		all[s.d.Addresses[p.ID]] = p
	}
	return all
}

// party is what somebody is to a matter.
func party(t *testing.T, p cases.Person, all ...cases.Case) cases.Party {
	t.Helper()
	has := func(of func(cases.Case) bool) bool { return slices.ContainsFunc(all, of) }
	switch {
	case p.Role == "":
		return cases.ToPetitioner
	case p.Role == cases.Staff || p.Role == cases.Discipline:
		return cases.ToKeepers
	case p.Role == cases.Leader:
		return cases.ToLeader
	case has(func(c cases.Case) bool { return c.Lead == p.Unit }):
		return cases.ToUnit
	case has(func(c cases.Case) bool { return slices.Contains(c.Helpers, p.Unit) }):
		return cases.ToHelper
	}
	t.Errorf("%s hears of a matter that is none of theirs", p.ID)
	return ""
}

func (s *scene) matter() cases.Case { return load(s.t, s.store, s.no) }

// history is all that has happened to all matters.
func (s *scene) history() map[string]cases.Event {
	all := map[string]cases.Event{}
	keys, events := dump[cases.Event](s.t, s.store, eventTable)
	for i, key := range keys {
		all[string(key)] = events[i]
	}
	return all
}
