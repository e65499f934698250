package desk

import (
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
func (s *step) withStandIns(people []cases.Person) ([]cases.Person, error) {
	all := slices.Clone(people)
	for _, p := range people {
		var l leave
		ok, err := record.Load(s.tx, leaveTable, storage.Key(nil).Text(p.ID), &l)
		if err != nil {
			return nil, err
		}
		by, known := s.d.Office.Person(l.By)
		if !ok || !known || !StandsIn(p, by) || s.now.Before(l.From) || !s.now.Before(l.Until) {
			continue
		}
		if !slices.ContainsFunc(all, func(p cases.Person) bool { return p.ID == by.ID }) {
			all = append(all, by)
		}
	}
	return all, nil
}
