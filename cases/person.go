package cases

import (
	"slices"
	"time"
)

// Role is what a person is to the office. Rights hang on roles alone.
type Role string

// The roles, from the one everybody has to the one that sees no content.
const (
	Worker     Role = "worker"     // anybody (职工): own cases only
	Staff      Role = "staff"      // petition office (信访办)
	Liaison    Role = "liaison"    // a unit's contact (单位联络员)
	Leader     Role = "leader"     // mine leader (矿领导)
	Discipline Role = "discipline" // discipline inspection (纪检)
	Admin      Role = "admin"      // configuration, no content
	Program    Role = ""           // nobody: what happens because time passed, or at once
)

// Person is somebody the office knows by name because of a duty. Workers who
// only speak up are not persons in this sense: no list of them exists.
type Person struct {
	ID    string
	Name  string
	Title string
	Role  Role
	Unit  string // a liaison's unit id
	// Chief heads the petition office: decides what others may not.
	Chief bool
	// Keeper may open the sealed part of a matter (保密员).
	Keeper bool
}

// Actor is who does something to a case: a person with a duty, the petitioner
// (role Worker, no id), or the office's own clock (System).
type Actor struct {
	ID   string `cbor:"1,keyasint,omitempty"`
	Role Role   `cbor:"2,keyasint,omitempty"`
	Unit string `cbor:"3,keyasint,omitempty"`
}

// Petitioner is the actor of everything the person behind a case does. It
// carries no id, so that events never say who somebody is.
var Petitioner = Actor{Role: Worker}

// System is the actor of what happens because time passed.
var System = Actor{ID: "system"}

// ActorOf returns the person as an actor.
func ActorOf(p Person) Actor { return Actor{ID: p.ID, Role: p.Role, Unit: p.Unit} }

// Unit is a part of the mine that matters can be handed to (单位).
type Unit struct {
	ID      string
	Name    string
	Aliases []string
	Sealed  bool // takes accusations; nothing about them leaves it (纪委)
	Urgent  bool // hears of hazards at once, by day and night (调度室, 安监部)
}

// Category is a kind of matter (类别) with who leads and the house term.
type Category struct {
	Name    string
	Lead    string   // unit id
	Words   []string // words that suggest it
	Days    int      // house term; 0 means none
	Working bool     // the term counts working days
	Sealed  bool     // accusations: never to units or leaders
	Urgent  bool     // hazards: somebody is told at once what to do
	Simple  bool     // usually handled simply (简易办理)
	Helpers []string // unit ids that usually help (协办)
	Route   string   // id of the statutory route it often belongs to (法定途径)
	Bases   []string // what answers usually rest on (依据), to choose from
}

// Route is a way that the law lays down for a kind of matter (法定途径; 条例 art. 31),
// with what is lost when somebody is late.
type Route struct {
	Name, Where, Phone, Article, Deadline string
	Years, Days                           int // until its last day
}

// Last returns the last day of the route for what happened on a day, if it has one.
func (r Route) Last(happened time.Time) (time.Time, bool) {
	if r.Years == 0 && r.Days == 0 || happened.IsZero() {
		return time.Time{}, false
	}
	return happened.AddDate(r.Years, 0, r.Days), true
}

// Office is the directory: units, categories and people with duties. Names are
// looked up as people type them; fold makes spellings comparable.
type Office struct {
	Units      []Unit
	Categories []Category
	People     []Person
	Routes     []Route
	// Accuses reports whether a text accuses somebody, whatever the words of the
	// categories; nil for no.
	Accuses func(text string) bool

	fold  func(string) string
	units map[string]*Unit
	cats  map[string]*Category
	words [][]string // of each category, folded
}

// NewOffice returns the directory. The fold function must be idempotent.
func NewOffice(units []Unit, categories []Category, people []Person, fold func(string) string) *Office {
	o := &Office{Units: units, Categories: categories, People: people, fold: fold,
		units: map[string]*Unit{}, cats: map[string]*Category{}}
	for i := range o.Units {
		u := &o.Units[i]
		o.units[u.ID] = u
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			o.units[fold(name)] = u
		}
	}
	for i := range o.Categories {
		c := &o.Categories[i]
		o.cats[fold(c.Name)] = c
		var words []string
		for _, w := range c.Words {
			words = append(words, fold(w))
		}
		o.words = append(o.words, words)
	}
	return o
}

// Unit returns the unit with that id, name or alias.
func (o *Office) Unit(typed string) (Unit, bool) {
	if u, ok := o.units[typed]; ok {
		return *u, true
	}
	if u, ok := o.units[o.fold(typed)]; ok {
		return *u, true
	}
	return Unit{}, false
}

// UnitName returns the name of the unit with that id, or the id itself.
func (o *Office) UnitName(id string) string {
	if u, ok := o.units[id]; ok {
		return u.Name
	}
	return id
}

// Category returns the category with that name.
func (o *Office) Category(typed string) (Category, bool) {
	if c, ok := o.cats[o.fold(typed)]; ok {
		return *c, true
	}
	return Category{}, false
}

// Route returns the statutory route of that name.
func (o *Office) Route(typed string) (Route, bool) {
	i := slices.IndexFunc(o.Routes, func(r Route) bool { return typed != "" && o.fold(r.Name) == o.fold(typed) })
	if i < 0 {
		return Route{}, false
	}
	return o.Routes[i], true
}

// Person returns the person with that id.
func (o *Office) Person(id string) (Person, bool) {
	i := slices.IndexFunc(o.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return o.People[i], true
}

// PersonName returns the name of the person with that id, or the id itself.
func (o *Office) PersonName(id string) string {
	if p, ok := o.Person(id); ok {
		return p.Name
	}
	return id
}

// With returns the people of a role, and of a unit unless unit is empty.
func (o *Office) With(role Role, unit string) []Person {
	var with []Person
	for _, p := range o.People {
		if p.Role == role && (unit == "" || p.Unit == unit) {
			with = append(with, p)
		}
	}
	return with
}

// Keepers returns who of a role may open sealed parts (保密员): those who are
// marked, or all while nobody is.
func (o *Office) Keepers(role Role) []Person {
	all := o.With(role, "")
	marked := slices.DeleteFunc(slices.Clone(all), func(p Person) bool { return !p.Keeper })
	if len(marked) == 0 {
		return all
	}
	return marked
}

// Keeps reports whether the actor may open the sealed part of matters that their
// role looks after.
func (o *Office) Keeps(a Actor) bool {
	return (a.Role == Staff || a.Role == Discipline) && slices.ContainsFunc(o.Keepers(a.Role), func(p Person) bool { return p.ID == a.ID })
}

// Chief returns who heads the petition office: who is marked, else the first of
// the staff.
func (o *Office) Chief() (Person, bool) {
	staff := o.With(Staff, "")
	for _, p := range staff {
		if p.Chief {
			return p, true
		}
	}
	if len(staff) == 0 {
		return Person{}, false
	}
	return staff[0], true
}

// Same reports whether two names are typed alike.
func (o *Office) Same(a, b string) bool { return o.fold(a) == o.fold(b) }
