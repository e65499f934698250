package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"fangzhuo/schedule"
	"fangzhuo/storage"
)

// The sandbox's clock outlives the process like everything else that was moved:
// otherwise the next start would stand before what has already been said.

const clockTable storage.Table = "clock"

var clockKey = []byte("moved to")

// keepClock notes where the clock was moved to.
func keepClock(ctx context.Context, store storage.Store, at time.Time) error {
	value := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	err := store.Update(ctx, func(tx storage.Tx) error { return tx.Put(clockTable, clockKey, value) })
	if err != nil {
		return fmt.Errorf("keep the clock: %w", err)
	}
	return nil
}

// catchUp moves the clock to where it was kept, if that still lies ahead.
func catchUp(ctx context.Context, store storage.Store, runner *schedule.Runner, now time.Time) error {
	var kept time.Time
	err := store.View(ctx, func(r storage.Reader) error {
		b, err := r.Get(clockTable, clockKey)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err == nil && len(b) == 8 {
			kept = time.UnixMilli(int64(binary.BigEndian.Uint64(b)))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	if kept.After(now) {
		return runner.Move(ctx, kept)
	}
	return nil
}
