package desk

import (
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// task words what a unit is told of the matter: never who, and of a veiled one
// nothing of how it was said either. What staff wrote for the unit wins, unless it
// quotes a petitioner of those: that is refused.
func (s *step) task(note string) (string, error) {
	id, err := s.identity("keep the petitioner out of the task")
	if err != nil {
		return "", err
	}
	names := slices.Concat(s.d.knownAs(id.From), strings.Split(id.Name, "、"), []string{id.Contact}) // of visitors there are several
	if note != "" && s.c.Veiled() {
		if what, bad, err := s.quotes(note, id, names); err != nil {
			return "", err
		} else if bad {
			return "", s.refuse(cases.QuotesWords, cases.Assign, what)
		}
	}
	switch {
	case note != "":
		return phrase.Scrub(note, names), nil
	case s.c.Veiled():
		return s.d.say("task.guarded", s.caseArgs(nil)), nil
	}
	parts := []string{phrase.Scrub(s.c.Fields[cases.Matter], names)}
	if place := s.d.placeOnly(s.c.Fields[cases.Place]); place != "" && !strings.Contains(parts[0], place) {
		parts = append(parts, place)
	}
	text := strings.Join(parts, "，")
	if want := s.c.Fields[cases.Want]; want != "" {
		text = s.d.say("task.wants", words.Args{"Matter": text, "Want": phrase.Scrub(want, names)})
	}
	return text, nil
}

// quotes returns which words of a text tell who spoke of the matter, if any do:
// their name, crew, days, numbers or a run of their own words (domain.md §1.6).
func (s *step) quotes(text string, id identity, names []string) (string, bool, error) {
	words, err := s.said(id)
	if err != nil {
		return "", false, err
	}
	said := []string{s.c.Fields[cases.Matter], s.c.Fields[cases.Want], s.c.Fields[cases.Place]}
	for _, m := range words {
		said = append(said, m.Text)
	}
	all := strings.Join(said, "\n")
	what, bad := phrase.Repeats(text, all, append(s.d.crewsIn(all), names...)...)
	return what, bad, nil
}

// crewsIn returns what the crews are called that a text speaks of: who is afraid
// names their own and seldom another.
func (d *Desk) crewsIn(text string) []string {
	folded := phrase.Fold(text)
	var all []string
	for _, u := range d.Office.Units {
		names := slices.Concat([]string{u.Name}, u.Aliases)
		if !aCrew(u.Name) || !slices.ContainsFunc(names, func(n string) bool { return aCrew(n) && strings.Contains(folded, phrase.Fold(n)) }) {
			continue
		}
		all = append(all, names...)
	}
	return all
}

// aCrew reports whether a name is one of people who work together, not of a thing
// (机电, 食堂) that a matter may be about.
func aCrew(name string) bool {
	return slices.ContainsFunc([]string{"队", "班", "区", "厂", "组", "一", "二", "三", "四", "五"}, func(end string) bool { return strings.HasSuffix(name, end) })
}
