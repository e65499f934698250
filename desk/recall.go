package desk

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// Recall notes that the petitioner took a message back on the network (微信撤回):
// the one that became the event of that index. What it said stays, and so does
// the matter. The office is told once for each matter.
func (d *Desk) Recall(tx storage.Tx, no cases.Number, from chat.Address, event int, now time.Time) (cases.Case, error) {
	s, err := d.own(tx, no, cases.Recall, Claim{From: from}, now)
	if err != nil {
		return cases.Case{}, err
	}
	s.add(cases.Event{Verb: cases.Recall, Of: event})
	if s.before.Recalls == 0 {
		if err := s.tellKeepers("staff.recalled", nil); err != nil {
			return cases.Case{}, err
		}
	}
	return s.c, s.commit()
}
