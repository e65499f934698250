package bot

import (
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// textStep is a step of a case that comes with words.
type textStep func(tx storage.Tx, a cases.Actor, no cases.Number, text string, now time.Time) (desk.Done, error)

// categoryNames are the categories as people type them.
func (b *Bot) categoryNames() phrase.Words {
	m := map[string]string{}
	for _, c := range b.Office.Categories {
		m[c.Name] = c.Name
	}
	return phrase.NewWords(m)
}

// unitNames are the units as people type them.
func (b *Bot) unitNames() phrase.Words {
	m := map[string]string{}
	for _, u := range b.Office.Units {
		for _, alias := range u.Aliases {
			m[alias] = u.ID
		}
	}
	for _, u := range b.Office.Units { // a name beats another unit's alias
		m[u.Name] = u.ID
	}
	return phrase.NewWords(m)
}

// leaderNames are the leaders as people type them without a space behind.
func (b *Bot) leaderNames() phrase.Words {
	m := map[string]string{}
	for _, p := range b.Office.With(cases.Leader, "") {
		m[p.Name] = p.ID
		m[p.Title] = p.ID
	}
	return phrase.NewWords(m)
}
