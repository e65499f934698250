package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fangzhuo/calendar"
)

// kills is how often TestKilled kills the program.
const kills = 50

var killSeed = flag.Uint64("killseed", 0, "seed of what the crowd does and when it dies; 0 takes a new one")

// TestKilled kills the real program again and again while many people talk to
// it and its clock runs through months, and asks after each start whether the
// promises held: said is kept, sent once.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds := kills
	if testing.Short() {
		rounds = 5
	}
	c := newCrowd(t)
	random := rand.New(rand.NewPCG(c.seed, 0))
	for c.round = range rounds {
		if c.round%5 == 4 {
			c.killAtStart(random.IntN(20_000))
		}
		p := c.start()
		c.examine(p, random, 30)
		c.load(p, random.IntN(50), p.cmd.Process.Kill)
		if err := p.end(); err == nil || !p.quiet() {
			t.Errorf("the program ended with %v", err)
		}
		if t.Failed() {
			t.Fatalf("round %d, %s\n%s", c.round, c.clock, &p.log)
		}
	}
	p := c.start()
	c.examineAll(p, random)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.end() // it was killed
	t.Logf("%d matters, clock at %s", len(c.owner), c.clock)
}

// matter is what somebody handed in.
type matter struct{ person, text string }

// crowd is everybody who talks to the program, with what they remember of it.
type crowd struct {
	t      *testing.T
	binary string
	data   string
	seed   uint64
	round  int

	mu      sync.Mutex
	clock   time.Time                    // the farthest it was ever asked to go
	chats   map[string][]note            // each chat as it was last read
	kept    map[string]map[uint64]string // per chat: what was posted and answered
	numbers []string                     // that a worker has seen
	owner   map[string]matter            // per number
	checked map[string]bool              // numbers found again since they were seen
}

func newCrowd(t *testing.T) *crowd {
	seed := cmp.Or(*killSeed, rand.Uint64())
	t.Logf("seed %d: run again with -killseed", seed)
	return &crowd{t: t, binary: build(t), data: filepath.Join(t.TempDir(), "data"), seed: seed,
		clock:   time.Date(2026, 11, 30, 8, 59, 50, 0, calendar.Zone),
		chats:   map[string][]note{},
		kept:    map[string]map[uint64]string{},
		owner:   map[string]matter{},
		checked: map[string]bool{}}
}

var (
	workers  = []string{"luo", "luo", "bai", "duan", "hou"} // luo types on two phones
	officers = []string{"wang", "zhou"}
	units    = []string{"shi", "mei"}
	others   = []string{"tian", "gao", "tang", "lei", "qin", "fan", "ji"}
	meetings = []string{"zc", "jd", "mine"}

	photographers = []string{"duan", "hou"} // send a picture with each matter
)

// start starts the program a minute after everything that went before.
func (c *crowd) start() *process {
	if c.round > 0 {
		c.clock = c.clock.Add(time.Minute)
	}
	return begin(c.t, c.binary, c.args()...)
}

func (c *crowd) args() []string {
	return []string{"demo", "--listen", "127.0.0.1:0", "--data", c.data, "--now", c.clock.Format(time.RFC3339)}
}

// killAtStart kills the program somewhere on its way up, after so many looks
// at the file.
func (c *crowd) killAtStart(looks int) {
	p, _ := launch(c.t, c.binary, c.args()...)
	for range looks {
		_, _ = os.Stat(c.data) // only to let a little time go by
	}
	if err := p.cmd.Process.Kill(); err != nil {
		c.t.Fatal(err)
	}
	_ = p.cmd.Wait() // it was killed
}

