package bot

import (
	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// recuse reads "5 后勤": who is complained about.
func recuse(t *turn, in input) (reply, error) {
	who, _ := t.accused(in.rest)
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Recuse(tx, t.actor, in.no, who, t.now)
		if err != nil {
			return "", err
		}
		if !d.Case.Visible(t.actor) { // it complains about who says so
			return t.say("done.recuse-self", t.b.desk.Args(d.Case, t.now, nil)), nil
		}
		return t.step("recuse", d, nil), nil
	})
}

// waive reads "5 后勤" and, behind it, why they may handle it after all.
func waive(t *turn, in input) (reply, error) {
	who, rest := t.accused(in.rest)
	reason := rest.Raw()
	if why, behind, ok := rest.Command(reasons); ok && why != "" {
		reason = behind.Raw()
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Waive(tx, t.actor, in.no, who, reason, t.now)
		if err != nil {
			return "", err
		}
		return t.step("waive", d, nil), nil
	})
}

var reasons = phrase.NewWords(map[string]string{"理由": "why", "原因": "why"})

// accused reads a unit or a person.
func (t *turn) accused(text phrase.Text) (string, phrase.Text) {
	if unit, rest, ok := text.Command(t.b.names.units); ok {
		return unit, rest
	}
	if leader, rest, ok := text.Command(t.b.names.leaders); ok {
		return leader, rest
	}
	return text.Token()
}
