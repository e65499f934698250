package bot

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// refer reads "47 劳动仲裁" and, behind it, why (导入).
func refer(t *turn, in input) (reply, error) {
	route, rest := in.rest.Token()
	if route == "" {
		return reply{}, &cases.Refusal{Code: cases.NoRoute, Verb: cases.Refer, No: in.no}
	}
	return t.refers(in.no, route, rest.Raw())
}

// turnAway reads "47 …": why it is not taken on, and where it belongs (不予受理).
func turnAway(t *turn, in input) (reply, error) { return t.refers(in.no, "", in.rest.Raw()) }

func (t *turn) refers(no cases.Number, route, reason string) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, to, err := t.b.desk.Refer(tx, t.actor, no, route, reason, t.now)
		if err != nil {
			return "", err
		}
		if to != "" {
			if err := t.b.Offer(tx, to, d.Case.No, t.now); err != nil {
				return "", err
			}
		}
		return t.step("refer", d, t.b.desk.Signpost(d.Case, d.Case.Route)), nil
	})
}

// Offer notes in the petitioner's conversation that they were asked whether the
// office should talk with both sides first.
func (b *Bot) Offer(tx storage.Tx, petitioner chat.Address, no cases.Number, now time.Time) error {
	k, err := loadTalk(tx, petitioner)
	if err != nil {
		return err
	}
	asked := &turn{b: b, now: now, was: k, talk: k}
	asked.m.From, asked.talk.Offered = petitioner, no
	return asked.saveTalk(tx)
}

const (
	wanted = "wanted"
	spared = "spared"
)

var wants = phrase.NewWords(map[string]string{"要": wanted, "要的": wanted, "要谈": wanted, "好": wanted, "行": wanted, "可以": wanted,
	"不用": spared, "不要": spared, "不用了": spared, "不了": spared})

// answersOffer takes 要 or 不用 as the answer to that question.
func (t *turn) answersOffer() (r reply, is bool, err error) {
	word, ok := t.text.Exact(wants)
	if no := t.talk.Offered; ok && !no.IsZero() && t.talk.Form == "" {
		t.talk.Offered, t.result = cases.Number{}, true
		if word == spared {
			return reply{text: t.say("mediation.spared", nil)}, true, nil
		}
		r, err = does(func(tx storage.Tx) (string, error) {
			c, err := t.b.desk.Mediate(tx, no, t.claim(""), t.now)
			if err != nil {
				return "", err
			}
			return t.say("mediation", t.b.desk.Args(c, t.now, nil)), nil
		})
		return r, true, err
	}
	return reply{}, false, nil
}
