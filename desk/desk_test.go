package desk

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"fangzhuo/attach"
	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/internal/testoffice"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/storage/record"
	"fangzhuo/words"
)

// seeded is a source of codes that repeats itself.
type seeded struct{ *rand.ChaCha8 }

func (s seeded) Read(p []byte) (int, error) { return s.ChaCha8.Read(p) }

func open(t testing.TB) (*Desk, *mem.Store) {
	t.Helper()
	o := testoffice.Open(t, words.Chinese)
	store := mem.New()
	return New(store, Options{Office: o.Office, Calendar: o.Calendar, Words: o.Words, Facts: o.Facts, Addresses: o.At("test"),
		Reception: Reception{Rule: calendar.Rule{Nth: 1, Weekday: time.Monday}, Place: "接待室", Hours: "9:00—11:30"},
		PushAt:    9 * 60, KeepYears: 3, Random: seeded{rand.NewChaCha8([32]byte{1})}}), store
}

var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.Zone)

// dump reads all records of a table.
func dump[T any](t fataler, s storage.Store, table storage.Table) (keys [][]byte, values []T) {
	err := s.View(context.Background(), func(r storage.Reader) error {
		for key, value := range r.Scan(table, nil, nil) {
			var v T
			if len(value) > 0 {
				if _, err := record.Decode(value, &v); err != nil {
					return err
				}
			}
			keys, values = append(keys, key), append(values, v)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read %s: %v", table, err)
	}
	return keys, values
}

type fataler interface {
	Fatalf(format string, args ...any)
}

// act is one thing that may be tried on a case, allowed or not.
var acts = map[string]func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error{
	"register": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Register(tx, staff, no, "宿舍澡堂", "", "", now)
		return err
	},
	"register sealed": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Register(tx, staff, no, "检举控告", "", "", now)
		return err
	},
	"accept": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Accept(tx, staff, no, "", now)
		return err
	},
	"assign": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Assign(tx, staff, no, "机电", calendar.Term{N: 3}, "", now)
		return err
	},
	"sponsor": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Sponsor(tx, staff, no, "秦矿长", calendar.Term{N: 15}, now)
		return err
	},
	"ask": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, _, err := d.Ask(tx, staff, no, "哪个月？", now)
		return err
	},
	"supplement": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Supplement(tx, no, Claim{From: "test:luo"}, chat.Message{At: now}, "十月", now)
		return err
	},
	"sign off": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.SignOff(tx, unit, no, now)
		return err
	},
	"feedback": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Feedback(tx, unit, no, "换好了", now)
		return err
	},
	"object": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Object(tx, unit, no, "不归我们", now)
		return err
	},
	"answer": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Answer(tx, staff, no, cases.Reply{Opinion: "换好了", Basis: "维修单"}, now)
		return err
	},
	"discipline answers": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Answer(tx, cases.Actor{ID: "ji", Role: cases.Discipline}, no, cases.Reply{Opinion: "查实了", Facts: "核了三个月的出库单", Basis: "调查报告", Code: cases.Substantiated}, now)
		return err
	},
	"close": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Close(tx, staff, no, "", now)
		return err
	},
	"withdraw": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Withdraw(tx, no, Claim{From: "test:luo"}, now)
		return err
	},
	"recall": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Recall(tx, no, "test:luo", 0, now)
		return err
	},
	"add a picture": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		m := chat.Message{At: now, Media: []chat.Media{{Kind: chat.Image, Ref: "photo"}, {Kind: chat.Location}}}
		_, err := d.Supplement(tx, no, Claim{From: "test:luo"}, m, "", now)
		return err
	},
	"lose a picture": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.MediaGone(tx, attach.Loss{Kind: chat.Image, State: attach.Gone, From: "test:luo", Owner: no.String(), At: now}, now)
		return err
	},
	"list attachments": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, _, err := d.Attachments(tx, staff, no, "核实现场", now)
		return err
	},
	"send attachments": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.SendAttachments(tx, staff, no, nil, "核实现场", "test:wang", now)
		return err
	},
	"pass on": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.PassOn(tx, staff, no, nil, "", true, now)
		return err
	},
	"instruct": func(d *Desk, tx storage.Tx, no cases.Number, now time.Time) error {
		_, err := d.Instruct(tx, cases.Actor{ID: "qin", Role: cases.Leader}, no, "快办", now)
		return err
	},
}

