package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/storagetest"
)

var errBroken = errors.New("connection reset")

// answers gives each key its answers in turn, then yes.
func answers(script map[string][]error) func(int, chat.Outgoing) error {
	return func(_ int, m chat.Outgoing) error {
		left := script[m.Key]
		if len(left) == 0 {
			return nil
		}
		script[m.Key] = left[1:]
		return left[0]
	}
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestInOrderOfDueAndPromise(t *testing.T) {
	f := newOffice(t, Options{})
	later := reply("later", "zhang")
	later.Due = start.Add(time.Second)
	f.put(later)
	for i := range 12 { // 10 sorts before 2 as text
		f.put(reply(fmt.Sprint(i), "zhang"))
	}
	f.fire()
	expect(t, "sent at once", f.post.keys(), []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"})
	expect(t, "next", f.next(), time.Second)
	f.advance(time.Second)
	f.fire()
	expect(t, "last", f.post.keys()[12:], []string{"later"})
	expect(t, "next", f.next(), time.Duration(-1))
}

func TestUnclearReplyHoldsItsOwnLineOnly(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"1": {errBroken, errBroken}})
	f.put(reply("1", "zhang"), reply("2", "zhang"), reply("3", "li"))
	f.fire()
	expect(t, "while zhang is held", f.post.keys(), []string{"3"})
	expect(t, "next", f.next(), 10*time.Second)
	f.advance(10 * time.Second)
	f.fire()
	expect(t, "next after the second failure", f.next(), time.Minute)
	f.put(reply("4", "zhang"))
	f.fire()
	f.advance(time.Minute)
	f.fire()
	expect(t, "at last", f.post.keys(), []string{"3", "1", "2", "4"})
	expect(t, "unsettled", f.unsettled(), []Outcome(nil))

	f.post.answer = answers(map[string][]error{"5": {errBroken, errBroken, errBroken}})
	f.put(reply("5", "zhang"))
	f.fire()
	expect(t, "the next trouble begins anew", f.next(), 10*time.Second)
	for f.next() >= 0 {
		f.advance(f.next())
		f.fire()
	}
	expect(t, "sent with the last retry", f.post.keys()[4:], []string{"5"})
}

func TestUnclearReplyIsUnsureAfterThreeRetries(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"1": {errBroken, errBroken, errBroken, errBroken}})
	f.put(reply("1", "zhang"), reply("2", "zhang"))
	for f.next() >= 0 {
		f.advance(f.next())
		f.fire()
	}
	expect(t, "asked", f.post.asked, 5)
	expect(t, "sent", f.post.keys(), []string{"2"})
	expect(t, "took", f.now().Sub(start), 10*time.Second+time.Minute+6*time.Minute)
	if len(f.told) != 1 || f.told[0].State != Unsure || f.told[0].Reason != Unclear {
		t.Errorf("reported %+v, want one that is unsure", f.told)
	}
}

func TestLogSaysNeitherWhoNorWhat(t *testing.T) {
	var log bytes.Buffer
	f := newOffice(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	f.post.answer = func(int, chat.Outgoing) error { return errBroken }
	f.put(Promise{Key: "answer/zhang-san/47", To: "test:p/zhang-san", Text: "查询码K7M3", Repeat: true, Kind: "answer"},
		Promise{Key: "notice/zhang-san", To: "test:g/zhang-san", Text: "查询码K7M3", Kind: "notice"})
	f.fire()
	for _, want := range []string{"kind=answer", "kind=notice", "transport=test"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is missing in %s", want, &log)
		}
	}
	for _, secret := range []string{"zhang-san", "K7M3"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s stands in %s", secret, &log)
		}
	}
}

func TestUnclearNoticeIsNeverRepeated(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"1": {errBroken}})
	f.put(notice("1", "x"), notice("2", "x"))
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"2"})
	expect(t, "next", f.next(), time.Duration(-1))
	out := f.unsettled()
	if len(out) != 1 || out[0].State != Unsure || out[0].Reason != Unclear || len(f.told) != 1 {
		t.Errorf("unsettled %+v, reported %+v", out, f.told)
	}
}

func TestUnknownTransportRefuses(t *testing.T) {
	f := newOffice(t, Options{})
	f.put(Promise{Key: "1", To: "gone:p/zhang", Text: "x", Repeat: true})
	expect(t, "next", f.next(), time.Duration(0))
	f.fire()
	if len(f.told) != 1 || f.told[0].Reason != NoRoute {
		t.Errorf("reported %+v", f.told)
	}
	expect(t, "next", f.next(), time.Duration(-1))
}