// load lets everybody talk at once until the program is gone: it is stopped
// when so many answers have been read.
func (c *crowd) load(p *process, answers int, stop func() error) {
	var read atomic.Int64
	var dead atomic.Bool
	var all sync.WaitGroup
	kill := sync.OnceFunc(func() {
		dead.Store(true)
		if err := stop(); err != nil {
			c.t.Error(err)
		}
	})
	talk := func(n int, turn func(r *rand.Rand, n int) error) {
		r := rand.New(rand.NewPCG(c.seed, uint64(c.round)<<8|uint64(n)))
		all.Go(func() {
			for i := 0; !dead.Load(); i++ {
				if err := turn(r, i); err != nil {
					if !dead.Load() {
						c.t.Errorf("while it should run: %v", err)
						kill()
					}
					return
				}
				if read.Add(1) > int64(answers) {
					kill()
				}
			}
		})
	}
	for n, person := range workers {
		talk(n, func(_ *rand.Rand, i int) error { return c.handIn(p, person, n, i) })
	}
	for n, person := range officers {
		talk(10+n, func(r *rand.Rand, i int) error { return c.follow(p, person, r, i) })
	}
	for n, person := range units {
		talk(20+n, func(r *rand.Rand, i int) error { return c.report(p, person, r) })
	}
	talk(30, func(r *rand.Rand, _ int) error { return c.passTime(p, r) })
	talk(31, func(r *rand.Rand, _ int) error { return c.speak(p, "bai", "zc", "@小信 接待日") })
	all.Wait()
}

// quiet reports whether a program that is gone logged no error.
func (p *process) quiet() bool {
	return !strings.Contains(p.log.String(), "level=ERROR") && !strings.Contains(p.log.String(), "panic")
}

// speak says something, remembers that it was answered, and reads the chat on.
func (c *crowd) speak(p *process, person, chat, text string, pictures ...file) error {
	id, err := p.say(person, chat, text, pictures...)
	if err != nil {
		return err
	}
	c.mu.Lock()
	if c.kept[chat] == nil {
		c.kept[chat] = map[uint64]string{}
	}
	c.kept[chat][id] = text
	c.mu.Unlock()
	list, err := p.read(chat, id)
	if err != nil {
		return err
	}
	if strings.HasPrefix(chat, "p-") && !slices.ContainsFunc(list, func(n note) bool { return n.From == "bot" }) {
		return fmt.Errorf("%s said %q and was not answered", person, text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range list {
		c.kept[chat][n.ID] = n.Text
		if r := receipt.FindStringSubmatch(n.Text); r != nil {
			c.numbers = append(c.numbers, r[1])
		}
	}
	return nil
}

// handIn hands in a matter that nobody else has.
func (c *crowd) handIn(p *process, person string, phone, i int) error {
	matter := fmt.Sprintf("更衣柜%c%02d%d%03d锁坏了", 'A'+phone, c.round, phone, i)
	text := "反映 事由：" + matter + " 地点：副井澡堂 诉求：换锁 署名：保密"
	if !slices.Contains(photographers, person) {
		return c.speak(p, person, "p-"+person, text)
	}
	return c.speak(p, person, "p-"+person, text, file{"锁.jpg", contentOf("image", matter, true)})
}

// follow is what the office does with some matter.
func (c *crowd) follow(p *process, person string, r *rand.Rand, i int) error {
	no, ok := c.anyNumber(r)
	if !ok {
		return c.speak(p, person, "p-"+person, "待办")
	}
	text := []string{
		"登记 " + no + " 宿舍澡堂 后勤",
		"转办 " + no + " 机电 3天",
		"转办 " + no + " 后勤 3个工作日",
		fmt.Sprintf("答复 %s 锁换好了，凭条%s%02d%03d 依据：维修单 确认", no, person, c.round, i),
	}[r.IntN(4)]
	return c.speak(p, person, "p-"+person, text)
}

// report is what a unit does with a task.
func (c *crowd) report(p *process, person string, r *rand.Rand) error {
	no, ok := c.anyNumber(r)
	if !ok {
		return c.speak(p, person, "p-"+person, "待办")
	}
	return c.speak(p, person, "p-"+person, []string{"签收 " + no, "反馈 " + no + " 锁已采购"}[r.IntN(2)])
}

func (c *crowd) anyNumber(r *rand.Rand) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.numbers) == 0 {
		return "", false
	}
	return c.numbers[r.IntN(len(c.numbers))], true
}

