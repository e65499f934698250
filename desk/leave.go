package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// leave is that somebody is away, and who stands in (请假): what they are told of
// matters the other is told too.
type leave struct {
	From  time.Time `cbor:"1,keyasint"`
	Until time.Time `cbor:"2,keyasint"` // first instant after it
	By    string    `cbor:"3,keyasint"`
}

// StandsIn reports whether one may stand in for the other: they see the same
// matters.
func StandsIn(who, by cases.Person) bool {
	return who.ID != by.ID && who.Role == by.Role && (who.Role != cases.Liaison || who.Unit == by.Unit)
}

// longestLeave is how many days ahead a leave may end at most: three months.
const longestLeave = 92

// MayLeave reports whether somebody can be away between two days, both included: a
// leave begins no later than it ends, and ends between today and in three months.
func MayLeave(from, until, today calendar.Date) bool {
	return !until.Before(from) && !until.Before(today) && until.Sub(today) <= longestLeave
}

// Away is somebody who is away or will be, and who stands in.
type Away struct {
	Who, By     cases.Person
	From, Until calendar.Date // both included
}

// Leaves lists who is away or will be, the soonest first.
func (d *Desk) Leaves(ctx context.Context, now time.Time) (all []Away, err error) {
	err = d.view(ctx, func(r storage.Reader) error {
		all = nil
		for _, p := range d.Office.People {
			var l leave
			ok, err := record.Load(r, leaveTable, storage.Key(nil).Text(p.ID), &l)
			if err != nil {
				return fmt.Errorf("look up who is away: %w", err)
			}
			if by, known := d.Office.Person(l.By); ok && known && StandsIn(p, by) && now.Before(l.Until) {
				all = append(all, Away{Who: p, By: by, From: dateOf(l.From), Until: dateOf(l.Until).Add(-1)})
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Away) int { return a.From.Sub(b.From) })
	return all, err
}

// TakeLeave notes that somebody is away between two days, both included, and tells
// who stands in. A later one of the same person takes its place.
func (d *Desk) TakeLeave(tx storage.Tx, who, by cases.Person, from, until calendar.Date, now time.Time) error {
	l := leave{From: from.Start(), Until: until.Add(1).Start(), By: by.ID}
	if err := record.Save(tx, leaveTable, storage.Key(nil).Text(who.ID), l); err != nil {
		return err
	}
	text := d.say("leave.told", words.Args{"Name": who.Name, "Day": from, "Till": until})
	_, err := d.tellAll(tx, []cases.Person{by}, fmt.Sprintf("leave/%s/%d", who.ID, now.UnixMilli()), text, now)
	return err
}

// withStandIns adds to the people who stands in for them now.
func (d *Desk) withStandIns(g storage.Getter, people []cases.Person, now time.Time) ([]cases.Person, error) {
	all := slices.Clone(people)
	for _, p := range people {
		var l leave
		ok, err := record.Load(g, leaveTable, storage.Key(nil).Text(p.ID), &l)
		if err != nil {
			return nil, err
		}
		by, known := d.Office.Person(l.By)
		if !ok || !known || !StandsIn(p, by) || now.Before(l.From) || !now.Before(l.Until) {
			continue
		}
		if !slices.ContainsFunc(all, func(p cases.Person) bool { return p.ID == by.ID }) {
			all = append(all, by)
		}
	}
	return all, nil
}
