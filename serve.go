package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"fangzhuo/attach"
	"fangzhuo/bot"
	"fangzhuo/calendar"
	"fangzhuo/chat"
	"fangzhuo/chat/sandbox"
	"fangzhuo/chat/wechat"
	"fangzhuo/config"
	"fangzhuo/console"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/internal/guard"
	"fangzhuo/outbox"
	"fangzhuo/schedule"
	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
	"fangzhuo/watch"
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
const schema = 1

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
	// storage stands between the program and its store, for tests that let it
	// fail; nil for nothing.
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

// serve opens, wires, runs and closes the whole program. It is one straight
// function, because the order is the point: the store first and last, what
// talks to people only while everything behind it stands.
func serve(ctx context.Context, cfg *config.Config, w world) (err error) {
	log := slog.New(slog.NewTextHandler(w.stderr, nil))
	o, err := understand(cfg)
	if err != nil {
		return err
	}
	token, err := cfg.Sandbox.Secret()
	if err != nil {
		return err
	}
	if cfg.Sandbox.Listen != "" {
		if err := guard.CheckListen(cfg.Sandbox.Listen, token); err != nil {
			return err
		}
	}

	if cfg.Console.Listen != "" {
		if err := guard.CheckListen(cfg.Console.Listen, ""); err != nil {
			return err
		}
	}

	// the store
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	file, err := bolt.Open(filepath.Join(cfg.Data, databaseFile), bolt.Options{Schema: schema})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var store storage.Store = file
	if w.storage != nil {
		store = w.storage(file)
	}

	// the office
	now := w.clock.Now
	d := o.desk(store)

	channels, err := o.channels(now)
	if err != nil {
		return err
	}

	// the networks; they speak only once start runs them
	var queue *outbox.Queue
	var keeper *attach.Keeper
	var runner *schedule.Runner
	var room *sandbox.Room
	var running []chat.Transport
	var b *bot.Bot
	transports := map[string]outbox.Sender{}
	for _, c := range channels {
		transports[c.Transport()] = c
	}
	watching := watch.Options{Store: store, Words: o.words.With(o.facts), Channels: channelAddresses(channels), Alarm: d.Alarm,
		Terminal: w.stdout, Now: now, Owed: func() { runner.Wake(); queue.Wake("") }}
	state := &condition{words: watching.Words, now: now, channels: channels}
	var watches []schedule.Part
	if cfg.Sandbox.Listen != "" {
		settle := func(ctx context.Context) error { return errors.Join(runner.Settle(ctx), queue.Flush(ctx)) }
		move := func(ctx context.Context, to time.Time) error {
			return errors.Join(runner.Move(ctx, to), keepClock(ctx, store, now()))
		}
		room = sandbox.New(o.room(w, store, d, token, log, settle, move))
		transports[room.Name()] = room
		running = append(running, room)
	}
	if cfg.WeChat.Enabled {
		title := o.words.Say("network.wechat", nil)
		link := watch.NewLink("wechat", title, watching)
		account := wechat.New(wechat.Options{Session: session{store}, HTTP: w.network, QR: w.stdout, Now: now, Log: log,
			Markers: o.markers(), OnState: func(s chat.LinkState) {
				link.Changed(s)
				announce(w.stdout, s, state.linkText(title, s))
				queue.Wake("wechat")
				if s.Phase == chat.Online {
					keeper.Linked()
				}
				runner.Wake()
			}, OnLogin: func(ctx context.Context, l wechat.Login) error { return o.loggedIn(ctx, b, d, l, now()) }})
		transports[account.Name()] = account
		running = append(running, account)
		watches = append(watches, link)
		state.networks = append(state.networks, linked{account.Name(), title, account})
	}
	if !w.movable {
		watches = append(watches, &watch.Pulse{Options: watching})
	}

	if len(running) == 0 { // what is owed to people in WeChat waits for the day it is switched on again
		transports["wechat"] = away{}
		state.transports = append(state.transports, "wechat")
	}

	// what is owed to people, what falls due, and the conversation
	sources := map[string]chat.Fetcher{}
	for _, t := range running {
		if f, ok := t.(chat.Fetcher); ok {
			sources[t.Name()] = f
		}
	}
	queue = outbox.New(store, transports, outbox.Options{Now: now, Log: log, Pace: pace(cfg),
		Files:  func(ref string) (string, bool) { return keeper.Path(ref) },
		Report: func(tx storage.Tx, out outbox.Outcome) error { return o.unsent(tx, d, channels, out, now()) }})
	state.queue = queue
	for _, t := range running {
		state.transports = append(state.transports, t.Name())
	}
	planner := schedule.NewPlanner(store, schedule.PlannerOptions{Now: now, Log: log,
		Sources: func(ctx context.Context) ([]schedule.Source, error) {
			moved, err := d.MovedDays(ctx)
			return o.sources(moved), err
		},
		Emit:    func(tx storage.Tx, oc schedule.Occasion, now time.Time) error { return o.emit(tx, d, oc, now) },
		Skipped: func(tx storage.Tx, _ schedule.Occasion, now time.Time) error { return d.Missed(tx, now) }})
	opens, shuts := o.hours()
	b = bot.New(store, d, bot.Options{Office: o.directory, Words: o.words, Facts: o.facts, Forms: o.forms, Dialect: cfg.Dialect,
		Quiet: cfg.Intake.Quiet, DraftFor: time.Duration(cfg.Intake.DraftDays) * 24 * time.Hour, PerHour: cfg.Intake.PerHour,
		MaxChars: cfg.Intake.MaxChars, Opens: opens, Shuts: shuts, Unsettled: queue.Unsettled, Batches: queue.Batches, Status: state.text,
		Now: now, Log: log, Pass: queue.Pass, Moved: planner.Replan,
		Slow: func(transport string) bool { _, paced := pace(cfg)[transport]; return paced },
		Owed: func() { runner.Wake(); queue.Wake("") }, Wanted: func() { keeper.Wake() }})
	keeper = attach.New(store, attach.Options{Dir: filepath.Join(cfg.Data, attachmentsFolder), Sources: sources, MaxBytes: int64(cfg.Intake.MaxMB) << 20,
		Now: now, Log: log, Lost: b.MediaGone})
	// a notice is decided before a push is
	due := append([]schedule.Part{planner, d, desk.Digests{Desk: d}, b, &sweeper{bot: b, keeper: keeper}}, watches...)
	if w.movable { // what is owed on the way is sent at its own time; last, when all is decided
		due = append(due, keeper, queue)
	}
	runner = schedule.NewRunner(w.clock, log, due...)
	registrar := registrar{store: store, desk: d, notes: intake.NewReader(o.forms), now: now, owed: func(ctx context.Context) error {
		runner.Wake()
		queue.Wake("")
		if !w.movable {
			return nil
		}
		return errors.Join(runner.Settle(ctx), queue.Flush(ctx))
	}}
	p := parts{file: file, store: store, queue: queue, keeper: keeper, runner: runner, bot: b, room: room, registrar: registrar, transports: running, health: state}
	switch {
	case cfg.Console.Listen != "":
		if p.token, err = consoleToken(cfg.Data); err != nil {
			return err
		}
		p.staff = o.staffPage(registrar, b, queue, state, console.Options{Log: log, File: keeper.Path, Token: p.token})
	case o.staffBeside(token):
		p.staff = o.staffPage(registrar, b, queue, state, console.Options{Log: log, File: keeper.Path, Base: deskPath, Chat: "/"})
	}
	return start(ctx, cfg, w, log, p)
}

