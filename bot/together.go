package bot

import (
	"strings"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Matters that belong together.

// other reads the second number of "51 并入 47", and what stands behind it.
func (in input) other() (cases.Number, phrase.Text) {
	rest := in.rest
	for _, word := range []string{"并入", "并到", "合并到", "合到", "到", "进", "入", "和", "与", "跟", "给"} {
		if after, ok := strings.CutPrefix(rest.Raw(), word); ok {
			rest = phrase.Read(after)
			break
		}
	}
	year, seq, behind, ok := rest.CaseNo()
	if !ok {
		return cases.Number{}, rest
	}
	return cases.Number{Year: year, Seq: seq}, behind
}

// merge reads "51 47": the first goes on as the second (合并).
func merge(t *turn, in input) (reply, error) {
	into, _ := in.other()
	if into.IsZero() {
		return reply{}, &cases.Refusal{Code: cases.NoOther, Verb: cases.Merge, No: in.no}
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Merge(tx, t.actor, in.no, into, t.now)
		if err != nil {
			return "", err
		}
		return t.step("merge", d, nil), nil
	})
}

// linkKinds are the words for how two matters belong together.
var linkKinds = phrase.NewWords(map[string]string{
	"同一件": string(cases.SameMatter), "同一件事": string(cases.SameMatter), "一件事": string(cases.SameMatter),
	"同类": string(cases.Similar), "类似": string(cases.Similar), "重复": string(cases.ReturnOf),
})

// relate reads "51 47", and perhaps in which way (关联).
func relate(t *turn, in input) (reply, error) {
	other, rest := in.other()
	if other.IsZero() {
		return reply{}, &cases.Refusal{Code: cases.NoOther, Verb: cases.Relate, No: in.no}
	}
	kind := cases.SameMatter
	if id, ok := rest.Exact(linkKinds); ok {
		kind = cases.LinkKind(id)
	}
	return does(func(tx storage.Tx) (string, error) {
		d, err := t.b.desk.Relate(tx, t.actor, in.no, other, kind, t.now)
		if err != nil {
			return "", err
		}
		o, err := t.b.desk.Stands(tx, t.actor, other, t.now)
		if err != nil {
			return "", err
		}
		return t.step("relate", d, words.Args{"Other": desk.ShortNumber(o.No, t.now), "Same": kind == cases.SameMatter}), nil
	})
}

// split reads "47 食堂的事…" (拆分).
func split(t *turn, in input) (reply, error) {
	return does(func(tx storage.Tx) (string, error) {
		d, r, err := t.b.desk.Split(tx, t.actor, in.no, in.rest.Raw(), t.now)
		if err != nil {
			return "", err
		}
		return t.step("split", d, words.Args{"Part": desk.ShortNumber(r.Case.No, t.now), "Code": r.Code}), nil
	})
}

// tied words what belongs together with a matter, for its reader.
func (t *turn) tied(c cases.Case) (string, error) {
	links, err := t.b.desk.Tied(t.ctx, t.actor, c)
	if err != nil || len(links) == 0 && c.Into.IsZero() {
		return "", err
	}
	var names []string
	for _, l := range links {
		names = append(names, t.say("link."+string(l.Kind), words.Args{"Other": desk.ShortNumber(l.No, t.now)}))
	}
	return t.say("look.tied", words.Args{"Names": names, "HasInto": !c.Into.IsZero(), "Into": desk.ShortNumber(c.Into, t.now)}), nil
}

// ownTied words for a petitioner where their matter went on.
func (t *turn) ownTied(c cases.Case) string {
	var parts []string
	for _, l := range c.Links {
		if l.Kind == cases.SplitInto {
			parts = append(parts, desk.ShortNumber(l.No, t.now))
		}
	}
	if len(parts) == 0 && c.Into.IsZero() {
		return ""
	}
	return t.say("track.tied", words.Args{"Short": desk.ShortNumber(c.No, t.now), "Numbers": parts, "HasInto": !c.Into.IsZero(), "Into": desk.ShortNumber(c.Into, t.now)})
}
