package bot

import (
	"slices"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// The steps of a case, as the people of the office take them in chat.

// step words a step that was taken.
func (t *turn) step(key string, d desk.Done, args words.Args) string {
	all := words.Args{"OnTheWay": d.OnTheWay, "Told": d.Told, "Lost": d.Lost, "TooLate": false, "HasTaskDue": false, "Role": string(t.actor.Role)}
	if k, ok := d.Case.Clock(cases.TaskClock); ok {
		all["TaskDue"], all["HasTaskDue"] = k.Due, true
		all["TooLate"] = !d.Case.Due().IsZero() && k.Due.After(d.Case.Due())
	}
	if k, ok := d.Case.Clock(cases.LeaderClock); ok {
		all["LeaderDue"] = k.Due
	}
	for k, v := range args {
		all[k] = v
	}
	return t.say("done."+key, t.b.desk.Args(d.Case, t.now, all))
}

func register(t *turn, in input) (reply, error) {
	category, unit, how, rest := t.registered(in.rest)
	if category == "" {
		return t.whichCategory(in)
	}
	if unit == "" {
		if typed, _ := rest.Token(); typed != "" {
			return says(t.refusal(&cases.Refusal{Code: cases.NoUnit, Verb: cases.Register, Typed: typed}))
		}
	}
	hint, err := t.alikeHint(in.no)
	if err != nil {
		return reply{}, err
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Register(tx, t.actor, in.no, category, unit, how, t.now)
		if err != nil {
			return "", err
		}
		if d.Case.Sealed {
			hint = ""
		}
		return joined(t.step("register", d, nil), hint), nil
	})
}

// What may stand before a category and a unit, and behind a unit.
var (
	toCategory = []string{"类别：", "类别:", "类别", "归到", "归"}
	toUnit     = []string{"交给", "交由", "转给", "主办", "牵头", "交", "转", "由", "给"}
	unitDoes   = []string{"办理", "牵头", "主办", "负责", "来办", "办"}
)

// registered reads a category, a unit and a procedure in any order.
func (t *turn) registered(rest phrase.Text) (category, unit string, how cases.Procedure, left phrase.Text) {
	for range 3 {
		if category == "" {
			if id, behind, ok := intake.Behind(rest, toCategory).Command(t.b.names.categories); ok {
				category, rest = id, behind
				continue
			}
		}
		if how == "" {
			if how, left = procedure(rest); how != "" {
				rest = left
				continue
			}
		}
		if unit == "" {
			if id, behind, ok := intake.Behind(rest, toUnit).Command(t.b.names.units); ok {
				unit, rest = id, intake.Behind(behind, unitDoes)
			}
		}
	}
	return category, unit, how, rest
}

// whichCategory asks for the category, with the suggested one ready to send.
func (t *turn) whichCategory(in input) (reply, error) {
	c, _, err := t.b.desk.Look(t.ctx, t.actor, in.no, t.now)
	if err == nil {
		err = c.Check(t.actor, cases.Register)
	}
	if err != nil {
		return reply{}, err
	}
	var names []string
	for _, cat := range t.b.Office.Categories {
		names = append(names, cat.Name)
	}
	lead := ""
	if cat, ok := t.b.Office.Category(c.CategoryOrSuggested()); ok {
		lead = t.b.desk.UnitName(cat.Lead)
	}
	typed, _ := in.rest.Token()
	return says(t.say("which-category", t.b.desk.Args(c, t.now, words.Args{"Names": names, "LeadName": lead, "Typed": typed})))
}

func accept(t *turn, in input) (reply, error) {
	how, _ := procedure(in.rest)
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Accept(tx, t.actor, in.no, how, t.now)
		if r, is := desk.IsRefusal(err); is && r.Code == cases.WrongStage && how == cases.Ordinary {
			if d, err := t.b.desk.Switch(tx, t.actor, in.no, t.now); err == nil {
				return t.step("switch", d, nil), nil
			}
		}
		if err != nil {
			return "", err
		}
		return t.step("accept", d, nil), nil
	})
}

// procedures are what the two procedures are called.
var procedures = phrase.NewWords(map[string]string{
	"简易": string(cases.Simple), "简易办理": string(cases.Simple), "简易程序": string(cases.Simple), "按简易": string(cases.Simple),
	"普通": string(cases.Ordinary), "普通程序": string(cases.Ordinary), "一般程序": string(cases.Ordinary), "按普通": string(cases.Ordinary),
})

func procedure(text phrase.Text) (cases.Procedure, phrase.Text) {
	how, rest, ok := text.Command(procedures)
	if !ok {
		return "", text
	}
	return cases.Procedure(how), rest
}

// extend reads "29 30天 批准人李矿长 理由…", in any order (延期).
func extend(t *turn, in input) (reply, error) {
	x := desk.ReadExtension(in.rest.Raw(), t.saidOn().Start())
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Extend(tx, t.actor, in.no, x, t.now)
		if err != nil {
			return "", err
		}
		return t.step("extend", d, nil), nil
	})
}

