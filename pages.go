package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"fangzhuo/cases"
	"fangzhuo/console"
	"fangzhuo/internal/guard"
)

// checkPages refuses addresses that others could reach, before anything is done.
func (p *assembly) checkPages() (err error) {
	if p.sandboxToken, err = p.cfg.Sandbox.Secret(); err != nil {
		return err
	}
	if p.cfg.Sandbox.Listen != "" {
		if err := guard.CheckListen(p.cfg.Sandbox.Listen, p.sandboxToken); err != nil {
			return err
		}
	}
	if p.cfg.Console.Listen != "" {
		return guard.CheckListen(p.cfg.Console.Listen, "")
	}
	return nil
}

// layOutPages makes the staff page: behind an address of its own, or beside the
// sandbox.
func (p *assembly) layOutPages() (err error) {
	options := console.Options{Log: p.log, File: p.keeper.Path}
	switch {
	case p.cfg.Console.Listen != "":
		if p.staffToken, err = pageToken(p.cfg.Data, tokenFile); err != nil {
			return err
		}
		if err := p.layOutDiscipline(options); err != nil {
			return err
		}
		options.Token, options.Roles = p.staffToken, []cases.Role{cases.Staff}
	case p.office.staffBeside(p.sandboxToken):
		options.Base, options.Chat, options.Roles = deskPath, "/", []cases.Role{cases.Staff, cases.Discipline}
	default:
		return nil
	}
	p.staff = p.office.staffPage(p.registrar, p.bot, p.queue, p.state, options)
	return nil
}

// layOutDiscipline makes the page of those who look into accusations, if there
// are any. Its token is printed nowhere: the terminal is the office's.
func (p *assembly) layOutDiscipline(options console.Options) error {
	if len(p.office.directory.With(cases.Discipline, "")) == 0 {
		return nil
	}
	token, err := pageToken(p.cfg.Data, disciplineTokenFile)
	if err != nil {
		return err
	}
	options.Base, options.Token, options.Roles = disciplinePath, token, []cases.Role{cases.Discipline}
	p.discipline = p.office.staffPage(p.registrar, p.bot, p.queue, p.state, options)
	return nil
}

// listeners are the addresses of the pages; nil for none.
type listeners struct{ sandbox, staff net.Listener }

func (p *assembly) listen() (l listeners, err error) {
	if p.room != nil {
		if l.sandbox, err = net.Listen("tcp", p.cfg.Sandbox.Listen); err != nil {
			return l, fmt.Errorf("open the page: %w; another program may use the port: try --listen 127.0.0.1:0", err)
		}
	}
	if p.cfg.Console.Listen != "" {
		if l.staff, err = net.Listen("tcp", p.cfg.Console.Listen); err != nil {
			return l, fmt.Errorf("open the staff page: %w; another program may use the port: choose another in console.listen", err)
		}
	}
	return l, nil
}

// open serves the pages until ctx ends, and says where they are.
func (p *assembly) open(ctx context.Context, group *errgroup.Group, l listeners, live *running) {
	if l.sandbox != nil {
		pages := p.mux(p.room.Handler())
		if p.staff != nil && l.staff == nil {
			pages.Handle(deskPath+"/", p.staff.Handler())
		}
		serveHTTP(ctx, group, l.sandbox, pages)
		live.page = l.sandbox.Addr().String()
		greet(p.world.stdout, live.page, p.world.movable)
	}
	if l.staff != nil {
		pages := p.mux(p.staff.Handler())
		if p.discipline != nil {
			pages.Handle(disciplinePath+"/", p.discipline.Handler())
		}
		serveHTTP(ctx, group, l.staff, pages)
		live.staff = fmt.Sprintf("http://%s/?token=%s", l.staff.Addr(), p.staffToken)
		fmt.Fprintf(p.world.stdout, "工作台 Staff page: %s\n", live.staff)
		if p.discipline != nil {
			fmt.Fprintf(p.world.stdout, "纪检 Discipline page: http://%s%s/?token=… (%s)\n", l.staff.Addr(), disciplinePath, filepath.Join(p.cfg.Data, disciplineTokenFile))
		}
	}
}

func (p *assembly) mux(all http.Handler) *http.ServeMux {
	pages := http.NewServeMux()
	pages.Handle("GET /healthz", p.state)
	pages.Handle("/", all)
	return pages
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
