package bot

import (
	"maps"
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// talk is where a conversation stands. It survives restarts. The cbor numbers
// are the stored form.
type talk struct {
	Form     string            `cbor:"1,keyasint,omitempty"` // the open form, "" for none
	Ask      string            `cbor:"2,keyasint,omitempty"` // field asked for; "" with a form open means the summary stands
	Fields   map[string]string `cbor:"3,keyasint,omitempty"`
	Skipped  []string          `cbor:"4,keyasint,omitempty"`
	Said     []desk.Said       `cbor:"5,keyasint,omitempty"` // everything said for the form, raw
	Hearing  bool              `cbor:"6,keyasint,omitempty"` // a story is being told
	Story    []string          `cbor:"7,keyasint,omitempty"`
	Quiet    time.Time         `cbor:"8,keyasint,omitempty"`  // when the story counts as told
	Until    time.Time         `cbor:"9,keyasint,omitempty"`  // when the draft is given up
	Straight bool              `cbor:"10,keyasint,omitempty"` // goes to the summary without more questions
	Guarded  bool              `cbor:"11,keyasint,omitempty"` // fears retaliation
	Menu     bool              `cbor:"12,keyasint,omitempty"` // the three ways on were shown
	Asked    []cases.Number    `cbor:"13,keyasint,omitempty"` // staff wait for answers about these
	Last     cases.Number      `cbor:"14,keyasint,omitempty"` // handed in or added to just now
	LastSum  []byte            `cbor:"15,keyasint,omitempty"` // of what was handed in
	LastAt   time.Time         `cbor:"16,keyasint,omitempty"`
	Name     string            `cbor:"17,keyasint,omitempty"` // the petitioner's, if given
	Answered time.Time         `cbor:"18,keyasint,omitempty"` // the question was answered; more may follow for a while
	Doubt    bool              `cbor:"19,keyasint,omitempty"` // a question came while a form was open
	Added    time.Time         `cbor:"21,keyasint,omitempty"` // a picture was added to Last
	Cards    []string          `cbor:"40,keyasint,omitempty"` // of the handbook, in a list just shown
	After    []cases.Number    `cbor:"31,keyasint,omitempty"` // it was asked whether speaking up did any harm (回访)
	AfterAt  time.Time         `cbor:"32,keyasint,omitempty"` // when the latest of them was asked
	Unclear  string            `cbor:"82,keyasint,omitempty"` // what was said to it that may be about something else
	Danger   cases.Number      `cbor:"44,keyasint,omitempty"` // the danger they told of last,
	Offered  cases.Number      `cbor:"46,keyasint,omitempty"` // referred, and asked whether the office should mediate
	DangerAt time.Time         `cbor:"45,keyasint,omitempty"` // and when
	Held     *held             `cbor:"60,keyasint,omitempty"` // a step that waits for 确认
	Took     *took             `cbor:"61,keyasint,omitempty"` // the step taken last
	Same     cases.Number      `cbor:"62,keyasint,omitempty"` // it was asked whether the open form is that matter once more
	About    cases.Number      `cbor:"64,keyasint,omitempty"` // it was asked whether the open form is said of that matter
	Anew     bool              `cbor:"63,keyasint,omitempty"` // and it is not
	Parts    []string          `cbor:"70,keyasint,omitempty"` // it was asked whether the story is these several matters
	Labelled bool              `cbor:"71,keyasint,omitempty"` // and it was told label by label
	Whole    bool              `cbor:"72,keyasint,omitempty"` // and it is one
	Into     []cases.Number    `cbor:"73,keyasint,omitempty"` // of the parts decided so far: the matter that each is once more, zero for none
	Remind   time.Time         `cbor:"80,keyasint,omitempty"` // when they are told that it is not handed in
	Reminded bool              `cbor:"81,keyasint,omitempty"` // they were
	Draft    string            `cbor:"20,keyasint,omitempty"` // names the open form's draft, by the message that opened it
	Answer   *answering        `cbor:"24,keyasint,omitempty"` // an answer to a petitioner that is not sent yet
}

func (k talk) empty() bool { return k.equal(talk{}) }

// equal reports whether two conversations stand alike; it need only be right
// about what a turn can change.
func (k talk) equal(l talk) bool {
	return sameAnswer(k.Answer, l.Answer) && sameHeld(k.Held, l.Held) && sameTook(k.Took, l.Took) && k.Same == l.Same && k.About == l.About && k.Anew == l.Anew &&
		slices.Equal(k.Parts, l.Parts) && slices.Equal(k.Into, l.Into) && k.Labelled == l.Labelled && k.Whole == l.Whole &&
		k.Form == l.Form && k.Offered == l.Offered && k.Danger == l.Danger && k.DangerAt.Equal(l.DangerAt) && k.Ask == l.Ask && k.Hearing == l.Hearing && k.Menu == l.Menu &&
		slices.Equal(k.Asked, l.Asked) && slices.Equal(k.After, l.After) && k.AfterAt.Equal(l.AfterAt) && k.Unclear == l.Unclear && slices.Equal(k.Cards, l.Cards) && k.Answered.Equal(l.Answered) && k.Doubt == l.Doubt && k.Last == l.Last && k.LastAt.Equal(l.LastAt) && k.Added.Equal(l.Added) &&
		slices.EqualFunc(k.Said, l.Said, func(a, b desk.Said) bool { return a.Recalled.Equal(b.Recalled) }) &&
		k.Quiet.Equal(l.Quiet) && k.Until.Equal(l.Until) && k.Remind.Equal(l.Remind) && k.Reminded == l.Reminded && k.Guarded == l.Guarded && k.Straight == l.Straight &&
		k.Name == l.Name && maps.Equal(k.Fields, l.Fields) && slices.Equal(k.Skipped, l.Skipped) && slices.Equal(k.Story, l.Story)
}

// clone returns a copy that shares nothing with k.
func (k talk) clone() talk {
	k.Fields, k.Skipped = maps.Clone(k.Fields), slices.Clone(k.Skipped)
	k.Said, k.Story, k.Asked = slices.Clone(k.Said), slices.Clone(k.Story), slices.Clone(k.Asked)
	k.After, k.Parts, k.Into = slices.Clone(k.After), slices.Clone(k.Parts), slices.Clone(k.Into)
	return k
}

// over is what stays of a conversation when its form is over: what the office asked.
func (k talk) over(answered time.Time) talk {
	return talk{Asked: k.Asked, Answered: answered, After: k.After, AfterAt: k.AfterAt}
}

func talkKey(a chat.Address) []byte { return storage.Key(nil).Text(string(a)) }

func loadTalk(g storage.Getter, a chat.Address) (k talk, err error) {
	if _, err := record.Load(g, talkTable, talkKey(a), &k); err != nil {
		return k, err
	}
	if k.Form != "" && k.Fields == nil { // an empty map is not stored
		k.Fields = map[string]string{}
	}
	return k, nil
}

// saveTalk keeps where the conversation stands, and when to go on with it.
func (t *turn) saveTalk(tx storage.Tx) error {
	if t.talk.Danger.IsZero() && !slices.Contains(t.erased, t.was.Danger) && t.now.Sub(t.was.DangerAt) <= sameDanger { // whatever else was begun or given up
		t.talk.Danger, t.talk.DangerAt = t.was.Danger, t.was.DangerAt
	}
	if t.talk.equal(t.was) {
		return nil
	}
	t.setRemind()
	if err := t.forgetMedia(tx); err != nil {
		return err
	}
	if t.talk.empty() {
		if err := tx.Delete(talkTable, talkKey(t.m.From)); err != nil {
			return err
		}
		return t.setTimers(tx)
	}
	if err := record.Save(tx, talkTable, talkKey(t.m.From), t.talk); err != nil {
		return err
	}
	return t.setTimers(tx)
}

// remindAt is the hour of the next day at which somebody hears that what they told
// is not handed in yet: they may well think that it is.
const remindAt = 10

// setRemind sets when that is, once for a draft.
func (t *turn) setRemind() {
	k := &t.talk
	told := k.Form != "" && (k.Fields[cases.Matter] != "" || len(k.Story) > 0 || len(k.Parts) > 0)
	switch {
	case !told || k.Reminded:
		k.Remind = time.Time{}
	case t.m.ID != "": // they have just spoken
		k.Remind = t.today().Add(1).At(remindAt, 0)
	}
}

// setTimers replaces the timers of the conversation; none stays behind, because
// a timer says who was talking when.
func (t *turn) setTimers(tx storage.Tx) error {
	now := []time.Time{t.talk.Quiet, t.talk.Until, t.talk.Remind}
	was := []time.Time{t.was.Quiet, t.was.Until, t.was.Remind}
	for _, at := range was {
		if !at.IsZero() && !slices.ContainsFunc(now, at.Equal) {
			if err := tx.Delete(timerTable, timerKey(at, t.m.From)); err != nil {
				return err
			}
		}
	}
	for _, at := range now {
		if !at.IsZero() && !slices.ContainsFunc(was, at.Equal) {
			if err := tx.Put(timerTable, timerKey(at, t.m.From), []byte(t.m.From)); err != nil {
				return err
			}
		}
	}
	return nil
}

func timerKey(at time.Time, a chat.Address) []byte {
	return storage.Key(nil).Time(at).Text(string(a))
}
