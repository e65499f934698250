package console

import (
	"net/http"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/words"
)

// fact is one line of what is known of a matter.
type fact struct{ Label, Value string }

// step is one form that carries a matter on.
type step struct {
	Verb, Name string
	Do         string // what its button says, "" for its name
	Fields     []field
	Refused    string // why it was not taken as it was sent
	Main       bool   // the step that is usually next
	Open       bool   // its form is shown at once
	// what comes of it if it cannot be taken back, what that is, what the button
	// says, and the mark of it
	Preview, Intro, Sure, Seen string
}

type matterPage struct {
	No, Stage string
	Facts     []fact
	Reply     []fact // the answer, part by part
	Ending    []fact // how it ended
	Ties      []tie  // to other matters
	Alike     []tie  // other matters that may be the same
	Notices   []string
	Earlier   []moment // of a long history what is folded away
	History   []moment
	Before    string // over Earlier
	Steps     []group
	Seen      int  // how many events it had when the page was drawn
	Waits     bool // somebody still has to act
	Sealed    bool
	MayReach  bool // the petitioner left something to reach them by
	Contact   string
	MayFiles  bool // something was sent along
	MayPrint  bool // the answer is owed on paper too
	Files     []file
	Guards    bool   // it is opened for a motive only
	Motive    string // for which it was, to open more
}

// unfolded is how much of a history is shown at once.
const unfolded = 20

// matter shows one matter, as 查 does, with what may be done next.
func (v *visit) matter() {
	no, ok := v.no()
	if !ok {
		return
	}
	var p view
	switch v.req.FormValue("did") {
	case "":
	case "again":
		p.Said = append(p.Said, v.say("page.did.again", nil))
	default:
		if i := slices.IndexFunc(steps, func(s taking) bool { return s.name() == v.req.FormValue("did") }); i >= 0 {
			p.Said = append(p.Said, v.say("page.did", words.Args{"Verb": v.called(steps[i])}))
		}
	}
	switch v.req.FormValue("call") {
	case "":
	case "heir":
		p.Said = append(p.Said, v.say("page.call-heir", nil))
	default:
		p.Said = append(p.Said, v.say("page.call", nil))
	}
	v.matterWith(no, http.StatusOK, p, shown{})
}

// shown is what a matter's page shows beside the matter, this once.
type shown struct {
	// the form that was refused, why, and at which of the fields
	form, refused string
	at            []string
	unseen        unseen // what would come of it
	// what was opened of the sealed part
	contact string
	files   []file
	motive  string // for which they were
}

func (v *visit) matterWith(no cases.Number, status int, p view, t shown) {
	c, events, ok := v.look(no)
	if !ok {
		return
	}
	p.Title = c.No.String()
	ties, err := v.ties(c)
	if err == nil {
		v.same, err = v.Desk.Waiting(v.req.Context(), v.actor, c)
	}
	if err != nil {
		v.broken(v.w, err)
		return
	}
	alike, err := v.alike(c)
	if err != nil {
		v.broken(v.w, err)
		return
	}
	main := matterPage{Alike: alike, No: c.No.String(), Stage: v.say("stage", words.Args{"Stage": desk.Standing(c)}), Facts: v.facts(c), Notices: v.notices(c), History: v.history(c.No, events),
		Steps: v.steps(c, t), Waits: c.Stage.Open(), Seen: c.Events, Sealed: c.Sealed, Contact: t.contact, Files: t.files, Motive: t.motive,
		Reply: v.reply(c), Ending: v.ending(c), Ties: ties}
	if n := len(main.History) - unfolded; n > 1 {
		main.Earlier, main.History = main.History[:n], main.History[n:]
		main.Before = v.say("page.earlier", words.Args{"N": n})
	}
	if c.Check(v.actor, cases.Open) == nil && (!c.Guards() || v.Desk.Office.Keeps(v.actor)) {
		main.Guards = c.Guards()
		main.MayReach, main.MayFiles = c.Signature != cases.Anonymous, c.Media > 0
		main.MayPrint = desk.Written(c)
	}
	harm, err := v.Desk.Suffered(v.req.Context(), v.actor, c)
	if err != nil {
		v.broken(v.w, err)
		return
	}
	for _, h := range harm {
		main.Notices = append(main.Notices, v.say("look.harm", words.Args{"At": h.At, "Text": h.Text}))
	}
	p.Main = main
	v.page(status, "matter", p)
}

