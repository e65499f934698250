package attach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

const (
	// fetchers is how many pieces of media are fetched at a time.
	fetchers = 3
	// offline is how long a network is left alone that has no link.
	offline = time.Minute
	// lifetime is how long something is tried for at all. No network keeps media
	// for a login that has ended.
	lifetime = 3 * 24 * time.Hour
)

// pauses are between one try and the next.
var pauses = []time.Duration{10 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute}

// try is how often something could not be fetched, and when it is tried again.
// It is not stored: after a restart everything is tried at once.
type try struct {
	failed int
	next   time.Time
}

// Run fetches what is wanted until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for range fetchers {
		all.Go(func() { k.work(ctx) })
	}
	all.Wait()
	return nil
}

func (k *Keeper) work(ctx context.Context) {
	for ctx.Err() == nil {
		id, w, err := k.take(ctx)
		if id != "" {
			k.try(ctx, id, w)
			continue
		}
		pause := time.Minute // looks again at least so often: the clock may be moved
		at, ok, failed := k.Next(ctx)
		if err = errors.Join(err, failed); err != nil && ctx.Err() == nil {
			k.Log.Error("fetching attachments is interrupted", "err", err)
		} else if ok {
			pause = min(pause, at.Sub(k.Now()))
		}
		k.sleep(ctx, pause)
	}
}

// Next returns when the next piece of media is to be fetched.
func (k *Keeper) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, _, err := k.first(ctx)
	return k.tries[id].next, id != "", err
}

// Fire fetches everything that is due now, one after the other.
func (k *Keeper) Fire(ctx context.Context, _ time.Time) error {
	for {
		id, w, err := k.take(ctx)
		if err != nil || id == "" {
			return err
		}
		k.try(ctx, id, w)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// take returns what is due first, kept from all others, or no id.
func (k *Keeper) take(ctx context.Context) (id string, w want, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, w, err = k.first(ctx)
	if err != nil || id == "" || k.tries[id].next.After(k.Now()) {
		return "", want{}, err
	}
	k.busy[id] = true
	return id, w, nil
}

// first returns what comes first of all that is wanted and that nobody is
// fetching, or no id.
func (k *Keeper) first(ctx context.Context) (id string, w want, err error) {
	err = k.store.View(ctx, func(r storage.Reader) error {
		id = ""
		for key, value := range r.Scan(wantTable, nil, nil) {
			this, found := idOf(key), want{}
			if k.busy[this] {
				continue
			}
			if _, err := record.Decode(value, &found); err != nil {
				return fmt.Errorf("read what is wanted: %w", err)
			}
			if id == "" || cmp.Or(k.tries[this].next.Compare(k.tries[id].next), found.At.Compare(w.At)) < 0 {
				id, w = this, found
			}
		}
		return nil
	})
	return id, w, err
}

// try fetches one piece of media, or notes when to try again, or gives it up.
func (k *Keeper) try(ctx context.Context, id string, w want) {
	t := k.tried(id)
	next, done := k.outcome(ctx, id, w, t)
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.busy, id)
	if k.tries[id] = next; done {
		delete(k.tries, id)
	}
}

func (k *Keeper) tried(id string) try {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.tries[id]
}

// outcome tries once more and returns what that leaves to do, unless it is done.
func (k *Keeper) outcome(ctx context.Context, id string, w want, t try) (next try, done bool) {
	last := t.failed == len(pauses)
	err := k.fetch(ctx, id, w, last)
	later := try{t.failed, k.Now().Add(offline)}
	state := Gone
	switch old := k.Now().Sub(w.At) > lifetime; {
	case err == nil:
		return try{}, true
	case ctx.Err() != nil:
		return t, false
	case errors.Is(err, errTooBig):
		state = TooBig
	case errors.Is(err, chat.ErrGone), old:
	case errors.Is(err, chat.ErrOffline):
		return later, false
	case here(err):
		k.Log.Error("an attachment cannot be kept now", "err", err)
		return later, false
	case !last:
		k.Log.Warn("an attachment could not be fetched yet", "network", w.Network, "kind", w.Kind, "tries", t.failed+1, "err", err)
		return try{t.failed + 1, k.Now().Add(pauses[t.failed])}, false
	}
	if err := k.giveUp(ctx, id, state); err != nil {
		if ctx.Err() == nil {
			k.Log.Error("an attachment cannot be given up", "err", err)
		}
		return later, false
	}
	return try{}, true
}

// errHere means that the fault is on this side: a full disk, a store that fails.
var errHere = errors.New("it is not the network's fault")

// here reports whether an error arose on this side. That is for somebody to mend
// and counts as no try.
func here(err error) bool {
	var disk *fs.PathError
	return errors.Is(err, errHere) || errors.As(err, &disk)
}

// Linked makes what waits for a link be tried at once: a network is there again,
// perhaps not for long.
func (k *Keeper) Linked() {
	k.mu.Lock()
	for id, t := range k.tries {
		t.next = time.Time{}
		k.tries[id] = t
	}
	k.mu.Unlock()
	k.Wake()
}

// Wake makes Run look again: something is wanted.
func (k *Keeper) Wake() {
	for range fetchers {
		select {
		case k.woken <- struct{}{}:
		default:
			return
		}
	}
}

// sleep waits until woken, or ctx ends.
func (k *Keeper) sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-k.woken:
	case <-timer.C:
	}
}