// passTime moves the clock on, for minutes or for days.
func (c *crowd) passTime(p *process, r *rand.Rand) error {
	c.mu.Lock()
	c.clock = c.clock.Add([]time.Duration{7 * time.Minute, 2 * time.Hour, 11 * time.Hour, 30 * time.Hour}[r.IntN(4)])
	to := c.clock
	c.mu.Unlock()
	return p.setClock(to)
}

var (
	receipt   = regexp.MustCompile(`^已收到，编号(\d{4}-\d{4})，查询码`)
	handedIn  = regexp.MustCompile(`^反映 事由：(更衣柜[A-Z]\d+锁坏了)`)
	answered  = regexp.MustCompile(`(?s)^(?:\d{4}-)?\d{4}有答复了.*支持。锁换好了，凭条(\w+)`)
	toldBack  = regexp.MustCompile(`^(?:\d{4}-)?\d{4}已答复，反映人已收到`)
	taskGiven = regexp.MustCompile(`^(?:\d{4}-)?\d{4}已转.*发给单位的是`)
)

// examine reads every chat from its beginning and asks for what is new and for
// so many of the old numbers.
func (c *crowd) examine(p *process, random *rand.Rand, old int) {
	for _, person := range slices.Concat(workers[1:], officers, units) { // makes the bot take what still waits
		if _, err := p.say(person, "p-"+person, "接待日"); err != nil {
			c.t.Fatalf("after the start: %v\n%s", err, &p.log)
		}
	}
	c.clock = c.clock.Add(time.Minute) // what was said long ago is answered once all of it has come
	if err := p.setClock(c.clock); err != nil {
		c.t.Fatal(err)
	}
	c.readAll(p)
	c.pair()
	var ask []string
	for _, no := range sortedKeys(c.owner) {
		if !c.checked[no] || random.IntN(len(c.owner)) < old {
			ask = append(ask, no)
		}
	}
	c.find(p, ask)
	c.checkOnce()
}

// examineAll asks for every number; hours pass in between, because the bot
// does not listen to one person without end.
func (c *crowd) examineAll(p *process, random *rand.Rand) {
	c.examine(p, random, 0)
	all := sortedKeys(c.owner)
	for part := range slices.Chunk(all, 40) {
		c.clock = c.clock.Add(time.Hour)
		if err := p.setClock(c.clock); err != nil {
			c.t.Fatal(err)
		}
		c.find(p, part)
	}
	c.checkNumbers(p, all)
	c.readAll(p)
	c.checkOnce()
	c.checkAnswers()
	c.checkNotices()
}

// readAll reads every chat and checks that nothing is gone that somebody saw.
func (c *crowd) readAll(p *process) {
	chats := slices.Clone(meetings)
	for _, person := range slices.Concat(workers[1:], officers, units, others) {
		chats = append(chats, "p-"+person)
	}
	for _, chat := range chats {
		list, err := p.read(chat, 0)
		if err != nil {
			c.t.Fatal(err)
		}
		stands := map[uint64]string{}
		for _, n := range list {
			stands[n.ID] = n.Text
		}
		for id, text := range c.kept[chat] {
			if stands[id] != text {
				c.t.Errorf("in %s message %d was %q, is %q", chat, id, text, stands[id])
			}
		}
		c.kept[chat], c.chats[chat] = stands, apart(list)
	}
}

var (
	late     = regexp.MustCompile(`^刚才离线，您.*发来的都看到了：\n`)
	lateLine = regexp.MustCompile(`(?m)^(?:\d+月\d+日)?\d\d:\d\d那条：`)
)

// apart takes the answers apart that came together after an outage.
func apart(list []note) (all []note) {
	for _, n := range list {
		if at := late.FindString(n.Text); at != "" && n.From == "bot" {
			for _, text := range lateLine.Split(n.Text[len(at):], -1) {
				all = append(all, note{ID: n.ID, At: n.At, From: n.From, Text: strings.TrimSpace(text)})
			}
			continue
		}
		all = append(all, n)
	}
	return all
}

