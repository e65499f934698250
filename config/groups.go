package config

import (
	"strings"
)

func (c *Config) checkGroups() {
	people := c.personIDs()
	for i, g := range c.Groups {
		path := entry("groups", i)
		c.ident(path+".id", g.ID)
		c.need(path+".name", g.Name, "the group's name or remove the entry")
		if c.WeChat.Enabled {
			c.need(path+".marker", g.Marker, "a piece of the WeChat group name that no other group has")
		}
		for j, id := range g.Members {
			c.refer(entry(path+".members", j), id, "person", people)
		}
		c.once(g.Members, func(j int) string { return entry(path+".members", j) })
	}
	c.once(c.groupIDs(), part("groups", "id"))
	c.once(each(c.Groups, func(g Group) string { return g.Name }), part("groups", "name"))
	c.checkMarkers()
	if len(c.Groups) == 0 {
		c.Warn("groups", "is empty: no notice goes anywhere")
	}
}

// checkMarkers sees to it that a group's name can match one marker only.
func (c *Config) checkMarkers() {
	for i, g := range c.Groups {
		for j, h := range c.Groups {
			if g.Marker == "" || i == j || !strings.Contains(h.Marker, g.Marker) {
				continue
			}
			if g.Marker != h.Marker {
				c.Problem(part("groups", "marker")(i), "%q is a piece of %s %q: choose markers that do not contain each other", g.Marker, part("groups", "marker")(j), h.Marker)
			} else if i > j {
				c.Problem(part("groups", "marker")(i), "%q is already %s: choose another", g.Marker, part("groups", "marker")(j))
			}
		}
	}
}

func (c *Config) checkSchedules() {
	groups := c.groupIDs()
	for i, s := range c.Schedules {
		path := entry("schedules", i)
		c.ident(path+".id", s.ID)
		c.need(path+".cron", s.Cron, `five fields, like "0 8 * * 1" for Mondays at 8:00`)
		c.need(path+".text", s.Text, "what is posted")
		if len(s.Groups) == 0 {
			c.Problem(path+".groups", "is empty: write all, or ids of groups")
		}
		if c.notes.has(path + ".groups[0]") {
			for j, id := range s.Groups {
				c.refer(entry(path+".groups", j), id, "group", groups)
			}
			c.once(s.Groups, func(j int) string { return entry(path+".groups", j) })
		}
	}
	c.once(each(c.Schedules, func(s Schedule) string { return s.ID }), part("schedules", "id"))
}
