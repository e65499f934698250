package desk

import (
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/storage"
)

// Simple handling (简易办理): three working days to decide, ten to answer.

// procedure is how a matter is to be handled: as asked for, or else as is usual for
// its category where nothing bars that.
func (s *step) procedure(cat cases.Category, asked cases.Procedure) (cases.Procedure, error) {
	as := s.c
	as.Sealed = cat.Sealed
	bar := as.BarsSimple()
	if asked == cases.Simple && bar != "" {
		return "", s.refuse(cases.NoSimple, cases.Register, bar)
	}
	if asked == "" && cat.Simple && bar == "" && !s.c.Extended && len(cat.Helpers) == 0 {
		return cases.Simple, nil
	}
	if asked == "" {
		return cases.Ordinary, nil
	}
	return asked, nil
}

// stillSimple is the procedure that a matter was registered with, unless something
// has come to bar it since.
func (s *step) stillSimple() cases.Procedure {
	if s.c.Procedure == cases.Simple && s.c.BarsSimple() != "" {
		return cases.Ordinary
	}
	return s.c.Procedure
}

// houseClock starts the house's own term, which never ends after the law's would if
// the matter were accepted at once.
func (s *step) houseClock(t calendar.Term) cases.Clock {
	house := s.d.clock(cases.HouseClock, s.now, t)
	law, _ := cases.HandleClock.Limit(cases.Ordinary)
	if last := s.d.clock(cases.HouseClock, s.now, calendar.Term{N: law.Days, Working: law.Working}); house.Due.After(last.Due) {
		return *last
	}
	return *house
}

// Switch handles by the ordinary procedure what was to be handled simply (改按普通
// 程序). Its sixty days count from when it was accepted.
func (d *Desk) Switch(tx storage.Tx, actor cases.Actor, no cases.Number, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Switch, actor, now)
	if err != nil {
		return Done{}, err
	}
	law, _ := cases.HandleClock.Limit(cases.Ordinary)
	clock := d.clock(cases.HandleClock, s.c.AcceptedAt, calendar.Term{N: law.Days, Working: law.Working})
	if err := s.take(cases.Event{Verb: cases.Switch, Clocks: []cases.Clock{*clock}}); err != nil {
		return Done{}, err
	}
	to, err := s.tellPetitioner("worker.switched", nil)
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, s.commit()
}
