package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"fangzhuo/bot"
	"fangzhuo/calendar"
	"fangzhuo/chat"
	"fangzhuo/config"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/storage/bolt"
	"fangzhuo/storage/bolt/yardstick"
	"fangzhuo/storage/mem"
)

// The program as a whole against the bare engine beneath it, in the same run and
// taking turns: see docs/performance.md.

// turns is how often the two sides of a ratio take turns.
const turns = 7

// today is when the benchmarks play: a working Monday.
var today = time.Date(2026, 12, 21, 9, 0, 0, 0, calendar.Zone)

// stopwatch is the benchmark's own clock.
func stopwatch(b *testing.B) yardstick.Clock {
	return func() time.Time { return today.Add(b.Elapsed()) }
}

// table is the conversation and the desk on a store, wired as serve does it but
// with no network at either end.
type table struct {
	office *office
	desk   *desk.Desk
	bot    *bot.Bot
	passed atomic.Int64 // answers that need not be kept
}

func lay(b *testing.B, store storage.Store, now func() time.Time) *table {
	b.Helper()
	cfg, err := config.Load("demo.yaml", demoConfig)
	if err != nil {
		b.Fatal(err)
	}
	o, err := understand(cfg)
	if err != nil {
		b.Fatal(err)
	}
	people, groups := o.addresses(true)
	t := &table{office: o}
	t.desk = desk.New(store, desk.Options{Office: o.directory, Calendar: o.calendar, Words: o.words, Addresses: people,
		Groups: groups, Reception: o.reception(), Facts: o.facts, PushAt: 9 * 60, Random: rand.NewChaCha8([32]byte{})})
	t.bot = bot.New(store, t.desk, bot.Options{Office: o.directory, Words: o.words, Facts: o.facts, Forms: o.forms,
		Dialect: cfg.Dialect, Quiet: cfg.Intake.Quiet, DraftFor: 7 * 24 * time.Hour, PerHour: 1 << 30, // held to, never reached
		MaxChars: cfg.Intake.MaxChars, Now: now, Log: slog.New(slog.DiscardHandler),
		Pass: func(chat.Outgoing) { t.passed.Add(1) }, Owed: func() {}, Moved: func() {}})
	return t
}

func openStore(b *testing.B, path string) *bolt.Store {
	b.Helper()
	s, err := bolt.Open(path, bolt.Options{Schema: schema})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// said is a message in the private chat of a person.
func said(person, id, text string) []chat.Message {
	a := chat.Address("sandbox:p-" + person)
	return []chat.Message{{ID: chat.MessageID(id), From: a, Chat: a, Text: text}}
}

// matter is the text of a matter like many.
func matterText(i int) string {
	return fmt.Sprintf("%d号更衣柜的锁坏了，升井以后没地方放衣服，跟班长说过三回没人管", i)
}

// handIn is one person handing in a matter with one message.
func handIn(person, i int) []chat.Message {
	return said("w"+strconv.Itoa(person), strconv.Itoa(i),
		"反映 事由："+matterText(i)+" 地点：副井澡堂 时间：上周三 诉求：换锁 署名：保密")
}

// BenchmarkSubmission is the whole path of a submission, from the message to
// the receipt that is durably owed: x_raw is its throughput with 64 people at
// once as a multiple of bare bbolt group commit of the same bytes.
func BenchmarkSubmission(b *testing.B) {
	const people, each = 64, 100
	puts := putsOf(b, people*each, func(i int) []chat.Message { return handIn(i%people, i) })
	for b.Loop() {
		var ratios, rates []float64
		for range turns {
			raw, err := yardstick.GroupCommit(stopwatch(b), b.TempDir(), people, len(puts), func(i int) []yardstick.KV { return puts[i] })
			if err != nil {
				b.Fatal(err)
			}
			ours := submissionsPerSecond(b, people, each)
			ratios, rates = append(ratios, ours/raw), append(rates, ours)
		}
		report(b, "x_raw", ratios)
		report(b, "submissions/s", rates)
	}
}

func submissionsPerSecond(b *testing.B, people, each int) float64 {
	store := openStore(b, filepath.Join(b.TempDir(), databaseFile))
	defer store.Close()
	now := stopwatch(b)
	t := lay(b, store, now)
	start := now()
	err := yardstick.Spread(people, people, func(person int) error {
		for n := range each {
			if err := t.bot.Accept(b.Context(), handIn(person, n*people+person)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return float64(people*each) / now().Sub(start).Seconds()
}

// BenchmarkSubmissionAlone is the median time of one person's submission as a
// multiple of one fdatasync of 4 KiB in place.
func BenchmarkSubmissionAlone(b *testing.B) {
	const each = 200
	now := stopwatch(b)
	for b.Loop() {
		store := openStore(b, filepath.Join(b.TempDir(), databaseFile))
		t := lay(b, store, now)
		var ratios, took []float64
		for turn := range turns {
			disk, err := yardstick.Fdatasync(now, b.TempDir(), each)
			if err != nil {
				b.Fatal(err)
			}
			times := make([]time.Duration, each)
			for i := range times {
				m := handIn(0, turn*each+i)
				start := now()
				if err := t.bot.Accept(b.Context(), m); err != nil {
					b.Fatal(err)
				}
				times[i] = now().Sub(start)
			}
			p50 := yardstick.Median(times)
			ratios, took = append(ratios, float64(p50)/float64(disk)), append(took, float64(p50.Microseconds()))
		}
		report(b, "x_fdatasync", ratios)
		report(b, "µs-p50", took)
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// report prints the median and, for the doc, the spread.
func report(b *testing.B, unit string, list []float64) {
	b.ReportMetric(yardstick.Median(list), unit)
	b.Logf("%s: median %.4g, %.4g to %.4g", unit, yardstick.Median(list), slices.Min(list), slices.Max(list))
}

// recorder notes the puts of each Update.
type recorder struct {
	storage.Store
	puts []yardstick.KV
}

func (r *recorder) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return r.Store.Update(ctx, func(tx storage.Tx) error { return fn(&recorded{tx, r}) })
}

type recorded struct {
	storage.Tx
	to *recorder
}

func (tx *recorded) Put(t storage.Table, key, value []byte) error {
	tx.to.puts = append(tx.to.puts, yardstick.KV{Table: string(t), Key: slices.Clone(key), Value: slices.Clone(value)})
	return tx.Tx.Put(t, key, value)
}

// putsOf returns what the store is asked to put for each of n batches.
func putsOf(b *testing.B, n int, batch func(i int) []chat.Message) [][]yardstick.KV {
	b.Helper()
	r := &recorder{Store: mem.New()}
	t := lay(b, r, stopwatch(b))
	all := make([][]yardstick.KV, n)
	for i := range all {
		r.puts = nil
		if err := t.bot.Accept(b.Context(), batch(i)); err != nil {
			b.Fatal(err)
		}
		all[i] = r.puts
	}
	if !slices.ContainsFunc(all[n-1], func(kv yardstick.KV) bool { return kv.Table == "outbox-pending" }) {
		b.Fatal("no receipt is owed: that was no submission")
	}
	return all
}
