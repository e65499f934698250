package console

import (
	"net/http"
	"slices"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// listed is how many matters of each stage the list shows.
const listed = 200

// row is one matter of the list.
type row struct {
	desk.Line
	No, Stage, Due string
	New, Disputed  bool
	Danger         bool   // that nobody has signed for
	What           string // it is about; of a sealed one that nobody reads that in passing
}

// tab is one stage the list can be narrowed to.
type tab struct {
	ID, Name string
	Chosen   bool
}

type listPage struct {
	Tabs []tab
	Rows []row
	More string
}

// list shows the office's open matters, as 待办 does and further.
func (v *visit) list() {
	stage := cases.Stage(v.req.FormValue("stage"))
	if !slices.Contains(desk.Stages, stage) {
		stage = ""
	}
	v.listWith(stage, http.StatusOK, view{})
}

func (v *visit) listWith(stage cases.Stage, status int, p view) {
	all, more, err := v.Desk.Open(v.req.Context(), v.actor, stage, listed)
	if err != nil {
		v.broken(v.w, err)
		return
	}
	main := listPage{Tabs: []tab{{"", v.say("page.all", nil), stage == ""}}}
	for _, s := range desk.Stages {
		main.Tabs = append(main.Tabs, tab{string(s), v.stage(s), stage == s})
	}
	slices.SortStableFunc(all, func(a, b cases.Case) int { // a danger cannot wait for its turn
		switch {
		case unsigned(a) == unsigned(b):
			return 0
		case unsigned(a):
			return -1
		}
		return 1
	})
	for i, l := range v.Desk.Lines(all, v.Now()) {
		r := row{Line: l, No: all[i].No.String(), Stage: v.stage(all[i].Stage), New: all[i].Stage == cases.Received,
			Disputed: !all[i].DisputedAt.IsZero(), Danger: unsigned(all[i])}
		r.What = v.inShort(l.Matter)
		if l.Sealed {
			r.What = v.say("page.sealed", words.Args{"Own": v.actor.Role == cases.Discipline})
		}
		if l.HasDue {
			r.Due = v.say("page.due", words.Args{"Kind": string(all[i].DueClock().Kind), "Due": l.Due, "Days": l.Days, "Over": l.Over})
		}
		main.Rows = append(main.Rows, r)
	}
	if more {
		main.More = v.say("page.more", words.Args{"N": listed})
	}
	switch v.req.FormValue("did") {
	case "sealed":
		p.Said = append(p.Said, v.say("page.did.sealed", nil))
	case "recused":
		p.Said = append(p.Said, v.say("page.did.recused", nil))
	}
	p.Here, p.Main = "list", main
	v.page(status, "list", p)
}

// inShort is what a matter is about, on a line.
func (v *visit) inShort(matter string) string {
	return v.say("page.in-short", words.Args{"Matter": matter})
}

// unsigned reports whether it is a danger that nobody has signed for.
func unsigned(c cases.Case) bool {
	_, runs := c.Clock(cases.HazardClock)
	return runs && c.Stage.Open()
}

// find leads to a matter by its number, as people type it.
func (v *visit) find() {
	typed := v.req.FormValue("no")
	year, seq, _, ok := phrase.Read(typed).CaseNo()
	if !ok {
		v.listWith("", http.StatusNotFound, view{Refused: v.say("page.no-number", nil)})
		return
	}
	if c, _, ok := v.look(cases.Number{Year: year, Seq: seq}); ok {
		http.Redirect(v.w, v.req, v.Base+"/matters/"+c.No.String(), http.StatusSeeOther)
	}
}
