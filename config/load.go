package config

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed default.yaml
var builtIn []byte

// Read loads the file at path and looks whether the files it names can be
// read. Its problems carry the file's name without its folder. A file that
// cannot be read is an ordinary error and no Config.
func Read(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c, _ := Load(filepath.Base(path), data)
	if c.Sandbox.TokenFile != "" {
		if _, err := c.Sandbox.Secret(); err != nil {
			c.Problem("sandbox.token_file", "is of no use (%v): write the path of a file that holds the token", err)
		}
	}
	for i, a := range c.Alarms {
		if _, err := a.Address(); err != nil {
			c.Problem(entry("alarms", i)+".url_file", "is of no use (%v): write the path of a file that holds the URL", err)
		}
	}
	return c, c.Err()
}

// Load reads a configuration. A non-nil error is a Problems; the Config is then
// returned too, as far as it could be understood, so that a caller can add its
// own findings with Problem and report Err once.
func Load(name string, data []byte) (*Config, error) {
	c := &Config{notes: newNotes("default.yaml")}
	decode(c, builtIn)
	defaults, faults := *c, c.notes.problems // no faults: a test says so
	c.notes = newNotes(name)
	c.notes.problems = faults
	if decode(c, data) {
		c.restore(&defaults)
		c.fill()
		c.validate()
	}
	return c, c.Err()
}

// restore puts back what a file must not empty, so that the one mistake is
// reported once and not again wherever the section is referred to.
func (c *Config) restore(defaults *Config) {
	const instead = "is empty: remove the line to have the built-in ones, or list your own"
	if len(c.Units) == 0 {
		c.Problem("units", instead)
		c.Units = defaults.Units
	}
	if len(c.Categories) == 0 {
		c.Problem("categories", instead)
		c.Categories = defaults.Categories
	}
	if len(c.Forms) == 0 {
		c.Problem("forms", instead)
		c.Forms = defaults.Forms
	}
}

// fill gives what the file leaves out the value of something else in it.
func (c *Config) fill() {
	r := &c.Reception
	if r.Place == "" {
		r.Place = c.Office.Place
	}
	if r.Hours.Text == "" {
		r.Hours = c.Office.Hours
	}
	if !c.notes.has("office.staff_reads") {
		c.Office.StaffReads = c.count("staff")
	}
	all := make(GroupIDs, len(c.Groups))
	for i := range c.Groups {
		all[i] = c.Groups[i].ID
		c.fillStages(i)
	}
	for i := range c.Schedules {
		if c.Schedules[i].Groups == nil {
			c.Schedules[i].Groups = all
		}
	}
	for i := range c.Forms {
		for j := range c.Forms[i].Fields {
			c.fillField(i, j)
		}
	}
}

func (c *Config) fillStages(i int) {
	own, common := &c.Groups[i].Stages, c.Reception.Stages
	path := fmt.Sprintf("groups[%d].stages.", i)
	for _, s := range []struct {
		key    string
		own    *StageTime
		common StageTime
	}{
		{"week", &own.Week, common.Week},
		{"three", &own.Three, common.Three},
		{"eve", &own.Eve, common.Eve},
		{"day", &own.Day, common.Day},
	} {
		if !s.own.Off && !c.notes.has(path+s.key) {
			*s.own = s.common
		}
	}
}

func (c *Config) fillField(i, j int) {
	f := &c.Forms[i].Fields[j]
	switch {
	case c.notes.has(fmt.Sprintf("forms[%d].fields[%d].max", i, j)), f.Max != 0:
	case f.Kind == "story":
		f.Max = c.Intake.MaxChars
	default:
		f.Max = 200
	}
}

// count returns how many people have the role.
func (c *Config) count(role string) (n int) {
	for _, p := range c.People {
		if p.Role == role {
			n++
		}
	}
	return n
}
