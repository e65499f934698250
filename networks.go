package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat"
	"fangzhuo/chat/sandbox"
	"fangzhuo/chat/wechat"
	"fangzhuo/outbox"
	"fangzhuo/storage/bolt"
	"fangzhuo/watch"
)

// connect prepares the ways to people. They speak only once they are run.
func (p *assembly) connect() error {
	channels, err := p.office.channels(p.now)
	if err != nil {
		return err
	}
	p.channels, p.senders = channels, map[string]outbox.Sender{}
	for _, c := range channels {
		p.senders[c.Transport()] = c
	}
	p.state = &condition{words: p.office.words.With(p.office.facts), now: p.now, channels: channels}
	if err := p.connectSandbox(); err != nil {
		return err
	}
	if p.cfg.WeChat.Enabled {
		p.connectWeChat()
	}
	if !p.world.movable {
		p.watches = append(p.watches, &watch.Pulse{Options: p.watching()})
	}
	if len(p.transports) == 0 { // what is owed to people in WeChat waits for the day it is switched on again
		p.senders["wechat"] = away{}
		p.state.transports = append(p.state.transports, "wechat")
	}
	return nil
}

func (p *assembly) add(t chat.Transport) {
	p.transports, p.senders[t.Name()] = append(p.transports, t), t
	p.state.transports = append(p.state.transports, t.Name())
}

func (p *assembly) connectSandbox() error {
	if err := p.openChats(); err != nil || p.chats == nil {
		return err
	}
	move := func(ctx context.Context, to time.Time) error {
		return errors.Join(p.runner.Move(ctx, to), keepClock(ctx, p.store, p.now()))
	}
	p.room = sandbox.New(p.office.room(p.world, p.wrapped(p.chats), p.desk, p.sandboxToken, p.log, p.settle, move))
	p.add(p.room)
	return nil
}

// openChats opens the sandbox's own file, if there is a sandbox. An earlier
// release kept its chats in the database: they are moved out of it in any case.
func (p *assembly) openChats() error {
	old, err := sandbox.HasLog(context.Background(), p.file)
	if err != nil || !old && p.cfg.Sandbox.Listen == "" {
		return err
	}
	chats, err := bolt.Open(filepath.Join(p.cfg.Data, chatsFile), bolt.Options{Schema: chatsSchema})
	if err == nil && old {
		err = sandbox.MoveLog(context.Background(), p.file, chats)
	}
	if chats != nil && (err != nil || p.cfg.Sandbox.Listen == "") {
		return errors.Join(err, chats.Close())
	}
	p.chats = chats
	return err
}

// closeFiles closes what openStore and openChats have opened.
func (p *assembly) closeFiles() error {
	err := p.file.Close()
	if p.chats != nil {
		err = errors.Join(err, p.chats.Close())
	}
	return err
}

func (p *assembly) connectWeChat() {
	title := p.office.words.Say("network.wechat", nil)
	link := watch.NewLink("wechat", title, p.watching())
	changed := func(s chat.LinkState) {
		link.Changed(s)
		announce(p.world.stdout, s, p.state.linkText, title)
		p.queue.Wake("wechat")
		if s.Phase == chat.Online {
			p.keeper.Linked()
		}
		p.runner.Wake()
	}
	account := wechat.New(wechat.Options{Session: session{p.store}, HTTP: p.world.network, QR: p.world.stdout, Now: p.now, Log: p.log,
		Markers: p.office.markers(), OnState: changed,
		OnLogin: func(ctx context.Context, l wechat.Login) error {
			return p.office.loggedIn(ctx, p.bot, p.desk, l, p.now())
		}})
	p.add(account)
	p.watches = append(p.watches, link)
	p.state.networks = append(p.state.networks, linked{account.Name(), title, account})
}

// watching is what those need who tell of links.
func (p *assembly) watching() watch.Options {
	return watch.Options{Store: p.store, Words: p.state.words, Channels: channelAddresses(p.channels), Alarm: p.desk.Alarm,
		Terminal: p.world.stdout, Now: p.now, Owed: p.wake}
}

// announce shows a state of the link on the terminal: since when, how it is and
// what to do.
func announce(out io.Writer, s chat.LinkState, worded func(string, chat.LinkState) []string, title string) {
	since := s.Since.In(calendar.Zone).Format(time.DateTime)
	s.Since = time.Time{} // which stands before it
	fmt.Fprintf(out, "%s %s\n", since, strings.Join(worded(title, s), "\n  "))
}

// away stands for a network that is switched off: nothing is sent, and nothing
// is lost.
type away struct{}

// Send implements outbox.Sender.
func (away) Send(context.Context, chat.Outgoing) (chat.MessageID, error) { return "", chat.ErrOffline }
