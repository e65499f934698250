package desk

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/storage"
)

func noted(channel cases.Channel, matter string) Intake {
	return Intake{Channel: channel, Submission: Submission{Form: "report", Fields: map[string]string{cases.Matter: matter}, Signature: cases.Sealed,
		Name: "张三", Contact: "13900001234", Said: []Said{{Text: matter}}}}
}

func take(t *testing.T, d *Desk, s storage.Store, in Intake) Receipt {
	t.Helper()
	var r Receipt
	err := s.Update(t.Context(), func(tx storage.Tx) (err error) {
		r, err = d.Take(tx, staff, in, monday)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// owed is everything the outbox holds, as it is stored.
func owed(t *testing.T, s storage.Store) (all []string) {
	t.Helper()
	tables, err := s.Tables(t.Context(), "outbox")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		err := s.View(t.Context(), func(r storage.Reader) error {
			for _, value := range r.Scan(table, nil, nil) {
				all = append(all, string(value))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// told reports whether anything owed holds the text.
func told(t *testing.T, s storage.Store, text string) bool {
	t.Helper()
	return slices.ContainsFunc(owed(t, s), func(o string) bool { return strings.Contains(o, text) })
}

// A matter that staff write down has the next number of the one series, and its
// petitioner's code opens it like any other; it is counted by its channel.
func TestTakeStandsInTheOneSeries(t *testing.T) {
	d, store := open(t)
	for i, channel := range []cases.Channel{cases.ByCall, cases.ByLetter, cases.ByVisit, cases.ByPaste} {
		submitted := Receipt{}
		err := store.Update(t.Context(), func(tx storage.Tx) (err error) {
			submitted, err = d.Submit(tx, submission("路灯不亮"), monday)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r := take(t, d, store, noted(channel, "澡堂锁坏了"))
		if submitted.Case.No.Seq != 2*i+1 || r.Case.No.Seq != 2*i+2 {
			t.Fatalf("%s: numbers %s, %s", channel, submitted.Case.No, r.Case.No)
		}
		c, _, err := d.Track(t.Context(), r.Case.No, Claim{From: "test:somebody", Code: r.Code}, monday)
		if err != nil || c.Channel != channel || c.Suggested != "宿舍澡堂" {
			t.Errorf("%s: the code opens %+v, %v", channel, c, err)
		}
	}
	agree(t, store)
	_, events := dump[cases.Event](t, store, eventTable)
	if e := events[1]; e.Actor != staff || e.Channel != cases.ByCall {
		t.Errorf("the event does not say who wrote it down and how it came: %+v", e)
	}
	o, err := d.Overview(t.Context(), staff, monday)
	if err != nil {
		t.Fatal(err)
	}
	if m := o.Month; m.Received != 8 || m.Channels[cases.ByCall] != 1 || m.Channels[cases.ByLetter] != 1 || m.Channels[cases.ByChat] != 4 || m.Visits != 1 || m.Visitors != 1 {
		t.Errorf("the figures are %+v", o.Month)
	}
	text, err := d.OverviewText(t.Context(), staff, monday)
	if err != nil || !strings.Contains(text, "来电1、来信1") || !strings.Contains(text, "接访1批1人次") {
		t.Errorf("the overview says %q, %v", text, err)
	}
}

// All the office hears of it, but not the one who wrote it down.
func TestTakeTellsTheOthers(t *testing.T) {
	d, store := open(t)
	take(t, d, store, noted(cases.ByCall, "澡堂锁坏了"))
	if !told(t, store, "来电：澡堂锁坏了") || !told(t, store, "test:zhou") || told(t, store, "test:wang") {
		t.Errorf("owed: %q", owed(t, store))
	}
}

// Of an anonymous caller no name and no number is kept, though staff typed them.
func TestTakeAnonymousKeepsNobody(t *testing.T) {
	d, store := open(t)
	in := noted(cases.ByCall, "我是张三，电话13900001234，食堂涨价")
	in.Signature, in.Contact = cases.Anonymous, "lao-zhang88"
	in.Said = []Said{{Text: "事由：我是张三，电话13900001234，食堂涨价 联系方式：lao-zhang88"}}
	take(t, d, store, in)
	tables, err := store.Tables(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		err := store.View(t.Context(), func(r storage.Reader) error {
			for key, value := range r.Scan(table, nil, nil) {
				for _, secret := range []string{"张三", "13900001234", "lao-zhang88"} {
					if bytes.Contains(key, []byte(secret)) || bytes.Contains(value, []byte(secret)) {
						t.Errorf("%s holds %q", table, secret)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The same form sent again opens no second case and shows the same receipt; the
// code itself is kept nowhere.
func TestTakeOnce(t *testing.T) {
	d, store := open(t)
	in := noted(cases.ByLetter, "澡堂锁坏了")
	in.Key = "a key that nobody knows"
	first := take(t, d, store, in)
	second := take(t, d, store, in)
	if first.Case.No != second.Case.No || first.Code != second.Code || second.Case.Fields[cases.Matter] != "澡堂锁坏了" {
		t.Errorf("%+v became %+v", first, second)
	}
	if n := last(t, store); n != 1 {
		t.Errorf("%d cases", n)
	}
	in.Key = "another key"
	if third := take(t, d, store, in); third.Case.No == first.Case.No || third.Code == first.Code {
		t.Errorf("another form got the receipt %+v", third)
	}
	err := store.View(t.Context(), func(r storage.Reader) error {
		for key, value := range r.Scan(onceTable, nil, nil) {
			if bytes.Contains(key, []byte(in.Key)) || bytes.Contains(value, []byte(first.Code)) {
				t.Errorf("key or code is kept: %q, %q", key, value)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTakeRefuses(t *testing.T) {
	d, store := open(t)
	for _, test := range []struct {
		want  cases.Code
		actor cases.Actor
		spoil func(*Intake)
	}{
		{cases.NotAllowed, unit, func(*Intake) {}},
		{cases.NotAllowed, cases.Petitioner, func(*Intake) {}},
		{cases.NotAllowed, cases.Actor{ID: "qin", Role: cases.Leader}, func(*Intake) {}},
		{cases.NoChannel, staff, func(in *Intake) { in.Channel = cases.ByChat }},
		{cases.NoChannel, staff, func(in *Intake) { in.Channel = "飞鸽" }},
		{cases.NoText, staff, func(in *Intake) { in.Fields = nil }},
		{cases.NoSignature, staff, func(in *Intake) { in.Signature = "随便" }},
		{cases.NoCount, staff, func(in *Intake) { in.Persons = 1000 }},
		{cases.TooLong, staff, func(in *Intake) { in.Said = []Said{{Text: strings.Repeat("长", maxIntake+1)}} }},
	} {
		in := noted(cases.ByVisit, "澡堂锁坏了")
		test.spoil(&in)
		err := store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := d.Take(tx, test.actor, in, monday)
			return err
		})
		if r, ok := IsRefusal(err); !ok || r.Code != test.want {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
	if last(t, store) != 0 {
		t.Error("what was refused took a number")
	}
}

// Where a petitioner without chat would be told something, nothing is sent to
// nowhere; staff find name and number, and that they looked stands in the
// history. What is handed out holds neither.
func TestByHand(t *testing.T) {
	d, store := open(t)
	take(t, d, store, noted(cases.ByCall, "我是张三，澡堂锁坏了"))
	no := cases.Number{Seq: 1}
	err := store.Update(context.Background(), func(tx storage.Tx) error {
		done, err := d.Assign(tx, staff, no, "后勤", calendar.Term{N: 3}, "", monday)
		if err != nil || strings.Contains(done.Case.Note, "张三") || !done.Case.ByHand() {
			t.Errorf("handed out %+v, %v", done.Case, err)
		}
		if done, err = d.Answer(tx, staff, no, cases.Reply{Opinion: "换好了", Basis: "维修单"}, monday.Add(time.Hour)); err != nil || done.Told {
			t.Errorf("told: %t, %v", done.Told, err)
		}
		if _, _, err := d.Contact(tx, unit, no, "回电", monday); err == nil {
			t.Error("a unit reads the sealed part")
		}
		_, who, err := d.Contact(tx, staff, no, "回电", monday)
		if who != (Contact{Name: "张三", Phone: "13900001234"}) {
			t.Errorf("contact is %+v", who)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, events := dump[cases.Event](t, store, eventTable)
	if e := events[len(events)-1]; e.Verb != cases.Open || e.Text != "contact" || e.Motive != "回电" || e.Actor != staff {
		t.Errorf("the look was not written down: %+v", e)
	}
	agree(t, store)
}

// Visitors' names are no part of a task, whoever is given it later.
func TestVisitorsStayUnnamed(t *testing.T) {
	d, store := open(t)
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		v := VisitNote{Persons: 2, Representatives: []string{"赵大海", "钱二"}, Matter: "赵大海和钱二说澡堂锁坏了", Outcome: cases.TakenOn,
			Unit: "后勤", Due: dateOf(monday).Add(5), Reported: "张书记"}
		c, err := d.Visit(tx, staff, v, monday)
		if err != nil {
			return err
		}
		done, err := d.Assign(tx, staff, c.No, "机电", calendar.Term{N: 3}, "", monday)
		if strings.Contains(done.Case.Note, "赵大海") || strings.Contains(done.Case.Note, "钱二") || !strings.Contains(done.Case.Note, "锁坏了") {
			t.Errorf("the task is %q", done.Case.Note)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
