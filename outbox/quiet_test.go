package outbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
)

var office8 = time.FixedZone("CST", 8*60*60)

// night is from 23:00 to 6:00 in the office's zone; start is at 17:00 there.
var night = Quiet{From: 23 * 60, To: 6 * 60, Zone: office8}

func clock(text string) time.Time {
	t, err := time.ParseInLocation("01-02 15:04:05", text, office8)
	if err != nil {
		panic(err)
	}
	return t.AddDate(2026, 0, 0)
}

// overnight is an office with quiet hours and one message each second.
func overnight(t *testing.T, at string) *office {
	f := newOffice(t, Options{Pace: map[string]Pace{"test": {Min: time.Second, Max: time.Second, Quiet: night}}})
	f.clock = clock(at)
	return f
}

// until fires all that is due up to an instant and returns what was sent, each
// with its time, and how often the queue was woken for it.
func (f *office) until(at string) (sent []string, woken int) {
	f.t.Helper()
	first, end := len(f.post.got), clock(at)
	for wait := f.next(); wait >= 0 && !f.now().Add(wait).After(end); wait = f.next() {
		f.advance(wait)
		f.fire()
		if woken++; woken > 1000 {
			f.t.Fatal("the queue is woken for nothing")
		}
	}
	for i, m := range f.post.got[first:] {
		sent = append(sent, m.Key+" "+f.post.at[first+i].In(office8).Format("15:04:05"))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock = end
	return sent, woken
}

func (f *office) late() (keys []string) {
	for _, o := range f.told {
		keys = append(keys, fmt.Sprint(o.Key, " ", o.State, " ", o.Reason))
	}
	return keys
}

func TestQuietHours(t *testing.T) {
	for _, c := range []struct {
		quiet    Quiet
		at       string
		from, to string
	}{
		{night, "11-24 17:00:00", "11-24 23:00:00", "11-25 06:00:00"},
		{night, "11-24 23:00:00", "11-24 23:00:00", "11-25 06:00:00"},
		{night, "11-25 05:59:59", "11-24 23:00:00", "11-25 06:00:00"},
		{night, "11-25 06:00:00", "11-25 23:00:00", "11-26 06:00:00"},
		{Quiet{12 * 60, 14*60 + 30, office8}, "11-24 11:00:00", "11-24 12:00:00", "11-24 14:30:00"},
		{Quiet{12 * 60, 14*60 + 30, office8}, "11-24 14:30:00", "11-25 12:00:00", "11-25 14:30:00"},
		{Quiet{0, 5 * 60, office8}, "11-24 00:00:00", "11-24 00:00:00", "11-24 05:00:00"},
		{Quiet{4 * 60, 5 * 60, nil}, "11-24 11:00:00", "11-24 12:00:00", "11-24 13:00:00"}, // UTC
	} {
		from, to, ok := c.quiet.next(clock(c.at))
		if !ok || !from.Equal(clock(c.from)) || !to.Equal(clock(c.to)) {
			t.Errorf("%v at %s: %v to %v, %t; want %s to %s", c.quiet, c.at, from.In(office8), to.In(office8), ok, c.from, c.to)
		}
	}
	if _, _, ok := (Quiet{60, 60, nil}).next(start); ok {
		t.Error("quiet for no time at all")
	}
}

// Who writes at two in the morning is answered at once, although a push for
// them waits; in the morning all that waited goes out in order.
func TestWhoIsAwakeIsAnswered(t *testing.T) {
	f := overnight(t, "11-24 22:59:58")
	push := func(key, to string) Promise {
		p := reply(key, to)
		p.Awake = false
		return p
	}
	f.put(push("p1", "zhang"), notice("n1", "x"), push("p2", "zhang"), notice("n2", "x"), notice("n3", "y"))
	sent, woken := f.until("11-25 02:00:00")
	expect(t, "before the night", sent, []string{"p1 22:59:58", "p2 22:59:59"})
	expect(t, "woken", woken, 2)
	expect(t, "next in the night", f.next(), 4*time.Hour)

	f.put(push("p3", "zhang"), reply("r1", "zhang"))
	inGroup := reply("r2", "")
	inGroup.To = "test:g/x"
	f.put(inGroup)
	f.Pass(chat.Outgoing{Key: "look-up", To: "test:p/li", Text: "进度"})
	f.put(push("p4", "zhang"))
	sent, woken = f.until("11-25 05:59:59")
	expect(t, "in the night", sent, []string{"r1 02:00:00", "r2 02:00:01", "look-up 02:00:02"})
	expect(t, "woken", woken, 3)
	expect(t, "next at its end", f.next(), time.Second)
	sent, woken = f.until("11-25 12:00:00")
	expect(t, "in the morning", sent, []string{"p3 06:00:00", "p4 06:00:01", "n1 06:00:02", "n2 06:00:03", "n3 06:00:04"})
	expect(t, "woken", woken, 5)
	expect(t, "told", f.late(), []string(nil))
}

// What is of no use in the morning goes out in the evening before all that can
// wait; what does not get its turn is told at once, not in the morning.
func TestWhatCannotWaitForTheMorning(t *testing.T) {
	f := overnight(t, "11-24 22:59:56")
	for i := range 6 {
		f.put(notice(fmt.Sprint("week", i), fmt.Sprint(i)))
	}
	for i := range 5 {
		p := notice(fmt.Sprint("eve", i), fmt.Sprint("e", i))
		p.Until = clock("11-25 01:00:00")
		f.put(p)
	}
	inside := notice("inside", "z")
	inside.Due, inside.Until = clock("11-24 23:30:00"), clock("11-25 05:00:00")
	alive := notice("alive", "z")
	alive.Due, alive.Until = clock("11-24 23:30:00"), clock("11-25 06:00:00")
	f.put(inside, alive)
	sent, _ := f.until("11-24 23:00:00")
	expect(t, "sent", sent, []string{"eve0 22:59:56", "eve1 22:59:57", "eve2 22:59:58", "eve3 22:59:59"})
	expect(t, "told when the quiet hours begin", f.late(), []string{"eve4 expired too-late"})
	expect(t, "visible", len(f.unsettled()), 1)
	f.until("11-24 23:30:00")
	expect(t, "told when due", f.late()[1:], []string{"inside expired too-late"})
	sent, woken := f.until("11-25 12:00:00")
	expect(t, "in the morning", sent, []string{"alive 06:00:00", "week0 06:00:01", "week1 06:00:02", "week2 06:00:03",
		"week3 06:00:04", "week4 06:00:05", "week5 06:00:06"})
	expect(t, "woken", woken, 7)
}

// A message in several parts that has begun is not broken off for the night.
func TestBegunMessagesAreFinished(t *testing.T) {
	f := overnight(t, "11-24 22:59:59")
	a, b := notice("a", "x"), notice("b", "y")
	a.Text, b.Text = long("知"), long("知")
	f.put(b, a)
	sent, _ := f.until("11-25 05:00:00")
	expect(t, "in the night", sent, []string{"b#1 22:59:59", "b#2 23:00:00", "b#3 23:00:01"})
	sent, _ = f.until("11-25 12:00:00")
	expect(t, "in the morning", sent, []string{"a#1 06:00:00", "a#2 06:00:01", "a#3 06:00:02"})
}

// While the link is down the night changes nothing; a trouble in the night ends
// in the morning, not in a storm of tries.
func TestTroublesInTheNight(t *testing.T) {
	f := overnight(t, "11-24 22:59:00")
	f.post.answer = answers(map[string][]error{
		"n1": {chat.ErrOffline, chat.ErrOffline, &chat.LimitedError{After: 10 * time.Minute}},
		"r1": {errBroken, &chat.LimitedError{After: 20 * time.Minute}},
	})
	f.put(notice("n1", "x"))
	sent, woken := f.until("11-24 23:59:59")
	if len(sent) > 0 || woken != 3 {
		t.Errorf("sent %q, woken %d times", sent, woken)
	}
	f.put(reply("r1", "zhang"), reply("r2", "li"))
	sent, woken = f.until("11-25 05:59:59")
	expect(t, "answers in the night", strings.Join(sent, " "), "r2 00:00:00 r1 00:20:09")
	expect(t, "woken", woken, 4)
	sent, woken = f.until("11-25 12:00:00")
	expect(t, "in the morning", strings.Join(sent, " "), "n1 06:00:00")
	expect(t, "woken", woken, 1)
	expect(t, "told", f.late(), []string(nil))
}
