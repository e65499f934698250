package cases_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/cases"
	"fangzhuo/words"
)

// update writes the document anew: go test ./cases -run TestLifecycle -update
var update = flag.Bool("update", false, "write docs/lifecycle.md anew")

// unnamed is what stands where a name is missing.
var unnamed = regexp.MustCompile(`\[[a-z.-]+\]`)

const document = "../docs/lifecycle.md"

// The document is the table: who changes a row sees the drawing change.
func TestLifecycle(t *testing.T) {
	book, err := words.Open(words.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	drawn := lifecycle{book}.document()
	if missing := unnamed.FindAllString(drawn, -1); missing != nil {
		t.Errorf("no name for %v", missing)
	}
	if *update {
		if err := os.WriteFile(document, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stands, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(stands), drawn); diff != "" {
		t.Errorf("docs/lifecycle.md is not what the table says; run go test ./cases -run TestLifecycle -update\n%s", diff)
	}
}

// lifecycle draws the table of steps.
type lifecycle struct{ book *words.Book }

func (l lifecycle) verb(v cases.Verb) string { return l.book.Say("verb."+string(v), nil) }

func (l lifecycle) stage(s cases.Stage) string {
	return l.book.Say("stage", words.Args{"Stage": string(s)})
}

func (l lifecycle) document() string {
	var b strings.Builder
	b.WriteString(`# 一件事怎么走完

这一页由 ` + "`cases.Table`" + ` 生成（` + "`go test ./cases -run TestLifecycle -update`" + `），测试保证两边一致。条文是《信访工作条例》。

`)
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	for _, s := range cases.Stages {
		fmt.Fprintf(&b, "    %s: %s\n", s, l.stage(s))
	}
	for _, a := range l.arrows() {
		b.WriteString("    " + a + "\n")
	}
	b.WriteString("```\n\n不改变阶段的步骤见下表。职工看到的只有五个词：收到、已登记、正在办、有答复了、办完了。\n\n")
	b.WriteString("| 步骤 | 从哪个阶段 | 到 | 谁能办 | 必须有 | 开始计时 | 停止计时 | 告诉谁 |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range cases.Table {
		from := "任何阶段"
		if len(r.From) < len(cases.Stages) {
			from = join(r.From, l.stage)
		}
		to := "不变"
		if r.To != "" {
			to = l.stage(r.To)
		}
		cells := []string{l.verb(r.Verb), from, to, join(r.By, func(r cases.Role) string { return l.book.Say("role."+string(r), nil) }),
			join(r.Needs, name(needs)), join(r.Starts, name(clocks)), join(r.Stops, name(clocks)), join(r.Tells, name(parties))}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	b.WriteString("\n停止计时、告诉谁：有关的才停、才告诉。没有协办就没有协办单位要告诉，没人包案就没有领导要告诉；谁办的这一步不用再告诉谁。\n\n查到的情况：没有全部支持、采纳的，和检举控告的，要有人查过才答复；别的没写就是反映人说的。检举控告的处理意见是查实、部分查实、未查实，不进化解的数字。\n\n检举控告只在纪检手里：表里的“信访办”这时是纪检。\n\n## 计时\n\n从第二天算起；按自然日算的，最后一天逢休息日顺延到下一个工作日；工作日含调休上班的周末。\n\n| 计时 | 期限 | 出处 |\n|---|---|---|\n")
	for _, k := range clockOrder {
		for _, p := range []cases.Procedure{cases.Ordinary, cases.Simple} {
			limit, law := k.Limit(p)
			ordinary, _ := k.Limit(cases.Ordinary)
			if p == cases.Simple && (!law || limit == ordinary) {
				continue
			}
			days := "由本单位定"
			if law {
				days = fmt.Sprintf("%d天", limit.Days)
			}
			if limit.Working {
				days = fmt.Sprintf("%d个工作日", limit.Days)
			}
			label := clocks[k]
			if p == cases.Simple {
				label += "（简易）"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", label, days, sources[k])
		}
	}
	fmt.Fprintf(&b, "\n办理可以延期一次，最多%d天，要有批准人、写明理由、告诉本人（第34条）；依规延期不算超期。\n", cases.ExtensionDays)
	return b.String()
}

// arrows are the steps that lead from a stage to another, those between the same
// two stages on one arrow.
func (l lifecycle) arrows() []string {
	var order []string
	on := map[string][]string{}
	add := func(from, to, verb string) {
		key := from + " --> " + to
		if on[key] == nil {
			order = append(order, key)
		}
		on[key] = append(on[key], verb)
	}
	for _, r := range cases.Table {
		if r.Verb == cases.Submit {
			add("[*]", string(r.To), l.verb(r.Verb))
		}
		for _, from := range r.From {
			late := r.Verb == cases.Register && from != cases.Received // only to seal it
			if r.To != "" && from != r.To && !late {
				add(string(from), string(r.To), l.verb(r.Verb))
			}
		}
		if r.Verb == cases.Object {
			add(string(cases.Handling), string(cases.Accepted), l.verb(r.Verb))
		}
	}
	for _, s := range cases.Stages {
		if !s.Open() && s != cases.Closed && s != cases.Referred {
			order = append(order, string(s)+" --> [*]")
		}
	}
	var arrows []string
	for _, key := range order {
		if verbs := on[key]; verbs != nil {
			key += ": " + strings.Join(verbs, "、")
		}
		arrows = append(arrows, key)
	}
	return arrows
}

func join[T any](list []T, name func(T) string) string {
	var names []string
	for _, x := range list {
		if n := name(x); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return strings.Join(names, "、")
}

func name[K ~string](names map[K]string) func(K) string {
	return func(k K) string {
		if n, ok := names[k]; ok {
			return n
		}
		return "[" + string(k) + "]"
	}
}

var needs = map[cases.Need]string{
	cases.NeedText: "说明", cases.NeedUnit: "单位", cases.NeedCategory: "类别", cases.NeedOwner: "经办人", cases.NeedTerm: "期限",
	cases.NeedPerson: "人员", cases.NeedApprover: "批准人", cases.NeedBasis: "依据", cases.NeedCode: "处理意见", cases.NeedFacts: "查到的情况", cases.NeedOther: "另一件的编号",
	cases.NeedGrade: "满意、基本满意或不满意", cases.NeedAgainst: "反映对象", cases.NeedFields: "改哪一项",
}

var clockOrder = []cases.ClockKind{cases.NoticeClock, cases.DecideClock, cases.HandleClock, cases.ObjectClock, cases.WindowClock,
	cases.ReviewClock, cases.HouseClock, cases.TaskClock, cases.LeaderClock, cases.HazardClock, cases.CheckClock}

var clocks = map[cases.ClockKind]string{
	cases.NoticeClock: "受理告知", cases.DecideClock: "决定", cases.HandleClock: "办理", cases.ObjectClock: "单位异议",
	cases.WindowClock: "申请复查复核", cases.ReviewClock: "复查复核", cases.HouseClock: "本单位承诺", cases.TaskClock: "交办任务",
	cases.LeaderClock: "领导包案", cases.HazardClock: "险情签收", cases.CheckClock: "回访",
}

var sources = map[cases.ClockKind]string{
	cases.NoticeClock: "第23条", cases.DecideClock: "信访事项简易办理办法；不服的，本程序规定", cases.HandleClock: "第34条；简易办理办法", cases.ObjectClock: "第23条",
	cases.WindowClock: "第35、36条", cases.ReviewClock: "第35、36条", cases.HouseClock: "类别里设定，不超过法定期限", cases.TaskClock: "转办时写明",
	cases.LeaderClock: "包案时写明", cases.HazardClock: "15分钟没人签收就升级", cases.CheckClock: "办结后30天、90天",
}

var parties = map[cases.Party]string{
	cases.ToPetitioner: "反映人", cases.ToKeepers: "信访办", cases.ToUnit: "主办单位", cases.ToHelper: "协办单位", cases.ToLeader: "相关领导",
}
