package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// validate looks at what the parts of the file say about each other.
func (c *Config) validate() {
	c.oneOf("language", c.Language, "zh-CN", "en")
	c.need("data", c.Data, "the folder for the database")
	c.checkOffice()
	c.checkReception()
	c.checkCalendar()
	c.checkUnits()
	c.checkCategories()
	c.checkRoutes()
	c.checkPeople()
	c.checkGroups()
	c.checkSchedules()
	c.checkForms()
	c.checkDialect()
	c.checkIntake()
	c.checkNetworks()
	c.checkAlarms()
}

// need reports an empty value; what completes "write …".
func (c *Config) need(path, value, what string) {
	if strings.TrimSpace(value) == "" {
		c.Problem(path, "is empty: write %s", what)
	}
}

func (c *Config) oneOf(path, value string, known ...string) {
	switch {
	case value == "":
		c.Problem(path, "is empty: write one of %s", strings.Join(known, ", "))
	case !slices.Contains(known, value):
		c.Problem(path, "%q is unknown: %s", value, didYouMean(value, known))
	}
}

// within reports a number outside low to high; because may say why.
func (c *Config) within(path string, n, low, high int, because string) {
	if n < low || n > high {
		c.Problem(path, "is %d: write %d to %d%s", n, low, high, because)
	}
}

// refer reports an id that nothing has; what is its noun.
func (c *Config) refer(path, id, what string, known []string) {
	switch {
	case id == "":
		c.Problem(path, "is empty: write the id of a %s", what)
	case !slices.Contains(known, id):
		c.Problem(path, "is %q, which is no %s: %s", id, what, didYouMean(id, known))
	}
}

// idents become part of addresses and keys that are stored for years.
var idents = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

func (c *Config) ident(path, id string) {
	switch {
	case id == "":
		c.Problem(path, "is empty: write a short id of small letters and digits, and never change it again")
	case strings.Contains(id, "://"): // which may be secret
		c.Problem(path, "is an address: write a short id of small letters and digits, and the address as url")
	case !idents.MatchString(id):
		c.Problem(path, "%q is not an id: use small letters, digits, - and _, a letter first", id)
	}
}

// once reports values that stand twice. The values' own paths are given by at.
func (c *Config) once(values []string, at func(i int) string) {
	first := map[string]int{}
	for i, v := range values {
		key := strings.ToLower(strings.Join(strings.Fields(v), ""))
		if key == "" {
			continue
		}
		if j, twice := first[key]; twice {
			c.Problem(at(i), "%q is already %s: choose another", v, at(j))
			continue
		}
		first[key] = i
	}
}

// part returns the path of a key in a list's entries: part("groups", "id")(2)
// is groups[2].id.
func part(list, key string) func(int) string {
	return func(i int) string { return entry(list, i) + "." + key }
}

func entry(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func each[T any](items []T, of func(T) string) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = of(item)
	}
	return out
}

func (c *Config) unitIDs() []string   { return each(c.Units, func(u Unit) string { return u.ID }) }
func (c *Config) groupIDs() []string  { return each(c.Groups, func(g Group) string { return g.ID }) }
func (c *Config) personIDs() []string { return each(c.People, func(p Person) string { return p.ID }) }
func (c *Config) routeIDs() []string  { return each(c.Routes, func(r Route) string { return r.ID }) }
func (c *Config) categoryIDs() []string {
	return each(c.Categories, func(k Category) string { return k.ID })
}

// missing reports that a built-in section refers to what the file's own section
// lacks: the place to mend is that section.
func (c *Config) missing(section, id, builtIn string) {
	c.Problem(section, "lacks %q, which the built-in %s refer to: add it, or write your own %s", id, builtIn, builtIn)
}

func (c *Config) checkDialect() {
	for spoken, plain := range c.Dialect {
		path := fmt.Sprintf("dialect.%s", spoken)
		if strings.TrimSpace(spoken) == "" {
			c.Problem("dialect", "has an empty word: remove that line")
		}
		c.need(path, plain, "the standard word for it")
	}
}