var (
	staff = cases.Actor{ID: "wang", Role: cases.Staff}
	unit  = cases.Actor{ID: "shi", Role: cases.Liaison, Unit: "jd"}
)

// On whatever path cases go, the record is the fold of its events, every list
// and counter says what the records say, an open registered case has an owner
// and a due date, and numbers have no gaps.
func TestEverythingAgrees(t *testing.T) {
	names := make([]string, 0, len(acts))
	for name := range acts {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		d, store := open(&testing.T{})
		now := monday
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "minutes")) * time.Minute)
			submitted := last(t, store)
			name := rapid.SampledFrom(append([]string{"submit"}, names...)).Draw(t, "act")
			err := store.Update(context.Background(), func(tx storage.Tx) error {
				if name == "submit" || submitted == 0 {
					_, err := d.Submit(tx, submission(rapid.SampledFrom([]string{"澡堂锁坏了", "倒卖锚杆", "路灯不亮"}).Draw(t, "matter")), now)
					return err
				}
				no := cases.Number{Year: now.Year(), Seq: rapid.IntRange(1, submitted).Draw(t, "no")}
				return acts[name](d, tx, no, now)
			})
			if _, refused := IsRefusal(err); err != nil && !refused {
				t.Fatalf("%s: %v", name, err)
			}
			if err := d.Fire(context.Background(), now); err != nil {
				t.Fatalf("push: %v", err)
			}
		}
		agree(t, store)
	})
}

func submission(matter string) Submission {
	return Submission{From: "test:luo", Form: "report", Fields: map[string]string{cases.Matter: matter}, Signature: cases.Sealed,
		Said: []Said{{At: monday, Text: matter}}}
}

// last returns the last running number of 2026.
func last(t fataler, s storage.Store) int {
	_, n := dump[int](t, s, seqTable)
	if len(n) == 0 {
		return 0
	}
	return n[0]
}

func agree(t fataler, s storage.Store) {
	keys, all := dump[cases.Case](t, s, caseTable)
	_, events := dump[cases.Event](t, s, eventTable)
	eventKeys, _ := dump[cases.Event](t, s, eventTable)
	var want []entry
	open := map[cases.Stage]int{}
	inYear := map[int]int{}
	for i, c := range all {
		if inYear[c.No.Year]++; c.No.Seq != inYear[c.No.Year] {
			t.Fatalf("number %s is the %d. of its year", c.No, inYear[c.No.Year])
		}
		var own []cases.Event
		for j, key := range eventKeys {
			if bytes.HasPrefix(key, keys[i]) {
				own = append(own, events[j])
			}
		}
		if diff := cmp.Diff(c, cases.Fold(c.No, own), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s is not the fold of its events:\n%s", c.No, diff)
		}
		want = append(want, listed(c)...)
		if !c.Stage.Open() {
			continue
		}
		if counted(c) {
			open[c.Stage]++
		}
		if c.Stage != cases.Received && c.Stage != cases.Answered && (c.Lead == "" || !c.Sealed && c.Due().IsZero()) {
			t.Fatalf("%s in %s has no owner or no due date", c.No, c.Stage)
		}
	}
	for _, table := range []storage.Table{openTable, unitTable, leaderTable, ownerTable, againstTable} {
		got, _ := dump[struct{}](t, s, table)
		n := 0
		for _, e := range want {
			if e.table == table {
				n++
				if !slices.ContainsFunc(got, func(k []byte) bool { return bytes.Equal(k, e.key) }) {
					t.Fatalf("%s lacks a case", table)
				}
			}
		}
		if n != len(got) {
			t.Fatalf("%s lists %d cases, want %d", table, len(got), n)
		}
	}
	counts, tallies := dump[tally](t, s, countTable)
	for i, key := range counts {
		if !bytes.Equal(key, allKey()) {
			continue
		}
		for stage, n := range tallies[i].Open {
			if open[stage] != n {
				t.Fatalf("%d cases are counted in %s, want %d", n, stage, open[stage])
			}
		}
	}
}

