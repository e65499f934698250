package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/storage"
)

// taking is one step that can be taken at the page. To add a step, add an entry.
type taking struct {
	verb cases.Verb
	// id is what its form is called where a verb has several, else "".
	id   string
	part part
	// asks are what its form asks for; nil for nothing.
	asks func(v *visit, c cases.Case) []field
	// bars says why it is not offered although Check allows it; nil for never.
	bars func(v *visit, c cases.Case) bool
	// take is the desk's method.
	take func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error)
	// warns says what comes of a step that cannot be taken back, given the case
	// before it; it is taken once that was shown. Nil, or nothing said, for one that can.
	warns func(v *visit, tx storage.Tx, was cases.Case, d desk.Done) (unseen, error)
}

// name is what its form is called.
func (s taking) name() string { return cmp.Or(s.id, string(s.verb)) }

// part is one group of the steps.
type part int

const (
	onward    part = iota // what carries the matter on
	toEnd                 // what answers it and ends it
	toCorrect             // what puts it in order
)

// steps are in the order in which they are offered.
var steps = []taking{
	{verb: cases.Register, asks: (*visit).asksRegister, bars: func(v *visit, c cases.Case) bool { return len(v.categories(c)) == 0 }, // it is on its way already
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Register(tx, v.actor, no, v.value("category"), v.value("unit"), cases.Procedure(v.value("procedure")), v.Now())
		}, warns: (*visit).warnsOut},
	{verb: cases.Accept, asks: (*visit).asksProcedure, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Accept(tx, v.actor, no, cases.Procedure(v.value("procedure")), v.Now())
	}},
	{verb: cases.Assign,
		asks: func(v *visit, c cases.Case) []field {
			return slices.Concat(v.pick("page.f.unit", "unit", v.units(c.Lead, c.Against...), true), v.days("page.days", 3), []field{v.box("page.text.assign", false)})
		},
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Assign(tx, v.actor, no, v.value("unit"), v.term(), v.value("text"), v.Now())
		}},
	{verb: cases.Help, bars: func(_ *visit, c cases.Case) bool { return c.Procedure == cases.Simple }, // one who needs help takes longer: Switch first
		asks: func(v *visit, c cases.Case) []field {
			return append(v.pick("page.f.unit", "unit", v.helpers(c), true), v.box("page.text.help", true))
		},
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Help(tx, v.actor, no, v.value("unit"), v.value("text"), v.Now())
		}},
	{verb: cases.Ask,
		asks: func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.ask", true)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			d, petitioner, err := v.Desk.Ask(tx, v.actor, no, v.value("text"), v.Now())
			if err == nil && petitioner != "" {
				err = v.Expect(tx, petitioner, d.Case.No, v.Now())
			}
			return d, err
		}},
	{verb: cases.Urge,
		asks: func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.urge", false)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Urge(tx, v.actor, no, v.value("text"), v.Now())
		}},
	{verb: cases.Sponsor,
		asks: func(v *visit, c cases.Case) []field {
			return append(v.pick("page.f.leader", "leader", v.peopleIn(c, "", cases.Leader), true), v.days("page.days", 15)...)
		},
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Sponsor(tx, v.actor, no, v.value("leader"), v.term(), v.Now())
		}},
	{verb: cases.SignOff, bars: func(_ *visit, c cases.Case) bool { return !unsigned(c) }, // a task is the unit's to sign
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.SignOff(tx, v.actor, no, v.Now())
		}},
	{verb: cases.PassOn, bars: func(_ *visit, c cases.Case) bool { return c.Media == 0 }, asks: (*visit).asksPassOn, take: (*visit).passOn},
	{verb: cases.Extend, asks: (*visit).asksExtend, bars: func(_ *visit, c cases.Case) bool { return c.Extended || c.Procedure == cases.Simple },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Extend(tx, v.actor, no, v.extension(), v.Now())
		}},
	{verb: cases.Switch, bars: func(_ *visit, c cases.Case) bool { return c.Procedure != cases.Simple }, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Switch(tx, v.actor, no, v.Now())
	}},
	{verb: cases.Inform, bars: func(_ *visit, c cases.Case) bool { return !c.ByHand() || !c.Stage.Open() }, // others are told in chat
		asks: func(v *visit, _ cases.Case) []field { return []field{v.line("page.text.inform", "text", true)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Inform(tx, v.actor, no, v.value("text"), v.Now())
		}},
	{verb: cases.Answer, part: toEnd,
		asks: (*visit).asksAnswer,
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.answer(tx, no)
		}},
	{verb: cases.Answer, id: answerAll, part: toEnd, bars: func(v *visit, c cases.Case) bool { return c.Reply == nil || len(v.same) == 0 },
		asks: func(v *visit, _ cases.Case) []field { return v.asksBeside() },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) { return v.answerRest(tx, no) }},
	{verb: cases.Refer, part: toEnd, bars: func(v *visit, _ cases.Case) bool { return len(v.Desk.Office.Routes) == 0 },
		asks: func(v *visit, c cases.Case) []field {
			return append(v.pick("page.route", "route", v.routes(c), true), v.box("page.text.refer", false))
		},
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			if v.value("route") == "" {
				return desk.Done{}, &cases.Refusal{Code: cases.NoRoute, Verb: cases.Refer, No: no}
			}
			return v.refer(tx, no, v.value("route"))
		}, warns: (*visit).warnsRefer},
	{verb: cases.Refer, id: turnAway, part: toEnd,
		asks:  func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.turn-away", true)} },
		take:  func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) { return v.refer(tx, no, "") },
		warns: (*visit).warnsRefer},
	{verb: cases.Fulfil, part: toEnd, bars: func(_ *visit, c cases.Case) bool { return c.Resolved() },
		asks: func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.fulfil", false)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Fulfil(tx, v.actor, no, v.value("text"), v.Now())
		}},
	{verb: cases.Reopen, part: toEnd,
		asks: func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.reopen", true)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Reopen(tx, v.actor, no, v.value("text"), v.Now())
		}},
	{verb: cases.Review, part: toEnd, bars: func(_ *visit, c cases.Case) bool { return c.Round >= 2 },
		asks: func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.review", false)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Review(tx, v.actor, no, v.value("text"), v.Now())
		}},
	{verb: cases.Conclude, part: toEnd,
		asks: (*visit).asksConclude,
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Conclude(tx, v.actor, no, v.typedReply(), v.Now())
		}},
	{verb: cases.Finish, part: toEnd, bars: func(_ *visit, c cases.Case) bool { return c.Round < 2 },
		asks: func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.finish", true)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Finish(tx, v.actor, no, v.value("text"), v.Now())
		}, warns: func(v *visit, _ storage.Tx, _ cases.Case, d desk.Done) (unseen, error) {
			return v.mind("page.sure.finish", v.Desk.Args(d.Case, v.Now(), nil)), nil
		}},
	{verb: cases.Close, part: toEnd,
		asks: func(v *visit, c cases.Case) []field { return []field{v.box("page.text.close", !c.DisputedAt.IsZero())} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Close(tx, v.actor, no, v.value("text"), v.Now())
		}},
	{verb: cases.Recuse, part: toCorrect,
		asks: func(v *visit, c cases.Case) []field {
			return v.pick("page.recuse", "who", v.mayBeAccused(c), true)
		},
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Recuse(tx, v.actor, no, v.value("who"), v.Now())
		}, warns: (*visit).warnsOut},
	{verb: cases.Waive, part: toCorrect,
		bars: func(v *visit, c cases.Case) bool {
			chief, ok := v.Desk.Office.Chief()
			return !ok || chief.ID != v.actor.ID || len(c.Against) == 0
		},
		asks: func(v *visit, c cases.Case) []field {
			return append(v.pick("page.waive", "who", v.accused(c), true), v.box("page.text.waive", true))
		},
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			return v.Desk.Waive(tx, v.actor, no, v.value("who"), v.value("text"), v.Now())
		}},
	{verb: cases.Hand, part: toCorrect, asks: (*visit).asksHand, bars: func(v *visit, c cases.Case) bool { return len(v.heirs(c)) == 0 },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			to, ok := v.holder("to")
			if !ok {
				return desk.Done{}, &lacking{"to", v.say("page.lacks.choice", nil)}
			}
			return v.Desk.Hand(tx, v.actor, no, to, v.Now())
		}},
	{verb: cases.Correct, part: toCorrect, asks: (*visit).asksCorrect, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Correct(tx, v.actor, no, v.correction(), v.Now())
	}},
	{verb: cases.Merge, part: toCorrect,
		asks: func(v *visit, _ cases.Case) []field { return []field{v.line("page.merge", "other", true)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			other, err := v.other(cases.Merge, no)
			if err != nil {
				return desk.Done{}, err
			}
			return v.Desk.Merge(tx, v.actor, no, other, v.Now())
		}, warns: (*visit).warnsMerge},
	{verb: cases.Relate, part: toCorrect, asks: (*visit).asksRelate, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		other, err := v.other(cases.Relate, no)
		if err != nil {
			return desk.Done{}, err
		}
		return v.Desk.Relate(tx, v.actor, no, other, cases.LinkKind(v.value("kind")), v.Now())
	}},
	{verb: cases.Split, part: toCorrect,
		asks: func(v *visit, _ cases.Case) []field { return []field{v.box("page.text.split", true)} },
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			d, _, err := v.Desk.Split(tx, v.actor, no, v.value("text"), v.Now())
			return d, err
		}},
	{verb: cases.Erase, part: toCorrect, bars: func(v *visit, _ cases.Case) bool { return !v.Desk.Office.Keeps(v.actor) },
		asks: func(v *visit, _ cases.Case) []field {
			return []field{v.box("page.text.erase", true), {Name: "sure", Label: v.say("page.erase-sure", nil), Kind: "check", Needed: true}}
		},
		take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
			e, err := v.Desk.EraseFor(tx, v.actor, no, v.value("text"), v.Now())
			if err == nil {
				err = v.Forget(tx, e, v.Now())
			}
			return desk.Done{Case: e.Case}, err
		}},
}

