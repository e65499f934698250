package desk

import (
	"slices"
	"time"

	"fangzhuo/cases"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// Help asks another unit to help the one that leads (协办). It is told what to do
// and never who spoke; the lead stays responsible.
func (d *Desk) Help(tx storage.Tx, actor cases.Actor, no cases.Number, unit, text string, now time.Time) (Done, error) {
	s, err := d.stepTo(tx, no, cases.Help, actor, now)
	if err != nil {
		return Done{}, err
	}
	helper, ok := d.Office.Unit(unit)
	switch {
	case !ok:
		return Done{}, s.refuse(cases.NoUnit, cases.Help, unit)
	case helper.Sealed:
		return Done{}, s.refuse(cases.SealedUnit, cases.Help, helper.Name)
	case helper.ID == s.c.Lead:
		return Done{}, s.refuse(cases.IsLead, cases.Help, helper.Name)
	case slices.Contains(s.c.Against, helper.ID):
		return Done{}, s.refuse(cases.Recused, cases.Help, helper.Name)
	case text == "":
		return Done{}, s.refuse(cases.NoText, cases.Help, "")
	}
	task, err := s.task(text)
	if err != nil {
		return Done{}, err
	}
	if err := s.take(cases.Event{Verb: cases.Help, Unit: helper.ID, Text: task}); err != nil {
		return Done{}, err
	}
	args := words.Args{"Text": task, "Helper": helper.Name}
	told, err := s.tellUnit(helper.ID, "unit.help", args)
	if err != nil {
		return Done{}, err
	}
	if _, err := s.tellUnit(s.c.Lead, "unit.helper-named", args); err != nil {
		return Done{}, err
	}
	return Done{Case: s.c, Told: told}, s.commit()
}

// MayHelp are the units that usually help with such a matter and do not yet.
func (d *Desk) MayHelp(c cases.Case) []string {
	category, _ := d.Office.Category(c.CategoryOrSuggested())
	var names []string
	for _, id := range category.Helpers {
		unit, ok := d.Office.Unit(id)
		if ok && !unit.Sealed && id != c.Lead && !slices.Contains(c.Helpers, id) && !slices.Contains(c.Against, id) {
			names = append(names, unit.Name)
		}
	}
	return names
}

// releaseHelpers tells units that helped that nothing is left for them to do.
func (s *step) releaseHelpers() error {
	for _, unit := range s.before.Helpers {
		goesOn := s.c.Stage == cases.Handling && slices.Contains(s.c.Helpers, unit)
		if s.before.Stage != cases.Handling || goesOn || unit == s.actor.Unit || s.c.Stage == cases.Handling && unit == s.c.Lead {
			continue
		}
		if _, err := s.tellUnit(unit, "unit.help-over", nil); err != nil {
			return err
		}
	}
	return nil
}
