package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with the file, in words for the operator. It never
// holds the value of a secret.
type Problem struct {
	File   string
	Line   int // from 1
	Column int // from 1, in characters
	Text   string
}

// String returns "config.yaml:17:5: groups[2].name is empty: write …".
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Problems is everything wrong with a file, in the order of the file.
type Problems []Problem

// Error returns one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// notes is what was noticed about a file, and where its parts stand.
type notes struct {
	file     string
	at       map[string]place // by path: "groups[2].name"
	broken   map[string]bool  // paths whose value could not be read
	problems Problems
	warnings Problems
	unfilled Problems
}

type place struct{ line, column int }

func newNotes(file string) notes {
	return notes{file: file, at: map[string]place{}, broken: map[string]bool{}}
}

// Problem records that what stands at path ("groups[2].cron") is wrong. The
// text begins with the path; format completes the sentence and says what to
// write instead. A path that is not in the file takes the place of the nearest
// thing around it that is.
func (c *Config) Problem(path, format string, args ...any) {
	if c.notes.unreadable(path) {
		return // which has been said
	}
	c.notes.problems = append(c.notes.problems, c.notes.problem(path, format, args...))
}

// Faulty reports whether something wrong at path or in a part of it is known.
// What others find there is then the same mistake.
func (c *Config) Faulty(path string) bool {
	return slices.ContainsFunc(c.notes.problems, func(p Problem) bool {
		rest, ok := strings.CutPrefix(p.Text, path)
		return ok && strings.ContainsAny(rest[:min(1, len(rest))], " .[")
	})
}

// Warn records something that works but is probably not meant.
func (c *Config) Warn(path, format string, args ...any) {
	c.notes.warnings = append(c.notes.warnings, c.notes.problem(path, format, args...))
}

// Err returns all problems recorded so far as Problems, or nil.
func (c *Config) Err() error { return inOrder(c.notes.problems) }

// Warnings returns what was noticed but does not stop the program.
func (c *Config) Warnings() Problems { return sorted(c.notes.warnings) }

// Unfilled returns the places where the example file's blanks (填写…, ××) still
// stand, as Problems, or nil. Such a file can be checked but must not run: the
// bot would tell people to phone ××.
func (c *Config) Unfilled() error { return inOrder(c.notes.unfilled) }

func inOrder(ps Problems) error {
	if len(ps) == 0 {
		return nil
	}
	return sorted(ps)
}

func sorted(ps Problems) Problems {
	ps = slices.Clone(ps)
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(ps)
}

func (n *notes) problem(path, format string, args ...any) Problem {
	text := fmt.Sprintf(format, args...)
	if path != "" {
		text = path + " " + text
	}
	at := n.place(path)
	return Problem{File: n.file, Line: at.line, Column: at.column, Text: oneLine(text)}
}

// place finds path or the nearest thing around it.
func (n *notes) place(path string) place {
	for ; path != ""; path = around(path) {
		if at, ok := n.at[path]; ok {
			return at
		}
	}
	return place{1, 1}
}

// unreadable reports whether path or something around it made no sense.
func (n *notes) unreadable(path string) bool {
	for ; path != ""; path = around(path) {
		if n.broken[path] {
			return true
		}
	}
	return false
}

// around returns the path that path is a part of, "" for the file.
func around(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }

func (n *notes) has(path string) bool {
	_, ok := n.at[path]
	return ok
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
