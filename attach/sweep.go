package attach

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// Sweep deletes what no draft holds any more, and every file that no record
// speaks of. First the record goes, then the file: a crash in between leaves a
// file for the next sweep, never a record without its bytes.
func (k *Keeper) Sweep(ctx context.Context, holds func(r storage.Reader, from chat.Address, id string) (bool, error)) error {
	if err := k.dropLoose(ctx, holds); err != nil {
		return fmt.Errorf("drop what came with drafts given up: %w", err)
	}
	if err := errors.Join(k.sweepIncoming(ctx), k.sweepFiles(ctx)); err != nil {
		return fmt.Errorf("remove files that nothing speaks of: %w", err)
	}
	return nil
}

func (k *Keeper) dropLoose(ctx context.Context, holds func(storage.Reader, chat.Address, string) (bool, error)) error {
	var loose []string
	err := k.store.View(ctx, func(r storage.Reader) error {
		loose = nil
		for key, from := range r.Scan(looseTable, nil, nil) {
			id := idOf(key)
			held, err := holds(r, chat.Address(from), id)
			if err != nil {
				return err
			}
			if !held {
				loose = append(loose, id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range loose { // no draft takes back what it has let go
		if err := k.store.Update(ctx, func(tx storage.Tx) error { return drop(tx, id) }); err != nil {
			return err
		}
		k.mu.Lock()
		delete(k.tries, id)
		k.mu.Unlock()
	}
	return nil
}

// sweepIncoming removes what came for something that is not wanted any more.
func (k *Keeper) sweepIncoming(ctx context.Context) error {
	folder := filepath.Join(k.Dir, incoming)
	names, err := namesIn(folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		id, part := strings.CutSuffix(name, ".part")
		k.mu.Lock()
		busy := k.busy[id]
		k.mu.Unlock()
		if busy {
			continue
		}
		wanted := false
		err := k.store.View(ctx, func(r storage.Reader) (err error) {
			wanted, err = record.Load(r, wantTable, idKey(id), new(want))
			return err
		})
		if err != nil {
			return err
		}
		if part || !wanted {
			if err := remove(filepath.Join(folder, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepFiles removes the bytes that no item has.
func (k *Keeper) sweepFiles(ctx context.Context) error {
	folders, err := namesIn(k.Dir)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if len(folder) != 2 {
			continue
		}
		if err := k.sweepFolder(ctx, filepath.Join(k.Dir, folder)); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) sweepFolder(ctx context.Context, folder string) error {
	k.files.Lock()
	defer k.files.Unlock()
	names, err := namesIn(folder)
	if err != nil {
		return err
	}
	var orphans []string
	err = k.store.View(ctx, func(r storage.Reader) error {
		orphans = nil
		for _, name := range names {
			if hash, err := hex.DecodeString(name); err != nil || !hasItem(r, hash) {
				orphans = append(orphans, name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range orphans {
		if err := remove(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

func hasItem(r storage.Reader, hash []byte) bool {
	key := fileKey(hash)
	for range r.Scan(fileTable, key, key.End()) {
		return true
	}
	return false
}

// namesIn lists a folder; one that is not there is empty.
func namesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
