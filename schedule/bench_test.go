package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// thousand returns the reception of a thousand groups.
func thousand(b *testing.B) []Source {
	groups := make([]string, 1000)
	for i := range groups {
		groups[i] = fmt.Sprint("group ", i)
	}
	return []Source{reception(b, groups...)}
}

// One occasion for 1,000 groups, decided and owed (three keys each, as an
// outbox writes), against a transaction for each.
func BenchmarkFanOut(b *testing.B) {
	open := func(name string) *bolt.Store {
		s, err := bolt.Open(filepath.Join(b.TempDir(), name), bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		})
		return s
	}
	s, raw, sources := open("ours"), open("raw"), thousand(b)
	now := at(b, "2026-01-10 00:00")
	emit := func(tx storage.Tx, o Occasion, _ time.Time) error {
		key := storage.Key(nil).Text(o.Key())
		for _, t := range []storage.Table{"promise", "key", "number"} {
			if err := tx.Put(t, key, []byte("【矿领导接待日预告】")); err != nil {
				return err
			}
		}
		return nil
	}
	p := NewPlanner(s, PlannerOptions{
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Emit: emit,
		Sources: func(context.Context) ([]Source, error) { return sources, nil },
	})
	var ours, theirs []time.Duration
	for b.Loop() {
		due, ok, err := p.Next(b.Context())
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		now = due
		began := b.Elapsed()
		if err := p.Fire(b.Context(), now); err != nil {
			b.Fatal(err)
		}
		middle := b.Elapsed()
		for _, o := range sources[0].Occasions(due.Add(-1), due) {
			if err := raw.Update(b.Context(), func(tx storage.Tx) error { return emit(tx, o, now) }); err != nil {
				b.Fatal(err)
			}
		}
		ours, theirs = append(ours, middle-began), append(theirs, b.Elapsed()-middle)
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	b.ReportMetric(float64(ours[len(ours)/2])/1e6, "ms")
	b.ReportMetric(float64(ours[len(ours)/2])/float64(theirs[len(theirs)/2]), "of-tx-per-notice")
}

// Looking ahead with 1,000 groups, as an idle runner does once a minute.
func BenchmarkIdle(b *testing.B) {
	o := newOffice(b, "2026-11-10 00:00", thousand(b)...)
	for b.Loop() {
		o.plan.Replan()
		if _, _, err := o.plan.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	each := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(100*each/fresh.Seconds(), "%-of-a-core")
}