// inform reads "29 打电话说的" (已告知).
func inform(t *turn, in input) (reply, error) { return t.withText(in, "inform", t.b.desk.Inform) }

// assign reads "12 机电 3天" and, behind it, what the unit is to be told.
func assign(t *turn, in input) (reply, error) {
	term, rest, timed := t.term(in.rest) // 转办 47 3天 机电队
	if !timed {
		rest = in.rest
	}
	unit, rest, ok := intake.Behind(rest, toUnit).Command(t.b.names.units)
	if !ok {
		typed, _ := in.rest.Token()
		return reply{}, &cases.Refusal{Code: cases.NoUnit, Verb: cases.Assign, No: in.no, Typed: typed}
	}
	rest = intake.Behind(rest, unitDoes)
	if !timed {
		term, rest, timed = t.term(rest)
	}
	if !timed {
		return reply{}, &cases.Refusal{Code: cases.NoTerm, Verb: cases.Assign, No: in.no}
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Assign(tx, t.actor, in.no, unit, term, rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		units := t.b.desk.MayHelp(d.Case)
		return t.step("assign", d, words.Args{"Units": units, "Helper": headOf(units)}), nil
	})
}

// helpUnit reads "12 机电 派人查水泵" (协办).
func helpUnit(t *turn, in input) (reply, error) {
	unit, rest, ok := in.rest.Command(t.b.names.units)
	if !ok {
		typed, _ := in.rest.Token()
		return reply{}, &cases.Refusal{Code: cases.NoUnit, Verb: cases.Help, No: in.no, Typed: typed}
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Help(tx, t.actor, in.no, unit, rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		return t.step("help", d, words.Args{"Helper": t.b.desk.UnitName(unit), "Text": d.Case.HelpTasks[unit].Text}), nil
	})
}

func headOf(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// term reads a term as days, or as a date.
func (t *turn) term(text phrase.Text) (calendar.Term, phrase.Text, bool) {
	if n, working, rest, ok := text.Term(); ok && n > 0 && n <= 365 {
		return calendar.Term{N: n, Working: working}, rest, true
	}
	if d, rest, ok := text.Date(t.saidOn()); ok && d.After(t.today()) && d.Sub(t.today()) <= 365 {
		return calendar.Term{N: d.Sub(t.today())}, rest, true
	}
	return calendar.Term{}, text, false
}

func sponsor(t *turn, in input) (reply, error) {
	leader, rest, ok := in.rest.Command(t.b.names.leaders)
	if !ok {
		leader, rest = in.rest.Token()
	}
	term, _, ok := t.term(rest)
	if !ok {
		return reply{}, &cases.Refusal{Code: cases.NoTerm, Verb: cases.Sponsor, No: in.no}
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Sponsor(tx, t.actor, in.no, leader, term, t.now)
		if err != nil {
			return "", err
		}
		return t.step("sponsor", d, nil), nil
	})
}

// ask puts a question to the petitioner.
func ask(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, to, err := t.b.desk.Ask(tx, t.actor, in.no, in.rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		if to != "" {
			if err := t.b.Expect(tx, to, d.Case.No, t.now); err != nil {
				return "", err
			}
		}
		return t.step("ask", d, nil), nil
	})
}

// Expect notes in the petitioner's conversation that staff asked about the
// matter: the next thing they say is the answer.
func (b *Bot) Expect(tx storage.Tx, petitioner chat.Address, no cases.Number, now time.Time) error {
	k, err := loadTalk(tx, petitioner)
	if err != nil {
		return err
	}
	asked := &turn{b: b, now: now, was: k, talk: k}
	before := slices.DeleteFunc(slices.Clone(k.Asked), func(n cases.Number) bool { return n == no })
	asked.m.From, asked.talk.Asked = petitioner, append(before, no)
	asked.talk.Answered, asked.talk.Doubt = time.Time{}, k.Form != ""
	asked.talk.Cards = nil // a number answers the question now
	return asked.saveTalk(tx)
}

func closeCase(t *turn, in input) (reply, error) { return t.withText(in, "close", t.b.desk.Close) }

func urge(t *turn, in input) (reply, error) { return t.withText(in, "urge", t.b.desk.Urge) }

func feedback(t *turn, in input) (reply, error) {
	return t.withText(in, "feedback", t.b.desk.Feedback)
}

func object(t *turn, in input) (reply, error) { return t.withText(in, "object", t.b.desk.Object) }

func instruct(t *turn, in input) (reply, error) {
	return t.withText(in, "instruct", t.b.desk.Instruct)
}

// withText takes a step that comes with words.
func (t *turn) withText(in input, key string, take textStep) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, err := take(tx, t.actor, in.no, in.rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		return t.step(key, d, words.Args{"Text": in.rest.Raw()}), nil
	})
}

func signOff(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.SignOff(tx, t.actor, in.no, t.now)
		if err != nil {
			return "", err
		}
		return t.step("sign-off", d, nil), nil
	})
}