// no is the number in the address; without one it shows that there is no such
// page.
func (v *visit) no() (no cases.Number, ok bool) {
	if no, ok = cases.ParseNumber(v.req.PathValue("no")); !ok {
		v.fail(v.w, http.StatusNotFound, v.say("page.not-found", nil))
	}
	return no, ok
}

// look reads a matter, or shows why that cannot be.
func (v *visit) look(no cases.Number) (c cases.Case, events []cases.Event, ok bool) {
	c, events, err := v.Desk.Look(v.req.Context(), v.actor, no, v.Now())
	if r, refused := desk.IsRefusal(err); refused {
		v.listWith("", http.StatusNotFound, view{Refused: v.refusal(r)})
		return c, nil, false
	}
	if err != nil {
		v.broken(v.w, err)
		return c, nil, false
	}
	return c, events, true
}

// facts are what the office knows of a matter; nothing says who it is from.
func (v *visit) facts(c cases.Case) []fact {
	var all []fact
	add := func(label, value string) {
		if value != "" {
			all = append(all, fact{label, value})
		}
	}
	args := v.Desk.Args(c, v.Now(), nil)
	add(v.say("page.f.matter", nil), c.Fields[cases.Matter])
	add(v.say("page.f.place", nil), c.Fields[cases.Place])
	add(v.say("page.f.since", nil), c.Fields[cases.SinceWhen])
	add(v.say("page.f.want", nil), c.Fields[cases.Want])
	add(v.say("page.f.media", nil), v.say("page.media", args))
	add(v.say("page.f.category", nil), v.say("page.category", args))
	add(v.say("page.f.channel", nil), v.say("page.channel", args))
	add(v.say("page.f.signature", nil), v.say("page.signature", args))
	add(v.say("page.f.unit", nil), v.say("page.unit", args))
	all = append(all, v.hands(c)...)
	if c.Persons > 1 {
		add(v.say("page.f.persons", nil), v.say("page.persons-n", words.Args{"N": c.Persons}))
	}
	add(v.say("page.f.task", nil), c.Note)
	add(v.say("page.f.feedback", nil), c.Feedback)
	add(v.say("page.f.question", nil), c.Question)
	add(v.say("page.f.received", nil), v.say("page.moment", words.Args{"At": c.ReceivedAt}))
	var terms []string
	for _, k := range v.Desk.Running(c, v.Now()) {
		terms = append(terms, v.say("page.clock", words.Args{"Kind": k.Kind, "Due": k.Due, "Days": k.Days, "Over": k.Over,
			"Simple": k.Simple, "Extended": k.Extended, "Second": k.Second, "ToSecond": k.ToSecond}))
	}
	add(v.say("page.f.due", nil), strings.Join(terms, "\n"))
	return all
}

// notices are what must be minded with this matter.
func (v *visit) notices(c cases.Case) []string {
	task, tasked := c.Clock(cases.TaskClock)
	var all []string
	for _, n := range []struct {
		applies bool
		text    string
	}{
		{unsigned(c), v.say("page.mind.danger", nil)},
		{c.Sealed && c.Stage == cases.Received, v.say("page.mind.sealed", nil)},
		{c.Veiled(), v.say("page.mind.guarded", nil)},
		{c.ByHand() && c.Stage.Open(), v.say("page.mind.by-hand", nil)},
		{tasked && !c.Due().IsZero() && task.Due.After(c.Due()), v.say("page.mind.late", nil)},
	} {
		if n.applies {
			all = append(all, n.text)
		}
	}
	return all
}
