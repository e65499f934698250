package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"fangzhuo/bot"
	"fangzhuo/calendar"
	"fangzhuo/chat/sandbox"
	"fangzhuo/chat/wechat"
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
	_, err := d.Post(tx, desk.Notice{Key: oc.Key(), Batch: oc.Batch(), Target: oc.Target, Text: text, Until: oc.Until}, now)
	return err
}

// tellsMove reports whether the week's notice must also say that the day was
// moved, because no notice of its own came before it.
func (o *office) tellsMove(oc schedule.Occasion) bool {
	day := oc.Reception
	expected := o.calendar.PrevWorking(day.RuleDate.Add(-7))
	return oc.Stage == schedule.Week && day.Moved != "" && !expected.Before(calendar.DateOf(oc.Due))
}

// loggedIn ends what hung on an earlier login of the account, and asks the groups
// for what a fresh one never gets.
func (o *office) loggedIn(ctx context.Context, b *bot.Bot, d *desk.Desk, l wechat.Login, now time.Time) error {
	if l.NewNames {
		if err := b.ForgetSession(ctx, now); err != nil {
			return err
		}
	}
	if !l.Fresh || !o.cfg.WeChat.AskAgain {
		return nil
	}
	return d.AskAgain(ctx, l.Since, now)
}

// room is the sandbox as the config describes it.
func (o *office) room(w world, store storage.Store, d *desk.Desk, token string, log *slog.Logger,
	settle func(context.Context) error, move func(context.Context, time.Time) error) sandbox.Options {
	options := sandbox.Options{BotName: o.cfg.Office.Bot, Store: store, Files: filepath.Join(o.cfg.Data, chatsFolder), Now: w.clock.Now, Settle: settle,
		Stops: o.stops(w.clock.Now, d), Token: token, Log: log}
	if w.movable {
		options.Move = move
	}
	if o.staffBeside(token) {
		options.Desk = deskPath + "/"
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

// pace is how fast, and when, WeChat may be written to.
func pace(cfg *config.Config) map[string]outbox.Pace {
	p, q := cfg.WeChat.Pace, cfg.WeChat.Quiet
	return map[string]outbox.Pace{"wechat": {Min: p.Min, Max: p.Max, PerMinute: p.PerMinute, Quiet: outbox.Quiet{
		From: q.From.Hour*60 + q.From.Minute, To: q.To.Hour*60 + q.To.Minute, Zone: calendar.Zone}}}
}
