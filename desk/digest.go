package desk

import (
	"context"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/outbox"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Digest words the morning digest for one of the staff (08:30 on working days), or
// nothing on a day with nothing to say that does not begin the week.
func (d *Desk) Digest(ctx context.Context, staff cases.Person, now time.Time) (string, error) {
	o, err := d.Overview(ctx, cases.ActorOf(staff), now)
	if err != nil {
		return "", err
	}
	args := d.overviewArgs(o, now, d.Lines)
	fresh := o.Open[cases.Received] + o.Suspected // no figure but this one counts accusations
	args["New"] = fresh
	today := dateOf(now)
	year, missing := d.Calendar.Missing(today)
	weekBegins := d.Calendar.NextWorking(today.Add(-(int(today.Weekday())+6)%7)) == today
	args["CalendarMissing"], args["CalendarYear"] = missing && weekBegins, year
	days, err := d.ReceptionDays(ctx, today, 1)
	if err != nil {
		return "", err
	}
	reception := len(days) > 0 && days[0].Date == today
	args["ReceptionToday"] = reception
	departed, err := d.goneLines(ctx, cases.ActorOf(staff))
	if err != nil {
		return "", err
	}
	args["Departed"] = departed
	left, err := d.left(ctx, cases.ActorOf(staff), now)
	if err != nil {
		return "", err
	}
	args["Orphans"] = left
	if !weekBegins && !reception && fresh+o.DueSoonN+o.OverdueN+o.UntoldN+o.Open[cases.Answered]+len(departed)+len(left) == 0 {
		return "", nil // a day with nothing to say
	}
	return d.say("digest.staff", args), nil
}

// digestTable holds digests that are owed: the words are found after the
// transaction that owes them, because they need lists.
const digestTable storage.Table = "digest"

// DigestKind says which digest a person gets.
type DigestKind string

// The digests.
const (
	Morning DigestKind = "morning" // staff, 08:30 on working days
	Weekly  DigestKind = "weekly"  // leaders, on the first working day of a week
)

type owedDigest struct {
	Kind   DigestKind `cbor:"1,keyasint"`
	Person string     `cbor:"2,keyasint"`
	Until  time.Time  `cbor:"3,keyasint"`
}

// OweDigest notes that a digest is due.
func (d *Desk) OweDigest(tx storage.Tx, kind DigestKind, person, key string, until time.Time) error {
	return record.Save(tx, digestTable, storage.Key(nil).Text(key), owedDigest{kind, person, until})
}

// Digests words the digests that are owed and promises them. It is a part of
// the schedule.
type Digests struct{ *Desk }

// Next reports whether a digest is owed.
func (d Digests) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		for range r.Scan(digestTable, nil, nil) {
			ok = true
			break
		}
		return nil
	})
	return time.Time{}, ok, err
}

