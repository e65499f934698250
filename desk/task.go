package desk

import (
	"errors"
	"slices"
	"strings"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// task words what a unit is told of the matter: never who, and for somebody who
// fears retaliation nothing of how they said it either. What staff wrote for the
// unit wins, unless it quotes somebody who is afraid: that is refused.
func (s *step) task(note string) (string, error) {
	id, err := s.identity("keep the petitioner out of the task")
	if err != nil {
		return "", err
	}
	names := slices.Concat(s.d.knownAs(id.From), strings.Split(id.Name, "、"), []string{id.Contact}) // of visitors there are several
	if note != "" && s.c.Guarded {
		if quotes, err := s.quotes(note, id); err != nil || quotes {
			return "", errors.Join(err, s.refuse(cases.QuotesWords, cases.Assign, ""))
		}
	}
	switch {
	case note != "":
		return phrase.Scrub(note, names), nil
	case s.c.Guarded:
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

// quoteLength is from how many characters on a run of the petitioner's own words
// could tell who spoke.
const quoteLength = 8

// quotes reports whether a text repeats what the petitioner said: a run of their
// words, or a time they named.
func (s *step) quotes(text string, id identity) (bool, error) {
	words, err := s.said(id)
	if err != nil {
		return false, err
	}
	said := []string{s.c.Fields[cases.Matter], s.c.Fields[cases.Want], s.c.Fields[cases.Place]}
	for _, m := range words {
		said = append(said, m.Text)
	}
	bare := bareRunes(text)
	for i := 0; i+quoteLength <= len(bare); i++ {
		run := string(bare[i : i+quoteLength])
		for _, own := range said {
			if strings.Contains(string(bareRunes(own)), run) {
				return true, nil
			}
		}
	}
	for _, when := range phrase.FactsOf(strings.Join(said, "\n"), nil).Whens {
		if strings.Contains(string(bare), string(bareRunes(when))) {
			return true, nil
		}
	}
	return false, nil
}

// bareRunes are the letters and digits of a text as it is compared.
func bareRunes(text string) []rune {
	var bare []rune
	for _, r := range phrase.Fold(text) {
		if r > 0x2e80 && r < 0xff00 && r != '，' && r != '。' && r != '、' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			bare = append(bare, r)
		}
	}
	return bare
}
