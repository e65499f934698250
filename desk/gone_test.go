package desk

import (
	"slices"
	"strings"
	"testing"

	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// A unit that was merged into another while it had a matter in hand: nothing is
// lost, nobody reads an id, and the matter goes on with the other unit.
func TestUnitThatIsNoMore(t *testing.T) {
	d, s := open(t)
	no := newMatter(t, d, s, monday)
	takeSteps(t, s, registers.on(d, no), assigns("机电").on(d, no))
	o := d.Office
	units := slices.DeleteFunc(slices.Clone(o.Units), func(u cases.Unit) bool { return u.ID == "jd" })
	for i := range units {
		if units[i].ID == "hq" {
			units[i].Aliases = append(slices.Clone(units[i].Aliases), "机电")
		}
	}
	people := slices.DeleteFunc(slices.Clone(o.People), func(p cases.Person) bool { return p.Unit == "jd" })
	d.Office = cases.NewOffice(units, o.Categories, people, phrase.Fold)

	if unit := d.Args(load(t, s, no), monday, nil)["Unit"]; unit != "原承办单位" {
		t.Errorf("the unit is called %q", unit)
	}
	list, err := d.Digest(t.Context(), person(t, d, "wang"), monday.AddDate(0, 0, 1))
	if err != nil || strings.Contains(list, "jd") {
		t.Errorf("digest %q, %v", list, err)
	}
	takeSteps(t, s, assigns("机电").on(d, no), func(tx storage.Tx) error {
		_, err := d.Urge(tx, staff, no, "", monday)
		return err
	})
	if c := load(t, s, no); c.Lead != "hq" || c.Stage != cases.Handling {
		t.Errorf("it is with %q, %s", c.Lead, c.Stage)
	}
}

func person(t *testing.T, d *Desk, id string) cases.Person {
	t.Helper()
	p, ok := d.Office.Person(id)
	if !ok {
		t.Fatalf("nobody is %q", id)
	}
	return p
}
