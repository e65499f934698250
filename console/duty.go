package console

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Who stands in for whom: handing over what somebody has in hand (交接), one matter
// or all, and leave (请假).

// heirs are those a matter can be handed to: another in the office, and another
// leader where one leads it.
func (v *visit) heirs(c cases.Case) (all []choice) {
	keeper := cases.Staff
	if c.Sealed {
		keeper = cases.Discipline
	}
	for _, p := range v.Desk.Office.Holders() {
		leads := p.Role == cases.Leader && c.Leader != "" && !c.Sealed && p.ID != c.Leader
		keeps := p.Role == keeper && c.Owner != "" && p.ID != c.Owner
		if (leads || keeps) && !slices.Contains(c.Against, p.ID) {
			all = append(all, choice{ID: p.ID, Name: v.inHand(p.Name, desk.Held{Leads: leads})})
		}
	}
	return all
}

// inHand is somebody's name, and how they have matters in hand.
func (v *visit) inHand(name string, h desk.Held) string {
	return v.say("page.in-hand", words.Args{"Name": name, "Leads": h.Leads, "N": h.N, "Gone": h.Gone})
}

func (v *visit) asksHand(c cases.Case) []field { return v.pick("page.hand.to", "to", v.heirs(c), true) }

// holder is the one chosen in a field of those that matters can be in the hands of.
func (v *visit) holder(name string) (cases.Person, bool) {
	all := v.Desk.Office.Holders()
	i := slices.IndexFunc(all, func(p cases.Person) bool { return p.ID == v.value(name) })
	if i < 0 {
		return cases.Person{}, false
	}
	return all[i], true
}

// dutyForm is one form of the page.
type dutyForm struct {
	step
	Note string
	None string // said instead of a form that there is nothing for
}

type dutyPage struct {
	Away  []string
	Forms []dutyForm
}

// These are the forms.
const (
	handForm  = "hand"
	leaveForm = "leave"
)

func (v *visit) duty() { v.dutyWith(http.StatusOK, view{}, shown{}) }

func (v *visit) dutyWith(status int, p view, t shown) {
	held, err := v.Desk.Held(v.req.Context(), v.actor)
	if err != nil {
		v.broken(v.w, err)
		return
	}
	leaves, err := v.Desk.Leaves(v.req.Context(), v.Now())
	if err != nil {
		v.broken(v.w, err)
		return
	}
	hand := dutyForm{Note: v.say("page.hand.note", nil), step: step{Verb: handForm, Name: v.say("page.hand.all", nil), Do: v.say("verb.hand", nil), Fields: v.asksHandAll(held)}}
	if len(held) == 0 {
		hand.None = v.say("page.hand.none", nil)
	}
	main := dutyPage{Forms: []dutyForm{hand}}
	if v.mayLeave() {
		for _, l := range leaves {
			main.Away = append(main.Away, v.say("page.away.line", words.Args{"Name": l.Who.Name, "To": l.By.Name, "Day": l.From, "Till": l.Until}))
		}
		main.Forms = append(main.Forms, dutyForm{Note: v.say("page.leave.note", nil), step: step{Verb: leaveForm, Name: v.say("page.leave", nil), Do: v.say("page.leave.do", nil), Fields: v.asksLeave()}})
	}
	for i := range main.Forms {
		if f := &main.Forms[i]; f.Verb == t.form {
			v.again(f.Fields)
			if t.refused != "" && !refusedAt(f.Fields, t.at, t.refused) {
				f.Refused = t.refused
			}
			if t.unseen.text != "" {
				f.Preview, f.Intro, f.Sure, f.Seen = t.unseen.text, t.unseen.intro, t.unseen.sure, seenMark(t.unseen.text)
			}
		}
	}
	p.Here, p.Title, p.Main = "duty", v.say("page.duty", nil), main
	v.page(status, "duty", p)
}

// heldID names what somebody holds in a form: a leader may look after matters too.
func heldID(h desk.Held) string { return fmt.Sprintf("%s %t", h.ID, h.Leads) }

func (v *visit) asksHandAll(held []desk.Held) []field {
	var from, to []choice
	goneFirst := func(a, b desk.Held) int { // what nobody looks after cannot wait
		switch {
		case a.Gone == b.Gone:
			return 0
		case a.Gone:
			return -1
		}
		return 1
	}
	for _, h := range slices.SortedStableFunc(slices.Values(held), goneFirst) {
		from = append(from, choice{ID: heldID(h), Name: v.inHand(v.Desk.Office.PersonName(h.ID), h)})
	}
	for _, p := range v.Desk.Office.Holders() {
		if (p.Role == cases.Discipline) == (v.actor.Role == cases.Discipline) {
			to = append(to, choice{ID: p.ID, Name: v.duties(p)})
		}
	}
	return slices.Concat(v.pick("page.hand.from", "from", from, true), v.pick("page.hand.to", "to", to, true))
}

// duties is somebody's name with what they are.
func (v *visit) duties(p cases.Person) string {
	return v.say("page.duties", words.Args{"Name": p.Name, "Title": p.Title})
}

