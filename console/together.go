package console

import (
	"maps"
	"slices"
	"strconv"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// Forms about several units, several people and several matters.

// helpers are the units that can be asked to help; one that usually does is chosen.
func (v *visit) helpers(c cases.Case) []choice {
	all := v.units("", slices.Concat(c.Against, c.Helpers, []string{c.Lead})...)
	usual := v.Desk.MayHelp(c)
	for i := range all {
		all[i].Chosen = len(usual) > 0 && all[i].Name == usual[0]
	}
	return all
}

// asksCorrect asks for what was written down wrong: it shows what stands there, and
// what is changed is put right.
func (v *visit) asksCorrect(c cases.Case) []field {
	var fields []field
	for _, f := range []field{{Name: cases.Matter, Label: v.say("page.f.matter", nil), Kind: "words"}, {Name: cases.Place, Label: v.say("page.f.place", nil)},
		{Name: cases.SinceWhen, Label: v.say("page.f.since", nil)}, {Name: cases.Want, Label: v.say("page.f.want", nil)}} {
		f.Value = c.Fields[f.Name]
		fields = append(fields, f)
	}
	if c.Category != "" && !c.Sealed {
		var categories []choice
		for _, k := range v.Desk.Office.Categories {
			if !k.Sealed {
				categories = append(categories, choice{k.Name, k.Name, k.Name == c.Category})
			}
		}
		fields = append(fields, v.pick("page.f.category", "category", categories, false)...)
	}
	persons := field{Name: "persons", Label: v.say("page.f.persons", nil), Kind: "number", Max: 200, Value: strconv.Itoa(max(c.Persons, 1))}
	return append(append(fields, v.pick("page.f.signature", "signature", v.signatures(c), false)...), persons)
}

// signatures are those that can be put right to: what is anonymous stays so.
func (v *visit) signatures(c cases.Case) []choice {
	if c.Signature == cases.Anonymous {
		return nil
	}
	var all []choice
	for _, s := range []cases.Signature{cases.Named, cases.Sealed} {
		all = append(all, choice{string(s), v.say("page.signature", words.Args{"Signature": string(s)}), s == c.Signature})
	}
	return all
}

// correction is what the form of one was filled with.
func (v *visit) correction() desk.Correction {
	k := desk.Correction{Category: v.value("category"), Signature: cases.Signature(v.value("signature")), Fields: map[string]string{}}
	for _, name := range []string{cases.Matter, cases.Place, cases.SinceWhen, cases.Want} {
		k.Fields[name] = v.value(name)
	}
	maps.DeleteFunc(k.Fields, func(_, text string) bool { return text == "" }) // nothing is put right by leaving it out
	if n, err := strconv.Atoi(v.value("persons")); err == nil && n > 1 {
		k.Persons = n
	}
	return k
}

func (v *visit) asksRelate(cases.Case) []field {
	var kinds []choice
	for _, k := range []cases.LinkKind{cases.SameMatter, cases.Similar} {
		kinds = append(kinds, choice{ID: string(k), Name: v.say("page.tie", words.Args{"Kind": string(k)})})
	}
	return append([]field{v.line("page.relate", "other", true)}, v.pick("page.relate.kind", "kind", kinds, true)...)
}

// other is the number of another matter, as people type it.
func (v *visit) other(verb cases.Verb, no cases.Number) (cases.Number, error) {
	year, seq, _, ok := phrase.Read(v.value("other")).CaseNo()
	if !ok {
		return cases.Number{}, &cases.Refusal{Code: cases.NoOther, Verb: verb, No: no}
	}
	return cases.Number{Year: year, Seq: seq}, nil
}
