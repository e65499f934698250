package bot

import (
	"maps"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// textStep is a step of a case that comes with words.
type textStep func(tx storage.Tx, a cases.Actor, no cases.Number, text string, now time.Time) (desk.Done, error)

// names are what the office has names for, as people type them. Leaders are
// typed by name or title, without a space behind.
type names struct{ categories, units, leaders phrase.Words }

func namesOf(o *cases.Office) names {
	categories, units, leaders := map[string]string{}, map[string]string{}, map[string]string{}
	for _, c := range o.Categories { // 工资 for 工资薪酬, where no other category has that word
		for _, half := range halves(c.Name) {
			if _, taken := categories[half]; taken {
				categories[half] = ""
			} else {
				categories[half] = c.Name
			}
		}
	}
	maps.DeleteFunc(categories, func(_, name string) bool { return name == "" })
	for _, c := range o.Categories {
		categories[c.Name] = c.Name
	}
	for _, u := range o.Units {
		for _, alias := range u.Aliases {
			units[alias] = u.ID
		}
	}
	for _, u := range o.Units { // a name beats another unit's alias
		units[u.Name] = u.ID
	}
	for _, p := range o.With(cases.Leader, "") {
		leaders[p.Name], leaders[p.Title] = p.ID, p.ID
	}
	return names{phrase.NewWords(categories), phrase.NewWords(units), phrase.NewWords(leaders)}
}

// halves are the two words that a name of four characters or more is made of.
func halves(name string) []string {
	if r := []rune(name); len(r) >= 4 {
		return []string{string(r[:2]), string(r[2:])}
	}
	return nil
}
