package desk

import (
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Extension is what putting the end of handling off takes (延期, 条例 art. 34).
type Extension struct {
	// Until is the new last day, or Days are so many more than the old one; Working
	// says that these are working days.
	Until   calendar.Date
	Days    int
	Working bool
	// Approver is who approved it, as typed; Reason is what the petitioner is told.
	Approver, Reason string
}

// ReadExtension reads what somebody typed on a day: "30天 批准人李矿长 理由…", in any order.
func ReadExtension(typed string, on time.Time) Extension {
	x := phrase.Read(typed).Extension(dateOf(on))
	return Extension{Until: x.Until, Days: x.Days, Working: x.Working, Approver: x.Approver, Reason: x.Reason}
}

// until returns the last day of an extended term. It does not roll on to a working
// day: the thirty days are the most there is.
func (x Extension) until(d *Desk, old calendar.Date) calendar.Date {
	switch {
	case !x.Until.IsZero():
		return x.Until
	case x.Days <= 0:
		return old
	case x.Working:
		return d.Calendar.AddWorking(old, x.Days)
	}
	return old.Add(x.Days)
}

// ToldInChat is the field of an Extend event that proves how the petitioner was
// told, besides when; otherwise an Inform event does.
const ToldInChat = "told-in-chat"

// Extend puts the end of handling off, once and by thirty days at most. Whoever
// heads the mine or the office approves it; the petitioner is told the reason and
// the new day, the unit how much more time it has.
func (d *Desk) Extend(tx storage.Tx, actor cases.Actor, no cases.Number, x Extension, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Extend, actor, now)
	if err != nil {
		return Done{}, err
	}
	old, ok := s.c.Clock(cases.HandleClock)
	if !ok {
		return Done{}, s.refuse(cases.NoTerm, cases.Extend, "")
	}
	e := cases.Event{Verb: cases.Extend, Text: x.Reason, Clocks: s.extended(old, x.until(d, dateOf(old.Due)))}
	approver, ok := d.Office.FindApprover(x.Approver)
	if ok {
		e.Person = approver.ID
	}
	if err := s.take(e); err != nil {
		if r, is := IsRefusal(err); is && r.Code == cases.NoApprover {
			r.Typed = x.Approver
		} else if is && r.Code == cases.Recused {
			r.Typed = approver.Name
		}
		return Done{}, err
	}
	to, err := s.tellPetitioner("worker.extended", words.Args{"Was": old.Due, "By": approver.Name, "Text": x.Reason})
	if err != nil {
		return Done{}, err
	}
	if to != "" { // it stands in the history, with its time, that they were told
		for i := range s.events {
			if s.events[i].Verb == cases.Extend {
				s.events[i].Fields = map[string]string{ToldInChat: dateOf(now).String()}
			}
		}
	}
	if task, ok := s.c.Clock(cases.TaskClock); ok && s.c.Stage == cases.Handling {
		if _, err := s.tellUnit(s.c.Lead, "unit.extended", words.Args{"TaskDue": task.Due}); err != nil {
			return Done{}, err
		}
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, s.commit()
}

// extended are the clocks as an extension leaves them: handling ends on the new
// day, and a unit's task as much before it as it did.
func (s *step) extended(old cases.Clock, until calendar.Date) []cases.Clock {
	law := old
	law.Due, law.Days, law.Working, law.Extended = until.Start(), until.Sub(dateOf(old.From)), false, true
	clocks := []cases.Clock{law}
	task, ok := s.c.Clock(cases.TaskClock)
	more := until.Sub(dateOf(old.Due))
	if !ok || more <= 0 {
		return clocks
	}
	due := s.d.Calendar.NextWorking(dateOf(task.Due).Add(more))
	if due.After(until) {
		due = until
	}
	if due.After(dateOf(task.Due)) {
		task.Due, task.Days, task.Working = due.Start(), due.Sub(dateOf(task.From)), false
		clocks = append(clocks, task)
	}
	return clocks
}

// Inform notes that the petitioner was told otherwise than in chat, with how (已告知).
func (d *Desk) Inform(tx storage.Tx, actor cases.Actor, no cases.Number, how string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Inform, actor, now)
	if err != nil {
		return Done{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Inform, Text: how}); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: true}, s.commit()
}
