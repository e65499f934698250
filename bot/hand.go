package bot

import (
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// between is what people write between two names.
var between = strings.NewReplacer("移交给", " ", "交给", " ", "转给", " ", "给", " ", "到", " ", "->", " ", "→", " ", "、", " ", ",", " ", "。", " ", ":", " ")

// hand reads "秦矿长 范书记": all that the one has goes to the other; or "47 周敏":
// one matter (交接).
func hand(t *turn, in input) (reply, error) {
	names := strings.Fields(between.Replace(phrase.Fold(in.rest.Raw())))
	if len(names) == 0 || len(names) > 2 || len(names) == 1 && in.no.IsZero() {
		return t.handWhom("")
	}
	to, ok := t.b.Office.FindHolder(names[len(names)-1])
	if !ok {
		return t.handWhom(names[len(names)-1])
	}
	if len(names) == 1 {
		return does(func(tx storage.Tx) (string, error) {
			d, err := t.b.desk.Hand(tx, t.actor, in.no, to, t.now)
			if err != nil {
				return "", err
			}
			return t.step("hand", d, words.Args{"To": to.Name, "Leads": to.Role == cases.Leader}), nil
		})
	}
	from, ok, err := t.b.desk.Holder(t.ctx, t.actor, names[0])
	if err != nil {
		return reply{}, err
	}
	if !ok || from == to.ID {
		return t.handWhom(names[0])
	}
	last, err := t.b.desk.HandAll(t.ctx, t.actor, from, to, t.now)
	if err != nil {
		return reply{}, err
	}
	return does(func(tx storage.Tx) (string, error) {
		h, err := last(tx)
		if err != nil {
			return "", err
		}
		return t.say("hand.done", words.Args{"From": t.b.desk.PersonName(from), "To": to.Name, "Leads": to.Role == cases.Leader, "Told": h.Told,
			"N": len(h.Moved), "Numbers": desk.ShortNumbers(h.Moved, t.now), "More": len(h.Moved) > len(desk.ShortNumbers(h.Moved, t.now)),
			"Stay": desk.ShortNumbers(h.Stay, t.now)}), nil
	})
}

// handWhom says how it is written, and who there is.
func (t *turn) handWhom(typed string) (reply, error) {
	var names []string
	for _, p := range t.b.Office.Holders() {
		names = append(names, p.Name)
	}
	return says(t.say("hand.whom", words.Args{"Typed": typed, "Names": names}))
}
