package desk

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Signpost are the facts of the statutory route of a matter, so that nobody loses
// their rights while it is looked into (domain.md §2.6): its last day where it is
// said when it happened.
func (d *Desk) Signpost(c cases.Case, route string) words.Args {
	r, ok := d.Office.Route(route)
	args := words.Args{"HasRoute": ok && !c.Sealed, "Route": r.Name, "Deadline": r.Deadline, "Where": r.Where, "Call": r.Phone, "Article": r.Article}
	day, _, known := phrase.Read(c.Fields[cases.SinceWhen]).Date(dateOf(c.ReceivedAt))
	last, has := time.Time{}, false
	if known && !day.After(dateOf(c.ReceivedAt)) {
		last, has = r.Last(day.Start())
	}
	args["HasLast"], args["Last"] = has, last
	return args
}

// Refer tells the petitioner the way that the law lays down (导入法定途径), or, with
// no route, where the matter belongs (不予受理). It returns where the petitioner is,
// to be asked whether the office should talk with both sides first.
func (d *Desk) Refer(tx storage.Tx, actor cases.Actor, no cases.Number, route, reason string, now time.Time) (Done, chat.Address, error) {
	s, err := d.stepTo(tx, no, cases.Refer, actor, now)
	if err != nil {
		return Done{}, "", err
	}
	key := "worker.not-accepted"
	if route != "" {
		r, ok := d.Office.Route(route)
		if !ok {
			return Done{}, "", s.refuse(cases.NoRoute, cases.Refer, route)
		}
		key, route = "worker.referred", r.Name
	}
	onTheWay, err := s.registerOnTheWay()
	if err != nil {
		return Done{}, "", err
	}
	e := cases.Event{Verb: cases.Refer, Text: reason, Route: route}
	if e.Text == "" {
		e.Text = route
	}
	if err := s.take(e); err != nil {
		return Done{}, "", err
	}
	args := merged(d.Signpost(s.c, route), words.Args{"Text": reason, "Offers": true})
	to, err := s.tellPetitioner(key, args)
	if err != nil {
		return Done{}, "", err
	}
	if s.before.Note != "" {
		if _, err := s.tellUnit(s.before.Lead, "unit.closed", nil); err != nil {
			return Done{}, "", err
		}
	}
	if err := s.releaseLeader(); err != nil {
		return Done{}, "", err
	}
	if route == "" {
		return Done{Case: s.c, OnTheWay: onTheWay, Told: to != "", Lost: s.lost}, "", s.commit()
	}
	return Done{Case: s.c, OnTheWay: onTheWay, Told: to != "", Lost: s.lost}, to, s.commit()
}

// ReferredText is what the petitioner of a matter that was just referred reads.
func (d *Desk) ReferredText(c cases.Case, reason string, now time.Time) string {
	args := d.Args(c, now, merged(d.Signpost(c, c.Route), words.Args{"Text": reason, "Offers": true}))
	if c.Route == "" {
		return d.say("worker.not-accepted", args)
	}
	return d.say("worker.referred", args)
}

// Mediate takes a referred matter up again, because the petitioner wants the office
// to talk with both sides first (条例 art. 33). The route's own deadline runs on.
func (d *Desk) Mediate(tx storage.Tx, no cases.Number, by Claim, now time.Time) (cases.Case, error) {
	s, err := d.begin(tx, no, cases.Rate, cases.Petitioner, &by, now) // as the petitioner of a matter that has ended
	if err != nil {
		return cases.Case{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Reopen, Actor: cases.System, Text: mediation}); err != nil {
		return cases.Case{}, err
	}
	if err := s.tellKeepers("staff.mediate", nil); err != nil {
		return cases.Case{}, err
	}
	return s.c, s.commit()
}

// mediation is why a referred matter is taken up again (调解).
const mediation = "调解"
