package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat"
	"fangzhuo/chat/notify"
	"fangzhuo/config"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// The ways to people that need no chat account (alarms).

// checkAlarms adds what is wrong with the URLs to the config's own problems.
func checkAlarms(cfg *config.Config) {
	for i, a := range cfg.Alarms {
		path := fmt.Sprintf("alarms[%d].url", i)
		if a.URLFile != "" {
			path += "_file"
		}
		address, err := a.Address()
		if err != nil || cfg.Faulty(path) {
			continue // which has been said
		}
		if err := notify.Check(address); err != nil {
			cfg.Problem(path, "%v", err)
		}
	}
}

// channels opens the ways to people.
func (o *office) channels(now func() time.Time) ([]*notify.Channel, error) {
	var all []*notify.Channel
	for i, a := range o.cfg.Alarms {
		address, err := a.Address()
		if err != nil {
			return nil, err
		}
		c, err := notify.New(a.ID, a.Name, address, notify.Options{Now: now, Subject: "方桌：" + o.cfg.Office.Name})
		if err != nil {
			return nil, fmt.Errorf("alarms[%d].url %w", i, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func channelAddresses(channels []*notify.Channel) []chat.Address {
	var all []chat.Address
	for _, c := range channels {
		all = append(all, c.Address())
	}
	return all
}

// unsent tells staff of a message that did not go out. That a channel does not
// work is told once a day; so is, over the channels, that groups were not
// reached: on that day the staff may not be reached in chat either.
func (p *assembly) unsent(tx storage.Tx, out outbox.Outcome) error {
	o, d, now := p.office, p.desk, p.now()
	day := calendar.DateOf(now).String()
	for _, c := range p.channels {
		if out.To == c.Address() {
			key := "channel/" + c.Transport() + "/" + day
			why := o.words.Say("unsent."+string(out.State), nil)
			return d.Alarm(tx, key, "staff.channel", words.Args{"Name": c.Name(), "Why": why}, now)
		}
	}
	if out.Kind == desk.ToGroup {
		w := p.watching()
		if err := w.Tell(tx, "unsent/"+day, w.Words.Say("news.unsent", nil), now); err != nil {
			return err
		}
	}
	return d.Unsent(tx, out, now)
}

// tryAlarms sends a test message to every channel and prints how it went.
func tryAlarms(ctx context.Context, file string, now func() time.Time, out io.Writer) error {
	cfg, err := config.Read(file)
	if err != nil {
		return err
	}
	o, err := understand(cfg)
	if err != nil {
		return err
	}
	if err := cfg.Unfilled(); err != nil {
		return err
	}
	channels, err := o.channels(now)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "test messages:")
	failed := 0
	for _, c := range channels {
		m := chat.Outgoing{Key: fmt.Sprintf("test/%d", now().UnixNano()), To: c.Address(), Text: o.words.With(o.facts).Say("news.test", nil)}
		_, err := c.Send(ctx, m)
		if errors.Is(err, chat.ErrOffline) {
			err = errors.New("no connection, or none that is safe")
		}
		if err != nil {
			failed++
			fmt.Fprintf(out, "  %s: not sent: %v\n", c.Name(), err)
			continue
		}
		fmt.Fprintf(out, "  %s: sent, look whether it is there\n", c.Name())
	}
	switch {
	case len(channels) == 0:
		return fmt.Errorf("there are no alarms in %s: write at least one", file)
	case failed > 0:
		return fmt.Errorf("%d of %d test messages did not go out: look at the addresses and the network", failed, len(channels))
	}
	return nil
}
