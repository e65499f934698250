package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"fangzhuo/attach"
	"fangzhuo/bot"
	"fangzhuo/chat"
	"fangzhuo/chat/notify"
	"fangzhuo/chat/sandbox"
	"fangzhuo/config"
	"fangzhuo/console"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/schedule"
	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

//go:embed demo.yaml
var demoConfig []byte

// setup is what the command line says of a start.
type setup struct {
	listen string
	data   string
	start  time.Time // where the sandbox's clock starts; zero: now
}

// stopWithin is how long a stop may take.
const stopWithin = 5 * time.Second

// schema is the layout of the records; see the migrations in storage/bolt.
// chatsSchema is that of the sandbox's own.
const (
	schema      = 1
	chatsSchema = 1
)

func demo(ctx context.Context, s setup, stdout, stderr io.Writer) error {
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		return err
	}
	if s.listen != "" {
		cfg.Sandbox.Listen = s.listen
	}
	if s.data == "" {
		dir, err := os.MkdirTemp("", "fangzhuo-demo-")
		if err != nil {
			return fmt.Errorf("make a temporary data folder: %w", err)
		}
		defer os.RemoveAll(dir)
		s.data = dir
	}
	cfg.Data = s.data
	clock := schedule.NewClock(wall, s.start)
	return serve(ctx, cfg, world{clock: clock, movable: true, resume: s.start.IsZero(), stdout: stdout, stderr: stderr})
}

func runOffice(ctx context.Context, file string, stdout, stderr io.Writer) error {
	cfg, err := config.Read(file)
	if err != nil {
		return err
	}
	if err := cfg.Unfilled(); err != nil {
		return err
	}
	return serve(ctx, cfg, world{clock: schedule.NewClock(wall, time.Time{}), stdout: stdout, stderr: stderr})
}

// world is what the program gets from outside.
type world struct {
	clock   *schedule.Clock
	movable bool // the sandbox may move the clock
	resume  bool // it goes on where it was moved to before
	stdout  io.Writer
	stderr  io.Writer
	// network carries the requests to WeChat; nil for the real one.
	network http.RoundTripper
	// storage stands between the program and its stores, the database first, for
	// tests that let it fail; nil for nothing.
	storage func(storage.Store) storage.Store
	// started, if any, is handed the running program.
	started func(running)
}

// running is a handle on the program while it runs.
type running struct {
	page  string // address of the page, "" without one
	staff string // the link to the staff page, with its token
	// move moves the clock and fires what is due on the way; settle fires what
	// is due now.
	move   func(ctx context.Context, to time.Time) error
	settle func(ctx context.Context) error
}

// serve opens, wires, runs and closes the whole program. The order is the point:
// the store first and last, what talks to people only while everything behind
// it stands.
func serve(ctx context.Context, cfg *config.Config, w world) (err error) {
	o, err := understand(cfg)
	if err != nil {
		return err
	}
	p := &assembly{office: o, cfg: cfg, world: w, now: w.clock.Now, log: slog.New(slog.NewTextHandler(w.stderr, nil))}
	if err := p.checkPages(); err != nil {
		return err
	}
	if err := p.openStore(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.closeFiles()) }()
	if err := p.connect(); err != nil {
		return err
	}
	p.serveOffice()
	if err := p.layOutPages(); err != nil {
		return err
	}
	return p.run(ctx)
}

// assembly is everything that runs, as serve puts it together.
type assembly struct {
	office *office
	cfg    *config.Config
	world  world
	now    func() time.Time
	log    *slog.Logger

	file  *bolt.Store // the store itself, for backups
	chats *bolt.Store // the sandbox's own, or nil
	store storage.Store
	desk  *desk.Desk

	// the networks
	channels   []*notify.Channel
	transports []chat.Transport // that people talk over
	senders    map[string]outbox.Sender
	watches    []schedule.Part // of links that can go down
	state      *condition
	room       *sandbox.Room // or nil

	// the office at work
	queue     *outbox.Queue
	keeper    *attach.Keeper
	bot       *bot.Bot
	runner    *schedule.Runner
	registrar registrar

	// the pages
	sandboxToken string
	staff        *console.Console // the office's own page, or nil
	staffToken   string           // of its link
	discipline   *console.Console // the page of those who look into accusations, or nil
}

// openStore opens the database and puts the desk on it.
func (p *assembly) openStore() error {
	if err := os.MkdirAll(p.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	file, err := bolt.Open(filepath.Join(p.cfg.Data, databaseFile), bolt.Options{Schema: schema})
	if err != nil {
		return err
	}
	p.file, p.store = file, p.wrapped(file)
	p.desk = p.office.desk(p.store)
	return nil
}

// wrapped is a store as the program is to see it.
func (p *assembly) wrapped(file *bolt.Store) storage.Store {
	if p.world.storage == nil {
		return file
	}
	return p.world.storage(file)
}

// wake has what is due looked at, and what is owed sent.
func (p *assembly) wake() {
	p.runner.Wake()
	p.queue.Wake("")
}

// settle does what is due and sends what is owed before it returns. Where the
// clock is the wall's, the running parts do that.
func (p *assembly) settle(ctx context.Context) error {
	return errors.Join(p.runner.Settle(ctx), p.queue.Flush(ctx))
}

// run runs the parts until ctx ends or one fails, and stops them within
// stopWithin. Because every promise is stored before it is made, they may stop
// in any order.
func (p *assembly) run(ctx context.Context) error {
	if err := p.queue.Recover(ctx); err != nil {
		return err
	}
	if p.world.movable {
		// what fell due while nobody was here is decided before anybody speaks
		if err := p.runner.Settle(ctx); err != nil {
			return err
		}
	}
	if p.world.resume {
		if err := catchUp(ctx, p.store, p.runner, p.now()); err != nil {
			return err
		}
	}
	pages, err := p.listen()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.runner.Run(ctx) })
	if !p.world.movable { // a slow network must not hold up what falls due
		group.Go(func() error { return p.queue.Run(ctx) })
		group.Go(func() error { return p.keeper.Run(ctx) })
	}
	for _, t := range p.transports {
		group.Go(func() error { return t.Run(ctx, p.bot.Accept) })
	}
	if orders := listenForOrders(p.cfg.Data, p.log); orders != nil {
		group.Go(func() error { return takeOrders(ctx, orders, p.file, p.registrar) })
	}
	live := running{move: p.runner.Move, settle: p.runner.Settle}
	p.open(ctx, group, pages, &live)
	if p.world.started != nil {
		p.world.started(live)
	}
	return stopped(ctx, group, p.log)
}

// stopped waits for all parts. A stop that was asked for is no error; one that
// hangs is cut off, which loses nothing that anybody has been promised.
func stopped(ctx context.Context, group *errgroup.Group, log *slog.Logger) error {
	done := make(chan error, 1)
	go func() { done <- group.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(stopWithin)
	defer timer.Stop()
	select {
	case err := <-done:
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	case <-timer.C:
		log.Error("a part did not stop in time")
		return nil
	}
}
