package cases

import (
	"slices"
	"strings"
)

// heads are what those are called who answer for a unit.
var heads = []string{"负责人", "主任", "队长", "科长", "书记", "领导", "部长", "厂长", "区长", "段长", "站长", "经理", "主管", "头头", "头儿", "一把手", "管事的"}

// posts are what a leader or the head of a unit is called behind the family name.
var posts = append([]string{"矿长", "副矿长", "副书记", "主席", "总工", "副主任", "副队长", "副部长"}, heads...)

// Against returns whom a text speaks of as somebody who answers for what is wrong:
// the ids of units whose head it names, and of people with a duty whom it names.
// A place alone (澡堂) is nobody. A doubt is a yes: who is kept out wrongly loses
// little (信访工作条例 art. 28).
func (o *Office) Against(text string) []string {
	folded := strings.ReplaceAll(o.fold(text), " ", "")
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, u := range o.Units {
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			if postIn(folded, o.fold(name), heads...) {
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

// between may stand between a unit and the post of somebody in it, one after another.
var between = []string{"里面", "里", "上", "的", "那个", "这个", "副", "正", "支部", "党支部", ""}

// postIn reports whether one of the posts in the unit of that name is spoken of.
func postIn(folded, unit string, posts ...string) bool {
	for from := 0; unit != ""; {
		i := strings.Index(folded[from:], unit)
		if i < 0 {
			break
		}
		from += i + len(unit)
		rest := folded[from:]
		for _, b := range between {
			if slices.ContainsFunc(posts, func(p string) bool { return strings.HasPrefix(rest, p) }) {
				return true
			}
			rest = strings.TrimPrefix(rest, b)
		}
	}
	return false
}

// shortPosts are posts as they are called out, behind a family name (秦矿, 田队).
var shortPosts = map[string]string{"队": "队长", "矿": "矿长", "科": "科长", "部": "部长"}

// named reports whether a person is spoken of: by name, by family name and post, by
// the post in their unit (机电队的办事员), or by a nickname beside the unit (采二老田).
func (o *Office) named(folded string, p Person) bool {
	name, title := o.fold(p.Name), o.fold(p.Title)
	if len([]rune(name)) > 1 && strings.Contains(folded, name) {
		return true
	}
	unit, _ := o.Unit(p.Unit)
	names := []string{o.fold(unit.Name)}
	for _, a := range unit.Aliases {
		names = append(names, o.fold(a))
	}
	for _, n := range names {
		post := title
		if n != "" {
			post = strings.TrimPrefix(title, names[0])
		}
		if p.Role != Leader && post != title && post != "" && postIn(folded, n, post) {
			return true
		}
	}
	family, given := cutRune(name)
	if given == "" {
		return false
	}
	for short, post := range shortPosts {
		if strings.Contains(title, post) && strings.Contains(folded, family+short) {
			return true
		}
	}
	if slices.ContainsFunc(posts, func(post string) bool {
		return strings.Contains(title, post) && strings.Contains(folded, family+post)
	}) {
		return true
	}
	nicknamed := strings.Contains(folded, "老"+family) || strings.Contains(folded, "小"+family)
	return nicknamed && slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.Contains(folded, n) })
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