// handAll hands over all that somebody has, once it was shown how much that is.
func (v *visit) handAll() {
	if !v.formRead() || !v.keyed() {
		return
	}
	held, err := v.Desk.Held(v.req.Context(), v.actor)
	if err != nil {
		v.broken(v.w, err)
		return
	}
	if lacks := v.lacks(v.asksHandAll(held)); lacks != nil {
		v.dutyLacks(handForm, lacks)
		return
	}
	i := slices.IndexFunc(held, func(h desk.Held) bool { return heldID(h) == v.value("from") })
	to, ok := v.holder("to")
	switch {
	case i < 0:
		v.dutyLacks(handForm, &lacking{"from", v.say("page.hand.gone", nil)})
		return
	case !ok || to.ID == held[i].ID:
		v.dutyLacks(handForm, &lacking{"to", v.say("page.hand.same", nil)})
		return
	case (to.Role == cases.Leader) != held[i].Leads:
		v.dutyLacks(handForm, &lacking{"to", v.say("page.hand.kind", words.Args{"Leads": held[i].Leads})})
		return
	}
	from := v.Desk.PersonName(held[i].ID)
	u := v.mind("page.sure.hand", words.Args{"From": from, "To": to.Name, "N": held[i].N, "Leads": held[i].Leads})
	if v.value("sure") != seenMark(u.text) {
		v.dutyWith(http.StatusOK, view{}, shown{form: handForm, unseen: u})
		return
	}
	last, err := v.Desk.HandAll(v.req.Context(), v.actor, held[i].ID, to, v.Now())
	if err != nil {
		v.broken(v.w, err)
		return
	}
	var h desk.Handover
	v.dutyDone(handForm, func(tx storage.Tx) (err error) {
		h, err = last(tx)
		return err
	}, func() string {
		numbers := desk.ShortNumbers(h.Moved, v.Now())
		return v.say("hand.done", words.Args{"From": from, "To": to.Name, "Leads": to.Role == cases.Leader, "Told": h.Told, "N": len(h.Moved),
			"Numbers": numbers, "More": len(h.Moved) > len(numbers), "Stay": desk.ShortNumbers(h.Stay, v.Now())})
	})
}

// dutyLacks shows the page with what a form leaves out.
func (v *visit) dutyLacks(form string, l *lacking) {
	v.dutyWith(http.StatusUnprocessableEntity, view{Refused: l.why}, shown{form: form, refused: l.why, at: []string{l.field}})
}

// dutyDone does what a form asks for, once, and says what came of it.
func (v *visit) dutyDone(form string, do func(storage.Tx) error, said func() string) {
	var again bool
	err := v.Store.Update(v.req.Context(), func(tx storage.Tx) (err error) {
		if again, err = v.Desk.Once(tx, v.value("key"), cases.Number{}); err != nil || again {
			return err
		}
		return do(tx)
	})
	var lacking *lacking
	switch r, refused := desk.IsRefusal(err); {
	case refused:
		v.dutyWith(http.StatusUnprocessableEntity, view{Refused: v.refusal(r)}, shown{form: form, refused: v.refusal(r), at: fieldsOf[r.Code]})
	case errors.As(err, &lacking):
		v.dutyLacks(form, lacking)
	case err != nil:
		v.broken(v.w, err)
	case again:
		v.dutyWith(http.StatusOK, view{Said: []string{v.say("page.did.again", nil)}}, shown{})
	default:
		v.owed()
		v.dutyWith(http.StatusOK, view{Said: []string{said()}}, shown{})
	}
}

// mayLeave: leave is noted by staff, as in chat.
func (v *visit) mayLeave() bool { return v.actor.Role == cases.Staff }

// onDuty are all who have a duty in matters.
func (v *visit) onDuty() []cases.Person {
	return append(v.Desk.Office.Holders(), v.Desk.Office.With(cases.Liaison, "")...)
}

func (v *visit) asksLeave() []field {
	var who, by []choice
	for _, p := range v.onDuty() {
		who, by = append(who, choice{ID: p.ID, Name: v.duties(p)}), append(by, choice{ID: p.ID, Name: v.duties(p)})
	}
	return slices.Concat(v.pick("page.leave.who", "who", who, true),
		[]field{{Name: "from", Label: v.say("page.leave.from", nil), Kind: "date", Needed: true}, {Name: "until", Label: v.say("page.leave.until", nil), Kind: "date", Needed: true}},
		v.pick("page.leave.by", "by", by, true))
}

// leave notes that somebody is away, and tells who stands in.
func (v *visit) leave() {
	if !v.mayLeave() {
		v.fail(v.w, http.StatusNotFound, v.say("page.not-found", nil))
		return
	}
	if !v.formRead() || !v.keyed() {
		return
	}
	if lacks := v.lacks(v.asksLeave()); lacks != nil {
		v.dutyLacks(leaveForm, lacks)
		return
	}
	person := func(name string) (cases.Person, bool) {
		all := v.onDuty()
		i := slices.IndexFunc(all, func(p cases.Person) bool { return p.ID == v.value(name) })
		if i < 0 {
			return cases.Person{}, false
		}
		return all[i], true
	}
	who, known := person("who")
	by, found := person("by")
	from, err1 := calendar.ParseDate(v.value("from"))
	until, err2 := calendar.ParseDate(v.value("until"))
	switch {
	case !known:
		v.dutyLacks(leaveForm, &lacking{"who", v.say("page.lacks.choice", nil)})
	case err1 != nil || err2 != nil || !desk.MayLeave(from, until, calendar.DateOf(v.Now())):
		v.dutyLacks(leaveForm, &lacking{"until", v.say("page.leave.days", nil)})
	case !found || !desk.StandsIn(who, by):
		v.dutyLacks(leaveForm, &lacking{"by", v.say("page.leave.other", nil)})
	default:
		v.dutyDone(leaveForm, func(tx storage.Tx) error { return v.Desk.TakeLeave(tx, who, by, from, until, v.Now()) },
			func() string {
				return v.say("leave.done", words.Args{"Name": who.Name, "To": by.Name, "Day": from, "Till": until})
			})
	}
}
