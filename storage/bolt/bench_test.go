package bolt_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"fangzhuo/storage"
	"fangzhuo/storage/bolt/yardstick"
)

const rounds = 7

// clock is the benchmark's own.
func clock(b *testing.B) yardstick.Clock {
	return func() time.Time { return time.Time{}.Add(b.Elapsed()) }
}

// submission is the work of one submitted case: record, index key, event.
func submission(i int) []yardstick.KV {
	id := binary.BigEndian.AppendUint64(nil, uint64(i))
	return []yardstick.KV{
		{Table: "cases", Key: id, Value: make([]byte, 600)},
		{Table: "by stage", Key: append([]byte{1}, id...)},
		{Table: "events", Key: append(id[:8:8], 0, 0, 0, 1), Value: make([]byte, 120)},
	}
}

func submit(s storage.Store, i int) error {
	return s.Update(context.Background(), func(tx storage.Tx) error {
		for _, p := range submission(i) {
			if err := tx.Put(storage.Table(p.Table), p.Key, p.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkUpdate prints the throughput of Update as a multiple of bare bbolt
// with the same puts: x_raw, the median of rounds in which both take turns.
func BenchmarkUpdate(b *testing.B) {
	for writers, ops := range map[int]int{1: 300, 8: 2000, 64: 10000} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			for b.Loop() {
				var ratios, rates []float64
				for range rounds {
					raw, err := yardstick.GroupCommit(clock(b), b.TempDir(), writers, ops, submission)
					if err != nil {
						b.Fatal(err)
					}
					ours := updatesPerSecond(b, writers, ops)
					ratios, rates = append(ratios, ours/raw), append(rates, ours)
				}
				b.ReportMetric(yardstick.Median(ratios), "x_raw")
				b.ReportMetric(yardstick.Median(rates), "updates/s")
			}
		})
	}
}

func updatesPerSecond(b *testing.B, writers, ops int) float64 {
	s := open(b, filepath.Join(b.TempDir(), "db"))
	defer s.Close()
	now := clock(b)
	start := now()
	if err := yardstick.Spread(writers, ops, func(i int) error { return submit(s, i) }); err != nil {
		b.Fatal(err)
	}
	return float64(ops) / now().Sub(start).Seconds()
}

// BenchmarkLatency prints the median of one lonely Update as a multiple of one
// fdatasync of 4 KiB in place: x_fdatasync, the median of rounds.
func BenchmarkLatency(b *testing.B) {
	now := clock(b)
	for b.Loop() {
		s := open(b, filepath.Join(b.TempDir(), "db"))
		var ratios []float64
		for round := range rounds {
			disk, err := yardstick.Fdatasync(clock(b), b.TempDir(), 200)
			if err != nil {
				b.Fatal(err)
			}
			times := make([]time.Duration, 200)
			for i := range times {
				start := now()
				if err := submit(s, round*len(times)+i); err != nil {
					b.Fatal(err)
				}
				times[i] = now().Sub(start)
			}
			ratios = append(ratios, float64(yardstick.Median(times))/float64(disk))
		}
		b.ReportMetric(yardstick.Median(ratios), "x_fdatasync")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "db"))
	defer s.Close()
	const n = 20000
	if err := yardstick.Spread(64, n, func(i int) error { return submit(s, i) }); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % n
		key := storage.Key(nil).Uint(uint64(i))
		err := s.View(context.Background(), func(r storage.Reader) error { _, err := r.Get("cases", key); return err })
		if err != nil {
			b.Fatal(err)
		}
	}
}
