package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func fixture(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// good loads what must have no problems.
func good(t *testing.T, path string) *Config {
	t.Helper()
	c, err := Load(path, fixture(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Each testdata/bad-*.yaml makes one kind of mistake; its first lines
// ("# want: …") are all the problems it must give and no others.
func TestEveryMistakeIsReported(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil || len(paths) < 30 {
		t.Fatalf("found %d fixtures: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data := fixture(t, path)
			var want []string
			for line := range strings.Lines(string(data)) {
				text, ok := strings.CutPrefix(line, "# want: ")
				if !ok {
					break
				}
				want = append(want, strings.TrimSpace(text))
			}
			_, err := Load(filepath.Base(path), data)
			if err == nil {
				t.Fatal("loaded without a problem")
			}
			if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "hidden") {
				t.Error("a secret shows")
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	c := good(t, "testdata/good-minimal.yaml")
	at := func(h, m int) StageTime { return StageTime{At: Clock{h, m}} }
	off := StageTime{Off: true}
	usual := Stages{Week: at(9, 0), Three: at(9, 0), Eve: at(19, 30), Day: at(7, 0)}
	for _, x := range []struct {
		what      string
		got, want any
	}{
		{"language", c.Language, "zh-CN"},
		{"rule", c.Reception.Rule, Rule{Nth: 1, Weekday: time.Monday}},
		{"holiday", c.Reception.Holiday, "next"},
		{"reception place", c.Reception.Place, "接待室"},
		{"reception hours", c.Reception.Hours, c.Office.Hours},
		{"stages", c.Reception.Stages, usual},
		{"stages of a silent group", c.Groups[0].Stages, usual},
		{"own stages", c.Groups[1].Stages, Stages{at(9, 0), at(9, 0), at(22, 30), off}},
		{"no stages", c.Groups[2].Stages, Stages{off, off, off, off}},
		{"one group", c.Schedules[0].Groups, GroupIDs{"jd"}},
		{"all groups", c.Schedules[1].Groups, GroupIDs{"zc", "jd", "jg"}},
		{"groups left out", c.Schedules[2].Groups, GroupIDs{"zc", "jd", "jg"}},
		{"readers", c.Office.StaffReads, 2},
		{"intake", c.Intake, Intake{90 * time.Second, 7, 60, 3000, 20}},
		{"pushes", c.Pushes, Pushes{Clock{9, 0}, Clock{8, 30}, Clock{7, 40}}},
		{"pace", c.WeChat.Pace, Pace{3 * time.Second, 5 * time.Second, 20}},
		{"quiet hours", c.WeChat.Quiet, QuietHours{Clock{23, 0}, Clock{6, 0}}},
		{"ask again", c.WeChat.AskAgain, true},
		{"units", len(c.Units), 19},
		{"categories", len(c.Categories), 16},
		{"dialect", c.Dialect["知不道"], "不知道"},
		{"story length", c.Forms[0].Fields[0].Max, 3000},
		{"line length", c.Forms[0].Fields[1].Max, 200},
	} {
		if diff := cmp.Diff(x.want, x.got); diff != "" {
			t.Errorf("%s: %s", x.what, diff)
		}
	}
}

func TestEverySpelling(t *testing.T) {
	c := good(t, "testdata/good-wechat.yaml")
	spans := []Span{{Clock{9, 0}, Clock{11, 30}}, {Clock{14, 30}, Clock{17, 0}}}
	december := Month{2026, time.December}
	for _, x := range []struct {
		what      string
		got, want any
	}{
		{"language", c.Language, "en"},
		{"phone", c.Office.Phone, "0910"},
		{"place", c.Office.Place, "办公楼一楼\n"},
		{"hours", c.Office.Hours.Spans, spans},
		{"readers", c.Office.StaffReads, 3},
		{"rule", c.Reception.Rule, Rule{Nth: -1, Weekday: time.Tuesday}},
		{"month", c.Reception.Leaders.In(december), "qin"},
		{"other month", c.Reception.Leaders.In(Month{2027, time.January}), ""},
		{"move", c.Reception.Moves, []Move{{december, Date{2026, time.December, 9}, "检修"}}},
		{"override", c.Calendar.Overrides, []Override{{Date{2027, time.February, 5}, false, "春节"}}},
		{"quiet", c.Intake.Quiet, 90 * time.Second},
		{"draft days", c.Intake.DraftDays, 7},
		{"pace", c.WeChat.Pace, Pace{4 * time.Second, 6 * time.Second, 10}},
		{"quiet hours", c.WeChat.Quiet, QuietHours{Clock{22, 30}, Clock{6, 5}}},
		{"ask again", c.WeChat.AskAgain, false},
	} {
		if diff := cmp.Diff(x.want, x.got); diff != "" {
			t.Errorf("%s: %s", x.what, diff)
		}
	}
	good(t, "testdata/good-windows.yaml") // byte order mark, CRLF
}

func TestBuiltInIsValidAsAFile(t *testing.T) {
	text := strings.Replace(string(builtIn), "office:\n", "office: {phone: '1', dispatch_phone: '2', place: 三, hours: '9:00—17:00', name: 信访办, bot: 小信}\nskip:\n", 1)
	text += "\npeople: [{id: wang, name: 王慧, role: staff}]\nsandbox: {listen: '127.0.0.1:0'}\n"
	_, err := Load("default.yaml", []byte(text))
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 1 || !strings.Contains(ps[0].Text, `unknown key "skip"`) {
		t.Error(err)
	}
}

func TestDemoIsTheSampleMine(t *testing.T) {
	c := good(t, "../demo.yaml")
	if w := c.Warnings(); len(w) > 0 {
		t.Error(w)
	}
	if err := c.Unfilled(); err != nil {
		t.Error(err)
	}
	got := map[string]int{}
	units := map[string]bool{}
	for _, p := range c.People {
		got[p.Role]++
		if p.Role == "liaison" {
			units[p.Unit] = true
		}
	}
	got["groups"], got["units with liaison"] = len(c.Groups), len(units)
	want := map[string]int{"worker": 4, "staff": 2, "leader": 2, "discipline": 1, "liaison": 7, "units with liaison": 7, "groups": 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, role := range []string{"worker", "staff", "liaison", "leader"} {
		if !slices.ContainsFunc(c.Sandbox.Tries, func(try Try) bool { return try.Role == role }) {
			t.Errorf("nothing to try as %s", role)
		}
	}
}

func TestExampleWaitsToBeFilledIn(t *testing.T) {
	text := string(fixture(t, "../config.example.yaml"))
	c, err := Load("config.example.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Warnings(); len(w) > 0 {
		t.Error(w)
	}
	if err := c.Unfilled(); err == nil || !strings.Contains(err.Error(), "office.phone is still a blank") {
		t.Errorf("the blanks of the example were taken for real: %v", err)
	}
	c, err = Load("config.yaml", []byte(strings.NewReplacer("填写", "", "××", "某").Replace(text)))
	if err != nil || c.Unfilled() != nil {
		t.Error(err, c.Unfilled())
	}
}

// Options that the example shows switched off ("#key:", no space) must be
// spelled right too.
func TestExampleOptionsExist(t *testing.T) {
	text := fixture(t, "../config.example.yaml")
	all := regexp.MustCompile(`(?m)^( *)#((?: {2,})?(?:- |[a-z_]+:))`).ReplaceAll(text, []byte("$1$2"))
	c := &Config{notes: newNotes("config.example.yaml")}
	if !decode(c, all) || c.Err() != nil {
		t.Fatal(c.Err())
	}
	if len(c.Reception.Moves) == 0 || len(c.Calendar.Overrides) == 0 || len(c.Forms) == 0 || c.Sandbox.TokenFile == "" {
		t.Error("the example no longer shows every option")
	}
}

func TestOthersAddTheirFindings(t *testing.T) {
	c := good(t, "testdata/good-minimal.yaml")
	c.Problem("schedules[1].cron", "%q never comes: write another", "0 8 30 2 *")
	c.Problem("groups[1].stages.week", "is odd")
	c.Problem("pushes.time", "is not in the file")
	c.Warn("people[0]", "is alone")
	want := strings.Join([]string{
		"testdata/good-minimal.yaml:1:1: pushes.time is not in the file",
		"testdata/good-minimal.yaml:7:25: groups[1].stages.week is odd",
		`testdata/good-minimal.yaml:11:16: schedules[1].cron "0 8 30 2 *" never comes: write another`,
	}, "\n")
	if diff := cmp.Diff(want, c.Err().Error()); diff != "" {
		t.Error(diff)
	}
	if w := c.Warnings().Error(); !strings.Contains(w, "testdata/good-minimal.yaml:3:5: people[0] is alone") {
		t.Error(w)
	}
}

// An alarm's URL may stand in a file of its own, and never shows.
func TestAlarms(t *testing.T) {
	if w := good(t, "testdata/good-wechat.yaml").Warnings().Error(); !strings.Contains(w, "alarms is empty: when the WeChat account is gone") {
		t.Errorf("no warning that nobody would hear of it in\n%s", w)
	}
	dir := t.TempDir()
	text := string(fixture(t, "testdata/good-wechat.yaml")) + "\nalarms:\n  - {id: a, url: 'https://hidden.example.cn/'}\n  - {id: b, url_file: '" + filepath.ToSlash(dir) + "/url'}\n"
	file := filepath.Join(dir, "config.yaml")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("config.yaml", text)
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "alarms[1].url_file is of no use (reading url_file: ") {
		t.Errorf("a file that is not there: %v", err)
	}
	write("url", "\n")
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "url_file is empty: write the url into it") {
		t.Errorf("an empty file: %v", err)
	}
	write("url", "https://hidden.example.cn/2\n")
	c, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := c.Alarms[1].Address(); err != nil || b != "https://hidden.example.cn/2" {
		t.Errorf("%q, %v", b, err)
	}
	if s := fmt.Sprintf("%v %+v %#v", c.Alarms, c.Alarms, c.Alarms); strings.Contains(s, "hidden") {
		t.Errorf("a secret shows: %s", s)
	}
}

func TestFaultyPartsAreKnown(t *testing.T) {
	c := good(t, "testdata/good-minimal.yaml")
	c.Problem("reception.rule.day", "is 32")
	c.Problem("groups[1].name", "is empty")
	for path, want := range map[string]bool{
		"reception.rule": true, "reception.rule.day": true, "groups": true,
		"reception.rule.da": false, "reception.holiday": false, "group": false,
	} {
		if c.Faulty(path) != want {
			t.Errorf("%s is faulty: %t, want %t", path, !want, want)
		}
	}
}

func TestWarnings(t *testing.T) {
	got := good(t, "testdata/good-minimal.yaml").Warnings().Error()
	for _, want := range []string{
		"people has no liaison of 后勤服务中心, which leads 食堂, 宿舍澡堂, 通勤",
		"people has nobody with role discipline: matters of 检举控告 would wait unread",
		"reception.leaders names nobody",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no warning %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "信访办") {
		t.Error("the office itself needs no liaison, its staff are there")
	}
}

func TestQuietHoursMayPassMidnight(t *testing.T) {
	night, noon := QuietHours{Clock{23, 0}, Clock{6, 0}}, QuietHours{Clock{12, 0}, Clock{14, 30}}
	for _, x := range []struct {
		quiet QuietHours
		at    Clock
		want  bool
	}{
		{night, Clock{22, 59}, false}, {night, Clock{23, 0}, true}, {night, Clock{0, 0}, true},
		{night, Clock{5, 59}, true}, {night, Clock{6, 0}, false}, {night, Clock{7, 0}, false},
		{noon, Clock{11, 59}, false}, {noon, Clock{12, 0}, true}, {noon, Clock{14, 30}, false},
		{QuietHours{}, Clock{0, 0}, false},
	} {
		if got := x.quiet.Cover(x.at); got != x.want {
			t.Errorf("%s covers %s: %t", x.quiet, x.at, got)
		}
	}
}

func TestRotaTakesTurns(t *testing.T) {
	l := Leaders{From: Month{2026, time.December}, Rota: []string{"a", "b", "c"}, Months: map[Month]string{{2027, time.March}: "x"}}
	var got []string
	for _, m := range []Month{{2026, 10}, {2026, 11}, {2026, 12}, {2027, 1}, {2027, 2}, {2027, 3}, {2027, 4}} {
		got = append(got, l.In(m))
	}
	if diff := cmp.Diff([]string{"b", "c", "a", "b", "c", "x", "b"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	c := good(t, "testdata/good-wechat.yaml")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if strings.Contains(fmt.Sprintf(verb, *c), "hidden") {
			t.Errorf("%s shows the token", verb)
		}
	}
	if got, err := c.Sandbox.Secret(); got != "k7m3-hidden-hidden" || err != nil {
		t.Error(got, err)
	}
}

// An address that is pasted into the wrong line is not shown either.
func TestMisplacedSecretsDoNotShow(t *testing.T) {
	base, _ := strings.CutSuffix(string(fixture(t, "testdata/good-minimal.yaml")), "\n")
	for _, alarm := range []string{"id: a, url_file: 'https://x.example/hidden'", "id: 'https://x.example/hidden', url: 'https://x.example/hidden'"} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(base+"\nalarms: [{"+alarm+"}]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || strings.Contains(err.Error(), "hidden") || !strings.Contains(err.Error(), "alarms[0]") {
			t.Errorf("%s: %v", alarm, err)
		}
	}
}

func TestReadLooksAtTheTokenFile(t *testing.T) {
	dir := t.TempDir()
	token, path := filepath.Join(dir, "token"), filepath.Join(dir, "config.yaml")
	text := strings.Replace(string(fixture(t, "testdata/good-minimal.yaml")), `"localhost:8080"`, `":8080", token_file: `+"'"+token+"'", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil || !strings.Contains(err.Error(), "config.yaml:13:28: sandbox.token_file is of no use") {
		t.Errorf("a missing token file passed: %v", err)
	}
	if err := os.WriteFile(token, []byte("k7m3-hidden-hidden\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Sandbox.Secret(); got != "k7m3-hidden-hidden" || err != nil {
		t.Error(got, err)
	}
	if _, err := Read(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func FuzzLoad(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.yaml")
	for _, path := range append(paths, "../demo.yaml", "../config.example.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Load("f.yaml", data)
		if c == nil {
			t.Fatal("no config")
		}
		var ps Problems
		if err == nil {
			return
		}
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Fatalf("%T without problems", err)
		}
		for _, p := range ps {
			if p.File != "f.yaml" || p.Line < 1 || p.Column < 1 || p.Text == "" || strings.Contains(p.Text, "\n") {
				t.Errorf("%#v", p)
			}
		}
		if _, again := Load("f.yaml", data); again.Error() != err.Error() {
			t.Errorf("two readings differ:\n%v\n%v", err, again)
		}
	})
}
