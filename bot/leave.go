package bot

import (
	"strings"

	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// takeLeave reads "秦矿长 12月1日-12月5日 范书记代" (请假).
func takeLeave(t *turn, in input) (reply, error) {
	name, rest := in.rest.Token()
	who, known := t.b.Office.FindDuty(name)
	from, rest, dated := rest.Date(t.saidOn())
	rest = phrase.Read(strings.TrimLeft(rest.Raw(), " -－—–~～到至、,，"))
	until, rest, ends := rest.Date(t.saidOn())
	name, _ = rest.Token()
	name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(name, "由"), "班"), "代")
	by, found := t.b.Office.FindDuty(name)
	if !known || !dated || !ends || !found || !desk.StandsIn(who, by) || !desk.MayLeave(from, until, t.today()) {
		return says(t.say("leave.how", nil))
	}
	return does(func(tx storage.Tx) (string, error) {
		if err := t.b.desk.TakeLeave(tx, who, by, from, until, t.now); err != nil {
			return "", err
		}
		return t.say("leave.done", words.Args{"Name": who.Name, "To": by.Name, "Day": from, "Till": until}), nil
	})
}