// usual is the step that is usually next.
func usual(c cases.Case, role cases.Role) cases.Verb {
	granted := c.Reply != nil && (c.Reply.Code == cases.Supported || c.Reply.Code == cases.Assisted)
	switch c.Stage {
	case cases.Received:
		return cases.Register
	case cases.Registered, cases.Accepted:
		if role == cases.Staff {
			return cases.Assign
		}
		return cases.Answer
	case cases.Handling:
		if unsigned(c) && role == cases.Staff {
			return cases.SignOff
		}
		return cases.Answer
	case cases.Reviewing:
		return cases.Conclude
	case cases.Answered:
		switch {
		case !c.DisputedAt.IsZero():
			return cases.Reopen
		case granted && c.FulfilledAt.IsZero():
			return cases.Fulfil
		}
		return cases.Close
	}
	return ""
}

// group is a part of the steps under its name; what is usually next has none.
type group struct {
	Name  string
	Steps []step
}

// steps are the forms of what may be done with a matter now: first what is
// usually next, then the rest by what it is for.
func (v *visit) steps(c cases.Case, t shown) []group {
	first, next := group{}, usual(c, v.actor.Role)
	parts := []group{onward: {Name: v.say("page.part.onward", nil)}, toEnd: {Name: v.say("page.part.end", nil)}, toCorrect: {Name: v.say("page.part.correct", nil)}}
	for _, s := range steps {
		if c.Check(v.actor, s.verb) != nil || s.bars != nil && s.bars(v, c) {
			continue
		}
		form := step{Verb: s.name(), Name: v.name(s, c), Main: next == s.verb && s.id == ""}
		if s.asks != nil {
			form.Fields = s.asks(v, c)
		}
		if s.verb == cases.PassOn {
			named(form.Fields, t.files)
		}
		if t.form == s.name() {
			v.again(form.Fields)
			form.Open = true
			if t.refused != "" && !refusedAt(form.Fields, t.at, t.refused) {
				form.Refused = t.refused
			}
			if t.unseen.text != "" {
				form.Preview, form.Intro, form.Sure, form.Seen = t.unseen.text, t.unseen.intro, t.unseen.sure, seenMark(t.unseen.text)
			}
		}
		if form.Main {
			form.Open = form.Open || t.form == "" // else another is looked at
			first.Steps = append(first.Steps, form)
			continue
		}
		at := s.part
		if s.verb == cases.Register && late(c) {
			at = toCorrect
		}
		parts[at].Steps = append(parts[at].Steps, form)
	}
	return slices.DeleteFunc(append([]group{first}, parts...), func(g group) bool { return len(g.Steps) == 0 })
}

