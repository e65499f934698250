package cases

import "strings"

// FindLeader returns the leader meant by what somebody typed: an id, a name, a
// title, or a family name with a title ("李矿长"). Two that fit are none.
func (o *Office) FindLeader(typed string) (Person, bool) {
	want := o.fold(typed)
	if want == "" {
		return Person{}, false
	}
	var found []Person
	for _, p := range o.With(Leader, "") {
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