// What a unit is told never holds the petitioner's name or number.
func TestTaskTextIsIdentityFree(t *testing.T) {
	d, store := open(t)
	s := submission("我是综采二队的张三，电话13900001234，澡堂锁坏了三天")
	s.Name = "张三"
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		if _, err := d.Submit(tx, s, monday); err != nil {
			return err
		}
		done, err := d.Assign(tx, staff, cases.Number{Seq: 1}, "后勤", calendar.Term{N: 3}, "", monday)
		for _, secret := range []string{"张三", "13900001234"} {
			if bytes.Contains([]byte(done.Case.Note), []byte(secret)) {
				t.Errorf("the task says %q: %q", secret, done.Case.Note)
			}
		}
		if !bytes.Contains([]byte(done.Case.Note), []byte("锁坏了")) {
			t.Errorf("the task does not say what is to be done: %q", done.Case.Note)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Of an anonymous matter no record but the words themselves leads to anybody.
func TestAnonymousLeavesNoAccount(t *testing.T) {
	d, store := open(t)
	s := submission("食堂涨价")
	s.Signature, s.Name, s.Contact = cases.Anonymous, "张三", "13900001234"
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		_, err := d.Submit(tx, s, monday)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tables, err := store.Tables(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		err := store.View(t.Context(), func(r storage.Reader) error {
			for key, value := range r.Scan(table, nil, nil) {
				for _, secret := range []string{"test:luo", "张三", "13900001234"} {
					if bytes.Contains(key, []byte(secret)) || bytes.Contains(value, []byte(secret)) {
						return fmt.Errorf("%s holds %q", table, secret)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Each look into the sealed part is written down.
func TestReadingTheSealedPartIsWrittenDown(t *testing.T) {
	d, store := open(t)
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		if _, err := d.Submit(tx, submission("澡堂锁坏了"), monday); err != nil {
			return err
		}
		_, err := d.Accept(tx, staff, cases.Number{Seq: 1}, "", monday)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, events := dump[cases.Event](t, store, eventTable)
	if !slices.ContainsFunc(events, func(e cases.Event) bool { return e.Verb == cases.Open && e.Text != "" && e.Actor == staff }) {
		t.Errorf("nobody wrote down that the petitioner was looked up: %+v", events)
	}
}

// What is added to an anonymous matter tells as little of who added it as what
// was handed in.
func TestAddingToAnAnonymousMatterLeavesNoName(t *testing.T) {
	d, store := open(t)
	s := submission("食堂涨价")
	s.Signature = cases.Anonymous
	minute := time.Date(2026, 11, 23, 15, 42, 0, 0, calendar.Zone)
	m := chat.Message{At: minute, From: "test:luo", Media: []chat.Media{{Kind: chat.File, Ref: "1", Name: "张大明.pdf"}}}
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		r, err := d.Submit(tx, s, monday)
		if err != nil {
			return err
		}
		_, err = d.Supplement(tx, r.Case.No, Claim{From: m.From, Code: r.Code}, m, "我是张大明，电话13900001234，又涨了", minute)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []storage.Table{eventTable, saidTable, caseTable, "outbox-pending"} {
		_, values := dump[any](t, store, table)
		for _, v := range values {
			if text := fmt.Sprintf("%s", v); strings.Contains(text, "张大明") || strings.Contains(text, "13900001234") {
				t.Errorf("%s tells who it was: %s", table, text)
			}
		}
	}
	_, all := dump[Said](t, store, saidTable)
	if n := len(all); n != 2 || !strings.Contains(all[1].Text, "又涨了") || !all[1].At.Equal(dateOf(minute).Start()) {
		t.Errorf("kept: %+v", all)
	}
}
