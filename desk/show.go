package desk

import (
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// Standing is the stage of a case for the wording: one that was turned away
// (不予受理) was referred without a route.
func Standing(c cases.Case) string {
	if c.Stage == cases.Referred && c.Route == "" {
		return "turned-away"
	}
	return string(c.Stage)
}

// Args are the facts of a case for the wording. They hold nothing that says who
// the petitioner is. The number is written in full once its year is over, when
// the short one would be another matter's.
func (d *Desk) Args(c cases.Case, now time.Time, more words.Args) words.Args {
	law, house, hasLaw, hasHouse := promises(c)
	object, _ := c.Clock(cases.ObjectClock)
	args := words.Args{
		"No": c.No.String(), "Short": ShortNumber(c.No, now),
		"Stage": Standing(c), "Word": string(c.Stage.Word()),
		"Category": c.CategoryOrSuggested(), "Chosen": c.Category != "",
		"Unit": d.UnitName(c.Lead), "HasUnit": c.Lead != "",
		"Leader": d.PersonName(c.Leader), "HasLeader": c.Leader != "",
		"Matter": c.Fields[cases.Matter], "Place": c.Fields[cases.Place],
		"Since": c.Fields[cases.SinceWhen], "Want": c.Fields[cases.Want],
		"Signature": string(c.Signature), "Channel": string(c.Channel),
		"Received": c.ReceivedAt, "HasDue": promised(c), "Due": c.Due(),
		"Question": c.Question, "Feedback": c.Feedback, "Answer": c.Answer,
		"Guarded": c.Guarded, "Sealed": c.Sealed, "Visitors": c.Visitors,
		"Suggestion": c.Form == cases.SuggestionForm, "SignedOff": !c.SignedAt.IsZero(),
		"Against": d.accusedNames(c.Against),
		"Task":    c.Note, "Text": "", "Media": c.Media, "Gone": c.Gone, "ByHand": c.ByHand(),
		"Law": law.Due, "HasLaw": hasLaw, "House": house.Due, "HasHouse": hasHouse, "ObjectDue": object.Due,
		"Procedure": string(c.Procedure), "Simple": c.Procedure == cases.Simple, "Delay": c.Delay,
		"HasInto": !c.Into.IsZero(), "Into": ShortNumber(c.Into, now),
	}
	r := c.Reply
	if r == nil {
		r = &cases.Reply{Opinion: c.Answer}
	}
	args["HasReply"], args["Request"], args["Facts"], args["Opinion"], args["Basis"] = c.Reply != nil, r.Request, r.Facts, r.Opinion, r.Basis
	args["Result"], args["RemedyTo"], args["RemedyUntil"], args["HasRemedy"] = d.result(r), r.RemedyTo, r.RemedyUntil, !r.RemedyUntil.IsZero()
	args["Written"], args["Resolved"], args["Confirmed"], args["Disputed"] = written(c), c.Resolved(), !c.ConfirmedAt.IsZero(), !c.DisputedAt.IsZero()
	args["Round"], args["RemedyOver"] = c.Round, !r.RemedyUntil.IsZero() && dateOf(r.RemedyUntil).Before(dateOf(now))
	decide, decides := c.Clock(cases.DecideClock)
	args["DecideDue"], args["HasDecide"] = decide.Due, decides
	if unit, ok := d.Office.Unit(c.Lead); ok && c.Sealed && unit.Sealed { // the office does not see it
		args["Office"] = unit.Name
	}
	for k, v := range more {
		args[k] = v
	}
	return args
}

// promises are the days until which the petitioner gets an answer: the law's last
// day, and the house's own where that is earlier or there is no other yet.
func promises(c cases.Case) (law, house cases.Clock, hasLaw, hasHouse bool) {
	law, hasLaw = c.Clock(cases.HandleClock)
	if c.Stage == cases.Reviewing {
		law, hasLaw = c.Clock(cases.ReviewClock)
	}
	house, hasHouse = c.Clock(cases.HouseClock)
	return law, house, hasLaw, hasHouse && !(hasLaw && !house.Due.Before(law.Due))
}

// Running is a clock of a case as it is shown.
type Running struct {
	Kind string
	Due  time.Time // the last day
	Days int       // until Due, or past it when Over
	Over bool
	// Simple: by the rules of simple handling; Extended: put off lawfully.
	Simple, Extended bool
	// Second: of the second review (复核); ToSecond: until which it may be asked for.
	Second, ToSecond bool
}

// shownClocks are those that are shown, in this order.
var shownClocks = []cases.ClockKind{cases.NoticeClock, cases.DecideClock, cases.HouseClock, cases.HandleClock, cases.TaskClock, cases.ObjectClock,
	cases.LeaderClock, cases.WindowClock, cases.ReviewClock}

// Running lists the clocks of a case with their last days. What somebody only
// might do until a day is left out once that is over.
func (d *Desk) Running(c cases.Case, now time.Time) []Running {
	var all []Running
	for _, kind := range shownClocks {
		k, ok := c.Clock(kind)
		may := kind == cases.ObjectClock || kind == cases.WindowClock
		if !ok || may && k.Over(now) {
			continue
		}
		left := dateOf(k.Due).Sub(dateOf(now))
		all = append(all, Running{Kind: string(kind), Due: k.Due, Days: max(left, -left), Over: left < 0,
			Simple: c.Procedure == cases.Simple && (kind == cases.HandleClock || kind == cases.DecideClock && c.Stage == cases.Registered), Extended: k.Extended,
			Second: kind == cases.ReviewClock && c.Round == 2, ToSecond: kind == cases.WindowClock && c.Round == 1})
	}
	return all
}

// promised reports whether the petitioner is promised something by a day.
func promised(c cases.Case) bool { return !c.Due().IsZero() && c.Stage != cases.Answered }

// result is what an answer says of the request, unless its own words begin with it.
func (d *Desk) result(r *cases.Reply) string {
	if r.Code == "" {
		return ""
	}
	said := d.say("result."+string(r.Code), nil)
	if strings.HasPrefix(phrase.Fold(r.Opinion), phrase.Fold(said)) {
		return ""
	}
	return said
}

// ShortNumber writes a number as short as it is clear: with its year once that
// is over.
func ShortNumber(no cases.Number, now time.Time) string {
	if no.Year != dateOf(now).Year && no.Year != 0 {
		return no.String()
	}
	return no.Short()
}

// Plain are the facts of a case for a leader: what the matter is, without what
// its petitioner said of themselves. Of somebody who is afraid they have no word,
// only what the unit was told.
func (d *Desk) Plain(c cases.Case) words.Args {
	if c.Guarded {
		matter := c.Note
		if matter == "" {
			matter = d.say("plain.guarded", words.Args{"Category": c.CategoryOrSuggested()})
		}
		return words.Args{"Matter": matter, "Want": "", "Place": "", "Since": ""}
	}
	return words.Args{"Matter": phrase.Scrub(c.Fields[cases.Matter], nil), "Want": phrase.Scrub(c.Fields[cases.Want], nil),
		"Place": d.placeOnly(c.Fields[cases.Place])}
}

// placeOnly is a place unless it is a unit: a unit may be the petitioner's own.
func (d *Desk) placeOnly(place string) string {
	if _, unit := d.Office.Unit(place); unit && strings.ContainsAny(place, "队区班科厂部办室委会") {
		return "" // but 澡堂 and 食堂 are places too
	}
	return phrase.Scrub(place, nil)
}
