package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
)

var faultStep = flag.Int("faultstep", 0, "let TestCrashAtEachStep crash at this step only, and show all steps")

// TestCrashAtEachStep tells a story without faults, and then once for each step
// of it (before and after each commit and each request) in which the program
// dies with that step and is started again. Afterwards everybody has been told
// the same, and what cannot be sure is shown to the staff.
func TestCrashAtEachStep(t *testing.T) {
	var clean told
	var steps []string
	synctest.Test(t, func(t *testing.T) { clean, steps = tellStory(t, 0) })
	if len(steps) < 300 {
		t.Fatalf("the story has only %d steps", len(steps))
	}
	if *faultStep != 0 {
		for i, what := range steps {
			t.Log(i+1, what)
		}
	}
	for n := range steps {
		if *faultStep != 0 && n+1 != *faultStep {
			continue
		}
		t.Run(fmt.Sprintf("%d_%s", n+1, steps[n]), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got, steps := tellStory(t, n+1)
				if len(steps) > n+1 {
					t.Errorf("it lived on for %d steps", len(steps)-n-1)
				}
				got.equals(t, clean)
				if t.Failed() { // the order of steps may differ from run to run
					t.Logf("died at step %d, the last ones: %s", n+1, strings.Join(steps[max(0, len(steps)-6):], "; "))
				}
			})
		})
	}
}

// tellStory plays a morning at the mine, in which the program dies at a step, and
// returns what everybody was told and the steps up to there.
func tellStory(t *testing.T, dies int) (told, []string) {
	s := simulate(t, time.Date(2026, 11, 30, 8, 59, 40, 0, calendar.Zone), dies)
	s.say("luo", "", "反映 事由：澡堂更衣柜锁坏了 地点：副井澡堂 诉求：换锁 署名：保密")
	s.say("mei", "", "待办")
	s.hears("luo", "已收到，编号2026-0001")
	s.hears("zhou", "新件0001")
	s.server.Post(wechattest.Message{From: "luo", Type: 3, Data: photo})
	s.hears("luo", "加到0001里了")
	s.hears("zhou", "【0001】补充了图片或文件")
	s.say("hou", "", "反映 事由：四点班的班车少一趟 署名：匿名")
	code := withCode.FindStringSubmatch(s.hears("hou", "编号2026-0002，查询码"))
	s.say("duan", "", "反映 地点：洗衣房")
	s.hears("duan", "反映什么事")
	s.say("duan", "", "没有热水")
	s.hears("duan", "接着说")
	s.say("duan", "", "好")
	s.hears("duan", "我记的是", "没有热水")
	s.say("duan", "", "对")
	s.hears("duan", "编号2026-0003")
	s.hears("zhou", "新件0003")

	s.say("wang", "", "登记 1 宿舍澡堂 后勤")
	s.hears("wang", "0001已登记")
	s.hears("luo", "0001已登记")
	s.say("wang", "", "转办 1 后勤 3天")
	s.hears("mei", "【任务0001】")
	s.hears("luo", "0001正在办")
	s.say("wang", "", "附件 1 1 转 后勤 确认")
	s.hears("mei", "转来1个附件")
	s.hears("wang", "附件1已转给后勤服务中心")
	s.say("mei", "", "签收 1")
	s.say("bai", "", "接待日") // while others are at it
	s.hears("wang", "后勤服务中心已签收")
	s.say("mei", "", "反馈 1 锁已采购")
	s.hears("wang", "反馈：锁已采购")
	said := s.say("luo", "", "补充 1 水也是凉的")
	s.hears("wang", "水也是凉的")
	s.hears("luo", "已补到0001里")
	s.server.Recall(said)
	s.hears("luo", "那句话已经记进0001")
	s.hears("zhou", "【0001】反映人在微信里撤回了一句话")
	s.say("wang", "", "答复 1 锁全部换好了 依据：维修单 确认")
	s.hears("luo", "支持。锁全部换好了")
	s.hears("wang", "反映人已收到")
	s.say("wang", "", "办结 1")
	s.hears("luo", "办完了")
	s.settle()

	s.say("luo", "", "查询 1")
	s.hears("luo", "2026-0001：办完了", "锁全部换好了")
	s.say("hou", "", "查询 2 "+code[1])
	s.hears("hou", "2026-0002：收到", "班车少一趟")
	s.say("duan", "", "查询 3")
	s.hears("duan", "2026-0003：收到", "没有热水")
	s.say("wang", "", "查 1") // with all that was done, once
	s.hears("wang", "王慧 办结")
	s.say("wang", "", "查 4")
	s.hears("wang", "没有您可查看的0004")
	s.say("zhou", "", "未决")
	s.settle()
	return s.told(), s.first.past()
}

