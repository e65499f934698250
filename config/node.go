package config

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

var weekdays = map[string]time.Weekday{
	"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday,
	"wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday,
	"saturday": time.Saturday,
}

// scalarText returns what a single value says, as it is written: a phone number
// keeps its leading zero, a month its shape.
func scalarText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return node.GetToken().Value, true
	default:
		return "", node.Type() == ast.NullType
	}
}

// start returns where node begins.
func start(node ast.Node) place {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		node = m.Values[0].Key // a block mapping's own token is its first colon
	}
	if t := node.GetToken(); t != nil && t.Position != nil {
		return place{t.Position.Line, t.Position.Column}
	}
	return place{1, 1}
}

// badByte returns where text stops being UTF-8.
func badByte(text string) place {
	at := place{1, 1}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			break
		}
		if at.column++; r == '\n' {
			at = place{at.line + 1, 1}
		}
	}
	return at
}

// keyOf returns how a field is called in the file, "" for one that is not there.
func keyOf(f reflect.StructField) string {
	if !f.IsExported() {
		return ""
	}
	return cmp.Or(f.Tag.Get("yaml"), strings.ToLower(f.Name))
}

// fieldFor returns the part of a struct that the file calls key.
func fieldFor(v reflect.Value, key string) (reflect.Value, bool) {
	for f, value := range v.Fields() {
		if key != "" && keyOf(f) == key {
			return value, true
		}
	}
	return reflect.Value{}, false
}

// keysOf lists what a struct's parts are called in the file.
func keysOf(t reflect.Type) (keys []string) {
	for f := range t.Fields() {
		if key := keyOf(f); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// didYouMean says what to write instead of word.
func didYouMean(word string, known []string) string {
	best, least := "", math.MaxInt
	for _, k := range known {
		longer := max(utf8.RuneCountInString(word), utf8.RuneCountInString(k))
		if n := distance(word, k); n < least && 3*n <= longer {
			best, least = k, n
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("did you mean %q?", best)
	case len(known) == 0:
		return "there is none to choose from"
	default:
		return "write one of " + strings.Join(known, ", ")
	}
}

// distance counts the letters to change, add, drop or swap with their
// neighbour to get from a to b.
func distance(a, b string) int {
	s, t := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	var before, last []int
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		before, last, row = last, row, make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			change := 1
			if s[i] == t[j] {
				change = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+change)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(t)]
}
