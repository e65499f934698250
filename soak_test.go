package main

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
	"fangzhuo/config"
)

var (
	soakFor  = flag.Duration("soak", 30*time.Minute, "how long the mine talks in TestSoak, in synthetic time")
	soakSeed = flag.Uint64("soakseed", 0, "seed of what is said in TestSoak and of what fails; 0 takes a new one")
)

// TestSoak has a mine talk for half an hour, once over a network on which nothing
// fails and once over one on which all sorts of things do, while the program dies
// now and then and the account is logged out. In the end both mines have the same
// matters with the same history, each with one number whose receipt its worker
// has, and the same notices in the groups. A notice may be missing where staff
// were told so; an answer may stand there twice, in the same words.
func TestSoak(t *testing.T) {
	seed := cmp.Or(*soakSeed, rand.Uint64())
	t.Logf("seed %d: run again with -soakseed", seed)
	var calm, rough soaked
	t.Run("calm", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { calm = soak(t, seed, false) })
	})
	if t.Failed() {
		return
	}
	t.Run("rough", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { rough = soak(t, seed, true) })
	})
	if !t.Failed() {
		rough.equals(t, calm)
	}
}

// soaked is what a mine has in the end.
type soaked struct {
	matters map[string]string   // what was handed in → what staff read of it, without its number
	notices map[string][]string // per group
	blamed  map[string]int      // per group: how often staff were told of a notice
}

// talkers is everybody who talks in a mine that soaks.
type talkers struct {
	*simulated
	random func(name string) *rand.Rand
	until  time.Time
	all    sync.WaitGroup

	troubles int

	mu      sync.Mutex
	numbers map[string]string // what was handed in → its number
}

// soakWorkers is how many workers hand in matters; each tells a new one every few
// minutes.
const soakWorkers = 12

func soak(t *testing.T, seed uint64, rough bool) soaked {
	s := simulate(t, time.Date(2026, 11, 30, 9, 50, 0, 0, calendar.Zone), 0, soakMine)
	began := time.Now()
	m := &talkers{simulated: s, until: time.Now().Add(*soakFor), numbers: map[string]string{},
		random: func(name string) *rand.Rand {
			h := uint64(0)
			for _, r := range name {
				h = h*31 + uint64(r)
			}
			return rand.New(rand.NewPCG(seed, h))
		}}
	for i := range soakWorkers {
		id := fmt.Sprintf("w%02d", i)
		m.all.Go(func() { m.worker(id) })
	}
	stop := make(chan struct{})
	var others sync.WaitGroup
	for i, id := range []string{"wang", "zhou"} {
		others.Go(func() { m.officer(id, i, stop) })
	}
	others.Go(func() { m.unit("mei", stop) })
	if rough {
		m.all.Go(m.trouble)
	}
	m.all.Wait()
	close(stop)
	others.Wait()
	for sent := -1; sent != s.server.Taken("webwxsendmsg"); { // notices stand behind all answers
		sent = s.server.Taken("webwxsendmsg")
		s.settle()
	}
	t.Logf("%v of synthetic time, %d lives, %d scans, %d requests, %d things went wrong",
		time.Since(began).Round(time.Minute), s.lives, s.server.Codes(), s.server.Taken(""), m.troubles)
	if rough != (s.lives > 3 && s.server.Codes() > 1 && m.troubles > 20) {
		t.Error("that was not what it should be")
	}
	m.noStorm()
	return m.result()
}

// soakMine has more workers than the sample mine, and groups that read something
// new every five minutes.
func soakMine(s *simulated) {
	for i := range soakWorkers {
		s.server.AddPerson(wechattest.Person{ID: fmt.Sprintf("w%02d", i), Nick: "工人", Remark: fmt.Sprintf("GZ-%04d", 1001+i)})
	}
	for i := range int(soakFor.Minutes()) / 5 {
		at := 9*60 + 55 + 5*i
		s.cfg.Schedules = append(s.cfg.Schedules, config.Schedule{ID: fmt.Sprintf("n%d", i), Text: fmt.Sprintf("【安全%d】先看顶板。", i),
			Cron: fmt.Sprintf("%d %d 30 11 *", at%60, at/60%24), Groups: []string{"zc", "jd", "mine"}})
	}
}

