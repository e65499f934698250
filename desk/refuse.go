package desk

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/words"
)

// RefusalText words a refusal: one line that says what is wrong and what to do.
// A reader with a duty is told of their own list. Who are the roles that may,
// and next the steps that are possible, as they are taken where the reader is.
func (d *Desk) RefusalText(r *cases.Refusal, duty bool, who []cases.Role, next []string, now time.Time) string {
	var roles []string
	for _, role := range who {
		roles = append(roles, d.say("role."+string(role), nil))
	}
	code := string(r.Code)
	if r.Code == cases.Unknown && duty {
		code = "unknown-to-duty"
	}
	return d.say("refuse."+code, words.Args{"No": r.No.String(), "Short": ShortNumber(r.No, now), "Typed": r.Typed, "Verb": string(r.Verb),
		"HasNo": !r.No.IsZero(), "Known": duty, "Stage": string(r.Stage), "Roles": roles, "Next": next, "Units": d.unitNames(r), "Leaders": d.leaderNames(r)})
}

func (d *Desk) unitNames(r *cases.Refusal) []string {
	if r.Code != cases.NoUnit {
		return nil
	}
	var l []string
	for _, u := range d.Office.Units {
		if !u.Sealed {
			l = append(l, u.Name)
		}
	}
	return l
}

func (d *Desk) leaderNames(r *cases.Refusal) []string {
	if r.Code != cases.NoLeader {
		return nil
	}
	var l []string
	for _, p := range d.Office.With(cases.Leader, "") {
		l = append(l, p.Name)
	}
	return l
}
