package attach

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// patience is how long one piece of media may take to come.
const patience = 3 * time.Minute

// errTooBig means that something is larger than what is kept.
var errTooBig = errors.New("it is too large")

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
