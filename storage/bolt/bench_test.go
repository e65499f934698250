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

// BenchmarkScrub scrubs a file of 100,000 cases after one matter was worked on,
// and after a day's table of 10,000 records was dropped: milliseconds, the
// median of rounds, and beside the latter the slowest of the updates that go on.
func BenchmarkScrub(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "db"))
	defer s.Close()
	now := clock(b)
	if err := yardstick.Spread(64, 100_000, func(i int) error { return submit(s, i) }); err != nil {
		b.Fatal(err)
	}
	scrub := func() float64 {
		start := now()
		if err := s.Scrub(context.Background()); err != nil {
			b.Fatal(err)
		}
		return now().Sub(start).Seconds() * 1000
	}
	scrub()
	for b.Loop() {
		var one, day, slowest []float64
		for round := range rounds {
			for i := range 10 {
				if err := submit(s, round*1000+i); err != nil {
					b.Fatal(err)
				}
			}
			one = append(one, scrub())
			if err := yardstick.Spread(64, 10_000, func(i int) error { return put(s, "day", i) }); err != nil {
				b.Fatal(err)
			}
			if err := s.Drop(context.Background(), "day"); err != nil {
				b.Fatal(err)
			}
			done, worst := make(chan bool), make(chan float64)
			go func() {
				w := 0.0
				for i := 0; ; i++ {
					select {
					case <-done:
						worst <- w
						return
					default:
					}
					start := now()
					if err := put(s, "beside", i); err != nil {
						b.Error(err)
					}
					w = max(w, now().Sub(start).Seconds()*1000)
				}
			}()
			day = append(day, scrub())
			close(done)
			slowest = append(slowest, <-worst)
		}
		b.ReportMetric(yardstick.Median(one), "ms/matter")
		b.ReportMetric(yardstick.Median(day), "ms/day")
		b.ReportMetric(yardstick.Median(slowest), "ms/slowest-update")
	}
}

func put(s storage.Store, t storage.Table, i int) error {
	return s.Update(context.Background(), func(tx storage.Tx) error {
		return tx.Put(t, binary.BigEndian.AppendUint64(nil, uint64(i)), make([]byte, 600))
	})
}