// Fire promises every digest that is owed.
func (d Digests) Fire(ctx context.Context, now time.Time) error {
	type owed struct {
		key []byte
		owedDigest
	}
	var all []owed
	err := d.view(ctx, func(r storage.Reader) error {
		for key := range r.Scan(digestTable, nil, nil) {
			var o owedDigest
			if _, err := record.Load(r, digestTable, key, &o); err != nil {
				return err
			}
			all = append(all, owed{key, o})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, o := range all {
		text, err := d.digestFor(ctx, o.owedDigest, now)
		if err != nil {
			return err
		}
		err = d.store.Update(ctx, func(tx storage.Tx) error { return d.promiseDigest(tx, o.key, o.owedDigest, text, now) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) digestFor(ctx context.Context, o owedDigest, now time.Time) (string, error) {
	p, ok := d.Office.Person(o.Person)
	switch {
	case !ok: // gone from the config since
		return "", nil
	case o.Kind == Weekly:
		return d.LeaderDigest(ctx, p, now)
	}
	return d.Digest(ctx, p, now)
}

func (d *Desk) promiseDigest(tx storage.Tx, key []byte, o owedDigest, text string, now time.Time) error {
	if err := tx.Delete(digestTable, key); err != nil {
		return err
	}
	to, ok, err := d.address(tx, o.Person)
	if err != nil || !ok || text == "" {
		return err
	}
	_, err = outbox.Put(tx, outbox.Promise{Key: "digest/" + strings.TrimSuffix(string(key), "\x00"), To: to, Text: text, Due: now,
		Until: o.Until, Repeat: true, Kind: notice}, now)
	return err
}

// LeaderDigest words the weekly digest for one leader, with what those lead whom
// they stand in for.
func (d *Desk) LeaderDigest(ctx context.Context, leader cases.Person, now time.Time) (string, error) {
	o, err := d.Overview(ctx, cases.ActorOf(leader), now)
	if err != nil {
		return "", err
	}
	own, err := d.Sponsored(ctx, cases.ActorOf(leader))
	if err != nil {
		return "", err
	}
	args := d.overviewArgs(o, now, d.PlainLines)
	lines := d.LedLines(own, now)
	away, err := d.Leaves(ctx, now)
	if err != nil {
		return "", err
	}
	for _, a := range away {
		if a.By.ID != leader.ID || a.From.After(dateOf(now)) {
			continue
		}
		theirs, err := d.Sponsored(ctx, cases.ActorOf(a.Who))
		if err != nil {
			return "", err
		}
		for _, l := range d.LedLines(visible(theirs, cases.ActorOf(leader)), now) {
			l.Away = a.Who.Name
			lines = append(lines, l)
		}
	}
	args["Own"] = lines
	return d.say("digest.leader", args), nil
}

// OverviewText words how the office stands (概况).
func (d *Desk) OverviewText(ctx context.Context, actor cases.Actor, now time.Time) (string, error) {
	o, err := d.Overview(ctx, actor, now)
	if err != nil {
		return "", err
	}
	lines := d.Lines
	if actor.Role == cases.Leader {
		lines = d.PlainLines
	}
	args := d.overviewArgs(o, now, lines)
	args["Leads"] = actor.Role == cases.Leader // who handles matters does not read how they were rated
	return d.say("overview", args), nil
}

func (d *Desk) overviewArgs(o Overview, now time.Time, lines func([]cases.Case, time.Time) []Line) words.Args {
	return words.Args{
		"Now": now, "InWork": o.InWork, "New": o.Open[cases.Received], "Handling": o.Open[cases.Handling],
		"Answered": o.Open[cases.Answered], "Registered": o.Open[cases.Registered] + o.Open[cases.Accepted],
		"MonthReceived": o.Month.Received, "MonthAnswered": o.Month.Answered, "MonthClosed": o.Month.Closed,
		"MonthSuggestions": o.Month.Forms[cases.SuggestionForm], "Visits": o.Month.Visits, "Visitors": o.Month.Visitors,
		"Calls": o.Month.Channels[cases.ByCall], "Letters": o.Month.Channels[cases.ByLetter],
		"InTime": o.Month.InTime, "OutOf": o.Month.OutOf, "Rate": rate(o.Month.InTime, o.Month.OutOf),
		"SettledN": o.Month.Resolved, "ResolvedRate": rate(o.Month.Resolved, o.Month.Closed), "Rated": rated(o.Month), "FewRated": rated(o.Month) < 3,
		"ToDiscipline": o.Month.ToDiscipline, "FewToDiscipline": o.Month.ToDiscipline < 3,
		"AskedN":  o.Month.Answered + o.Month.Joined, // every petitioner who was answered
		"Content": o.Month.Ratings[cases.Satisfied] + o.Month.Ratings[cases.Fair],
		"Soon":    lines(o.DueSoon, now), "Overdue": lines(o.Overdue, now),
		"SoonN": o.DueSoonN, "OverdueN": o.OverdueN, "Untold": lines(o.Untold, now), "UntoldN": o.UntoldN, "Hot": hot(o.Category),
	}
}

// rated counts the matters that were rated; silence is no rating.
func rated(m tally) (n int) {
	for _, of := range m.Ratings {
		n += of
	}
	return n
}

func first(list []cases.Case) []cases.Case { return list[:min(len(list), listedAtMost)] }

// Line is a case in a list.
type Line struct {
	Short, Year, Matter, Category, Unit, Stage string
	Received, Due                              time.Time
	HasDue, Over, Sealed                       bool
	Days                                       int    // days past Due, or until it
	Age                                        int    // days since it was received
	LateDays                                   int    // days by which telling the petitioner is late
	Away                                       string // whom its reader stands in for
}

// lines makes lines of a list of cases.
func (d *Desk) lines(list []cases.Case, now time.Time) []Line {
	today := dateOf(now)
	lines := make([]Line, 0, len(list))
	for _, c := range list {
		l := Line{Short: ShortNumber(c.No, now), Matter: phrase.Scrub(c.Fields[cases.Matter], nil), Sealed: c.Sealed, Category: c.CategoryOrSuggested(),
			Unit: d.UnitName(c.Lead), Stage: Standing(c), Received: c.ReceivedAt,
			Age: today.Sub(dateOf(c.ReceivedAt)), LateDays: untoldDays(c, today)}
		if due := c.Due(); !due.IsZero() {
			l.until(due, now)
		}
		lines = append(lines, l)
	}
	return lines
}

// Lines makes lines of a list of cases, for the wording.
func (d *Desk) Lines(list []cases.Case, now time.Time) []Line { return d.lines(list, now) }

// PlainLines makes lines of a list of cases for a leader; see Plain.
func (d *Desk) PlainLines(list []cases.Case, now time.Time) []Line {
	lines := d.lines(list, now)
	for i, c := range list {
		lines[i].Matter, _ = d.Plain(c)["Matter"].(string)
	}
	return lines
}

// LedLines makes lines of what a leader leads: with the leader's own last day, where
// that is before the matter's.
func (d *Desk) LedLines(list []cases.Case, now time.Time) []Line {
	lines := d.PlainLines(list, now)
	for i, c := range list {
		if k, ok := c.Clock(cases.LeaderClock); ok && !(lines[i].HasDue && lines[i].Due.Before(k.Due)) {
			lines[i].until(k.Due, now)
		}
	}
	return lines
}

// until sets the last day of a line.
func (l *Line) until(due, now time.Time) {
	left := dateOf(due).Sub(dateOf(now))
	l.HasDue, l.Due, l.Days, l.Over = true, due, max(left, -left), left < 0
}

// hot lists the month's categories with three matters or more: fewer could
// point at somebody.
func hot(all []Counted) []Counted {
	var shown []Counted
	for _, c := range all {
		if c.N >= 3 && len(shown) < 5 {
			shown = append(shown, c)
		}
	}
	return shown
}

// rate writes a share as "92.3%", and as "—" when there is nothing to share.
func rate(a, b int) string {
	if b == 0 {
		return "—"
	}
	tenths := (a*2000 + b) / (2 * b) // half up
	return words.Decimal(tenths) + "%"
}