// late: a matter that somebody has taken on can only turn out to be an accusation.
func late(c cases.Case) bool { return c.Stage != cases.Received && c.Stage != cases.Registered }

// name is what a step is called on the page.
func (v *visit) name(s taking, c cases.Case) string {
	if s.verb == cases.Register && late(c) {
		return v.say("page.seal", nil)
	}
	return v.called(s)
}

// called is what a step is called.
func (v *visit) called(s taking) string {
	switch s.id {
	case turnAway:
		return v.say("turned-away", nil)
	case answerAll:
		return v.say("page.answer-all", nil)
	}
	return v.say("verb."+string(s.verb), nil)
}

// value is one field of the form that was sent.
func (v *visit) value(name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(v.req.PostFormValue(name), "\ufffd"))
}

// maxForm is how many bytes of a form are read: more than the desk takes, so
// that the desk can say so.
const maxForm = 1 << 20

// formRead reads the form, or says that it is too long.
func (v *visit) formRead() bool {
	v.req.Body = http.MaxBytesReader(v.w, v.req.Body, maxForm)
	if err := v.req.ParseForm(); err != nil {
		v.fail(v.w, http.StatusBadRequest, v.say("page.bad-form", nil))
		return false
	}
	return true
}

// act takes a step. The same form sent twice takes it shown.
func (v *visit) act() {
	no, ok := v.no()
	if !ok {
		return
	}
	i := slices.IndexFunc(steps, func(s taking) bool { return s.name() == v.req.PathValue("verb") })
	if i < 0 {
		v.fail(v.w, http.StatusNotFound, v.say("page.not-found", nil))
		return
	}
	s := steps[i]
	if !v.formRead() || !v.keyed() {
		return
	}
	var d desk.Done
	var again bool
	var mind string // what a colleague did since the form was drawn
	err := v.Store.Update(v.req.Context(), func(tx storage.Tx) (err error) {
		if again, err = v.Desk.Once(tx, v.value("key"), no); err != nil || again {
			return err
		}
		if mind, err = v.meanwhile(tx, no); err == nil && mind == "" {
			d, err = v.taken(tx, s, no)
		}
		return err
	})
	var unseen *unseen
	var lacking *lacking
	form := s.name()
	switch r, refused := desk.IsRefusal(err); {
	case mind != "" && !refused && err != nil:
		v.matterWith(no, http.StatusConflict, view{Refused: mind}, shown{form: form, refused: mind})
	case refused:
		v.matterWith(no, http.StatusUnprocessableEntity, view{Refused: v.refusal(r)}, shown{form: form, refused: v.refusal(r), at: fieldsOf[r.Code]})
	case errors.As(err, &lacking):
		v.matterWith(no, http.StatusUnprocessableEntity, view{Refused: lacking.why}, shown{form: form, refused: lacking.why, at: []string{lacking.field}})
	case errors.As(err, &unseen):
		v.matterWith(no, http.StatusOK, view{}, shown{form: form, unseen: *unseen})
	case err != nil:
		v.broken(v.w, err)
	case again:
		v.back(no, url.Values{"did": {"again"}})
	case !d.Case.Visible(v.actor):
		v.owed()
		did := "recused"
		if d.Case.Sealed {
			did = "sealed"
		}
		http.Redirect(v.w, v.req, v.Base+"/?did="+did, http.StatusSeeOther)
	default:
		v.owed()
		did := url.Values{"did": {form}}
		switch {
		case d.Told:
		case s.verb == cases.Assign || s.verb == cases.Urge:
			did.Set("call", "unit")
		case s.verb == cases.Hand:
			did.Set("call", "heir")
		}
		v.back(no, did)
	}
}