// pair gives each matter in the chats its number: who hands in one after the
// other gets the receipts in the same order, one for each.
func (c *crowd) pair() {
	for _, person := range workers[1:] {
		var texts, numbers []string
		for _, n := range c.chats["p-"+person] {
			if m := handedIn.FindStringSubmatch(n.Text); m != nil && n.From == person {
				texts = append(texts, m[1])
			}
			if m := receipt.FindStringSubmatch(n.Text); m != nil && n.From == "bot" {
				numbers = append(numbers, m[1])
			}
		}
		if len(texts) != len(numbers) {
			c.t.Fatalf("%s handed in %d matters and got %d receipts", person, len(texts), len(numbers))
		}
		for i, no := range numbers {
			m := matter{person, texts[i]}
			if was, taken := c.owner[no]; taken && was != m {
				c.t.Fatalf("%s is the number of %v and of %v", no, was, m)
			}
			c.owner[no] = m
		}
	}
	for _, no := range c.numbers {
		if _, ok := c.owner[no]; !ok {
			c.t.Errorf("a worker saw %s, now no receipt has it", no)
		}
	}
	c.numbers = sortedKeys(c.owner)
}

// find asks for numbers, each by the one who handed the matter in.
func (c *crowd) find(p *process, numbers []string) {
	var all sync.WaitGroup
	for _, person := range workers[1:] {
		all.Go(func() {
			for _, no := range numbers {
				m := c.owner[no]
				if m.person != person {
					continue
				}
				got, err := p.ask(person, "查询 "+no)
				if err != nil || !slices.ContainsFunc(got, func(s string) bool {
					return strings.HasPrefix(s, no+"：") && (strings.Contains(s+"\n", "事由："+m.text+"\n") || strings.Contains(s, "①您的请求：换锁\n")) // answered, it is the answer
				}) {
					c.t.Errorf("%s asks for %s (%s): %q, %v", person, no, m.text, got, err)
				}
				if slices.Contains(photographers, person) {
					c.findPicture(p, no, m)
				}
			}
		})
	}
	all.Wait()
	for _, no := range numbers {
		c.checked[no] = true
	}
}

// findPicture has staff sent the picture of a matter.
func (c *crowd) findPicture(p *process, no string, m matter) {
	id, err := p.say("wang", "p-wang", "附件 "+no+" 1 核实现场")
	if err != nil {
		c.t.Errorf("asking for the picture of %s: %v", no, err)
		return
	}
	list, err := p.read("p-wang", id)
	if err != nil {
		c.t.Errorf("asking for the picture of %s: %v", no, err)
	}
	for _, n := range list {
		for _, a := range n.Attached {
			if strings.HasSuffix(no+"-1.jpg", a.Name) {
				if got, err := p.get(a.URL); err != nil || !bytes.Equal(got, contentOf("image", m.text, false)) {
					c.t.Errorf("%s (%s) has another picture: %v", no, m.text, err)
				}
				return
			}
		}
	}
	c.t.Errorf("%s (%s) has lost its picture: %v", no, m.text, list)
}

// checkNumbers looks for gaps, for numbers nobody got, and for texts that
// became two matters.
func (c *crowd) checkNumbers(p *process, all []string) {
	last := map[string]int{}
	for _, no := range all {
		year, seq, _ := strings.Cut(no, "-")
		n, err := strconv.Atoi(seq)
		if err != nil || n != last[year]+1 {
			c.t.Errorf("after %s-%04d comes %s", year, last[year], no)
		}
		last[year] = n
	}
	for year, n := range last {
		no := fmt.Sprintf("%s-%04d", year, n+1)
		got, err := p.ask("wang", "查 "+no)
		if err != nil || !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "没有您可查看的") }) {
			c.t.Errorf("behind the last number stands %s: %q, %v", no, got, err)
		}
	}
	texts := map[string]string{}
	for no, m := range c.owner {
		if other, twice := texts[m.text]; twice {
			c.t.Errorf("%s and %s are both %s", no, other, m.text)
		}
		texts[m.text] = no
	}
}

