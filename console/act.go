package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/storage"
)

// taking is one step that can be taken at the page: what its form asks for, and
// the desk's method. To add a step, add an entry.
type taking struct {
	verb   cases.Verb
	text   bool // there is a box for words
	needed bool // which may not stay empty
	take   func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error)
}

// steps are in the order in which they are offered.
var steps = []taking{
	{verb: cases.Register, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Register(tx, v.actor, no, v.value("category"), v.value("unit"), "", v.Now())
	}},
	{verb: cases.Accept, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Accept(tx, v.actor, no, "", v.Now())
	}},
	{verb: cases.Assign, text: true, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		days, _ := strconv.Atoi(v.value("days")) // what is no number is refused as no term
		if days > maxDays {
			days = 0
		}
		term := calendar.Term{N: days, Working: v.value("working") != ""}
		return v.Desk.Assign(tx, v.actor, no, v.value("unit"), term, v.value("text"), v.Now())
	}},
	{verb: cases.Ask, text: true, needed: true, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		d, petitioner, err := v.Desk.Ask(tx, v.actor, no, v.value("text"), v.Now())
		if err == nil && petitioner != "" {
			err = v.Expect(tx, petitioner, d.Case.No, v.Now())
		}
		return d, err
	}},
	{verb: cases.Urge, text: true, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Urge(tx, v.actor, no, v.value("text"), v.Now())
	}},
	{verb: cases.Answer, text: true, needed: true, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Answer(tx, v.actor, no, v.value("text"), v.Now())
	}},
	{verb: cases.Extend, text: true, needed: true, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Extend(tx, v.actor, no, desk.ReadExtension(v.value("text"), v.Now()), v.Now())
	}},
	{verb: cases.Close, text: true, take: func(v *visit, tx storage.Tx, no cases.Number) (desk.Done, error) {
		return v.Desk.Close(tx, v.actor, no, v.value("text"), v.Now())
	}},
}

// maxDays is the longest term a unit is given, as in chat.
const maxDays = 365

// usual is the step that is usually next.
var usual = map[cases.Stage]cases.Verb{cases.Received: cases.Register, cases.Registered: cases.Assign, cases.Accepted: cases.Assign,
	cases.Handling: cases.Answer, cases.Answered: cases.Close}

// steps are the forms of what may be done with a matter now.
func (v *visit) steps(c cases.Case, t shown) []step {
	var all, last []step
	for _, s := range steps {
		if c.Check(v.actor, s.verb) != nil {
			continue
		}
		form := step{Verb: string(s.verb), Name: v.say("verb."+string(s.verb), nil), Needed: s.needed, Main: usual[c.Stage] == s.verb}
		if s.text {
			form.Text = v.say("page.text."+string(s.verb), nil)
		}
		if t.verb == s.verb {
			form.Typed = t.text
		}
		switch s.verb {
		case cases.Register:
			if form.Categories = v.categories(c); len(form.Categories) == 0 {
				continue // it is on its way already
			}
			form.Units = append([]choice{{Name: v.say("page.usual-unit", nil)}}, v.units("")...)
			if c.Stage != cases.Received && c.Stage != cases.Registered { // it can only turn out to be an accusation
				form.Name, form.Units = v.say("page.seal", nil), nil
				last = append(last, form)
				continue
			}
		case cases.Assign:
			form.Units, form.Days = v.units(c.Lead), true
		}
		all = append(all, form)
	}
	return append(all, last...)
}

// categories are those the matter may get now, the suggested one chosen.
func (v *visit) categories(c cases.Case) []choice {
	var all []choice
	for _, k := range v.Desk.Office.Categories {
		if c.MayRegister(k) {
			all = append(all, choice{k.Name, k.Name, k.Name == c.CategoryOrSuggested()})
		}
	}
	return all
}

// units are those a matter can be handed to; where accusations go is decided by
// their category.
func (v *visit) units(chosen string) []choice {
	var all []choice
	for _, u := range v.Desk.Office.Units {
		if !u.Sealed {
			all = append(all, choice{u.ID, u.Name, u.ID == chosen})
		}
	}
	return all
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
	verb := cases.Verb(v.req.PathValue("verb"))
	i := slices.IndexFunc(steps, func(s taking) bool { return s.verb == verb })
	if i < 0 {
		v.fail(v.w, http.StatusNotFound, v.say("page.not-found", nil))
		return
	}
	if !v.formRead() {
		return
	}
	if v.value("key") == "" {
		v.fail(v.w, http.StatusBadRequest, v.say("page.bad-form", nil))
		return
	}
	var d desk.Done
	var again bool
	err := v.Store.Update(v.req.Context(), func(tx storage.Tx) (err error) {
		if again, err = v.Desk.Once(tx, v.value("key"), no); err == nil && !again {
			d, err = steps[i].take(v, tx, no)
		}
		return err
	})
	switch r, refused := desk.IsRefusal(err); {
	case refused:
		v.matterWith(no, http.StatusUnprocessableEntity, view{Refused: v.refusal(r)}, shown{verb: verb, text: v.value("text")})
	case err != nil:
		v.broken(v.w, err)
	case again:
		v.back(no, url.Values{"did": {"again"}})
	case !d.Case.Visible(v.actor):
		v.owed()
		http.Redirect(v.w, v.req, v.Base+"/?did=sealed", http.StatusSeeOther)
	default:
		v.owed()
		did := url.Values{"did": {string(verb)}}
		if !d.Told && (verb == cases.Assign || verb == cases.Urge) {
			did.Set("call", "unit")
		}
		v.back(no, did)
	}
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
