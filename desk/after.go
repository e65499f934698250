package desk

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// What the office does with a matter that has been answered.

// Fulfil notes that what the answer grants was done (落实); the petitioner is asked
// whether it was.
func (d *Desk) Fulfil(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	return d.afterwards(tx, actor, no, cases.Event{Verb: cases.Fulfil, Text: text}, "worker.fulfilled", now)
}

// Reopen handles a matter anew (重办), with the law's term from its beginning.
func (d *Desk) Reopen(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	return d.afterwards(tx, actor, no, cases.Event{Verb: cases.Reopen, Text: text}, "worker.reopened", now)
}

// Review hands the answer to the next level up (转复查, the second time 转复核).
func (d *Desk) Review(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	return d.afterwards(tx, actor, no, cases.Event{Verb: cases.Review, Text: text}, "worker.reviewing", now)
}

// Finish ends a matter that was reviewed twice (终结, 条例 art. 36).
func (d *Desk) Finish(tx storage.Tx, actor cases.Actor, no cases.Number, text string, now time.Time) (Done, error) {
	if word := harsh(text); word != "" {
		return Done{}, &cases.Refusal{Code: cases.HarshWords, Verb: cases.Finish, No: no, Typed: word}
	}
	return d.afterwards(tx, actor, no, cases.Event{Verb: cases.Finish, Text: text}, "worker.finished", now)
}

func (d *Desk) afterwards(tx storage.Tx, actor cases.Actor, no cases.Number, e cases.Event, key string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, e.Verb, actor, now)
	if err != nil {
		return Done{}, err
	}
	if err := s.take(e); err != nil {
		return Done{}, err
	}
	to, err := s.tellPetitioner(key, words.Args{"Text": e.Text})
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, s.commit()
}

// Conclude tells the petitioner what the next level up says (复查意见, 复核意见).
func (d *Desk) Conclude(tx storage.Tx, actor cases.Actor, no cases.Number, r cases.Reply, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Conclude, actor, now)
	if err != nil {
		return Done{}, err
	}
	if r, err = s.reply(r); err != nil {
		return Done{}, err
	}
	if err := s.sparesMerged(tx, r); err != nil {
		return Done{}, err
	}
	r.RemedyTo = "" // one more level up
	if err := s.take(cases.Event{Verb: cases.Conclude, Reply: &r}); err != nil {
		return Done{}, err
	}
	to, err := s.tellPetitioner("worker.concluded", nil)
	if err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: to != "", Lost: s.lost}, s.commit()
}
