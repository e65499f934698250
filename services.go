package main

import (
	"context"
	"path/filepath"
	"time"

	"fangzhuo/attach"
	"fangzhuo/bot"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/outbox"
	"fangzhuo/schedule"
	"fangzhuo/storage"
)

// serveOffice puts the services on the desk: what is owed to people, what falls
// due, the conversation, and what people send along.
func (p *assembly) serveOffice() {
	o, now := p.office, p.now
	p.queue = outbox.New(p.store, p.senders, outbox.Options{Now: now, Log: p.log, Pace: pace(p.cfg),
		Stale:  p.desk.Stale,
		Files:  func(ref string) (string, bool) { return p.keeper.Path(ref) },
		Report: p.unsent})
	p.state.queue = p.queue
	planner := p.planner()
	p.bot = bot.New(p.store, p.desk, p.conversation(planner))
	p.desk.AskedAfter = p.bot.AskedAfter
	p.keeper = attach.New(p.store, attach.Options{Dir: filepath.Join(p.cfg.Data, attachmentsFolder), Sources: p.fetchers(),
		MaxBytes: int64(p.cfg.Intake.MaxMB) << 20, Now: now, Log: p.log, Lost: p.bot.MediaGone})
	// a notice is decided before a push is
	due := append([]schedule.Part{planner, p.desk, desk.Digests{Desk: p.desk}, p.bot, &sweeper{bot: p.bot, keeper: p.keeper},
		&scrubber{file: p.file, now: p.now}}, p.watches...)
	if p.world.movable { // what is owed on the way is sent at its own time; last, when all is decided
		due = append(due, p.keeper, p.queue)
	}
	p.runner = schedule.NewRunner(p.world.clock, p.log, due...)
	p.registrar = registrar{store: p.store, desk: p.desk, notes: intake.NewReader(o.forms), now: now, owed: func(ctx context.Context) error {
		p.wake()
		if !p.world.movable {
			return nil
		}
		return p.settle(ctx)
	}}
}

func (p *assembly) planner() *schedule.Planner {
	o, d := p.office, p.desk
	return schedule.NewPlanner(p.store, schedule.PlannerOptions{Now: p.now, Log: p.log,
		Sources: func(ctx context.Context) ([]schedule.Source, error) {
			moved, err := d.MovedDays(ctx)
			return o.sources(moved), err
		},
		Emit:    func(tx storage.Tx, oc schedule.Occasion, now time.Time) error { return o.emit(tx, d, oc, now) },
		Skipped: func(tx storage.Tx, _ schedule.Occasion, now time.Time) error { return d.Missed(tx, now) }})
}

func (p *assembly) conversation(planner *schedule.Planner) bot.Options {
	o, in := p.office, p.cfg.Intake
	opens, shuts := o.hours()
	paced := pace(p.cfg)
	return bot.Options{Office: o.directory, Words: o.words, Facts: o.facts, Forms: o.forms, Handbook: o.handbook, Dialect: p.cfg.Dialect,
		Quiet: in.Quiet, DraftFor: time.Duration(in.DraftDays) * 24 * time.Hour, PerHour: in.PerHour, MaxChars: in.MaxChars,
		Opens: opens, Shuts: shuts, Unsettled: p.queue.Unsettled, Batches: p.queue.Batches, Status: p.state.text,
		Now: p.now, Log: p.log, Pass: p.queue.Pass, Moved: planner.Replan,
		Slow: func(transport string) bool { _, slow := paced[transport]; return slow },
		Owed: p.wake, Wanted: func() { p.keeper.Wake() },
		Keep: func(content []byte) (string, error) { return p.keeper.Put(content) }}
}

// fetchers are the networks that what people send along comes from.
func (p *assembly) fetchers() map[string]chat.Fetcher {
	all := map[string]chat.Fetcher{}
	for _, t := range p.transports {
		if f, ok := t.(chat.Fetcher); ok {
			all[t.Name()] = f
		}
	}
	return all
}
