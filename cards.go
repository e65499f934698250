package main

import (
	"cmp"
	_ "embed"
	"errors"
	"slices"
	"strings"

	"fangzhuo/config"
	"fangzhuo/handbook"
	"fangzhuo/phrase"
	"fangzhuo/words"
)

// The handbook: the built-in one of the language, or the office's own file.

//go:embed handbook.yaml
var chineseHandbook []byte

//go:embed handbook.en.yaml
var englishHandbook []byte

// readHandbook makes the handbook ready to be looked up, or returns what is wrong
// with its file as config.Problems.
func (o *office) readHandbook() error {
	cards, err := handbookCards(o.cfg)
	var faults config.Problems
	switch {
	case errors.As(err, &faults):
		return faults
	case err != nil:
		o.cfg.Problem("handbook", "is of no use (%v): write the path of a handbook file, or remove the line to have the built-in one", err)
		return nil
	}
	fill := strings.NewReplacer("{office}", o.cfg.Office.Name, "{bot}", o.cfg.Office.Bot, "{phone}", o.cfg.Office.Phone,
		"{dispatch}", dispatchPhone(o.cfg), "{place}", o.cfg.Office.Place, "{hours}", o.cfg.Office.Hours.Text)
	var all []handbook.Card
	for _, c := range cards {
		card := handbook.Card{ID: c.ID, Title: c.Title, Kind: cardKind[c.Kind], Words: c.Words, Text: fill.Replace(strings.TrimSpace(c.Text)),
			Route: fill.Replace(c.Route), Deadline: fill.Replace(c.Deadline), Call: fill.Replace(c.Call), Confirm: c.Confirm}
		for _, a := range c.Articles {
			card.Articles = append(card.Articles, handbook.Article{Law: a.Law, No: a.No})
		}
		if all = append(all, card); c.Confirm {
			o.confirm = append(o.confirm, c.Title)
		}
	}
	o.handbook = handbook.New(all, spokenFold(o.cfg.Dialect))
	return nil
}

var cardKind = map[string]handbook.Kind{config.GuideCard: handbook.Guide, config.RuleCard: handbook.Rule}

func handbookCards(cfg *config.Config) ([]config.Card, error) {
	switch {
	case cfg.Handbook != "":
		return config.ReadHandbook(cfg.Handbook)
	case cfg.Language == words.English:
		return config.LoadHandbook("handbook.en.yaml", englishHandbook)
	}
	return config.LoadHandbook("handbook.yaml", chineseHandbook)
}

// spokenFold folds text with the words of the dialect put into standard ones.
func spokenFold(dialect map[string]string) func(string) string {
	var spoken []string
	for w := range dialect {
		spoken = append(spoken, w)
	}
	slices.SortFunc(spoken, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, w := range spoken {
		if f := phrase.Fold(w); f != "" {
			pairs = append(pairs, f, phrase.Fold(dialect[w]))
		}
	}
	standard := strings.NewReplacer(pairs...)
	return func(s string) string { return standard.Replace(phrase.Fold(s)) }
}

// together joins what is wrong with several files.
func together(found ...error) error {
	var all config.Problems
	for _, err := range found {
		var ps config.Problems
		if errors.As(err, &ps) {
			all = append(all, ps...)
		} else if err != nil {
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// handbookNote says for check which handbook is in use, and what in it is still to
// be confirmed.
func (o *office) handbookNote() string {
	note := cmp.Or(o.cfg.Handbook, "the built-in one")
	if len(o.confirm) > 0 {
		note += "; telephone numbers to confirm (confirm: true) on " + strings.Join(o.confirm, ", ")
	}
	return note
}