// ask says something until it is certain that it was heard, and returns the
// answer that fits.
func (m *talkers) ask(who, text, fits string) []string {
	want := regexp.MustCompile(fits)
	id := m.server.Say(who, "", text)
	for range 40 {
		for text := range m.texts(who, after(time.Hour)) {
			if found := want.FindStringSubmatch(text); found != nil {
				return found
			}
		}
		if m.server.Lost(id) {
			id = m.server.Say(who, "", text)
		}
	}
	m.t.Errorf("%s said %q and waits in vain for %q, has heard %q", who, text, fits, m.server.Sent(who))
	return make([]string, 9)
}

// hear waits until somebody was told something of his own accord.
func (m *talkers) hear(who, fits string) {
	want := regexp.MustCompile(fits)
	for text := range m.texts(who, after(40*time.Hour)) {
		if want.MatchString(text) {
			return
		}
	}
	m.t.Errorf("%s waits in vain for %q, has heard %q", who, fits, m.server.Sent(who))
}

// worker hands in one matter after the other and sees each to its end.
func (m *talkers) worker(id string) {
	random := m.random(id)
	had := map[string]bool{}
	var mine []string
	for i := range max(1, int(*soakFor/(15*time.Minute))) { // an account can send for that many
		time.Sleep(time.Duration(random.IntN(int(20 * time.Minute))))
		matter := fmt.Sprintf("更衣柜%s号%d锁坏了", strings.ToUpper(id), i)
		more := random.IntN(3) == 0
		if more {
			matter += "还有"
		}
		no := m.receipt(id, "反映 事由："+matter+" 地点：澡堂 诉求：换锁 署名：保密", had)
		had[no] = true
		mine = append(mine, no)
		m.mu.Lock()
		m.numbers[matter] = no
		m.mu.Unlock()
		if more {
			m.ask(id, "补充 "+no+" 门也关不上", `补到`+no[5:]+`里`)
		}
	}
	for _, no := range mine {
		m.hear(id, no[5:]+"办完了")
		m.ask(id, "查询 "+no, no+"：办完了")
	}
}

// receipt hands in a matter and returns the number that is new to the worker. It
// is like the ones before: whether it is one of them is asked, and it is not.
func (m *talkers) receipt(id, form string, had map[string]bool) string {
	said := m.server.Say(id, "", form)
	answered := false
	for range 40 {
		asked := 0
		for text := range m.texts(id, after(time.Hour)) {
			if strings.Contains(text, "是一件事吗") {
				asked++
			}
			if asked > 0 && asked == len(had) && !answered {
				said, answered = m.server.Say(id, "", "不是"), true
			}
			for _, r := range numbered.FindAllStringSubmatch(text, -1) {
				if !had[r[1]] {
					return r[1]
				}
			}
		}
		if m.server.Lost(said) && answered {
			said = m.server.Say(id, "", "不是")
		} else if m.server.Lost(said) {
			said = m.server.Say(id, "", form)
		}
	}
	m.t.Errorf("%s handed in %q and got no number, has heard %q", id, form, m.server.Sent(id))
	return "0000-0000"
}

var (
	numbered = regexp.MustCompile(`编号(\d{4}-\d{4})，查询码`)
	newCase  = regexp.MustCompile(`【新件(\d{4})】更衣柜W(\d\d)号\d+锁坏了(还有)?`)
	whenever = regexp.MustCompile(`(\d{4}年)?\d+月\d+日|\d\d:\d\d`)
	// soakNotice is what soakMine has the groups read.
	soakNotice = regexp.MustCompile(`^【安全\d+】`)
	newTask    = regexp.MustCompile(`【任务(\d{4})】更衣柜`)
)

