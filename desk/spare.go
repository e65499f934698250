package desk

import (
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// What several petitioners read tells none of them who another is.

// speaker is what would tell who spoke of a matter.
type speaker struct {
	names  []string // what they are called and reached by
	said   string   // all they said of it
	guards bool     // nor is a run of their words to be known again
}

func (d *Desk) speaker(g storage.Getter, c cases.Case) (p speaker, err error) {
	var id identity
	if _, err := record.Load(g, identityTable, numberKey(c.No), &id); err != nil {
		return p, err
	}
	words, err := saidOf(g, c.No, id)
	if err != nil {
		return p, err
	}
	all := []string{c.Fields[cases.Matter], c.Fields[cases.Want], c.Fields[cases.Place]}
	for _, m := range words {
		all = append(all, m.Text)
	}
	p.said = strings.Join(all, "\n")
	p.names = slices.Concat(d.knownAs(id.From), strings.Split(id.Name, "、"), []string{id.Contact, phrase.Phone(id.Contact), phrase.Phone(p.said)})
	p.guards = c.Signature != cases.Named || c.Guarded
	return p, nil
}

// tells returns which words of a text tell who spoke, if any do: a name or number
// of theirs, or, of somebody who is not to be known, a run of their own words.
func (p speaker) tells(text string) (what string, bad bool) {
	if what, bad = phrase.Names(text, p.said, p.names...); bad || !p.guards {
		return what, bad
	}
	return phrase.Quotes(text, p.said)
}

// spares returns which words of a text tell the petitioners of several matters who
// one of them is, if any do. Who goes on with one of them (合并) reads it too.
func (d *Desk) spares(g storage.Getter, text string, several ...cases.Case) (what string, bad bool, err error) {
	for _, c := range slices.Clone(several) {
		with, err := d.mergedInto(g, c)
		if err != nil {
			return "", false, err
		}
		several = append(several, with...)
	}
	if len(several) < 2 { // their own words are no secret from them
		return "", false, nil
	}
	for _, c := range several {
		p, err := d.speaker(g, c)
		if err != nil {
			return "", false, err
		}
		if what, bad := p.tells(text); bad {
			return what, true, nil
		}
	}
	return "", false, nil
}

// mergedInto are the matters that go on under the number of c, those that were
// merged into them before too.
func (d *Desk) mergedInto(g storage.Getter, c cases.Case) (all []cases.Case, err error) {
	for _, l := range c.Links {
		if l.Kind != cases.MergedFrom {
			continue
		}
		var m cases.Case
		if _, err := record.Load(g, caseTable, numberKey(l.No), &m); err != nil {
			return nil, err
		}
		if m.Into != c.No {
			continue
		}
		before, err := d.mergedInto(g, m)
		if err != nil {
			return nil, err
		}
		all = append(append(all, m), before...)
	}
	return all, nil
}
