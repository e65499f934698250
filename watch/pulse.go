package watch

import (
	"context"
	"fmt"
	"time"

	"fangzhuo/storage"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// beat is how often the program notes that it is running.
const beat = time.Minute

// Pulse notes each minute that the program runs, and tells when it finds that it
// did not for more than Limit: it was stopped, it crashed, or the machine slept.
// It is a part of the schedule, for a clock that nobody moves.
type Pulse struct {
	Options
	last time.Time // the last beat of this process
}

// alive is the stored form.
type alive struct {
	At time.Time `cbor:"1,keyasint"`
}

// Next returns when the next beat is due: after a start at once.
func (p *Pulse) Next(context.Context) (time.Time, bool, error) {
	if p.last.After(p.Now()) { // the clock was moved back
		return p.Now(), true, nil
	}
	return p.last.Add(beat), true, nil
}

// Fire beats.
func (p *Pulse) Fire(ctx context.Context, now time.Time) error {
	var pause time.Duration
	err := p.Store.Update(ctx, func(tx storage.Tx) error {
		var before alive
		known, err := record.Load(tx, table, aliveKey, &before)
		if err != nil {
			return err
		}
		if pause = now.Sub(before.At); !known || pause <= Limit {
			pause = 0
			return record.Save(tx, table, aliveKey, alive{now})
		}
		key, args := fmt.Sprintf("stopped/%d", before.At.UnixMilli()), words.Args{"From": before.At, "For": pause}
		if err := p.Tell(tx, key, p.Words.Say("news.stopped", args), now); err != nil {
			return err
		}
		if err := p.Alarm(tx, key, "news.stopped", args, now); err != nil {
			return err
		}
		return record.Save(tx, table, aliveKey, alive{now})
	})
	if err != nil {
		return fmt.Errorf("note that the program runs: %w", err)
	}
	p.last = now
	if pause > 0 {
		p.Owed()
		fmt.Fprintf(p.Terminal, "程序停了%d分钟，现在又在运行。 Not running for %[1]d minutes, now again.\n", int(pause.Minutes()))
	}
	return nil
}
