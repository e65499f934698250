package words

import (
	"fmt"
	"reflect"
	"text/template"
)

// The books are written in the language of text/template and mean what they
// mean there (a test compares the two), but text/template finds every fact and
// calls every function by reflection, which alone would use up the time a
// look-up may take. So each sentence is made into closures when its book opens.
// A book may use: facts, if, range, template, and, or, not, eq, ne, len, and
// the functions of funcs; anything else is refused with the line it stands in.

// step writes a piece of a sentence; value finds what a piece speaks of.
type (
	step  func(s *speech, dot any)
	value func(s *speech, dot any) any
)

// sentence is one sentence of a book. Sentences refer to each other.
type sentence struct{ steps []step }

// speech is one sentence being said.
type speech struct {
	out   []byte
	facts Args // what every sentence of the book may mention
	vars  []variable
	depth int
	err   error // the first mistake
}

type variable struct {
	name string
	v    any
}

// deepest is how far sentences may be inside each other; further down one
// contains itself.
const deepest = 10

func (s *speech) say(sen *sentence, dot any) {
	if s.depth++; s.depth > deepest {
		s.fail("a sentence contains itself")
	} else {
		run(sen.steps, s, dot)
	}
	s.depth--
}

func run(steps []step, s *speech, dot any) {
	for _, step := range steps {
		step(s, dot)
	}
}

func (s *speech) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *speech) write(v any) {
	if text, ok := v.(string); ok {
		s.out = append(s.out, text...)
		return
	}
	s.out = fmt.Append(s.out, v)
}

// field finds a fact, or a field of a line of a list.
func (s *speech) field(dot any, name string) any {
	if args, ok := dot.(Args); ok {
		v, ok := args[name]
		if !ok {
			if v, ok = s.facts[name]; !ok {
				s.fail("fact %s is missing", name)
			}
		}
		return v
	}
	v := reflect.ValueOf(dot)
	if v.Kind() == reflect.Struct {
		if f := v.FieldByName(name); f.IsValid() && f.CanInterface() {
			return f.Interface()
		}
	}
	s.fail("%T has no %s", dot, name)
	return nil
}

// variable finds a variable of the innermost range that has it.
func (s *speech) variable(name string) any {
	for i := len(s.vars) - 1; i >= 0; i-- {
		if s.vars[i].name == name {
			return s.vars[i].v
		}
	}
	return nil
}

// each says the steps for each item of a list and returns how many there were.
func (s *speech) each(list any, names []string, steps []step) int {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice {
		s.fail("%T is no list", list)
		return 0
	}
	outer := len(s.vars)
	for i := range v.Len() {
		item := v.Index(i).Interface()
		switch len(names) {
		case 1:
			s.vars = append(s.vars, variable{names[0], item})
		case 2:
			s.vars = append(s.vars, variable{names[0], i}, variable{names[1], item})
		}
		run(steps, s, item)
		s.vars = s.vars[:outer]
	}
	return v.Len()
}

func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != ""
	}
	ok, _ := template.IsTrue(v)
	return ok
}

// same compares a fact with what a book writes out.
func same(v, literal any) bool {
	if v == literal {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String() == literal
	case reflect.Int:
		return int(r.Int()) == literal
	}
	return false
}

// call calls one of funcs.
func (s *speech) call(name string, fn any, args []any) any {
	switch fn := fn.(type) {
	case func(any) string:
		return fn(args[0])
	case func([]string) string:
		if list, ok := args[0].([]string); ok {
			return fn(list)
		}
	case func(int) int:
		if n, ok := args[0].(int); ok {
			return fn(n)
		}
	case func(int, string) string:
		n, ok := args[0].(int)
		if text, isText := args[1].(string); ok && isText {
			return fn(n, text)
		}
	}
	s.fail("%s cannot take %v", name, args)
	return nil
}

func (s *speech) length(list any) any {
	v := reflect.ValueOf(list)
	switch v.Kind() {
	case reflect.Slice, reflect.String:
		return v.Len()
	}
	s.fail("%T has no length", list)
	return nil
}
