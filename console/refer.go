package console

import (
	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Forms of steps that lead a matter elsewhere: to the way that the law lays down,
// to nobody here, into another matter, out of one's own sight.

// turnAway is the form that refers a matter without a route (不予受理).
const turnAway = "turn-away"

// routes are the statutory routes; the usual one of the category is chosen.
func (v *visit) routes(c cases.Case) []choice {
	category, _ := v.Desk.Office.Category(c.CategoryOrSuggested())
	var all []choice
	for _, r := range v.Desk.Office.Routes {
		all = append(all, choice{r.Name, r.Name, v.Desk.Office.Same(r.Name, category.Route)})
	}
	return all
}

// refer tells the petitioner the way; one in chat is asked whether the office
// should talk with both sides first.
func (v *visit) refer(tx storage.Tx, no cases.Number, route string) (desk.Done, error) {
	d, petitioner, err := v.Desk.Refer(tx, v.actor, no, route, v.value("text"), v.Now())
	if err == nil && petitioner != "" {
		err = v.Offer(tx, petitioner, d.Case.No, v.Now())
	}
	return d, err
}

func (v *visit) warnsRefer(_ storage.Tx, _ cases.Case, d desk.Done) (unseen, error) {
	return v.goesOut(v.Desk.ReferredText(d.Case, v.value("text"), v.Now())), nil
}

// mind is unseen words about what would come of a step.
func (v *visit) mind(key string, args words.Args) unseen {
	return unseen{v.say(key, args), v.say("page.mind-first", nil), v.say("page.do-it", nil)}
}

// warnsOut warns of a step that takes a matter out of one's own sight.
func (v *visit) warnsOut(_ storage.Tx, _ cases.Case, d desk.Done) (unseen, error) {
	if d.Case.Visible(v.actor) {
		return unseen{}, nil
	}
	return v.mind("page.sure.out", v.Desk.Args(d.Case, v.Now(), words.Args{"Sealed": d.Case.Sealed})), nil
}

// warnsMerge shows both matters: a number is soon mistyped.
func (v *visit) warnsMerge(tx storage.Tx, was cases.Case, d desk.Done) (unseen, error) {
	into, err := v.Desk.Stands(tx, v.actor, d.Case.Into, v.Now())
	if err != nil {
		return unseen{}, err
	}
	return v.mind("page.sure.merge", words.Args{"No": was.No.String(), "Matter": was.Fields[cases.Matter],
		"Into": into.No.String(), "Other": into.Fields[cases.Matter]}), nil
}
