package outbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
)

// null is a transport that accepts everything and notes the last time.
type null struct {
	now  func() time.Time
	late func(m chat.Outgoing, at time.Time)
}

func (n null) Send(_ context.Context, m chat.Outgoing) (chat.MessageID, error) {
	if n.late != nil {
		n.late(m, n.now())
	}
	return "1", nil
}

// wall is a clock for benchmarks: the benchmark's own time after start.
func wall(b *testing.B) func() time.Time {
	return func() time.Time { return start.Add(b.Elapsed()) }
}

func openBolt(b *testing.B) *bolt.Store {
	b.Helper()
	s, err := bolt.Open(filepath.Join(b.TempDir(), "bench.db"), bolt.Options{})
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

// promise puts n promises made by one, twelve a transaction, as schedule does.
func promise(b *testing.B, s storage.Store, now time.Time, n int, one func(i int) Promise) {
	b.Helper()
	errs := make([]error, (n+11)/12)
	var all sync.WaitGroup
	for c := range errs {
		all.Go(func() {
			errs[c] = s.Update(b.Context(), func(tx storage.Tx) error {
				for i := c * 12; i < min(n, c*12+12); i++ {
					if _, err := Put(tx, one(i), now); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// One notice to 1,000 groups: promised, sent and recorded, against a program
// that uses a transaction for each message and one for each record.
func BenchmarkFanOut(b *testing.B) {
	const groups = 1000
	s, raw := openBolt(b), openBolt(b)
	q := New(s, map[string]Sender{"test": null{}}, Options{Now: wall(b)})
	var ours, theirs []time.Duration
	round := 0
	for b.Loop() {
		round++
		began := b.Elapsed()
		now := q.Now()
		promise(b, s, now, groups, func(i int) Promise {
			p := notice(fmt.Sprint(round, "/", i), fmt.Sprint(i))
			p.Batch = fmt.Sprint(round)
			return p
		})
		if err := q.Fire(b.Context(), now); err != nil {
			b.Fatal(err)
		}
		middle := b.Elapsed()
		for i := range groups {
			key := storage.Key(nil).Uint(uint64(round)).Uint(uint64(i))
			write := func(value string) {
				err := raw.Update(b.Context(), func(tx storage.Tx) error { return tx.Put("messages", key, []byte(value)) })
				if err != nil {
					b.Fatal(err)
				}
			}
			write("通知 to be sent")
			write("sent")
		}
		ours, theirs = append(ours, middle-began), append(theirs, b.Elapsed()-middle)
	}
	sent, err := newest(b.Context(), s, prefixSent, groups*round+1)
	if err != nil || len(sent) != groups*round {
		b.Fatalf("sent %d, %v; want %d", len(sent), err, groups*round)
	}
	b.ReportMetric(float64(median(ours))/1e6, "ms")
	b.ReportMetric(float64(median(ours))/float64(median(theirs)), "of-tx-per-message")
}

// 10,000 messages due within one second: how late is the last.
func BenchmarkTenThousandDue(b *testing.B) {
	for _, kind := range []struct {
		name string
		make func(key, to string) Promise
	}{{"notices", notice}, {"replies", reply}} {
		b.Run(kind.name, func(b *testing.B) {
			const n = 10_000
			var last, worst []time.Duration
			for b.Loop() {
				s := openBolt(b)
				first := wall(b)().Add(time.Second) // time to promise them
				due := func(i int) time.Time { return first.Add(time.Duration(i) * time.Second / n) }
				promise(b, s, wall(b)(), n, func(i int) Promise {
					p := kind.make(fmt.Sprint(i), fmt.Sprint(i))
					p.Due = due(i)
					return p
				})
				sent, late, most := 0, time.Duration(0), time.Duration(0)
				ctx, stop := context.WithCancel(b.Context())
				q := New(s, map[string]Sender{"test": null{now: wall(b), late: func(m chat.Outgoing, at time.Time) {
					late = at.Sub(due(sent))
					most = max(most, late)
					if sent++; sent == n {
						stop()
					}
				}}}, Options{Now: wall(b)})
				if err := q.Run(ctx); err != nil {
					b.Fatal(err)
				}
				last, worst = append(last, late), append(worst, most)
			}
			b.ReportMetric(float64(median(last))/1e6, "ms-last-late")
			b.ReportMetric(float64(median(worst))/1e6, "ms-worst-late")
		})
	}
}

// 100,000 messages pending for later: what it costs to look once a minute,
// as a share of one core, and what each look costs.
func BenchmarkIdle(b *testing.B) {
	s := openBolt(b)
	q := New(s, map[string]Sender{"test": null{}}, Options{Now: func() time.Time { return start }})
	for day := range 10 {
		promise(b, s, start, 10_000, func(i int) Promise {
			p := notice(fmt.Sprint(day, "/", i), fmt.Sprint(i))
			p.Due = start.Add(time.Duration(day+1) * 24 * time.Hour)
			return p
		})
	}
	for b.Loop() {
		if _, _, err := q.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	each := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(100*each/time.Minute.Seconds(), "%-of-a-core")
}

// An answer that is not stored.
func BenchmarkPass(b *testing.B) {
	q := New(nil, map[string]Sender{"test": null{}}, Options{Now: func() time.Time { return start }})
	l := q.lane("test")
	m := chat.Outgoing{Key: "1", To: "test:p/zhang", Text: "进度"}
	for b.Loop() {
		q.Pass(m)
		if len(l.passed) == maxPassed {
			l.passed = l.passed[:0]
		}
	}
}
