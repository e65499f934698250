package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "fangzhuo"

// arrows says for each package what of ours it may import, and what of others'.
// The root package may import everything. A third-party module stands in one
// row only.
var arrows = map[string]struct{ ours, theirs []string }{
	// leaves
	"calendar": {nil, []string{"github.com/6tail/lunar-go"}},
	"cases":    {},
	"chat":     {},
	"storage":  {},
	"words":    {},
	"handbook": {},
	"config":   {nil, []string{"github.com/goccy/go-yaml"}},
	// what people type needs the calendar's dates
	"phrase": {[]string{"calendar"}, []string{"golang.org/x/text", "github.com/longbridgeapp/opencc"}},

	// what is printed is filled in from the books
	"paper": {[]string{"words"}, nil},

	// ports and what is beneath them
	"storage/record":           {[]string{"storage"}, []string{"github.com/fxamacker/cbor/v2"}},
	"storage/internal/overlay": {[]string{"storage"}, nil},
	"storage/mem":              {[]string{"storage", "storage/internal/overlay"}, nil},
	"storage/storagetest":      {[]string{"storage"}, []string{"pgregory.net/rapid"}},
	"storage/bolt":             {[]string{"storage", "storage/internal/overlay"}, []string{"go.etcd.io/bbolt"}},
	"storage/bolt/yardstick":   {nil, []string{"go.etcd.io/bbolt"}},
	"chat/chattest":            {[]string{"chat"}, nil},
	"chat/sandbox":             {[]string{"chat", "internal/guard", "storage", "storage/record"}, nil},
	"chat/notify":              {[]string{"chat"}, []string{"github.com/nicholas-fedor/shoutrrr", "github.com/wneessen/go-mail"}},
	"chat/wechat": {[]string{"chat"}, []string{"github.com/eatmoreapple/openwechat", "rsc.io/qr",
		"github.com/cenkalti/backoff/v5"}},
	"chat/wechat/wechattest": {nil, nil},

	// services
	"outbox":   {[]string{"chat", "storage", "storage/record"}, []string{"github.com/cenkalti/backoff/v5", "github.com/rivo/uniseg"}},
	"attach":   {[]string{"chat", "storage", "storage/record"}, []string{"github.com/gabriel-vasile/mimetype"}},
	"schedule": {[]string{"calendar", "storage", "storage/record"}, []string{"github.com/robfig/cron/v3"}},
	"watch":    {[]string{"chat", "outbox", "storage", "storage/record", "words"}, nil},
	"desk":     {[]string{"attach", "calendar", "cases", "chat", "outbox", "paper", "phrase", "storage", "storage/record", "words"}, nil},
	"intake":   {[]string{"cases", "desk", "phrase"}, nil},
	"bot":      {[]string{"attach", "calendar", "cases", "chat", "desk", "handbook", "intake", "outbox", "phrase", "storage", "storage/record", "words"}, []string{"golang.org/x/time"}},
	"console": {[]string{"calendar", "cases", "chat", "desk", "intake", "internal/guard", "phrase", "storage", "words"},
		[]string{"rsc.io/qr"}},

	"internal/archtest": {},
	"internal/guard":    {},
	"internal/pagetest": {nil, []string{"github.com/chromedp/chromedp"}},
	// what the tests of desk, bot and console open
	"internal/testoffice": {[]string{"calendar", "cases", "chat", "phrase", "words"}, nil},
}

// shared are third-party modules that more than one package may use.
var shared = map[string]string{
	"rsc.io/qr":                      "the code to log in with is shown on the terminal and on the staff page",
	"go.etcd.io/bbolt":               "the yardstick measures the raw engine",
	"github.com/cenkalti/backoff/v5": "waiting longer after each failure is needed at both ends of a network",
}

type listed struct {
	ImportPath string
	Imports    []string
	Doc        string
}

func packages(t *testing.T) []listed {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Doc", module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if name == "" {
			continue
		}
		row, ok := arrows[name]
		if !ok {
			t.Errorf("package %s stands in no row: decide what it may import", name)
			continue
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
				if !slices.Contains(row.ours, ours) {
					t.Errorf("%s imports %s: not an arrow of the house", name, ours)
				}
				continue
			}
			first, _, _ := strings.Cut(imported, "/")
			if strings.Contains(first, ".") && !slices.ContainsFunc(row.theirs, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") }) {
				t.Errorf("%s imports %s: that module lives elsewhere", name, imported)
			}
		}
	}
}

func TestEachModuleLivesInOneRow(t *testing.T) {
	home := map[string]string{}
	for name, row := range arrows {
		if strings.HasSuffix(name, "test") {
			continue
		}
		for _, m := range row.theirs {
			if other, taken := home[m]; taken && shared[m] == "" {
				t.Errorf("%s stands with both %s and %s", m, name, other)
			}
			home[m] = name
		}
	}
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	for _, p := range packages(t) {
		if strings.TrimSpace(p.Doc) == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}
