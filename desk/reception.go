package desk

import (
	"context"
	"fmt"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Reception is the leaders' reception day (矿领导接待日) as the config has it.
type Reception struct {
	Rule calendar.Rule
	// Moves are the days moved by the config; what staff move comes on top.
	Moves []calendar.Move
	// Leader returns the person id of who receives in a month, or "".
	Leader func(year int, month time.Month) string
	Place  string
	Hours  string
	Topics string
}

// Moved is a reception day that staff moved (改期), with who, when and why.
type Moved struct {
	RuleDate calendar.Date `cbor:"1,keyasint"`
	To       calendar.Date `cbor:"2,keyasint"`
	Note     string        `cbor:"3,keyasint,omitempty"`
	By       string        `cbor:"4,keyasint"`
	At       time.Time     `cbor:"5,keyasint"`
}

// Move is the Moved as the calendar takes it.
func (m Moved) Move() calendar.Move {
	return calendar.Move{RuleDate: m.RuleDate, To: m.To, Note: m.Note}
}

// MovedDays returns what staff have moved, oldest first.
func (d *Desk) MovedDays(ctx context.Context) ([]Moved, error) {
	var moved []Moved
	err := d.view(ctx, func(r storage.Reader) error {
		for key := range r.Scan(moveTable, nil, nil) {
			var m Moved
			if _, err := record.Load(r, moveTable, key, &m); err != nil {
				return err
			}
			moved = append(moved, m)
		}
		return nil
	})
	return moved, err
}

// moves returns all moves in force, those of staff last because the last counts.
func (d *Desk) moves(ctx context.Context) ([]calendar.Move, error) {
	moved, err := d.MovedDays(ctx)
	moves := append([]calendar.Move(nil), d.Reception.Moves...)
	for _, m := range moved {
		moves = append(moves, m.Move())
	}
	return moves, err
}

// ReceptionDays returns the next n reception days from a date on.
func (d *Desk) ReceptionDays(ctx context.Context, from calendar.Date, n int) ([]calendar.ReceptionDay, error) {
	moves, err := d.moves(ctx)
	if err != nil {
		return nil, err
	}
	return d.Reception.Rule.Next(d.Calendar, from, n, moves), nil
}

// ReceptionIn returns the reception days whose rule date lies in a month.
func (d *Desk) ReceptionIn(ctx context.Context, year int, month time.Month) ([]calendar.ReceptionDay, error) {
	moves, err := d.moves(ctx)
	if err != nil {
		return nil, err
	}
	return d.Reception.Rule.Days(d.Calendar, year, month, moves), nil
}

// MoveReception puts the reception day of rule's month on another date (改期) and
// keeps who did it and why. The groups are told through the schedule.
func (d *Desk) MoveReception(tx storage.Tx, actor cases.Actor, rule, to calendar.Date, note string, now time.Time) error {
	key := storage.Key(nil).Uint16(uint16(rule.Year)).Uint16(uint16(rule.Month)).Time(now)
	m := Moved{RuleDate: rule, To: to, Note: note, By: actor.ID, At: now}
	if err := record.Save(tx, moveTable, key, m); err != nil {
		return err
	}
	others := except(d.Office.With(cases.Staff, ""), actor.ID)
	text := d.say("staff.moved", words.Args{"Old": rule, "New": to, "Note": note, "By": d.PersonName(actor.ID)})
	_, err := d.tellAll(tx, others, fmt.Sprintf("moved/%s/%d", rule, now.UnixMilli()), text, now)
	return err
}

// DayArgs are the facts of a reception day for the wording.
func (d *Desk) DayArgs(day calendar.ReceptionDay) words.Args {
	args := words.Args{"Day": day.Date, "RuleDay": day.RuleDate, "Moved": string(day.Moved), "Holiday": day.Holiday,
		"Note": day.Note, "Provisional": day.Provisional, "Cancelled": day.Date.IsZero(),
		"Place": d.Reception.Place, "Hours": d.Reception.Hours, "Topics": d.Reception.Topics, "Leader": "", "LeaderTitle": ""}
	id := ""
	if d.Reception.Leader != nil {
		id = d.Reception.Leader(day.RuleDate.Year, day.RuleDate.Month)
	}
	if p, ok := d.Office.Person(id); ok {
		args["Leader"], args["LeaderTitle"] = p.Name, p.Title
	}
	return args
}

// Notice is one message that the schedule owes a group.
type Notice struct {
	Key    string
	Batch  string // the same for all groups that get it
	Target string // group id
	Text   string
	Until  time.Time
}

// Post promises a notice to a group. It reports false when the group is not
// known or not bound; staff hear of that instead.
func (d *Desk) Post(tx storage.Tx, n Notice, now time.Time) (bool, error) {
	to, name, err := d.groupAddress(tx, n.Target)
	if err != nil {
		return false, err
	}
	if to == "" {
		text := d.say("staff.group-unbound", words.Args{"Group": name})
		_, err := d.tellAll(tx, d.Office.With(cases.Staff, ""), "unbound/"+n.Key, text, now)
		return false, err
	}
	_, err = outbox.Put(tx, outbox.Promise{Key: n.Key, Batch: n.Batch, To: to, Text: n.Text, Due: now, Until: n.Until, Kind: ToGroup}, now)
	return true, err
}

// ReceptionText words the notice of a stage for a reception day.
func (d *Desk) ReceptionText(stage string, day calendar.ReceptionDay, withMove bool, now time.Time) string {
	args := d.DayArgs(day)
	args["WithMove"], args["Today"] = withMove, dateOf(now) == day.Date
	return d.say("reception."+stage, args)
}
