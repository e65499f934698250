package config

import "slices"

// maxQuestions is as many as a tired person answers after a shift.
const maxQuestions = 6

// kinds are the kinds a field can have.
var kinds = []string{"story", "line", "choice", "phone", "when", "place"}

// knownFields are the fields that mean something to the program, with the kinds
// it can make use of.
var knownFields = map[string][]string{
	"matter":    {"story"},
	"place":     {"place", "line"},
	"since":     {"when", "line"},
	"want":      {"line", "story"},
	"signature": {"choice"},
	"contact":   {"phone"},
}

// signatures are the choices of the field signature.
var signatures = []string{"named", "sealed", "anonymous"}

func (c *Config) checkForms() {
	categories := c.categoryIDs()
	if !c.notes.has("forms") {
		for _, f := range c.Forms {
			if f.Category != "" && !slices.Contains(categories, f.Category) {
				c.missing("categories", f.Category, "forms")
			}
		}
		return
	}
	var words, at []string
	for i, f := range c.Forms {
		path := entry("forms", i)
		c.ident(path+".id", f.ID)
		c.need(path+".name", f.Name, "the form's name")
		if f.Category != "" {
			c.refer(path+".category", f.Category, "category", categories)
		}
		if len(f.Words) == 0 {
			c.Problem(path+".words", "is empty: write the words that start the form")
		}
		for j, w := range f.Words {
			c.need(entry(path+".words", j), w, "a word or remove it")
			words, at = append(words, w), append(at, entry(path+".words", j))
		}
		c.checkFields(path, f.Fields)
	}
	c.once(each(c.Forms, func(f Form) string { return f.ID }), part("forms", "id"))
	c.once(words, func(i int) string { return at[i] })
}

func (c *Config) checkFields(path string, fields []Field) {
	path += ".fields"
	if len(fields) > maxQuestions {
		c.Problem(path, "has %d questions: keep at most %d and leave the rest to staff", len(fields), maxQuestions)
	}
	matter := slices.IndexFunc(fields, func(f Field) bool { return f.ID == "matter" })
	if matter < 0 {
		c.Problem(path, "lacks the field matter: add it, it is what the case is about")
	} else if !fields[matter].Required {
		c.Problem(entry(path, matter)+".required", "must be true: nothing can be done about an empty matter")
	}
	var labels, at []string
	for i, f := range fields {
		p := entry(path, i)
		c.checkField(p, f)
		labels, at = append(labels, f.Label), append(at, p+".label")
		for j, a := range f.Aliases {
			labels, at = append(labels, a), append(at, entry(p+".aliases", j))
		}
	}
	c.once(each(fields, func(f Field) string { return f.ID }), part(path, "id"))
	c.once(labels, func(i int) string { return at[i] })
}

func (c *Config) checkField(path string, f Field) {
	c.ident(path+".id", f.ID)
	c.need(path+".label", f.Label, "the label, as it stands in a one-message form")
	c.need(path+".ask", f.Ask, "the question")
	c.within(path+".max", f.Max, 1, 20000, " characters")
	c.oneOf(path+".kind", f.Kind, kinds...)
	if fit, known := knownFields[f.ID]; known && slices.Contains(kinds, f.Kind) && !slices.Contains(fit, f.Kind) {
		c.Problem(path+".kind", "%q does not fit the field %s: write %s", f.Kind, f.ID, fit[0])
	}
	switch {
	case f.Kind != "choice" && len(f.Choices) > 0:
		c.Problem(path+".choices", "is only for kind choice: remove it or change kind")
	case f.Kind == "choice" && len(f.Choices) < 2:
		c.Problem(path+".choices", "has fewer than two: list what can be chosen")
	}
	c.checkChoices(path, f)
}

func (c *Config) checkChoices(path string, f Field) {
	path += ".choices"
	var words, at []string
	for i, o := range f.Choices {
		p := entry(path, i)
		if f.ID == "signature" {
			c.oneOf(p+".id", o.ID, signatures...)
		} else {
			c.ident(p+".id", o.ID)
		}
		c.need(p+".label", o.Label, "what the worker reads")
		words, at = append(words, o.Label), append(at, p+".label")
		for j, w := range o.Words {
			words, at = append(words, w), append(at, entry(p+".words", j))
		}
	}
	c.once(each(f.Choices, func(o Choice) string { return o.ID }), part(path, "id"))
	c.once(words, func(i int) string { return at[i] })
}
