package words

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// These tests read the program's own source: which sentences it says, and with
// which facts.

// families are the sentences chosen by a code: the prefix, and where the codes
// are declared. A code added there needs its words.
var families = map[string]struct {
	folder, kind string
	but, and     []string
}{
	"role.":      {folder: "../cases", kind: "Role"},
	"verb.":      {folder: "../cases", kind: "Verb"},
	"refuse.":    {folder: "../cases", kind: "Code"},
	"visit.":     {folder: "../cases", kind: "Outcome", but: []string{"taken-on"}},
	"reception.": {folder: "../schedule", kind: "Stage"},
	"result.":    {folder: "../cases", kind: "AnswerCode"},
	"grade.":     {folder: "../cases", kind: "Grade"},
	"unsent.":    {folder: "../outbox", kind: "State", but: []string{"sent"}},
	"phase.":     {folder: "../chat", kind: "Phase"},
	"hint.":      {folder: "../chat/wechat", kind: "Hint*"}, // names that begin so
	"failure.":   {folder: "../chat/notify", kind: "Failure"},
	"link.":      {folder: "../cases", kind: "LinkKind"},
	"field.":     {and: []string{"matter", "place", "since", "want", "other", "category", "signature", "persons"}},
	"done.":      {}, // said by name
}

func TestProgramSaysWhatTheBookHas(t *testing.T) {
	book, said := open(t, Chinese), map[string]bool{}
	for _, u := range readProgram(t).said {
		for _, key := range u.keys(t) {
			if said[key] = true; !book.Has(key) {
				t.Errorf("%s says %q, which is in no book", u.at, key)
			}
		}
	}
	for _, inner := range innerSentences(t) {
		said[inner] = true
	}
	for _, key := range pageSentences(t) {
		if said[key] = true; !book.Has(key) {
			t.Errorf("a page says %q, which is in no book", key)
		}
	}
	for _, key := range book.Keys() {
		if !said[key] {
			t.Errorf("nobody says %q: take it out of the books", key)
		}
	}
}

// Each sentence is said with the facts it mentions.
func TestProgramGivesTheFacts(t *testing.T) {
	p := readProgram(t)
	mentioned := factsOf(t, Chinese)
	for _, u := range p.said {
		for _, key := range u.keys(t) {
			for _, fact := range mentioned[key] {
				given := u.facts[fact] || p.office[fact]
				if i := strings.LastIndex(fact, "."); i >= 0 {
					given = p.fields[fact[i+1:]]
				}
				if !given {
					t.Errorf("%s says %q without %s", u.at, key, fact)
				}
			}
		}
	}
}

// keys are the sentences a use may come to.
func (u use) keys(t *testing.T) []string {
	if !u.family {
		return []string{u.key}
	}
	f, ok := families[u.key]
	if !ok {
		t.Errorf("%s says %q and a code: add the family to this test", u.at, u.key)
		return nil
	}
	var keys []string
	for _, code := range codes(t, f.folder, f.kind, f.but, f.and) {
		keys = append(keys, u.key+code)
	}
	return keys
}

// innerSentences are those that other sentences contain.
func innerSentences(t *testing.T) []string {
	var names []string
	for _, part := range strings.Split(text(t, Chinese), `{{template "`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		names = append(names, name)
	}
	return names
}

// pageSentences are those that the office's own pages say by themselves. They are
// given no facts but the book's.
func pageSentences(t *testing.T) []string {
	pages, err := filepath.Glob("../console/page/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	var names []string
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(b), `{{say "`)[1:] {
			name, _, _ := strings.Cut(part, `"`)
			names = append(names, name)
		}
	}
	return names
}

// codes lists the exported constants of a type.
func codes(t *testing.T, folder, kind string, but, and []string) []string {
	list := slices.Clone(and)
	if folder == "" {
		return list
	}
	for _, file := range sources(t, folder) {
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 || !v.Names[0].IsExported() {
				return true
			}
			id, typed := v.Type.(*ast.Ident)
			named, byName := strings.CutSuffix(kind, "*")
			if typed && id.Name == kind || byName && strings.HasPrefix(v.Names[0].Name, named) {
				if code, ok := literalText(v.Values[0]); ok && !slices.Contains(but, code) {
					list = append(list, code)
				}
			}
			return true
		})
	}
	if len(list) == len(and) {
		t.Fatalf("no constants of %s in %s", kind, folder)
	}
	return list
}

func literalText(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

var positions = token.NewFileSet()

func sources(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no Go files in %s: %v", folder, err)
	}
	var list []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(positions, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f)
	}
	return list
}

// use is one place where a sentence is said: its key, or the prefix of a family.
type use struct {
	at     string
	key    string
	family bool
	facts  map[string]bool // what is given, or a little more
}

// sayer is a function that says the sentence it is given by name.
type sayer struct {
	index  int    // which of its parameters names the sentence
	prefix string // put before the name
	facts  map[string]bool
}

type program struct {
	said   []use
	office map[string]bool // facts of every sentence
	fields map[string]bool // what a line of a list may show
	funcs  map[string]*ast.FuncDecl
	sayers map[string]sayer
}

