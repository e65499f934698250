package config

import (
	"regexp"
	"slices"
	"strings"
)

// roles are the roles a person can have.
var roles = []string{"worker", "staff", "liaison", "leader", "discipline", "admin"}

// codes is how a WeChat remark that binds a person begins.
var codes = regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{4}$`)

func (c *Config) checkUnits() {
	if !c.notes.has("units") {
		return
	}
	// Names and aliases are one space: people type either.
	var called, at []string
	for i, u := range c.Units {
		path := entry("units", i)
		c.ident(path+".id", u.ID)
		c.need(path+".name", u.Name, "the unit's name")
		called, at = append(called, u.Name), append(at, path+".name")
		for j, a := range u.Alias {
			c.need(entry(path+".alias", j), a, "another name or remove it")
			called, at = append(called, a), append(at, entry(path+".alias", j))
		}
	}
	c.once(c.unitIDs(), part("units", "id"))
	c.once(called, func(i int) string { return at[i] })
}

func (c *Config) checkCategories() {
	for i, k := range c.Categories {
		path := entry("categories", i)
		c.need(path+".id", k.ID, "the category's name")
		c.checkHandlers(path, k)
		most := 60 // 信访工作条例 art. 34
		if k.Working {
			most = 40 // about as many of them
		}
		c.within(path+".days", k.Days, 0, most, "; 0 means no term, and the law gives sixty days")
		if k.Simple && (k.Sealed || len(k.Co) > 0) {
			c.Problem(path+".simple", "is true, but neither accusations nor matters of several units are handled simply: remove it, or co")
		}
		for j, unit := range k.Co {
			c.refer(entry(path+".co", j), unit, "unit", c.unitIDs())
		}
	}
	c.once(c.categoryIDs(), part("categories", "id"))
}

func (c *Config) checkRoutes() {
	for i, r := range c.Routes {
		path := entry("routes", i)
		c.need(path+".id", r.ID, "the route's name")
		c.need(path+".where", r.Where, "whom to go to")
		c.within(path+".years", r.Years, 0, 20, "; 0 means none")
		c.within(path+".days", r.Days, 0, 365, "; 0 means none")
	}
	c.once(c.routeIDs(), part("routes", "id"))
	for i, k := range c.Categories {
		switch {
		case k.Route == "":
		case c.notes.has("categories"):
			c.refer(entry("categories", i)+".route", k.Route, "route", c.routeIDs())
		case !slices.Contains(c.routeIDs(), k.Route):
			c.missing("routes", k.Route, "categories")
		}
	}
}

// checkHandlers checks who a category goes to.
func (c *Config) checkHandlers(path string, k Category) {
	known := c.unitIDs()
	if !c.notes.has("categories") {
		if !slices.Contains(known, k.Lead) {
			c.missing("units", k.Lead, "categories")
		}
		return
	}
	c.refer(path+".lead", k.Lead, "unit", known)
	for _, u := range c.Units {
		if k.Sealed && u.ID == k.Lead && !u.Sealed {
			c.Problem(path+".lead", "is %q, but accusations go to a sealed unit only: choose one with sealed: true", k.Lead)
		}
	}
}

func (c *Config) checkPeople() {
	units := c.unitIDs()
	for i, p := range c.People {
		path := entry("people", i)
		c.ident(path+".id", p.ID)
		c.need(path+".name", p.Name, "the person's name")
		c.oneOf(path+".role", p.Role, roles...)
		if p.Unit != "" || p.Role == "liaison" {
			c.refer(path+".unit", p.Unit, "unit", units)
		}
		if p.Role == "leader" {
			c.need(path+".title", p.Title, "the leader's post, which the notices print")
		}
		if p.Code != "" && !codes.MatchString(p.Code) {
			c.Problem(path+".code", "%q is not a code: write two to four capitals, - and four digits, like GZ-0001", p.Code)
		}
	}
	c.once(c.personIDs(), part("people", "id"))
	c.once(each(c.People, func(p Person) string { return p.Code }), part("people", "code"))
	if c.count("staff") == 0 {
		c.Problem("people", "has nobody with role staff: name at least one, who reads what workers write")
	}
	c.warnUnattended()
}

// warnUnattended notes where a matter would lie with nobody to see it.
func (c *Config) warnUnattended() {
	led := map[string][]string{}
	sealed := ""
	for _, k := range c.Categories {
		led[k.Lead] = append(led[k.Lead], k.ID)
		if k.Sealed {
			sealed = k.ID
		}
	}
	for _, u := range c.Units {
		manned := slices.ContainsFunc(c.People, func(p Person) bool {
			return p.Unit == u.ID && slices.Contains([]string{"liaison", "staff", "discipline"}, p.Role)
		})
		if len(led[u.ID]) > 0 && !manned && !u.Sealed {
			c.Warn("people", "has no liaison of %s, which leads %s: staff must carry its tasks there", u.Name, strings.Join(led[u.ID], ", "))
		}
	}
	if sealed != "" && c.count("discipline") == 0 {
		c.Warn("people", "has nobody with role discipline: matters of %s would wait unread", sealed)
	}
}