// parts is everything that runs.
type parts struct {
	file       *bolt.Store // the store itself, for backups
	store      storage.Store
	queue      *outbox.Queue
	keeper     *attach.Keeper
	runner     *schedule.Runner
	bot        *bot.Bot
	room       *sandbox.Room
	registrar  registrar
	staff      *console.Console // the office's own page, or nil
	token      string           // of its link
	transports []chat.Transport
	health     http.Handler // of /healthz
}

// start runs the parts until ctx ends or one fails, and stops them within
// stopWithin. Because every promise is stored before it is made, they may stop
// in any order.
func start(ctx context.Context, cfg *config.Config, w world, log *slog.Logger, p parts) error {
	if err := p.queue.Recover(ctx); err != nil {
		return err
	}
	if w.movable {
		// what fell due while nobody was here is decided before anybody speaks
		if err := p.runner.Settle(ctx); err != nil {
			return err
		}
	}
	if w.resume {
		if err := catchUp(ctx, p.store, p.runner, w.clock.Now()); err != nil {
			return err
		}
	}
	var listener, office net.Listener
	if p.room != nil {
		var err error
		if listener, err = net.Listen("tcp", cfg.Sandbox.Listen); err != nil {
			return fmt.Errorf("open the page: %w; another program may use the port: try --listen 127.0.0.1:0", err)
		}
	}
	if cfg.Console.Listen != "" {
		var err error
		if office, err = net.Listen("tcp", cfg.Console.Listen); err != nil {
			return fmt.Errorf("open the staff page: %w; another program may use the port: choose another in console.listen", err)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.runner.Run(ctx) })
	if !w.movable { // a slow network must not hold up what falls due
		group.Go(func() error { return p.queue.Run(ctx) })
		group.Go(func() error { return p.keeper.Run(ctx) })
	}
	for _, t := range p.transports {
		group.Go(func() error { return t.Run(ctx, p.bot.Accept) })
	}
	if orders := listenForOrders(cfg.Data, log); orders != nil {
		group.Go(func() error { return takeOrders(ctx, orders, p.file, p.registrar) })
	}
	live := running{move: p.runner.Move, settle: p.runner.Settle}
	if listener != nil {
		pages := http.NewServeMux()
		pages.Handle("GET /healthz", p.health)
		pages.Handle("/", p.room.Handler())
		if p.staff != nil && office == nil {
			pages.Handle(deskPath+"/", p.staff.Handler())
		}
		serveHTTP(ctx, group, listener, pages)
		live.page = listener.Addr().String()
		greet(w.stdout, live.page, w.movable)
	}
	if office != nil {
		pages := http.NewServeMux()
		pages.Handle("GET /healthz", p.health)
		pages.Handle("/", p.staff.Handler())
		serveHTTP(ctx, group, office, pages)
		live.staff = fmt.Sprintf("http://%s/?token=%s", office.Addr(), p.token)
		fmt.Fprintf(w.stdout, "工作台 Staff page: %s\n", live.staff)
	}
	if w.started != nil {
		w.started(live)
	}
	return stopped(ctx, group, log)
}

