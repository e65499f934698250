package attach

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

const (
	// fetchers is how many pieces of media are fetched at a time.
	fetchers = 3
	// patience is how long one piece of media may take to come.
	patience = 3 * time.Minute
	// offline is how long a network is left alone that has no link.
	offline = time.Minute
	// lifetime is how long something is tried for at all. No network keeps media
	// for a login that has ended.
	lifetime = 3 * 24 * time.Hour
)

// pauses are between one try and the next.
var pauses = []time.Duration{10 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute}

// errTooBig means that something is larger than what is kept.
var errTooBig = errors.New("it is too large")

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

// fetch brings the bytes here and keeps them. Each step leaves what the next one
// needs, so that the network is asked only while the bytes are not here: its
// login may end with the program.
func (k *Keeper) fetch(ctx context.Context, id string, w want, last bool) error {
	path := filepath.Join(k.Dir, incoming, id)
	if _, err := os.Stat(path); err != nil {
		if err := k.download(ctx, id, w); err != nil {
			return err
		}
	}
	item, content, err := k.look(path, w, last)
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	if err := k.keep(ctx, id, item, content, path); err != nil {
		return fmt.Errorf("%w: %w", errHere, err)
	}
	if err := os.Remove(path); err != nil { // the next sweep will
		k.Log.Warn("what came for an attachment is left over", "err", err)
	}
	return nil
}

// download brings the bytes here, whole.
func (k *Keeper) download(ctx context.Context, id string, w want) error {
	source, ok := k.Sources[w.Network]
	if !ok {
		return chat.ErrOffline // switched off; perhaps not for long
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := source.Fetch(ctx, chat.Media{Kind: w.Kind, Ref: w.Ref})
	if err != nil {
		return fmt.Errorf("fetch an attachment: %w", err)
	}
	defer body.Close()
	if err := k.receive(id, body); err != nil {
		return fmt.Errorf("receive an attachment: %w", err)
	}
	return nil
}

// headLength is how much is looked at to recognise what something is.
const headLength = 3072

// look finds out what came. content is set when something was taken out of it;
// otherwise the file is kept as it is. The last time, what broke off is better
// than nothing. What strangers send may be made to confuse whoever reads it.
func (k *Keeper) look(path string, w want, last bool) (item Item, content []byte, err error) {
	k.looking.Lock() // a picture is held in memory: one at a time
	defer k.looking.Unlock()
	defer func() {
		if v := recover(); v != nil {
			k.Log.Error("an attachment could not be looked at", "kind", w.Kind, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: it cannot be looked at", errWrong)
		}
	}()
	f, err := os.Open(path)
	if err != nil {
		return item, nil, err
	}
	defer f.Close()
	head := make([]byte, headLength)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return item, nil, err
	}
	is, err := recognise(head[:n], w)
	if err != nil {
		return item, nil, err
	}
	item = Item{Kind: w.Kind, State: Kept, Type: is.kind, Ext: is.ext}
	hash := sha256.New()
	rest := io.MultiReader(bytes.NewReader(head[:n]), f)
	switch is.kind {
	case "image/jpeg", "image/png", "image/webp":
		raw, err := io.ReadAll(rest)
		if err != nil {
			return item, nil, err
		}
		out, whole, ok := bare(raw, is.kind)
		if !whole && !last {
			return item, nil, errShort
		}
		hash.Write(out)
		item.Bare, item.Size, content = ok, int64(len(out)), out
	default:
		if item.Size, err = io.Copy(hash, rest); err != nil {
			return item, nil, err
		}
	}
	item.Hash = hash.Sum(nil)
	return item, content, nil
}

// keep puts the bytes into their place and then writes down that they are there.
func (k *Keeper) keep(ctx context.Context, id string, item Item, content []byte, path string) error {
	k.files.Lock()
	defer k.files.Unlock()
	err := k.place(item.Hash, func(to string) error {
		if content != nil {
			return writeFile(to, bytes.NewReader(content))
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return writeFile(to, f)
	})
	if err != nil {
		return fmt.Errorf("keep an attachment: %w", err)
	}
	return k.settle(ctx, id, func(tx storage.Tx, _ want) error {
		return errors.Join(
			record.Save(tx, itemTable, idKey(id), item),
			tx.Put(fileTable, fileKey(item.Hash).Text(id), nil))
	})
}

// giveUp writes down that something could not be kept, and tells.
func (k *Keeper) giveUp(ctx context.Context, id string, state State) error {
	return k.settle(ctx, id, func(tx storage.Tx, w want) error {
		return errors.Join(
			record.Save(tx, itemTable, idKey(id), Item{Kind: w.Kind, State: state}),
			k.Lost(tx, Loss{Kind: w.Kind, State: state, From: w.From, Owner: w.Owner, At: w.At}))
	})
}

// settle ends a want: from here on nothing is left of where it came from. One
// that was dropped meanwhile is left alone.
func (k *Keeper) settle(ctx context.Context, id string, do func(tx storage.Tx, w want) error) error {
	err := k.store.Update(ctx, func(tx storage.Tx) error {
		var w want
		if ok, err := record.Load(tx, wantTable, idKey(id), &w); err != nil || !ok {
			return err
		}
		return errors.Join(do(tx, w), tx.Delete(wantTable, idKey(id)))
	})
	if err != nil {
		return fmt.Errorf("write down what became of an attachment: %w", err)
	}
	return nil
}