// readProgram finds what the program says. A function that passes one of its
// parameters on as the name of a sentence says sentences too, so what calls it
// is looked for in turn.
func readProgram(t *testing.T) *program {
	all := &program{office: map[string]bool{}, fields: map[string]bool{}}
	for _, f := range sources(t, "..") {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "facts" {
				maps.Copy(all.office, given(fn))
			}
		}
	}
	inherited := map[string]sayer{"Say": {}}
	helpers := map[string]*ast.FuncDecl{}
	for _, folder := range []string{"../paper", "../desk", "../bot", "../watch", "../console", ".."} {
		p := &program{funcs: helpers, sayers: maps.Clone(inherited), fields: all.fields}
		var bodies []*ast.FuncDecl
		for _, f := range sources(t, folder) {
			bodies = append(bodies, p.declared(f)...)
		}
		for before := -1; before != len(p.sayers); {
			before, p.said = len(p.sayers), nil
			for _, fn := range bodies {
				p.read(fn)
			}
		}
		all.said = append(all.said, p.said...)
		for name, s := range p.sayers { // the other package calls only the exported ones
			if ast.IsExported(name) {
				inherited[name] = s
			}
		}
	}
	return all
}

// declared collects a file's functions, and the fields of its types.
func (p *program) declared(f *ast.File) (bodies []*ast.FuncDecl) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.StructType); ok {
			for _, field := range s.Fields.List {
				for _, name := range field.Names {
					p.fields[name.Name] = true
				}
			}
		}
		return true
	})
	for _, d := range f.Decls {
		if table, ok := d.(*ast.GenDecl); ok { // what its functions say
			ast.Inspect(table, func(n ast.Node) bool {
				if l, ok := n.(*ast.FuncLit); ok {
					bodies = append(bodies, &ast.FuncDecl{Name: ast.NewIdent("_"), Type: l.Type, Body: l.Body})
				}
				return true
			})
		}
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			bodies = append(bodies, fn)
			if returnsArgs(fn) {
				p.funcs[fn.Name.Name] = fn
			}
		}
	}
	return bodies
}

func returnsArgs(fn *ast.FuncDecl) bool {
	if fn.Type.Results == nil || len(fn.Type.Results.List) != 1 {
		return false
	}
	return isArgs(fn.Type.Results.List[0].Type)
}

func isArgs(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name == "Args"
	case *ast.MapType:
		v, ok := e.Value.(*ast.Ident)
		return ok && v.Name == "any"
	}
	return false
}

// given are the names of all facts a function puts together.
func given(fn *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	note := func(e ast.Expr) {
		if s, ok := literalText(e); ok {
			names[s] = true
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if isArgs(n.Type) {
				for _, e := range n.Elts {
					note(e.(*ast.KeyValueExpr).Key)
				}
			}
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if i, ok := e.(*ast.IndexExpr); ok {
					note(i.Index)
				}
			}
		}
		return true
	})
	return names
}

func nameOf(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// offered are the facts at hand in a function: its own, and those of the
// functions it calls for facts.
func (p *program) offered(fn *ast.FuncDecl) map[string]bool {
	facts := given(fn)
	ast.Inspect(fn, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if helper := p.funcs[nameOf(c)]; helper != nil && helper != fn {
				maps.Copy(facts, p.offered(helper))
			}
		}
		return true
	})
	return facts
}

// read notes what one function says.
func (p *program) read(fn *ast.FuncDecl) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if s, ok := p.sayers[nameOf(c)]; ok && s.index < len(c.Args) && len(c.Args) > 1 {
				p.call(fn, c, s)
			}
		}
		return true
	})
}

// call notes what a call of a sayer says: a sentence named in place, by a
// variable, by a code behind a prefix, or by who calls fn.
func (p *program) call(fn *ast.FuncDecl, c *ast.CallExpr, s sayer) {
	facts := p.offered(fn)
	maps.Copy(facts, s.facts)
	add := func(key string, family bool) {
		p.said = append(p.said, use{positions.Position(c.Pos()).String(), s.prefix + key, family, facts})
	}
	key, prefix := c.Args[s.index], ""
	if sum, ok := key.(*ast.BinaryExpr); ok {
		prefix, _ = literalText(sum.X)
		key = sum.Y
	}
	if text, ok := literalText(key); ok {
		add(prefix+text, false)
		return
	}
	id, named := key.(*ast.Ident)
	if named {
		for _, text := range values(fn, id.Name) {
			add(prefix+text, false)
		}
		if i := parameter(fn, id.Name); i >= 0 && len(values(fn, id.Name)) == 0 {
			if _, known := p.sayers[fn.Name.Name]; !known {
				p.sayers[fn.Name.Name] = sayer{i, cmp.Or(prefix, s.prefix), facts}
			}
			if families[prefix].folder == "" {
				return // its callers say it
			}
		}
	}
	if prefix != "" {
		add(prefix, true)
	}
}

// parameter returns which parameter of fn has the name, or -1.
func parameter(fn *ast.FuncDecl, name string) int {
	i := 0
	for _, field := range fn.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

// values are the texts written into a variable of fn.
func values(fn *ast.FuncDecl, name string) (list []string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for i, l := range a.Lhs {
			if id, ok := l.(*ast.Ident); ok && id.Name == name {
				if text, ok := literalText(a.Rhs[i]); ok {
					list = append(list, text)
				}
			}
		}
		return true
	})
	return list
}