func serveHTTP(ctx context.Context, group *errgroup.Group, l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the page: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin-time.Second)
		defer cancel()
		if err := server.Shutdown(stop); err != nil {
			return server.Close()
		}
		return nil
	})
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

// greet says where the page is and what to try.
func greet(out io.Writer, address string, demo bool) {
	if !demo {
		fmt.Fprintf(out, "方桌 Fangzhuo: http://%s\n", address)
		return
	}
	fmt.Fprintf(out, `方桌 Fangzhuo: http://%s
1. 当一回工人：点“反映”一行，马上得到编号      As a worker: tap a line, get a number at once
2. 换成信访办：待办、登记 1 …、转办 1 后勤 3天   As staff: see it, register it, hand it out
3. 换成单位、矿长：签收、反馈；概况、查 1         As the unit and the leader: report back, ask
4. 点“到下一个接待日”，看一个月的通知           Move the clock and watch a month of notices go out
`, address)
}

// announce shows a state of the link: as a code, and in words with what to do.
func announce(out io.Writer, s chat.LinkState, text []string) {
	fmt.Fprintf(out, "%s wechat: %s %s\n  %s\n", s.Since.In(calendar.Zone).Format(time.DateTime), s.Phase, s.Hint, strings.Join(text, "\n  "))
}