// photo is a picture as a phone sends it.
var photo = contentOf("image", "锁.jpg", true)

// told is what everybody has been told, each text once and without what differs
// from run to run.
type told struct {
	people  map[string][]string // with the files that they got
	groups  map[string][]string // with repeats
	names   map[string]string   // of the groups
	unsure  []string            // what staff were told did not go out
	pending string              // what 未决 lists
}

var (
	withCode = regexp.MustCompile(`查询码([2-9A-Z]+)`)
	// varies is what differs from run to run: the codes, and when it was.
	varies = regexp.MustCompile(`查询码[2-9A-Z]+|-000\d [2-9A-Z]{4}|\d\d:\d\d`)
)

func (s *simulated) told() told {
	got := told{people: map[string][]string{}, groups: map[string][]string{}, names: map[string]string{}}
	for _, g := range s.cfg.Groups {
		got.groups[g.ID], got.names[g.ID] = s.server.Sent(g.ID), g.Name
	}
	receipts := map[string]string{}
	for _, p := range s.cfg.People {
		texts := map[string]bool{}
		for _, text := range s.server.Sent(p.ID) {
			if r := receipt.FindStringSubmatch(text); r != nil {
				if was, ok := receipts[r[1]]; ok && was != p.ID+text {
					s.t.Errorf("%s is the number of %q and of %q", r[1], was, p.ID+text)
				}
				receipts[r[1]] = p.ID + text
			}
			switch {
			case strings.HasPrefix(text, unsent):
				got.unsure = append(got.unsure, text)
			case strings.HasPrefix(text, "没发出去或拿不准的"), strings.HasPrefix(text, "没有发不出去的消息"):
				got.pending = text
			default:
				texts[varies.ReplaceAllString(text, "#")] = true
			}
		}
		for _, f := range s.server.Files(p.ID) {
			texts[fmt.Sprintf("%s %s of %d bytes, %x", f.Kind, f.Name, len(f.Data), sha256.Sum256(f.Data))] = true
		}
		got.people[p.ID] = slices.Sorted(maps.Keys(texts))
	}
	return got
}

// equals compares with a run without faults. A group may have missed a notice,
// if the staff were told.
func (got told) equals(t *testing.T, want told) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want.people)) {
		missing, extra := differ(want.people[id], got.people[id]), differ(got.people[id], want.people[id])
		if len(missing)+len(extra) > 0 {
			t.Errorf("%s was not told %q, but was told %q", id, missing, extra)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want.groups)) {
		missing := differ(want.groups[id], got.groups[id])
		if extra := differ(got.groups[id], want.groups[id]); len(extra) > 0 || len(got.groups[id])+len(missing) != len(want.groups[id]) {
			t.Errorf("the group %s read %q, want %q", id, got.groups[id], want.groups[id])
		}
		named := "“" + got.names[id] + "”"
		if told := slices.ContainsFunc(got.unsure, func(text string) bool { return strings.Contains(text, named) }); len(missing) > 0 &&
			!(told && strings.Contains(got.pending, named)) {
			t.Errorf("%d notices to %s did not arrive, but staff were told %q and read %q", len(missing), named, got.unsure, got.pending)
		}
	}
	if got.pending == "" {
		t.Error("nobody answered what went out unsurely")
	}
}

// differ returns what is in a and not in b.
func differ(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(text string) bool { return slices.Contains(b, text) })
}