// checkOnce looks for what the bot said of its own accord and stands twice in a
// chat.
func (c *crowd) checkOnce() {
	for chat, list := range c.chats {
		seen := map[string]uint64{}
		for _, n := range list {
			key, ok := occasion(chat, n)
			if !ok || n.From != "bot" {
				continue
			}
			if first, twice := seen[key]; twice {
				c.t.Errorf("twice in %s, as %d and %d: %q", chat, first, n.ID, n.Text)
			}
			seen[key] = n.ID
		}
	}
}

// occasion names what a notice was sent for: a reception day is in its text,
// other texts come back every week or month, digests and pushes every day.
func occasion(chat string, n note) (string, bool) {
	if !strings.HasPrefix(chat, "p-") {
		year, week := n.At.ISOWeek()
		switch {
		case strings.HasPrefix(n.Text, "矿领导接待日："), strings.HasPrefix(n.Text, "刚才离线"): // the answer to “接待日”, also a late one
			return "", false
		case strings.Contains(n.Text, "矿领导接待日"):
			return fmt.Sprint(n.At.Year(), n.Text), true
		}
		return fmt.Sprint(year, week, n.Text), true
	}
	for _, digest := range []string{"【今日】", "【本周】"} {
		if strings.HasPrefix(n.Text, digest) {
			return n.At.Format(time.DateOnly) + digest, true
		}
	}
	push := strings.HasPrefix(n.Text, "【提醒") || strings.HasPrefix(n.Text, "【超期")
	return n.At.Format(time.DateOnly) + n.Text, push
}

// checkAnswers compares what staff were told has reached people with what
// people got.
func (c *crowd) checkAnswers() {
	reached := map[string]int{}
	for _, person := range workers[1:] {
		for _, n := range c.chats["p-"+person] {
			if m := answered.FindStringSubmatch(n.Text); m != nil && n.From == "bot" {
				if reached[m[1]]++; reached[m[1]] > 1 {
					c.t.Errorf("%s got an answer twice: %q", person, n.Text)
				}
			}
		}
	}
	if told := c.count(toldBack, officers); told != len(reached) {
		c.t.Errorf("staff were told of %d answers, people got %d", told, len(reached))
	}
	given, got := c.count(taskGiven, officers), c.count(regexp.MustCompile(`(?s)^【任务.*请先回`), units)
	if given != got || given == 0 {
		c.t.Errorf("staff handed out %d tasks, units got %d", given, got)
	}
}

// count counts what the bot said to people that fits.
func (c *crowd) count(what *regexp.Regexp, people []string) int {
	n := 0
	for _, person := range people {
		for _, m := range c.chats["p-"+person] {
			if m.From == "bot" && what.MatchString(m.Text) {
				n++
			}
		}
	}
	return n
}

// unsent begins what staff are told of a message that may not have gone out.
const unsent = "【没发出去】"

// checkNotices looks in each group for the weekly text and for the line on the
// morning of each reception day: where one is not, staff must have been told
// that something did not go out.
func (c *crowd) checkNotices() {
	days, err := calendar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	start, due := calendar.On(2026, 12, 2), map[calendar.Date]string{}
	for d := start; d.At(7, 30).Before(c.clock); d = d.Add(7) {
		if days.Working(d) {
			due[d] = "【安全一课】"
		}
	}
	rule := calendar.Rule{Kind: calendar.NthWeekday, Nth: 1, Weekday: time.Monday}
	for _, day := range rule.Next(days, start, 24, nil) {
		if day.Date.At(7, 0).Before(c.clock) {
			due[day.Date] = "今天"
		}
	}
	missing := 0
	for d, text := range due {
		for _, chat := range meetings {
			if !slices.ContainsFunc(c.chats[chat], func(n note) bool {
				return strings.HasPrefix(n.Text, text) && calendar.DateOf(n.At) == d
			}) {
				missing++ // staff are told once for all groups
				break
			}
		}
	}
	told := c.count(regexp.MustCompile("^"+unsent), officers[:1])
	c.t.Logf("of %d notices %d did not reach every group; staff were told of %d messages", len(due), missing, told)
	if missing > told || missing == len(due) {
		c.t.Errorf("of %d notices %d did not reach every group; staff were told of %d", len(due), missing, told)
	}
}

func sortedKeys(m map[string]matter) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