func TestOfflineParksTheTransport(t *testing.T) {
	f := newOffice(t, Options{})
	online := false
	f.post.answer = func(int, chat.Outgoing) error {
		if online {
			return nil
		}
		return fmt.Errorf("send: %w", chat.ErrOffline)
	}
	f.put(notice("1", "x"), notice("2", "y"), reply("3", "zhang"))
	var waits []time.Duration
	for range 8 {
		f.fire()
		waits = append(waits, f.next())
		f.advance(f.next())
	}
	const s = time.Second
	expect(t, "waits", waits, []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s})
	expect(t, "one try at a time", f.post.asked, 8)

	f.Wake("test") // the link came and went
	f.fire()
	expect(t, "after a wake it begins anew", f.next(), time.Second)
	online = true
	f.fire()
	expect(t, "still parked", f.post.keys(), []string(nil))
	f.Wake("test")
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"1", "2", "3"})
	expect(t, "unsettled", f.unsettled(), []Outcome(nil))
	online = false
	f.put(reply("4", "zhang"))
	f.fire()
	expect(t, "the next trouble begins anew", f.next(), time.Second)
	f.advance(time.Second)
	online = true
	f.fire()
	online = false
	f.put(reply("5", "zhang"))
	f.fire()
	expect(t, "and so without a wake", f.next(), time.Second)
	if err := f.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, "certainly unsent is never unsure", len(f.told), 0)
}

func TestCrashWhileOfflineLeavesNoDoubt(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = func(int, chat.Outgoing) error { return chat.ErrOffline }
	f.put(notice("1", "x"))
	f.fire()
	again := New(f.store, map[string]Sender{"test": &post{}}, Options{Now: f.now})
	if err := errors.Join(again.Recover(t.Context()), again.Fire(t.Context(), f.now())); err != nil {
		t.Fatal(err)
	}
	expect(t, "unsettled", f.unsettled(), []Outcome(nil))
	expect(t, "sent", len(f.delivered()), 1)
}

func TestLateNoticesAreSkippedWithTheReason(t *testing.T) {
	f := newOffice(t, Options{})
	online := false
	f.post.answer = func(int, chat.Outgoing) error {
		if online {
			return nil
		}
		return chat.ErrOffline
	}
	for i, key := range []string{"week", "three", "eve"} {
		p := notice(key, "x")
		p.Until = start.Add(time.Duration(i+1) * time.Hour)
		f.put(p)
	}
	f.fire()
	f.advance(2*time.Hour + time.Minute)
	online = true
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"eve"})
	var told []string
	for _, o := range f.told {
		told = append(told, fmt.Sprint(o.Key, " ", o.State, " ", o.Reason))
	}
	slices.Sort(told) // recorded at the same time
	expect(t, "reported", told, []string{"three expired too-late", "week expired too-late"})
}

func TestLimited(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"1": {&chat.LimitedError{After: 7 * time.Minute}}})
	f.put(reply("1", "zhang"), reply("2", "li"))
	f.fire()
	expect(t, "asked", f.post.asked, 1)
	expect(t, "next", f.next(), 7*time.Minute)
	f.Wake("test") // only a link that was down comes back early
	f.fire()
	expect(t, "asked too early", f.post.asked, 1)
	f.advance(7 * time.Minute)
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"1", "2"})
}

func TestWaitsEndWhenTheClockIsMovedBack(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"1": {&chat.LimitedError{After: time.Hour}}})
	p := reply("1", "zhang")
	p.Due = start.Add(-48 * time.Hour)
	f.put(p)
	f.fire()
	f.advance(-24 * time.Hour)
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"1"})
}

func TestPace(t *testing.T) {
	cases := []struct {
		name string
		pace Pace
		rand []float64
		want []int // seconds
	}{
		{"jitter", Pace{Min: 3 * time.Second, Max: 5 * time.Second, PerMinute: 20},
			[]float64{0, 0.5, 1}, []int{0, 3, 7, 12, 15, 19, 24}},
		{"ten a minute", Pace{Min: 3 * time.Second, Max: 3 * time.Second, PerMinute: 10},
			[]float64{0}, []int{0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 60, 63, 66, 69, 72, 75, 78, 81, 84, 87, 120}},
	}
	for _, c := range cases {
		n := 0
		random := func() float64 { n++; return c.rand[(n-1)%len(c.rand)] }
		f := newOffice(t, Options{Pace: map[string]Pace{"test": c.pace}, Rand: random})
		for i := range c.want {
			f.put(notice(fmt.Sprint(i), fmt.Sprint(i)))
		}
		if err := f.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect(t, c.name+": flush leaves it", f.post.asked, 0)
		for f.next() >= 0 {
			f.advance(f.next())
			f.fire()
		}
		var got []int
		for _, at := range f.post.at {
			got = append(got, int(at.Sub(start)/time.Second))
		}
		expect(t, c.name, got, c.want)
	}
}

