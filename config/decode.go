package config

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// decoder fills a Config from YAML nodes. The library's own decoder stops at
// the first mistake; this one notes it and goes on, and remembers where
// everything stands.
type decoder struct {
	cfg  *Config
	like string // the file that shows how it is written
}

// decode reads data over what cfg holds and reports whether there was anything
// to read.
func decode(cfg *Config, data []byte) bool {
	d := decoder{cfg, "config.example.yaml"}
	body := d.document(data)
	if body == nil {
		return false
	}
	if body.Type() != ast.MappingType {
		d.noSections()
		return false
	}
	d.value("", body, reflect.ValueOf(cfg).Elem())
	return true
}

func (d *decoder) noSections() {
	d.report(place{1, 1}, `the file has no sections: write "key: value" lines as in %s`, d.like)
}

// document parses the one document of a file, or reports why it cannot.
func (d *decoder) document(data []byte) ast.Node {
	text := strings.TrimPrefix(string(data), "\uFEFF") // Windows Notepad writes one
	if !utf8.ValidString(text) {
		d.report(badByte(text), "the file is not UTF-8 here: save it as UTF-8 in the editor")
		return nil
	}
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(text, err)
		return nil
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	switch {
	case len(bodies) == 0:
		d.report(place{1, 1}, "the file is empty: begin with a copy of %s", d.like)
		return nil
	case len(bodies) > 1:
		d.report(start(bodies[1]), "a second document begins here: remove the line ---")
	}
	return bodies[0]
}

// syntax reports a file that is no YAML, without quoting it: the line at fault
// may hold a secret.
func (d *decoder) syntax(text string, err error) {
	at, message := place{1, 1}, "it cannot be read as YAML"
	var known yaml.Error
	if errors.As(err, &known) {
		message = known.GetMessage()
		if t := known.GetToken(); t != nil && t.Position != nil {
			at = place{t.Position.Line, t.Position.Column}
		}
	}
	d.report(at, "%s: %s", message, hint(text, at.line))
}

// hint guesses from the line at fault and the one before it what went wrong.
func hint(text string, line int) string {
	lines := strings.Split(text, "\n")
	for _, l := range lines[max(0, line-2):min(line, len(lines))] {
		switch {
		case strings.HasPrefix(strings.TrimLeft(l, " "), "\t"):
			return "indent with spaces, not with tabs"
		case strings.Contains(l, "："):
			return `after a key write ":" and a space, not the Chinese "："`
		}
	}
	return "check indentation, quotes and brackets here and on the line above"
}

func (d *decoder) report(at place, format string, args ...any) {
	n := &d.cfg.notes
	n.problems = append(n.problems, Problem{n.file, at.line, at.column, oneLine(fmt.Sprintf(format, args...))})
}

// refuse reports the value at path.
func (d *decoder) refuse(path, format string, args ...any) {
	d.cfg.Problem(path, format, args...)
	d.cfg.notes.broken[path] = true
}

// value decodes node into v.
func (d *decoder) value(path string, node ast.Node, v reflect.Value) {
	switch node.Type() {
	case ast.AnchorType, ast.AliasType, ast.TagType:
		d.refuse(path, "uses a YAML anchor, alias or tag: write the value out in full")
		return
	}
	text, plain := scalarText(node)
	if s, ok := v.Addr().Interface().(scalar); ok && (plain || !hasLongForm(v.Type())) {
		d.scalar(path, text, plain, s)
		return
	}
	if node.Type() == ast.NullType {
		d.null(path, v)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(path, node, v)
	case reflect.Map:
		d.mapping(path, node, v)
	case reflect.Slice:
		d.list(path, node, v)
	default:
		d.basic(path, text, plain, v)
	}
}

// hasLongForm reports whether a type that can be one word can also be written
// as a mapping or list.
func hasLongForm(t reflect.Type) bool {
	return t == reflect.TypeFor[Stages]() || t == reflect.TypeFor[GroupIDs]()
}

func (d *decoder) scalar(path, text string, plain bool, s scalar) {
	if !plain || text == "" {
		err := s.parse("") // the error says how it is written
		_, write, _ := strings.Cut(err.Error(), ": ")
		if plain {
			d.refuse(path, "is empty: %s", write)
		} else {
			d.refuse(path, "must be a single value: %s", write)
		}
		return
	}
	if err := s.parse(text); err != nil {
		d.refuse(path, "%s", err)
	}
}

