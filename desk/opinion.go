package desk

import (
	"cmp"
	"fmt"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/paper"
	"fangzhuo/storage"
)

// Opinion is the answer to a matter as a document to print (处理意见书, 条例 art. 32),
// and what to call it: a number, never a person. That it was made is written down,
// because it may print the petitioner's name.
func (d *Desk) Opinion(tx storage.Tx, actor cases.Actor, no cases.Number, now time.Time) (c cases.Case, name string, docx []byte, err error) {
	s, err := d.stepTo(tx, no, cases.Open, actor, now)
	if err != nil {
		return cases.Case{}, "", nil, err
	}
	r := s.c.Reply
	if r == nil || !written(s.c) {
		return cases.Case{}, "", nil, s.refuse(cases.NoOpinion, cases.Open, "")
	}
	id, err := s.identity("opinion")
	if err != nil {
		return cases.Case{}, "", nil, err
	}
	o := paper.Opinion{Office: cmp.Or(d.FullName, d.officeName()), Year: s.c.No.Year, Seq: s.c.No.Seq, Signature: string(s.c.Signature), Received: s.c.ReceivedAt,
		Request: r.Request, Facts: r.Facts, Result: d.say("result."+string(cmp.Or(r.Code, cases.Explained)), nil), Decision: r.Opinion, Basis: r.Basis,
		Reviewer: r.RemedyTo, LastDay: r.RemedyUntil, Date: s.c.AnsweredAt}
	switch {
	case s.c.Signature != cases.Named:
	case s.c.Guards(): // of somebody who is afraid no paper that lies about says the name
		o.Signature = string(cases.Sealed)
	default:
		o.Name = id.Name
	}
	if docx, err = o.Docx(d.Words); err != nil {
		return cases.Case{}, "", nil, fmt.Errorf("write an opinion: %w", err)
	}
	return s.c, d.say("opinion.file", d.Args(s.c, now, nil)), docx, s.commit()
}

// officeName is what the office is called.
func (d *Desk) officeName() string {
	name, _ := d.Facts["Office"].(string)
	return name
}

// SendOpinion sends the document to whoever asks for it. Keep is where its bytes
// wait.
func (d *Desk) SendOpinion(tx storage.Tx, actor cases.Actor, no cases.Number, to chat.Address, keep func([]byte) (ref string, err error), now time.Time) (cases.Case, error) {
	c, name, docx, err := d.Opinion(tx, actor, no, now)
	if err != nil {
		return cases.Case{}, err
	}
	ref, err := keep(docx)
	if err != nil {
		return cases.Case{}, err
	}
	m := outbox.Promise{Key: fmt.Sprintf("case/%s/%d/opinion", c.No, c.Events), To: to, File: &outbox.File{Name: name, Ref: ref},
		Due: now, Repeat: true, Awake: true, Kind: notice}
	if _, err := outbox.Put(tx, m, now); err != nil {
		return cases.Case{}, fmt.Errorf("promise an opinion: %w", err)
	}
	return c, nil
}
