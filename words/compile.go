package words

import (
	"fmt"
	"reflect"
	"text/template/parse"
)

// compiler makes closures of the sentences of one book.
type compiler struct {
	sentences map[string]*sentence
	funcs     map[string]any
	tree      *parse.Tree // the sentence at work
}

// The functions of text/template that a book may use.
var builtin = map[string]any{"and": true, "or": true, "not": true, "eq": true, "ne": true, "len": true}

// compile reads a book and makes its sentences.
func compile(name, text string, funcs map[string]any) (map[string]*sentence, error) {
	trees, err := parse.Parse(name, text, "", "", funcs, builtin)
	if err != nil {
		return nil, err
	}
	delete(trees, name) // what stands between the sentences
	c := &compiler{sentences: map[string]*sentence{}, funcs: funcs}
	for key := range trees {
		c.sentences[key] = &sentence{}
	}
	for key, tree := range trees {
		c.tree = tree
		if c.sentences[key].steps, err = c.list(tree.Root); err != nil {
			return nil, err
		}
	}
	return c.sentences, nil
}

func (c *compiler) refuse(n parse.Node) error {
	at, what := c.tree.ErrorContext(n)
	return fmt.Errorf("%s: a sentence cannot use %s", at, what)
}

func (c *compiler) list(l *parse.ListNode) ([]step, error) {
	if l == nil {
		return nil, nil
	}
	var steps []step
	for _, n := range l.Nodes {
		s, err := c.step(n)
		if err != nil {
			return nil, err
		}
		if s != nil {
			steps = append(steps, s)
		}
	}
	return steps, nil
}

func (c *compiler) step(n parse.Node) (step, error) {
	switch n := n.(type) {
	case *parse.CommentNode:
		return nil, nil
	case *parse.TextNode:
		text := string(n.Text)
		return func(s *speech, _ any) { s.out = append(s.out, text...) }, nil
	case *parse.ActionNode:
		v, err := c.pipe(n.Pipe)
		return func(s *speech, dot any) { s.write(v(s, dot)) }, err
	case *parse.IfNode:
		return c.choice(n)
	case *parse.RangeNode:
		return c.each(n)
	case *parse.TemplateNode:
		return c.inner(n)
	}
	return nil, c.refuse(n)
}

func (c *compiler) choice(n *parse.IfNode) (step, error) {
	is, err := c.pipe(n.Pipe)
	if err != nil {
		return nil, err
	}
	then, err := c.list(n.List)
	if err != nil {
		return nil, err
	}
	otherwise, err := c.list(n.ElseList)
	return func(s *speech, dot any) {
		if truth(is(s, dot)) {
			run(then, s, dot)
		} else {
			run(otherwise, s, dot)
		}
	}, err
}

func (c *compiler) each(n *parse.RangeNode) (step, error) {
	var names []string
	for _, v := range n.Pipe.Decl {
		names = append(names, v.Ident[0])
	}
	items, err := c.commands(n.Pipe)
	if err != nil {
		return nil, err
	}
	body, err := c.list(n.List)
	if err != nil {
		return nil, err
	}
	none, err := c.list(n.ElseList)
	return func(s *speech, dot any) {
		if s.each(items(s, dot), names, body) == 0 {
			run(none, s, dot)
		}
	}, err
}

func (c *compiler) inner(n *parse.TemplateNode) (step, error) {
	sen, ok := c.sentences[n.Name]
	if !ok {
		return nil, c.refuse(n)
	}
	if n.Pipe == nil {
		return func(s *speech, _ any) { s.say(sen, nil) }, nil
	}
	about, err := c.pipe(n.Pipe)
	return func(s *speech, dot any) { s.say(sen, about(s, dot)) }, err
}

// pipe is what stands between {{ and }}: one thing, without variables.
func (c *compiler) pipe(p *parse.PipeNode) (value, error) {
	if len(p.Decl) > 0 {
		return nil, c.refuse(p)
	}
	return c.commands(p)
}

func (c *compiler) commands(p *parse.PipeNode) (value, error) {
	if len(p.Cmds) != 1 {
		return nil, c.refuse(p)
	}
	cmd := p.Cmds[0]
	if f, ok := cmd.Args[0].(*parse.IdentifierNode); ok {
		return c.function(f, cmd.Args[1:])
	}
	if len(cmd.Args) != 1 {
		return nil, c.refuse(cmd)
	}
	return c.value(cmd.Args[0])
}

func (c *compiler) value(n parse.Node) (value, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return func(_ *speech, dot any) any { return dot }, nil
	case *parse.FieldNode:
		return fields(func(_ *speech, dot any) any { return dot }, n.Ident), nil
	case *parse.VariableNode:
		name := n.Ident[0]
		return fields(func(s *speech, _ any) any { return s.variable(name) }, n.Ident[1:]), nil
	case *parse.PipeNode:
		return c.pipe(n)
	}
	if v, ok := literal(n); ok {
		return func(*speech, any) any { return v }, nil
	}
	return nil, c.refuse(n)
}

func fields(of value, names []string) value {
	for _, name := range names {
		inner := of
		of = func(s *speech, dot any) any { return s.field(inner(s, dot), name) }
	}
	return of
}

func literal(n parse.Node) (any, bool) {
	switch n := n.(type) {
	case *parse.StringNode:
		return n.Text, true
	case *parse.NumberNode:
		return int(n.Int64), n.IsInt
	}
	return nil, false
}

// function compiles a call of a function with what is given to it.
func (c *compiler) function(f *parse.IdentifierNode, nodes []parse.Node) (value, error) {
	var args []value
	for _, n := range nodes {
		v, err := c.value(n)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	fn, ours := c.funcs[f.Ident]
	switch {
	case ours && reflect.TypeOf(fn).NumIn() == len(args):
		return called(f.Ident, fn, args), nil
	case len(args) == 2 && (f.Ident == "eq" || f.Ident == "ne"):
		if v, ok := literal(nodes[1]); ok {
			want := f.Ident == "eq"
			return func(s *speech, dot any) any { return same(args[0](s, dot), v) == want }, nil
		}
	case len(args) == 1 && f.Ident == "not":
		return func(s *speech, dot any) any { return !truth(args[0](s, dot)) }, nil
	case len(args) == 1 && f.Ident == "len":
		return func(s *speech, dot any) any { return s.length(args[0](s, dot)) }, nil
	case len(args) > 0 && (f.Ident == "and" || f.Ident == "or"):
		return until(args, f.Ident == "or"), nil
	}
	return nil, c.refuse(f)
}

// until is the first value whose truth is stop, or the last one.
func until(args []value, stop bool) value {
	return func(s *speech, dot any) (v any) {
		for _, arg := range args {
			if v = arg(s, dot); truth(v) == stop {
				break
			}
		}
		return v
	}
}

func called(name string, fn any, args []value) value {
	return func(s *speech, dot any) any {
		var given [2]any
		for i, arg := range args {
			given[i] = arg(s, dot)
		}
		if s.err != nil {
			return nil
		}
		return s.call(name, fn, given[:len(args)])
	}
}