// officer sees to half of the matters, several at a time.
func (m *talkers) officer(id string, half int, stop <-chan struct{}) {
	m.each(id, newCase, stop, func(found []string) {
		if int(found[2][1]-'0')%2 != half {
			return
		}
		no := found[1]
		if found[3] != "" { // so that it stands before what the office does in every run
			m.hear(id, "【"+no+"】补充")
		}
		m.ask(id, "登记 "+no+" 宿舍澡堂 后勤", no+"已登记")
		m.ask(id, "转办 "+no+" 后勤 3天", no+"已转")
		m.hear(id, "【"+no+"】后勤服务中心反馈")
		m.ask(id, "答复 "+no+" 锁换好了，凭条"+no+" 依据：维修单 确认", no+"已答复|"+no+"有答复")
		m.ask(id, "办结 "+no, no+"已办结")
	})
}

// unit does what it is given.
func (m *talkers) unit(id string, stop <-chan struct{}) {
	m.each(id, newTask, stop, func(found []string) {
		no := found[1]
		m.ask(id, "签收 "+no, no+"已签收")
		m.ask(id, "反馈 "+no+" 锁已采购", no+"的反馈已交")
	})
}

// each does something for each new thing that somebody is told, until stop.
func (m *talkers) each(id string, what *regexp.Regexp, stop <-chan struct{}, do func(found []string)) {
	var busy sync.WaitGroup
	defer busy.Wait()
	seen := map[string]bool{}
	for text := range m.texts(id, stop) {
		for _, found := range what.FindAllStringSubmatch(text, -1) {
			if !seen[found[1]] {
				seen[found[1]] = true
				busy.Go(func() { do(found) })
			}
		}
	}
}

// trouble makes things fail, one thing after the other.
func (m *talkers) trouble() {
	random := m.random("trouble")
	waiting := map[string]int{} // faults that nothing has met yet, per endpoint
	var mu sync.Mutex
	next := func(endpoint string, f wechattest.Fault) {
		mu.Lock()
		defer mu.Unlock()
		if waiting[endpoint] == 2 { // or many would come in a row after an outage
			return
		}
		waiting[endpoint]++
		f.Do = func() {
			mu.Lock()
			defer mu.Unlock()
			waiting[endpoint]--
		}
		m.server.Next(endpoint, f)
	}
	f := func(f wechattest.Fault) func(endpoint string) {
		return func(endpoint string) { next(endpoint, f) }
	}
	faults := []func(endpoint string){
		f(wechattest.Fault{Drop: true}), f(wechattest.Fault{Drop: true, After: true}),
		f(wechattest.Fault{Status: 502}), f(wechattest.Fault{Status: 500, After: true}),
		f(wechattest.Fault{Body: "{"}), f(wechattest.Fault{Body: "<html>", After: true}),
		f(wechattest.Fault{Ret: -1}), f(wechattest.Fault{Cut: 9}), f(wechattest.Fault{Empty: true}),
		f(wechattest.Fault{Slow: 40 * time.Second}), f(wechattest.Fault{Slow: 20 * time.Second, After: true}),
		f(wechattest.Fault{Omit: "SyncKey"}), f(wechattest.Fault{Omit: "BaseResponse"}),
		func(endpoint string) {
			next(endpoint, wechattest.Fault{Change: func(path string, v any) any {
				if strings.HasPrefix(path, "SyncKey") || strings.HasPrefix(path, "BaseResponse") {
					return wechattest.Odd(v)
				}
				return v
			}})
		},
	}
	endpoints := []string{"synccheck", "webwxsync", "webwxsendmsg", "webwxgetcontact", "webwxbatchgetcontact", "webwxinit", "webwxstatusnotify"}
	began, limited, logouts := time.Now(), 0, 0
	mayLogOut := began.Add(10 * time.Minute)
	logout := func() { // sooner it looks like a ban, and nobody scans for hours
		m.server.Logout(1100 + random.IntN(3))
		mayLogOut = time.Now().Add(25*time.Minute + time.Since(began))
		logouts++
	}
	for ; time.Now().Before(m.until.Add(*soakFor / 2)); m.troubles++ {
		time.Sleep(time.Duration(random.IntN(int(time.Minute))))
		switch n := random.IntN(40); {
		case n < 28:
			faults[random.IntN(len(faults))](endpoints[random.IntN(len(endpoints))])
		case n < 31:
			m.server.RepeatLast(random.IntN(20))
		case n < 33:
			m.outage(time.Duration(random.IntN(int(3 * time.Minute))))
		case n < 34 && limited < 2:
			m.server.LimitSends(1)
			limited++
		case n < 37 && time.Now().After(mayLogOut) && m.server.AwaitOnline(after(time.Minute)):
			if logouts%2 == 1 {
				logout()
				continue
			}
			done := make(chan struct{}) // in the middle of a sending
			m.server.Next("webwxsendmsg", wechattest.Fault{Ret: 1101, Do: func() { logout(); close(done) }})
			<-done
		default:
			m.kill()
		}
	}
}

