package bot

import (
	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// What people say to be polite is answered, and becomes no matter.

// courtesy answers a greeting, thanks, 收到 and the like outside of any form.
func (t *turn) courtesy() (r reply, ok bool, err error) {
	switch t.text.Courteous() {
	case phrase.Greets:
		r, err = help(t, input{})
	case phrase.WantsTalk:
		r, err = channels(t, input{})
	case phrase.WantsSay:
		if t.known { // they write down for others by name: 来电, 来访
			return reply{}, false, nil
		}
		r, err = t.open(t.b.Forms[0], phrase.Read(""))
	case phrase.Thanks, phrase.Notes:
		r, err = t.polite()
	default:
		return reply{}, false, nil
	}
	return r, true, err
}

// nothingSaid reports whether what is said is no answer to anything either, as 好的
// may be one.
func (t *turn) nothingSaid() bool {
	switch t.text.Courteous() {
	case phrase.Greets, phrase.Thanks, phrase.WantsTalk:
		return len(t.m.Media) == 0
	}
	return false
}

// courtesyInForm keeps what is only polite out of what is written down.
func (t *turn) courtesyInForm() (r reply, ok bool, err error) {
	kind := t.text.Courteous()
	switch {
	case kind == "" || len(t.m.Media) > 0:
		return reply{}, false, nil
	case kind == phrase.WantsTalk:
		r, err = channels(t, input{})
		return r, true, err
	case kind == phrase.Notes && !t.talk.Hearing && (t.talk.Ask != "" || t.text.Yes()):
		return reply{}, false, nil // may be an answer
	case t.talk.Hearing && (kind == phrase.Notes || kind == phrase.Thanks):
		r, err = t.told()
	case t.talk.Hearing && len(t.talk.Story) > 0:
		r, err = says(t.say("form.listening", words.Args{"Quiet": int(t.b.Quiet.Seconds()), "Straight": t.talk.Straight}))
	default:
		r, err = says(t.question())
	}
	return r, true, err
}

// polite answers thanks and 收到. Who may mean more by it than that is told how to
// say so: a unit that has not signed for its task, a petitioner with an answer.
func (t *turn) polite() (reply, error) {
	args := words.Args{"Thanks": t.text.Courteous() == phrase.Thanks, "Known": t.known, "ToUnit": t.actor.Role == cases.Liaison, "Short": ""}
	var waits []cases.Number
	var err error
	switch {
	case t.actor.Role == cases.Liaison:
		waits, err = t.toSign()
	case !t.known:
		waits, err = t.answered()
	}
	if len(waits) == 1 {
		args["Short"] = desk.ShortNumber(waits[0], t.now)
	}
	return reply{text: t.say("polite", args)}, err
}
