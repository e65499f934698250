package cases

import (
	"slices"
	"strings"
)

// heads are what those are called who answer for a unit.
var heads = []string{"负责人", "主任", "队长", "科长", "书记", "领导", "部长", "厂长", "区长", "段长", "站长", "经理", "主管", "头头"}

// posts are what a leader or the head of a unit is called behind the family name.
var posts = append([]string{"矿长", "副矿长", "副书记", "主席", "总工", "副主任", "副队长", "副部长"}, heads...)

// Against returns whom a text speaks of as somebody who answers for what is wrong:
// the ids of units whose head it names, and of people with a duty whom it names.
// A place alone (澡堂) is nobody. A doubt is a yes: who is kept out wrongly loses
// little (信访工作条例 art. 28).
func (o *Office) Against(text string) []string {
	folded := o.fold(text)
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, u := range o.Units {
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			if o.headOf(folded, o.fold(name)) {
				add(u.ID)
				o.addHead(u.ID, add)
			}
		}
	}
	for _, p := range o.People {
		if p.Role != Worker && p.Role != "" && o.named(folded, p) {
			add(p.ID)
			if p.Role == Liaison {
				add(p.Unit)
			}
		}
	}
	return ids
}

// addHead adds the person who heads a unit, where the office knows them: its own.
func (o *Office) addHead(unit string, add func(id string)) {
	if chief, ok := o.Chief(); ok && chief.Unit == unit {
		add(chief.ID)
	}
}

// headOf reports whether the head of the unit of that name is spoken of.
func (o *Office) headOf(folded, name string) bool {
	if name == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(folded[from:], name)
		if i < 0 {
			return false
		}
		from += i + len(name)
		rest := folded[from:]
		for _, between := range []string{"的", "副", "正", "支部", "党支部"} {
			rest = strings.TrimPrefix(rest, between)
		}
		if slices.ContainsFunc(heads, func(h string) bool { return strings.HasPrefix(rest, h) }) {
			return true
		}
	}
}

// named reports whether a person is spoken of: by name, or by family name and post.
func (o *Office) named(folded string, p Person) bool {
	name, title := o.fold(p.Name), o.fold(p.Title)
	if len([]rune(name)) > 1 && strings.Contains(folded, name) {
		return true
	}
	family, given := cutRune(name)
	return given != "" && slices.ContainsFunc(posts, func(post string) bool {
		return strings.Contains(title, post) && strings.Contains(folded, family+post)
	})
}

// Accused returns who is meant by what somebody of the office typed: a unit, or a
// person with a duty by id, name, title or family name and title.
func (o *Office) Accused(typed string) []string {
	if u, ok := o.Unit(typed); ok {
		ids := []string{u.ID}
		o.addHead(u.ID, func(id string) { ids = append(ids, id) })
		return ids
	}
	folded := o.fold(typed)
	for _, p := range o.People {
		if p.Role != Worker && p.Role != "" && (o.fold(p.ID) == folded || folded != "" && o.fold(p.Title) == folded || o.named(folded, p)) {
			return []string{p.ID}
		}
	}
	return nil
}

// Above reports whether somebody complained about is above the petition office:
// a leader, or its own head. Such a matter is not for its lists.
func (o *Office) Above(against []string) bool {
	chief, _ := o.Chief()
	return slices.ContainsFunc(against, func(id string) bool {
		p, ok := o.Person(id)
		return ok && (p.Role == Leader || p.ID == chief.ID)
	})
}
