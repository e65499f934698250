package watch

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// Link watches the link to one network. It is a part of the schedule.
type Link struct {
	Options
	network string // the transport's name
	title   string // what people call it

	mu      sync.Mutex
	noticed []noticed

	stands *standing // as it is stored; nil until read
}

// noticed is a state of the link and when it was noticed.
type noticed struct {
	state chat.LinkState
	at    time.Time
}

// NewLink watches the network of that name, which people call title.
func NewLink(network, title string, o Options) *Link {
	return &Link{Options: o, network: network, title: title}
}

// Changed takes note of a state of the link and does nothing else, so that it may
// be called from anywhere; the caller wakes the schedule. A crash before the
// schedule has fired forgets what was noted: the next start sees where the link
// stands then and tells that.
func (l *Link) Changed(s chat.LinkState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Troubles = slices.Clone(s.Troubles)
	l.noticed = append(l.noticed, noticed{s, l.Now()})
}

// Next returns when there is something to do.
func (l *Link) Next(ctx context.Context) (time.Time, bool, error) {
	if err := l.read(ctx); err != nil {
		return time.Time{}, false, err
	}
	if len(l.unseen()) > 0 {
		return l.Now(), true, nil
	}
	at, ok := l.stands.due(l.Now())
	return at, ok, nil
}

// read reads where the link stood when the program ended.
func (l *Link) read(ctx context.Context) error {
	if l.stands != nil {
		return nil
	}
	stands := new(standing)
	err := l.Store.View(ctx, func(r storage.Reader) error {
		_, err := record.Load(r, table, linkKey(l.network), stands)
		return err
	})
	if err == nil {
		l.stands = stands
	}
	return err
}

func (l *Link) unseen() []noticed {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.noticed)
}

// Fire takes in what was noticed and promises what is due to be told, in one
// transaction.
func (l *Link) Fire(ctx context.Context, now time.Time) error {
	if err := l.read(ctx); err != nil {
		return err
	}
	seen := l.unseen()
	next := l.stands.clone()
	for _, n := range seen {
		next.note(n.state, n.at)
	}
	said, alarm := l.sayings(next, now)
	err := l.Store.Update(ctx, func(tx storage.Tx) error {
		for _, s := range said {
			if err := l.Tell(tx, s.key, s.text, now); err != nil {
				return err
			}
		}
		if err := l.tellStaff(tx, next, now); err != nil {
			return err
		}
		return record.Save(tx, table, linkKey(l.network), next)
	})
	if err != nil {
		return fmt.Errorf("note the link to %s: %w", l.network, err)
	}
	back := next.back
	next.back, next.found = outage{}, nil
	l.stands = next
	l.mu.Lock()
	l.noticed = l.noticed[len(seen):]
	l.mu.Unlock()
	l.Owed()
	switch {
	case alarm:
		fmt.Fprintln(l.Terminal, "机器人离线超过10分钟，请改用电话登记。 Offline for over 10 minutes: take matters by phone.")
	case !back.from.IsZero():
		fmt.Fprintf(l.Terminal, "机器人恢复了，断了%d分钟。 Back after %[1]d minutes.\n", int(back.until.Sub(back.from).Minutes()))
	}
	return nil
}

// saying is one message to the channels.
type saying struct{ key, text string }

// sayings takes out of a standing what is to be told now, in order.
func (l *Link) sayings(s *standing, now time.Time) (list []saying, alarm bool) {
	at, due := s.due(now)
	if !due || at.After(now) {
		return nil, false
	}
	say := func(text string) {
		s.Count++
		list = append(list, saying{fmt.Sprintf("link/%s/%d", l.network, s.Count), text})
	}
	if len(s.Waiting) > 0 {
		say(l.news(s.take(now)))
	}
	if !s.Down.IsZero() && !s.Alarmed && !now.Before(s.Down.Add(Limit)) {
		s.Alarmed, alarm = true, true
		say(l.Words.Say("news.offline", words.Args{"Network": l.title, "From": s.Down, "Hint": l.hint(s.Hint, "")}))
	}
	return list, alarm
}

// newsLine is one change as it is told.
type newsLine struct {
	At    time.Time
	Phase string
	Hint  string
	For   time.Duration // how long the link was down
}

// news words the changes of the link.
func (l *Link) news(changes []change, more int) string {
	var lines []newsLine
	for _, c := range changes {
		line := newsLine{At: c.At, Hint: l.hint(c.Hint, c.About)}
		switch {
		case c.Phase != "":
			line.Phase = l.Words.Say("phase."+string(c.Phase), nil)
		case c.Over:
			line.Phase, line.Hint = l.Words.Say("news.over", words.Args{"About": c.About}), ""
		default:
			line.Phase = l.Words.Say("news.trouble", nil)
		}
		if c.After >= time.Minute {
			line.For = c.After
		}
		lines = append(lines, line)
	}
	return l.Words.Say("news", words.Args{"Network": l.title, "Lines": lines, "More": more})
}

// hint words what can be done; about is whom it is about.
func (l *Link) hint(hint, about string) string {
	if hint == "" {
		return ""
	}
	return l.Words.Say("hint."+hint, words.Args{"About": about})
}

// tellStaff tells in chat what can be told only there: that it works again after
// an alarm, and what has to be put right in the address book.
func (l *Link) tellStaff(tx storage.Tx, s *standing, now time.Time) error {
	if b := s.back; !b.from.IsZero() {
		key := fmt.Sprintf("back/%s/%d", l.network, b.from.UnixMilli())
		err := l.Alarm(tx, key, "staff.back", words.Args{"From": b.from, "For": b.until.Sub(b.from)}, now)
		if err != nil {
			return err
		}
	}
	for i, t := range s.found {
		key := fmt.Sprintf("trouble/%s/%d/%d", l.network, now.UnixMilli(), i)
		if err := l.Alarm(tx, key, "staff.trouble", words.Args{"Hint": l.hint(t.Hint, t.About)}, now); err != nil {
			return err
		}
	}
	return nil
}