// null handles "key:" with nothing behind it. Lists, sections and texts are
// then simply empty, and whether they may be is for validate to say.
func (d *decoder) null(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		d.refuse(path, "is empty: write true or false")
	case reflect.Int, reflect.Int64:
		d.refuse(path, "is empty: write a value or remove the line")
	default:
		v.SetZero()
	}
}

func (d *decoder) structure(path string, node ast.Node, v reflect.Value) {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		d.refuse(path, `must have named parts: write "key: value" lines, indented below it`)
		return
	}
	if v.Type() == reflect.TypeFor[Rule]() {
		v.SetZero() // another kind of rule replaces the default one
	}
	d.entries(path, m, func(key, sub string, value ast.Node, at place) {
		field, ok := fieldFor(v, key)
		if !ok {
			d.report(at, "unknown key %q: %s", key, didYouMean(key, keysOf(v.Type())))
			return
		}
		d.value(sub, value, field)
	})
}

func (d *decoder) mapping(path string, node ast.Node, v reflect.Value) {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		d.refuse(path, `must have named parts: write "key: value" lines, indented below it`)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	d.entries(path, m, func(key, sub string, value ast.Node, _ place) {
		k := reflect.New(v.Type().Key())
		if s, ok := k.Interface().(scalar); ok {
			if err := s.parse(key); err != nil {
				d.refuse(sub, "%s", err)
				return
			}
		} else {
			k.Elem().SetString(key)
		}
		e := reflect.New(v.Type().Elem()).Elem()
		d.value(sub, value, e)
		v.SetMapIndex(k.Elem(), e)
	})
}

// entries calls each for every key of m, once per key.
func (d *decoder) entries(path string, m *ast.MappingNode, each func(key, sub string, value ast.Node, at place)) {
	seen := map[string]place{}
	for _, kv := range m.Values {
		key, ok := scalarText(kv.Key)
		at := start(kv.Key)
		if !ok {
			d.report(at, "a key must be a plain word: anchors, aliases and << are not supported")
			continue
		}
		if first, twice := seen[key]; twice {
			d.report(at, "key %q was already given on line %d: keep one of the two", key, first.line)
			continue
		}
		seen[key] = at
		sub := key
		if path != "" {
			sub = path + "." + key
		}
		d.cfg.notes.at[sub] = at
		each(key, sub, kv.Value, at)
	}
}

func (d *decoder) list(path string, node ast.Node, v reflect.Value) {
	s, ok := node.(*ast.SequenceNode)
	if !ok {
		d.refuse(path, `must be a list: write [a, b], or each entry on its own line beginning with "- "`)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
	for i, item := range s.Values {
		sub := fmt.Sprintf("%s[%d]", path, i)
		d.cfg.notes.at[sub] = start(item)
		d.value(sub, item, v.Index(i))
	}
}

// basic decodes the kinds that are one word in YAML.
func (d *decoder) basic(path, text string, plain bool, v reflect.Value) {
	if !plain {
		d.refuse(path, "must be a single value, not a list or a section")
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *time.Duration:
		t, err := time.ParseDuration(text)
		if err != nil {
			d.refuse(path, "%q is not a length of time: write it like 90s, 5m or 1h30m", text)
		}
		*p = t
	case *time.Weekday:
		day, ok := weekdays[strings.ToLower(text)]
		if !ok {
			d.refuse(path, "%q is not a weekday: write monday, tuesday, … or sunday", text)
		}
		*p = day
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			d.refuse(path, "%q is not a whole number: write it in digits", text)
		}
		*p = n
	case *bool:
		if text != "true" && text != "false" {
			d.refuse(path, "%q is neither true nor false: write one of them", text)
		}
		*p = text == "true"
	default: // string and Secret, whose value is never quoted
		v.SetString(text)
		d.blank(path, text)
	}
}

// blank notes a text that still has the example's blanks.
func (d *decoder) blank(path, text string) {
	if strings.Contains(text, "填写") || strings.Contains(text, "××") {
		n := &d.cfg.notes
		n.unfilled = append(n.unfilled, n.problem(path, "is still a blank of the example: write the real one"))
	}
}
