package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fangzhuo/bot"
	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/config"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/schedule"
	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
	"fangzhuo/storage/bolt/yardstick"
	"fangzhuo/storage/mem"
)

// The program as a whole against the bare engine beneath it, in the same run and
// taking turns: see docs/performance.md.

// turns is how often the two sides of a ratio take turns.
const turns = 7

// today is when the benchmarks play: a working Monday.
var today = time.Date(2026, 12, 21, 9, 0, 0, 0, calendar.Zone)

// stopwatch is the benchmark's own clock.
func stopwatch(b *testing.B) yardstick.Clock {
	return func() time.Time { return today.Add(b.Elapsed()) }
}

// table is the conversation and the desk on a store, wired as serve does it but
// with no network at either end.
type table struct {
	office *office
	desk   *desk.Desk
	bot    *bot.Bot
	passed atomic.Int64 // answers that need not be kept
}

func lay(b *testing.B, store storage.Store, now func() time.Time, change ...func(*config.Config)) *table {
	b.Helper()
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range change {
		f(cfg)
	}
	o, err := understand(cfg)
	if err != nil {
		b.Fatal(err)
	}
	t := &table{office: o, desk: o.desk(store)}
	t.desk.Random = rand.NewChaCha8([32]byte{})
	t.bot = bot.New(store, t.desk, bot.Options{Office: o.directory, Words: o.words, Facts: o.facts, Forms: o.forms,
		Dialect: cfg.Dialect, Quiet: cfg.Intake.Quiet, DraftFor: 7 * 24 * time.Hour, PerHour: 1 << 30, // held to, never reached
		MaxChars: cfg.Intake.MaxChars, Now: now, Log: slog.New(slog.DiscardHandler),
		Pass: func(chat.Outgoing) { t.passed.Add(1) }, Owed: func() {}, Moved: func() {}})
	return t
}

