package cases

import (
	"slices"
	"strings"
)

// FindLeader returns the leader meant by what somebody typed: an id, a name, a
// title, or a family name with a title ("李矿长"). Two that fit are none.
func (o *Office) FindLeader(typed string) (Person, bool) {
	return o.called(typed, o.With(Leader, ""))
}

// FindApprover returns who may approve what the head of a unit must (条例 art. 34),
// as FindLeader does: a leader, or the head of the petition office.
func (o *Office) FindApprover(typed string) (Person, bool) {
	heads := o.With(Leader, "")
	for _, p := range o.People {
		if p.Chief && p.Role != Leader {
			heads = append(heads, p)
		}
	}
	return o.called(typed, heads)
}

// FindHolder returns who is meant of those that matters are in the hands of, as
// FindLeader does: leaders, and who looks after them in the office.
func (o *Office) FindHolder(typed string) (Person, bool) { return o.called(typed, o.Holders()) }

// FindDuty returns who is meant of all who have a duty in matters, as FindLeader does.
func (o *Office) FindDuty(typed string) (Person, bool) {
	return o.called(typed, append(o.Holders(), o.With(Liaison, "")...))
}

// Holders are the people that matters can be in the hands of.
func (o *Office) Holders() []Person {
	return slices.Concat(o.With(Leader, ""), o.With(Staff, ""), o.With(Discipline, ""))
}

func (o *Office) called(typed string, among []Person) (Person, bool) {
	want := o.fold(typed)
	if want == "" {
		return Person{}, false
	}
	var found []Person
	for _, p := range among {
		name, title := o.fold(p.Name), o.fold(p.Title)
		if want == o.fold(p.ID) || want == name || want == title {
			return p, true
		}
		family, _ := cutRune(name)
		if rest, ok := strings.CutPrefix(want, family); ok && rest != "" && strings.Contains(title, rest) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return Person{}, false
	}
	return found[0], true
}

func cutRune(s string) (first, rest string) {
	for i := range s {
		if i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}
