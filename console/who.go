package console

import (
	"net/http"
	"slices"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/words"
)

// meCookie holds who acts. It is a choice and no proof: whoever has the link is
// trusted as anybody whose page it is, and the page says so.
const meCookie = "fangzhuo_me"

// visit is one request of somebody of the office.
type visit struct {
	*Console
	w     http.ResponseWriter
	req   *http.Request
	me    cases.Person
	actor cases.Actor
	same  []cases.Case // of the matter that is shown: others of the same that wait for an answer
}

// as lets a request through once somebody has said who they are.
func (c *Console) as(do func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		p, ok := c.chosen(req)
		if !ok {
			http.Redirect(w, req, c.Base+"/me", http.StatusSeeOther)
			return
		}
		do(&visit{Console: c, w: w, req: req, me: p, actor: cases.ActorOf(p)})
	}
}

// chosen is who acts, if they still work here.
func (c *Console) chosen(req *http.Request) (cases.Person, bool) {
	cookie, err := req.Cookie(meCookie)
	if err != nil {
		return cases.Person{}, false
	}
	all := c.people()
	i := slices.IndexFunc(all, func(p cases.Person) bool { return p.ID == cookie.Value })
	if i < 0 {
		return cases.Person{}, false
	}
	return all[i], true
}

// people are those who work at this page.
func (c *Console) people() (all []cases.Person) {
	for _, role := range c.Roles {
		all = append(all, c.Desk.Office.With(role, "")...)
	}
	return all
}

// who asks who sits at the page.
func (c *Console) who(w http.ResponseWriter, req *http.Request) {
	me, _ := c.chosen(req)
	c.show(w, http.StatusOK, "who", view{Title: c.say("page.who", nil), Me: me.Name, Main: c.people()})
}

// become notes who sits at the page.
func (c *Console) become(w http.ResponseWriter, req *http.Request) {
	id := req.PostFormValue("id")
	if !slices.ContainsFunc(c.people(), func(p cases.Person) bool { return p.ID == id }) {
		c.fail(w, http.StatusUnprocessableEntity, c.say("page.who", nil))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: meCookie, Value: id, Path: c.Base + "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, req, c.Base+"/", http.StatusSeeOther)
}

// page shows a page to whoever sits there.
func (v *visit) page(status int, name string, p view) {
	p.Me = v.me.Name
	if p.Title == "" {
		p.Title = v.say("page.title", nil)
	}
	v.show(v.w, status, name, p)
}

// refusal words a refusal: as chat does, unless chat would say what to type.
func (v *visit) refusal(r *cases.Refusal) string {
	var next []string
	for _, verb := range r.Next {
		next = append(next, v.say("verb."+string(verb), nil))
	}
	args := words.Args{"Short": desk.ShortNumber(r.No, v.Now()), "Stage": string(r.Stage), "Next": next, "Verb": string(r.Verb)}
	switch r.Code {
	case cases.NoReason:
		if r.Verb == cases.Refer {
			return v.say("page.no.reason", nil)
		}
	case cases.Unknown:
		return v.say("page.no.unknown", args)
	case cases.WrongStage:
		return v.say("page.no.stage", args)
	case cases.NoTerm:
		return v.say("page.no.term", args)
	case cases.NoFields:
		return v.say("page.no.fields", nil)
	case cases.Disputed:
		return v.say("page.no.disputed", nil)
	}
	return v.Desk.RefusalText(r, true, cases.Who(r.Verb), next, v.Now())
}

// stage is the word for a stage.
func (c *Console) stage(s cases.Stage) string { return c.say("stage", words.Args{"Stage": string(s)}) }