func openStore(b *testing.B, path string) *bolt.Store {
	b.Helper()
	s, err := bolt.Open(path, bolt.Options{Schema: schema})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// said is a message in the private chat of a person.
func said(person, id, text string) []chat.Message {
	a := chat.Address("sandbox:p-" + person)
	return []chat.Message{{ID: chat.MessageID(id), From: a, Chat: a, Text: text}}
}

// matter is the text of a matter like many.
func matterText(i int) string {
	return fmt.Sprintf("%d号更衣柜的锁坏了，升井以后没地方放衣服，跟班长说过三回没人管", i)
}

// handIn is somebody handing in a matter with one message, each time somebody
// else.
func handIn(i int) []chat.Message {
	return said("w"+strconv.Itoa(i), strconv.Itoa(i),
		"反映 事由："+matterText(i)+" 地点：副井澡堂 时间：上周三 诉求：换锁 署名：保密")
}

// BenchmarkSubmission is the whole path of a submission, from the message to
// the receipt that is durably owed: x_raw is its throughput with 64 people at
// once as a multiple of bare bbolt group commit of the same bytes.
func BenchmarkSubmission(b *testing.B) {
	const people, each = 64, 100
	puts := putsOf(b, people*each)
	for b.Loop() {
		var ratios, rates []float64
		for range turns {
			raw, err := yardstick.GroupCommit(stopwatch(b), b.TempDir(), people, len(puts), func(i int) []yardstick.KV { return puts[i] })
			if err != nil {
				b.Fatal(err)
			}
			ours := submissionsPerSecond(b, people, each)
			ratios, rates = append(ratios, ours/raw), append(rates, ours)
		}
		report(b, "x_raw", ratios)
		report(b, "submissions/s", rates)
	}
}

func submissionsPerSecond(b *testing.B, people, each int) float64 {
	store := openStore(b, filepath.Join(b.TempDir(), databaseFile))
	defer store.Close()
	now := stopwatch(b)
	t := lay(b, store, now)
	start := now()
	err := yardstick.Spread(people, people, func(person int) error {
		for n := range each {
			if err := t.bot.Accept(b.Context(), handIn(n*people+person)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return float64(people*each) / now().Sub(start).Seconds()
}

// BenchmarkSubmissionAlone is the median time of one person's submission as a
// multiple of one fdatasync of 4 KiB in place; x_raw is its mean beside bare
// bbolt with the same bytes.
func BenchmarkSubmissionAlone(b *testing.B) {
	const each = 200
	now := stopwatch(b)
	puts := putsOf(b, each)
	for b.Loop() {
		store := openStore(b, filepath.Join(b.TempDir(), databaseFile))
		t := lay(b, store, now)
		var ratios, took, raws []float64
		for turn := range turns {
			disk, err := yardstick.Fdatasync(now, b.TempDir(), each)
			if err != nil {
				b.Fatal(err)
			}
			raw, err := yardstick.GroupCommit(now, b.TempDir(), 1, each, func(i int) []yardstick.KV { return puts[i] })
			if err != nil {
				b.Fatal(err)
			}
			began := now()
			times := make([]time.Duration, each)
			for i := range times {
				m := handIn(turn*each + i)
				start := now()
				if err := t.bot.Accept(b.Context(), m); err != nil {
					b.Fatal(err)
				}
				times[i] = now().Sub(start)
			}
			raws = append(raws, now().Sub(began).Seconds()*raw/each)
			p50 := yardstick.Median(times)
			ratios, took = append(ratios, float64(p50)/float64(disk)), append(took, float64(p50.Microseconds()))
		}
		report(b, "x_fdatasync", ratios)
		report(b, "x_raw", raws)
		report(b, "µs-p50", took)
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// report prints the median and, for the doc, the spread.
func report(b *testing.B, unit string, list []float64) {
	b.ReportMetric(yardstick.Median(list), unit)
	b.Logf("%s: median %.4g, %.4g to %.4g", unit, yardstick.Median(list), slices.Min(list), slices.Max(list))
}

// recorder notes the puts of each Update.
type recorder struct {
	storage.Store
	puts []yardstick.KV
}

func (r *recorder) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return r.Store.Update(ctx, func(tx storage.Tx) error { return fn(&recorded{tx, r}) })
}

type recorded struct {
	storage.Tx
	to *recorder
}

func (tx *recorded) Put(t storage.Table, key, value []byte) error {
	tx.to.puts = append(tx.to.puts, yardstick.KV{Table: string(t), Key: slices.Clone(key), Value: slices.Clone(value)})
	return tx.Tx.Put(t, key, value)
}

// putsOf returns what the store is asked to put for each of n submissions.
func putsOf(b *testing.B, n int) [][]yardstick.KV {
	b.Helper()
	r := &recorder{Store: mem.New()}
	t := lay(b, r, stopwatch(b))
	all := make([][]yardstick.KV, n)
	for i := range all {
		r.puts = nil
		if err := t.bot.Accept(b.Context(), handIn(i)); err != nil {
			b.Fatal(err)
		}
		all[i] = r.puts
	}
	if !slices.ContainsFunc(all[n-1], func(kv yardstick.KV) bool { return kv.Table == "outbox-pending" }) {
		b.Fatal("no receipt is owed: that was no submission")
	}
	return all
}

// BenchmarkWithCases measures what must not depend on how many cases there are:
// a look-up, a leader's overview, the start, the memory. There are as many as
// FANGZHUO_BENCH_CASES says; a million take some minutes to write.
func BenchmarkWithCases(b *testing.B) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("FANGZHUO_BENCH_CASES"), "20000"))
	if err != nil {
		b.Fatal(err)
	}
	data, tenth := b.TempDir(), b.TempDir()
	mine := stock(b, data, n)
	stock(b, tenth, n/10)
	b.Run("LookUp", func(b *testing.B) { benchmarkLookUp(b, data, mine) })
	b.Run("Overview", func(b *testing.B) { benchmarkOverview(b, data) })
	file := compile(b)
	b.Run("Start", func(b *testing.B) { benchmarkStart(b, file, data, mine) })
	b.Run("Memory", func(b *testing.B) { benchmarkMemory(b, file, data, tenth, mine) })
}

// stock writes n cases into a new file as years of work would have left them,
// one every two minutes, and returns the numbers of those that are luo's. The
// desk itself makes the records. The newest wait to be read; of the latest week
// some are with a unit, due soon or overdue; all others are closed.
func stock(b *testing.B, data string, n int) []cases.Number {
	b.Helper()
	const perUpdate = 1000
	store := openStore(b, filepath.Join(data, databaseFile))
	d := lay(b, store, stopwatch(b)).desk
	var luos []cases.Number
	for from := 0; from < n; from += perUpdate {
		var some []cases.Number
		err := store.Update(b.Context(), func(tx storage.Tx) error {
			some = nil
			for i := from; i < min(n, from+perUpdate); i++ {
				no, err := live(sent{tx}, d, i, today.Add(time.Duration(i-n)*2*time.Minute), n-i)
				if err != nil {
					return err
				}
				if i%100 == 0 {
					some = append(some, no)
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		luos = append(luos, some...)
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	return luos
}

// sent is a transaction that leaves nothing to be sent: what was promised, and
// what fell due, has been dealt with.
type sent struct{ storage.Tx }

func (tx sent) Put(t storage.Table, key, value []byte) error {
	if t == "due" || strings.HasPrefix(string(t), "outbox") {
		return nil
	}
	return tx.Tx.Put(t, key, value)
}

// live is the life of one case, which so many came after.
func live(tx storage.Tx, d *desk.Desk, i int, at time.Time, after int) (cases.Number, error) {
	from := chat.Address("sandbox:p-luo")
	if i%100 != 0 {
		from = chat.Address(fmt.Sprintf("sandbox:p-w%d", i%5000))
	}
	staff := cases.Actor{ID: "wang", Role: cases.Staff, Unit: "xf"}
	text := matterText(i)
	r, err := d.Submit(tx, desk.Submission{From: from, Form: "report", Signature: cases.Sealed,
		Fields: map[string]string{cases.Matter: text, cases.Place: "副井澡堂", cases.Want: "换锁", cases.SinceWhen: "上周三"},
		Said:   []desk.Said{{At: at, Text: text}}}, at)
	no := r.Case.No
	switch {
	case err != nil:
	case after < 5000 && i%20 == 0:
		_, err = d.Assign(tx, staff, no, "hq", calendar.Term{N: 15}, "", at.Add(time.Minute))
	case after > 1000:
		if _, err = d.Answer(tx, staff, no, cases.Reply{Opinion: "更衣柜的锁已全部换好，钥匙到澡堂值班室领", Basis: "维修单"}, at.Add(time.Minute)); err == nil {
			_, err = d.Close(tx, staff, no, "", at.Add(time.Minute))
		}
	}
	return no, err
}

// benchmarkLookUp asks for one's own case beside a writer that never rests,
// taking turns with a bare View and Get of the same record.
func benchmarkLookUp(b *testing.B, data string, mine []cases.Number) {
	const each = 5000
	store := openStore(b, filepath.Join(data, databaseFile))
	defer store.Close()
	now := stopwatch(b)
	t := lay(b, store, now)
	defer saturate(b, store)()
	for b.Loop() {
		var ratios, p50s, p99s []float64
		for turn := range turns {
			raw, ours := make([]time.Duration, each), make([]time.Duration, each)
			for i := range each {
				no := mine[(turn*each+i)*7919%len(mine)]
				key := storage.Key(nil).Uint16(uint16(no.Year)).Uint32(uint32(no.Seq))
				start := now()
				err := store.View(b.Context(), func(r storage.Reader) error { _, err := r.Get("case", key); return err })
				raw[i] = now().Sub(start)
				if err != nil {
					b.Fatal(err)
				}
				ask := said("luo", "ask", "查询 "+no.String())
				start = now()
				err = t.bot.Accept(b.Context(), ask)
				ours[i] = now().Sub(start)
				if err != nil {
					b.Fatal(err)
				}
			}
			slices.Sort(raw)
			slices.Sort(ours)
			ratios = append(ratios, float64(ours[each*99/100])/float64(raw[each*99/100]))
			p50s = append(p50s, micros(ours[each/2]))
			p99s = append(p99s, micros(ours[each*99/100]))
		}
		report(b, "x_raw-p99", ratios)
		report(b, "µs-p50", p50s)
		report(b, "µs-p99", p99s)
	}
	if t.passed.Load()%each != 0 || t.passed.Load() == 0 {
		b.Fatalf("%d answers", t.passed.Load())
	}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// saturate keeps 64 writers busy until the returned function is called.
func saturate(b *testing.B, store storage.Store) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	var all sync.WaitGroup
	for w := range 64 {
		all.Go(func() {
			for n := uint64(0); ctx.Err() == nil; n++ {
				key := storage.Key(nil).Uint(n).Uint(uint64(w))
				_ = store.Update(ctx, func(tx storage.Tx) error { return tx.Put("bench-writer", key, make([]byte, 600)) })
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// benchmarkOverview asks how the office stands, as a leader.
func benchmarkOverview(b *testing.B, data string) {
	store := openStore(b, filepath.Join(data, databaseFile))
	defer store.Close()
	now := stopwatch(b)
	t := lay(b, store, now)
	var times []time.Duration
	for b.Loop() {
		start := now()
		if err := t.bot.Accept(b.Context(), said("qin", "ask", "概况")); err != nil {
			b.Fatal(err)
		}
		times = append(times, now().Sub(start))
	}
	if t.passed.Load() != int64(len(times)) {
		b.Fatalf("%d answers to %d", t.passed.Load(), len(times))
	}
	slices.Sort(times)
	b.ReportMetric(micros(times[len(times)/2]), "µs-p50")
	b.ReportMetric(micros(times[len(times)*99/100]), "µs-p99")
}

// compile builds the real program.
func compile(b *testing.B) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "fangzhuo.exe")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return file
}

// runProgram starts the real program on a data folder and returns when it has printed
// its address.
func runProgram(b *testing.B, binary, data string) *process {
	b.Helper()
	p := &process{cmd: exec.Command(binary, "demo", "--listen", "127.0.0.1:0", "--data", data, "--now", today.Format(time.RFC3339)),
		spoke: make(chan struct{}), http: &http.Client{}}
	close(p.spoke) // nobody listens to the rest
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	address := printedAddress.FindStringSubmatch(line)
	if address == nil {
		b.Fatalf("the program printed %q, and %s", line, &p.log)
	}
	p.page = address[1]
	return p
}

// benchmarkStart is the time from starting the process to the first answer,
// beside a process that does nothing and beside opening the file, reading and
// writing it.
func benchmarkStart(b *testing.B, binary, data string, mine []cases.Number) {
	now := stopwatch(b)
	no := mine[len(mine)/2]
	for b.Loop() {
		var took, nothing, bare []float64
		for range 2*turns + 1 {
			start := now()
			p := runProgram(b, binary, data)
			if _, err := p.say("luo", "p-luo", "查询 "+no.String()); err != nil {
				b.Fatal(err)
			}
			took = append(took, micros(now().Sub(start))/1000)
			_ = p.cmd.Process.Kill()
			_ = p.end() // it was killed
			start = now()
			if err := exec.Command(binary, "version").Run(); err != nil {
				b.Fatal(err)
			}
			nothing = append(nothing, micros(now().Sub(start))/1000)
			start = now()
			openReadWrite(b, filepath.Join(data, databaseFile), no)
			bare = append(bare, micros(now().Sub(start))/1000)
		}
		report(b, "ms", took)
		report(b, "ms-version", nothing)
		report(b, "ms-open-get-update", bare)
	}
}

func openReadWrite(b *testing.B, file string, no cases.Number) {
	store := openStore(b, file)
	key := storage.Key(nil).Uint16(uint16(no.Year)).Uint32(uint32(no.Seq))
	err := store.View(b.Context(), func(r storage.Reader) error { _, err := r.Get("case", key); return err })
	if err != nil {
		b.Fatal(err)
	}
	if err := store.Update(b.Context(), func(tx storage.Tx) error { return tx.Put("bench-writer", key, key) }); err != nil {
		b.Fatal(err)
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
}

// benchmarkMemory is what the process holds beside the file, which the system
// can take back: after a day of talk, and in relation to a tenth of the cases.
func benchmarkMemory(b *testing.B, binary, data, tenth string, mine []cases.Number) {
	for b.Loop() {
		all, some := anonymous(b, binary, data, mine), anonymous(b, binary, tenth, mine[:1])
		b.ReportMetric(all, "MiB")
		b.ReportMetric(all/some, "x_tenth-of-cases")
	}
}

// anonymous lets four people talk for ten hours of the program's clock, 50
// messages an hour each, one of ten a matter, and returns RssAnon in MiB.
func anonymous(b *testing.B, binary, data string, mine []cases.Number) float64 {
	b.Helper()
	p := runProgram(b, binary, data)
	defer func() { _ = p.end() }() // it was killed
	defer p.cmd.Process.Kill()
	for hour := range 10 {
		err := yardstick.Spread(4, 4, func(person int) error {
			who := workers[person+1]
			for i := range 50 {
				text := "查询 " + mine[(hour*50+i)*7919%len(mine)].String()
				if i%10 == 0 {
					text = handIn(hour*50 + i)[0].Text
				}
				if _, err := p.say(who, "p-"+who, text); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.setClock(today.Add(time.Duration(hour+1) * time.Hour)); err != nil {
			b.Fatal(err)
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}

// silent is a network that takes everything.
type silent struct{ sent int }

func (s *silent) Send(context.Context, chat.Outgoing) (chat.MessageID, error) {
	s.sent++
	return "1", nil
}

// BenchmarkNotice is one reception notice to 1,000 groups: found due, worded,
// owed, sent and acknowledged, as a share of the time of a program that makes
// each owing and each acknowledgement durable by itself.
func BenchmarkNotice(b *testing.B) {
	const groups = 1000
	file := filepath.Join(b.TempDir(), "ours")
	store, naive := openStore(b, file), openStore(b, filepath.Join(b.TempDir(), "naive"))
	defer store.Close()
	defer naive.Close()
	now, network := today, &silent{}
	planner, queue := announcer(b, store, groups, network, &now)
	for b.Loop() {
		var shares, took, syncs []float64
		for turn := range turns {
			due, ok, err := planner.Next(b.Context())
			if err != nil || !ok {
				b.Fatal(ok, err)
			}
			now = due
			sent, commit, start := network.sent, commits(b, file), b.Elapsed()
			if err := cmp.Or(planner.Fire(b.Context(), now), queue.Fire(b.Context(), now)); err != nil {
				b.Fatal(err)
			}
			ours := b.Elapsed() - start
			if network.sent-sent != groups {
				b.Fatalf("%d were sent", network.sent-sent)
			}
			syncs = append(syncs, float64(2*(commits(b, file)-commit))) // pages, then the meta page
			start = b.Elapsed()
			oneByOne(b, naive, turn, groups)
			took = append(took, micros(ours)/1000)
			shares = append(shares, float64(ours)/float64(b.Elapsed()-start))
		}
		report(b, "of-tx-per-message", shares)
		report(b, "ms", took)
		report(b, "fdatasyncs", syncs)
	}
}

// announcer is what tells so many groups of the reception day.
func announcer(b *testing.B, store storage.Store, groups int, network outbox.Sender, now *time.Time) (*schedule.Planner, *outbox.Queue) {
	b.Helper()
	clock := func() time.Time { return *now }
	t := lay(b, store, clock, func(cfg *config.Config) {
		one := cfg.Groups[0]
		cfg.Groups = nil
		for i := range groups {
			one.ID, one.Name = "g"+strconv.Itoa(i), strconv.Itoa(i)+"队"
			cfg.Groups = append(cfg.Groups, one)
		}
	})
	planner := schedule.NewPlanner(store, schedule.PlannerOptions{Now: clock, Log: slog.New(slog.DiscardHandler),
		Sources: func(context.Context) ([]schedule.Source, error) { return t.office.sources(nil)[:1], nil }, // the reception day
		Emit: func(tx storage.Tx, oc schedule.Occasion, now time.Time) error {
			return t.office.emit(tx, t.desk, oc, now)
		}})
	return planner, outbox.New(store, map[string]outbox.Sender{"sandbox": network}, outbox.Options{Now: clock})
}

// commits reads the number of the last transaction from a bbolt file: eight
// bytes in each of the two meta pages.
func commits(b *testing.B, file string) uint64 {
	b.Helper()
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	last := uint64(0)
	for page := range int64(2) {
		var n [8]byte
		if _, err := f.ReadAt(n[:], page*int64(os.Getpagesize())+64); err != nil {
			b.Fatal(err)
		}
		last = max(last, binary.NativeEndian.Uint64(n[:]))
	}
	return last
}

// oneByOne owes and acknowledges each message in a transaction of its own.
func oneByOne(b *testing.B, store storage.Store, turn, groups int) {
	b.Helper()
	for i := range groups {
		key := storage.Key(nil).Uint(uint64(turn)).Uint(uint64(i))
		for _, value := range []string{"【矿领导接待日】", "sent"} {
			if err := store.Update(b.Context(), func(tx storage.Tx) error { return tx.Put("message", key, []byte(value)) }); err != nil {
				b.Fatal(err)
			}
		}
	}
}