// keyed reports whether the form has a key, or says that something is wrong with it.
func (v *visit) keyed() bool {
	if v.value("key") == "" {
		v.fail(v.w, http.StatusBadRequest, v.say("page.bad-form", nil))
		return false
	}
	return true
}

// taken takes a step, unless its form lacks something or what comes of it was not
// shown before.
func (v *visit) taken(tx storage.Tx, s taking, no cases.Number) (desk.Done, error) {
	was, err := v.Desk.Stands(tx, v.actor, no, v.Now())
	if err != nil {
		return desk.Done{}, err
	}
	var fields []field
	if was.Events > 0 && was.Check(v.actor, s.verb) == nil && s.asks != nil {
		fields = s.asks(v, was)
	}
	if !v.ticked(fields) {
		return desk.Done{}, v.lacks(fields)
	}
	d, err := s.take(v, tx, no)
	if r, refused := desk.IsRefusal(err); refused && slices.Contains(leftOut, r.Code) {
		if lacks := v.lacks(fields); lacks != nil { // chat says how to type it, a form does not
			return d, lacks
		}
	}
	if err != nil || s.warns == nil {
		return d, err
	}
	u, err := s.warns(v, tx, was, d)
	if err == nil && u.text != "" && v.value("sure") != seenMark(u.text) {
		err = &u // what was done is undone
	}
	return d, err
}

// errMeanwhile undoes what was noted of a form that was not carried out.
var errMeanwhile = errors.New("a colleague was faster")

// meanwhile says what a colleague has done since the form was drawn, and then
// returns errMeanwhile; the form that is drawn anew takes the step after all.
func (v *visit) meanwhile(tx storage.Tx, no cases.Number) (string, error) {
	seen, err := strconv.Atoi(v.value("seen"))
	if err != nil || seen <= 0 { // an old page: as in chat
		seen = 0
	}
	c, err := v.Desk.Stands(tx, v.actor, no, v.Now())
	if err != nil || c.Events == 0 {
		return "", err
	}
	e, other, err := v.Desk.Meanwhile(tx, v.actor, c, seen, v.Now())
	if err != nil || !other {
		return "", err
	}
	return v.say("page.meanwhile", v.Desk.MeanwhileArgs(c, e, v.Now())), errMeanwhile
}

// back leads back to the matter, so that a reload sends nothing again.
func (v *visit) back(no cases.Number, did url.Values) {
	http.Redirect(v.w, v.req, v.Base+"/matters/"+no.String()+"?"+did.Encode(), http.StatusSeeOther)
}

// owed lets what was promised go out. What was done stands either way.
func (v *visit) owed() {
	if err := v.Owed(v.req.Context()); err != nil {
		v.Log.Warn("messages wait to be sent", "err", err)
	}
}