func TestPersonsDoNotWaitForTheRoundOfNotices(t *testing.T) {
	f := newOffice(t, Options{Pace: map[string]Pace{"test": {Min: time.Second, Max: time.Second}}})
	push := reply("push", "wang")
	push.Awake = false
	f.put(notice("n1", "x"), notice("n2", "y"), push)
	inGroup := reply("r1", "y")
	inGroup.To = "test:g/y"
	f.put(inGroup, reply("r2", "zhang"))
	f.Pass(chat.Outgoing{Key: "look-up", To: "test:p/li", Text: "进度"})
	for f.next() >= 0 {
		f.advance(f.next())
		f.fire()
	}
	expect(t, "sent", f.post.keys(), []string{"r2", "look-up", "push", "n1", "n2", "r1"})
}

func TestPersonsDoNotWaitForMoreThanABatch(t *testing.T) {
	f := newOffice(t, Options{Pace: map[string]Pace{"test": {Min: time.Second, Max: time.Second}}})
	for i := range maxBatch + 10 {
		f.put(notice(fmt.Sprint(i), fmt.Sprint(i)))
	}
	f.put(reply("r", "zhang"))
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"r"})
}

func TestPassIsSentOnceAndNotStored(t *testing.T) {
	f := newOffice(t, Options{})
	f.post.answer = answers(map[string][]error{"q2": {chat.ErrOffline}})
	f.put(reply("r1", "zhang"))
	before := len(stored(t, f.store))
	f.Pass(chat.Outgoing{Key: "q1", To: "test:p/zhang", Text: "进度"})
	f.Pass(chat.Outgoing{Key: "q2", To: "test:p/zhang", Text: "进度"})
	f.Pass(chat.Outgoing{Key: "q3", To: "test:p/zhang", Text: "进度"})
	expect(t, "stored", len(stored(t, f.store)), before)
	if err := f.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, "after what was promised", f.post.keys(), []string{"r1", "q1"})
	expect(t, "next", f.next(), time.Second)
	f.advance(time.Second)
	f.fire()
	expect(t, "sent", f.post.keys(), []string{"r1", "q1", "q2", "q3"})
	expect(t, "next", f.next(), time.Duration(-1))
	for i := range maxPassed + 5 {
		f.Pass(chat.Outgoing{Key: fmt.Sprint(i), To: "test:p/zhang", Text: "进度"})
	}
	f.fire()
	expect(t, "bounded", len(f.post.keys()), 4+maxPassed)
}

func TestManyFlushesShareTheWork(t *testing.T) {
	f := newOffice(t, Options{})
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			key := fmt.Sprint(i)
			f.put(reply(key, key))
			if err := f.Flush(t.Context()); err != nil {
				t.Errorf("flush: %v", err)
			}
			if !slices.Contains(f.post.keys(), key) {
				t.Errorf("flush returned before %s was sent", key)
			}
		})
	}
	all.Wait()
	expect(t, "sent", len(f.post.keys()), 64)
}

func TestCallerWhoLeavesDoesNotStopOthers(t *testing.T) {
	f := newOffice(t, Options{})
	f.put(reply("1", "zhang"))
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := f.Flush(gone); err != nil {
		t.Fatal(err)
	}
	expect(t, "sent", f.post.keys(), []string{"1"})
}

func TestOutcomeThatCouldNotBeRecordedIsNotSentAgain(t *testing.T) {
	f := newOffice(t, Options{})
	f.put(reply("1", "zhang"), notice("2", "x"))
	broken := storagetest.FailAfter(f.store, 1) // the mark, then nothing
	q := New(broken, map[string]Sender{"test": f.post}, Options{Now: f.now})
	if err := q.Fire(t.Context(), f.now()); err == nil {
		t.Fatal("a failure to record is not reported")
	}
	if err := q.Fire(t.Context(), f.now()); err == nil {
		t.Fatal("a failure to record is forgotten")
	}
	broken.Left.Store(1000)
	if err := q.Fire(t.Context(), f.now()); err != nil {
		t.Fatal(err)
	}
	expect(t, "sent", f.post.keys(), []string{"1", "2"})
	expect(t, "recorded", len(f.delivered()), 2)
}

func TestReportIsPartOfTheTransaction(t *testing.T) {
	fail := true
	f := newOffice(t, Options{Report: func(tx storage.Tx, o Outcome) error {
		if fail {
			return errBroken
		}
		return tx.Put("alarm", []byte(o.Key), []byte(o.Reason))
	}})
	f.post.answer = func(int, chat.Outgoing) error { return chat.ErrNoAddress }
	f.put(reply("1", "zhang"))
	if err := f.Fire(t.Context(), f.now()); !errors.Is(err, errBroken) {
		t.Fatalf("error %v, want that of the report", err)
	}
	expect(t, "unsettled", f.unsettled(), []Outcome(nil))
	fail = false
	f.fire()
	expect(t, "asked", f.post.asked, 1)
	expect(t, "unsettled", len(f.unsettled()), 1)
}
