package words

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
)

// builtin are the functions of text/template that a book may use.
var builtin = map[string]any{"and": true, "or": true, "not": true, "eq": true, "ne": true, "len": true}

// factsOf lists the facts each sentence mentions, itself or in the sentences
// inside it: "Phone", and "Lines[].Short" for what a line of a list shows.
func factsOf(t testing.TB, lang string) map[string][]string {
	t.Helper()
	all, err := readFacts(lang)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readFacts(lang string) (map[string][]string, error) {
	b, err := fs.ReadFile(files, lang+".tmpl")
	if err != nil {
		return nil, err
	}
	trees, err := parse.Parse(lang, string(b), "", "", funcs(lang), builtin)
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for key, tree := range trees {
		w := &walk{trees: trees, vars: map[string]string{}, facts: map[string]bool{}}
		w.list(tree.Root, "")
		all[key] = slices.Sorted(maps.Keys(w.facts))
	}
	return all, nil
}

// walk goes through a sentence; dot and vars are the paths of what they stand for.
type walk struct {
	trees map[string]*parse.Tree
	vars  map[string]string
	facts map[string]bool
}

func (w *walk) list(l *parse.ListNode, dot string) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			w.value(n.Pipe, dot)
		case *parse.IfNode:
			w.value(n.Pipe, dot)
			w.list(n.List, dot)
			w.list(n.ElseList, dot)
		case *parse.RangeNode:
			item := w.value(n.Pipe, dot) + "[]"
			if decl := n.Pipe.Decl; len(decl) > 0 {
				w.vars[decl[len(decl)-1].Ident[0]] = item
			}
			w.list(n.List, item)
			w.list(n.ElseList, dot)
		case *parse.TemplateNode:
			if n.Pipe != nil {
				w.list(w.trees[n.Name].Root, w.value(n.Pipe, dot))
			}
		}
	}
}

// value notes the facts a value is made of and returns the path of the value.
func (w *walk) value(n parse.Node, dot string) (path string) {
	switch n := n.(type) {
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, arg := range c.Args {
				path = w.value(arg, dot)
			}
		}
		return path
	case *parse.FieldNode:
		return w.fact(dot, n.Ident)
	case *parse.VariableNode:
		return w.fact(w.vars[n.Ident[0]], n.Ident[1:])
	}
	return dot
}

func (w *walk) fact(path string, names []string) string {
	for _, name := range names {
		path = strings.TrimPrefix(path+"."+name, ".")
		w.facts[path] = true
	}
	return path
}

// A translation that forgets a fact, or needs one more, is a different message.
func TestBothBooksMentionTheSameFacts(t *testing.T) {
	zh, en := factsOf(t, Chinese), factsOf(t, English)
	for _, key := range slices.Sorted(maps.Keys(zh)) {
		for _, fact := range zh[key] {
			if !slices.Contains(en[key], fact) {
				t.Errorf("en: %s does not mention %s, as zh-CN does", key, fact)
			}
		}
		for _, fact := range en[key] {
			if !slices.Contains(zh[key], fact) {
				t.Errorf("zh-CN: %s does not mention %s, as en does", key, fact)
			}
		}
	}
}