// noStorm checks that no minute saw more requests than two a second.
func (m *talkers) noStorm() {
	minutes := map[time.Time]int{}
	for _, r := range m.server.Requests("") {
		minutes[r.At.Truncate(time.Minute)]++
	}
	for at, n := range minutes {
		if n > 120 {
			m.t.Errorf("%d requests in the minute from %s", n, at)
		}
	}
}

// result asks for everything.
func (m *talkers) result() soaked {
	got := soaked{matters: map[string]string{}, notices: map[string][]string{}, blamed: map[string]int{}}
	owners := map[string]string{}
	for _, matter := range slices.Sorted(maps.Keys(m.numbers)) {
		no := m.numbers[matter]
		if other, taken := owners[no]; taken {
			m.t.Errorf("%s is the number of %s and of %s", no, matter, other)
		}
		owners[no] = matter
		m.ask("wang", "查 "+no, "^"+no)
		for _, text := range m.server.Sent("wang") {
			if strings.HasPrefix(text, no) {
				got.matters[matter] = whenever.ReplaceAllString(strings.ReplaceAll(text, no[5:], "#"), "#")
			}
		}
	}
	if last := fmt.Sprintf("2026-%04d", len(owners)+1); len(owners) > 0 {
		m.ask("wang", "查 "+last, "没有您可查看的"+last[5:])
	}
	for _, g := range m.cfg.Groups {
		for _, text := range m.server.Sent(g.ID) {
			if soakNotice.MatchString(text) {
				got.notices[g.ID] = append(got.notices[g.ID], text)
			}
		}
		for _, text := range m.server.Sent("wang") {
			if strings.HasPrefix(text, unsent) && strings.Contains(text, "“"+g.Name+"”") {
				got.blamed[g.ID]++
			}
		}
	}
	return got
}

func (got soaked) equals(t *testing.T, want soaked) {
	t.Helper()
	if len(want.matters) == 0 || len(want.notices) == 0 {
		t.Fatal("nothing was said")
	}
	for _, matter := range slices.Sorted(maps.Keys(want.matters)) {
		if got.matters[matter] != want.matters[matter] {
			t.Errorf("%s reads %q, want %q", matter, got.matters[matter], want.matters[matter])
		}
	}
	for matter := range got.matters {
		if _, ok := want.matters[matter]; !ok {
			t.Errorf("%s is there as well", matter)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want.notices)) {
		missing, extra := differ(want.notices[id], got.notices[id]), differ(got.notices[id], want.notices[id])
		if len(extra) > 0 || len(got.notices[id])+len(missing) != len(want.notices[id]) {
			t.Errorf("the group %s read %q, want %q", id, got.notices[id], want.notices[id])
		}
		if len(missing) > got.blamed[id] {
			t.Errorf("the group %s did not get %q, and staff were told of %d notices", id, missing, got.blamed[id])
		}
	}
	t.Logf("%d matters, notices %d", len(got.matters), len(got.notices["zc"]))
}
