package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"fangzhuo/bot"
	"fangzhuo/calendar"
	"fangzhuo/chat"
	"fangzhuo/chat/sandbox"
	"fangzhuo/config"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/schedule"
	"fangzhuo/storage"
)

// The small pieces that join packages which do not know each other.

// emit owes what an occasion asks for.
func (o *office) emit(tx storage.Tx, d *desk.Desk, oc schedule.Occasion, now time.Time) error {
	switch oc.Job {
	case digestJob:
		return d.OweDigest(tx, desk.Morning, oc.Target, oc.Key(), oc.Until)
	case leaderDigestJob:
		return d.OweDigest(tx, desk.Weekly, oc.Target, oc.Key(), oc.Until)
	}
	text := o.postText(oc.Job)
	if oc.Job == receptionJob {
		text = d.ReceptionText(string(oc.Stage), oc.Reception, o.tellsMove(oc), now)
	}
	_, err := d.Post(tx, desk.Notice{Key: oc.Key(), Target: oc.Target, Text: text, Until: oc.Until}, now)
	return err
}

// tellsMove reports whether the week's notice must also say that the day was
// moved, because no notice of its own came before it.
func (o *office) tellsMove(oc schedule.Occasion) bool {
	day := oc.Reception
	expected := o.calendar.PrevWorking(day.RuleDate.Add(-7))
	return oc.Stage == schedule.Week && day.Moved != "" && !expected.Before(calendar.DateOf(oc.Due))
}

// room is the sandbox as the config describes it.
func (o *office) room(w world, store storage.Store, d *desk.Desk, token string, log *slog.Logger,
	settle func(context.Context) error, move func(context.Context, time.Time) error) sandbox.Options {
	options := sandbox.Options{BotName: o.cfg.Office.Bot, Store: store, Now: w.clock.Now, Settle: settle,
		Stops: o.stops(w.clock.Now, d), Token: token, Log: log}
	if w.movable {
		options.Move = move
	}
	for _, p := range o.cfg.People {
		options.People = append(options.People, sandbox.Person{ID: p.ID, Name: p.Name, Title: p.Title, Role: p.Role})
	}
	for _, g := range o.cfg.Groups {
		options.Groups = append(options.Groups, sandbox.Group{ID: g.ID, Name: g.Name, Members: g.Members})
	}
	for _, t := range o.cfg.Sandbox.Tries {
		options.Tries = append(options.Tries, sandbox.Try{Role: t.Role, Label: t.Label, LabelEN: t.LabelEN, Text: t.Text})
	}
	return options
}

// stops are where the clock buttons of the page lead.
func (o *office) stops(now func() time.Time, d *desk.Desk) func(context.Context) []sandbox.Stop {
	return func(ctx context.Context) []sandbox.Stop {
		today := calendar.DateOf(now())
		morning := o.calendar.NextWorking(today.Add(1))
		stops := []sandbox.Stop{{ID: "morning", Label: "到下个工作日早上", LabelEN: "Next working morning", At: morning.At(9, 0)}}
		from := today
		if now().After(today.At(8, 0)) {
			from = today.Add(1)
		}
		if days, err := d.ReceptionDays(ctx, from, 1); err == nil && len(days) == 1 {
			stops = append(stops, sandbox.Stop{ID: "reception", Label: "到下一个接待日", LabelEN: "Next reception day", At: days[0].Date.At(8, 0)})
		}
		return stops
	}
}

func (o *office) markers() []string {
	var all []string
	for _, g := range o.cfg.Groups {
		if g.Marker != "" {
			all = append(all, g.Marker)
		}
	}
	return all
}

// pace is how fast WeChat may be written to.
func pace(cfg *config.Config) map[string]outbox.Pace {
	p := cfg.WeChat.Pace
	return map[string]outbox.Pace{"wechat": {Min: p.Min, Max: p.Max, PerMinute: p.PerMinute}}
}

// session keeps the WeChat login in the store, whose file only its owner can
// read.
type session struct{ store storage.Store }

const sessionTable storage.Table = "wechat"

var sessionKey = []byte("session")

// Load returns the stored session, or nil.
func (s session) Load(ctx context.Context) (value []byte, err error) {
	err = s.store.View(ctx, func(r storage.Reader) error {
		value, err = r.Get(sessionTable, sessionKey)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		return err
	})
	return value, err
}

// Save replaces the stored session.
func (s session) Save(ctx context.Context, value []byte) error {
	return s.store.Update(ctx, func(tx storage.Tx) error { return tx.Put(sessionTable, sessionKey, value) })
}

// Wipe forgets the stored session.
func (s session) Wipe(ctx context.Context) error {
	return s.store.Update(ctx, func(tx storage.Tx) error { return tx.Delete(sessionTable, sessionKey) })
}

// sweeper drops what the conversation need not remember, once a day. Its time
// need not be kept: one sweep more does no harm.
type sweeper struct {
	bot *bot.Bot
	at  time.Time
}

// sweptAt is the hour of the daily sweep.
const sweptAt = 4

// Next returns when the next sweep is due. After a start that is at once.
func (s *sweeper) Next(context.Context) (time.Time, bool, error) { return s.at, true, nil }

// Fire sweeps and sets the next time.
func (s *sweeper) Fire(ctx context.Context, now time.Time) error {
	s.at = calendar.DateOf(now).Add(1).At(sweptAt, 0)
	return s.bot.Sweep(ctx, now)
}

// offlineFor is how long a link may be down before somebody is told.
const offlineFor = 10 * time.Minute

// watch tells people when a network has been down too long: on the terminal at
// once, and the staff in chat when that works again, so that they know what to
// ask for anew. It alarms once for each outage.
type watch struct {
	link    chat.Reporter
	now     func() time.Time
	out     io.Writer
	tell    func(ctx context.Context, since time.Time) error
	alarmed time.Time // the outage that was told, by its beginning
	down    time.Time // since when the link has been down; zero while it is up
}

// Next returns when the present outage is to be told.
func (w *watch) Next(context.Context) (time.Time, bool, error) {
	if w.link.LinkState().Phase == chat.Online {
		w.down = time.Time{}
		return time.Time{}, false, nil
	}
	if w.down.IsZero() {
		w.down = w.now()
	}
	return w.down.Add(offlineFor), !w.alarmed.Equal(w.down), nil
}

// Fire tells of the outage.
func (w *watch) Fire(ctx context.Context, _ time.Time) error {
	fmt.Fprintln(w.out, "机器人离线超过10分钟，请改用电话登记。 Offline for over 10 minutes: take matters by phone.")
	w.alarmed = w.down
	return w.tell(ctx, w.down)
}
