package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/storage"
)

// inSession is a desk on a network whose addresses s/… are good for one login.
func inSession(t *testing.T) (*Desk, storage.Store) {
	d, store := open(t)
	d.Lasts = func(a chat.Address) bool { return !strings.HasPrefix(a.Local(), "s/") }
	d.Groups = []Group{{ID: "zc", Name: "综采群", Address: "wx:g/zc"}, {ID: "jd", Name: "机电群"}, {ID: "mine", Name: "全矿群", Address: "wx:g/mine"}}
	return d, store
}

func handIn(t *testing.T, d *Desk, s storage.Store, from chat.Address, change func(*Submission)) (r Receipt) {
	t.Helper()
	do(t, s, func(tx storage.Tx) (err error) {
		in := submission("澡堂锁坏了")
		in.From = from
		if change != nil {
			change(&in)
		}
		r, err = d.Submit(tx, in, monday)
		return err
	})
	return r
}

func count(t *testing.T, s storage.Store, text string) (n int) {
	t.Helper()
	for _, o := range owed(t, s) {
		n += strings.Count(o, text)
	}
	return n
}

// Every group that can be reached is asked once a day, however often the account
// is scanned in and the asking is interrupted.
func TestGroupsAreAskedAgainOnceADay(t *testing.T) {
	d, store := inSession(t)
	since := monday.Add(-3 * time.Hour)
	for _, now := range []time.Time{monday, monday, monday.Add(9 * time.Hour)} {
		if err := d.AskAgain(t.Context(), since, now); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, store, "机器人刚才离线（11月23日07:00—10:00），这段时间发给我的话没收到，请再发一遍；急事打8001。"); n != 2 {
		t.Errorf("%d groups asked, want the two that are bound", n)
	}
	if n := count(t, store, "机器人刚才离线（11月23日07:00—"); n != 2 {
		t.Errorf("%d messages that day, want 2", n)
	}
	if err := d.AskAgain(t.Context(), time.Time{}, monday.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, store, "机器人刚才离线，这段时间"); n != 2 {
		t.Errorf("the next day %d groups asked, want 2, without a time nobody knows", n)
	}
}

// What was bound to a name of the earlier login is unbound, and the office told
// once; what lasts stays, and so does what is bound under the new login.
func TestForgetSessionEndsBindings(t *testing.T) {
	d, store := inSession(t)
	bind := func(person string, a chat.Address) {
		do(t, store, func(tx storage.Tx) error {
			code, err := d.IssueCode(tx, person, monday)
			if err == nil {
				_, err = d.Bind(tx, code, a, monday)
			}
			return err
		})
	}
	bind("mei", "wx:s/mei")
	bind("shi", "wx:p/shi")
	do(t, store, func(tx storage.Tx) error {
		_, err1 := d.BindGroup(tx, "机电群", "wx:s/room")
		_, err2 := d.BindGroup(tx, "综采群", "wx:s/zc")
		return errors.Join(err1, err2)
	})
	for range 2 {
		if err := d.ForgetSession(t.Context(), monday.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if who(t, d, store, "wx:s/mei") != "" || who(t, d, store, "wx:p/shi") != "shi" {
		t.Errorf("mei's account is %q, shi's %q", who(t, d, store, "wx:s/mei"), who(t, d, store, "wx:p/shi"))
	}
	do(t, store, func(tx storage.Tx) error {
		for id, want := range map[string]chat.Address{"zc": "wx:g/zc", "jd": ""} {
			if a, _, err := d.groupAddress(tx, id); err != nil || a != want {
				t.Errorf("group %s is at %q: %v", id, a, err)
			}
		}
		if a, _, err := d.address(tx, "mei"); err != nil || a != "test:mei" {
			t.Errorf("mei is told at %q: %v", a, err)
		}
		return nil
	})
	if n := count(t, store, "用绑定码绑的人（梅芳）和群（机电群、综采群）要再绑一次"); n != 2 { // two of staff
		t.Errorf("%d of staff were told", n)
	}
	bind("mei", "wx:s/mei2")
	if err := d.ForgetSession(t.Context(), monday.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if who(t, d, store, "wx:s/mei2") != "" { // a login after that one
		t.Error("a later login left the binding")
	}
}

// A code brings back a matter whose account is void, and only that: not one
// whose account still leads somewhere, not an accusation, not that of somebody
// afraid, not one that is over, and never to an account with a duty.
func TestRejoin(t *testing.T) {
	later := monday.Add(2 * time.Hour)
	for name, test := range map[string]struct {
		change  func(*Submission)
		from    chat.Address
		account chat.Address // who asks
		code    string
		step    func(d *Desk, tx storage.Tx, no cases.Number) error
		want    cases.Code
	}{
		"lost":                {},
		"another's code":      {code: "2222", want: cases.Unknown},
		"no code":             {code: "-", want: cases.Unknown},
		"account that lasts":  {from: "wx:p/luo", want: cases.NotHere},
		"anonymous":           {change: func(s *Submission) { s.Signature = cases.Anonymous }, want: cases.NotHere},
		"afraid":              {change: func(s *Submission) { s.Guarded = true }, want: cases.NotHere},
		"accusation":          {change: func(s *Submission) { s.Fields = map[string]string{cases.Matter: "倒卖锚杆"} }, want: cases.NotHere},
		"to an account of hq": {account: "test:mei", want: cases.NotHere},
		"withdrawn": {step: func(d *Desk, tx storage.Tx, no cases.Number) error {
			_, err := d.Withdraw(tx, no, Claim{From: "wx:s/luo"}, monday)
			return err
		}, want: cases.WrongStage},
	} {
		t.Run(name, func(t *testing.T) {
			d, store := inSession(t)
			from, account := chat.Address("wx:s/luo"), chat.Address("wx:s/luo2")
			if test.from != "" {
				from = test.from
			}
			if test.account != "" {
				account = test.account
			}
			r := handIn(t, d, store, from, test.change)
			if test.step != nil {
				do(t, store, func(tx storage.Tx) error { return test.step(d, tx, r.Case.No) })
			}
			if err := d.ForgetSession(t.Context(), monday.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			code := r.Code
			if test.code != "" {
				code = strings.Trim(test.code, "-")
			}
			err := store.Update(t.Context(), func(tx storage.Tx) error {
				_, err := d.Rejoin(tx, r.Case.No, Claim{From: account, Code: code}, later)
				return err
			})
			refusal, _ := IsRefusal(err)
			if test.want == "" && err != nil || test.want != "" && (refusal == nil || refusal.Code != test.want) {
				t.Fatalf("rejoin: %v, want %q", err, test.want)
			}
			_, ids := dump[identity](t, store, identityTable)
			if moved := ids[0].From == account; moved != (test.want == "") {
				t.Errorf("the matter leads to %q", ids[0].From)
			}
			if n := count(t, store, "有人凭查询码从新的微信号接回了这件"); (n == 2) != (test.want == "") {
				t.Errorf("%d of staff were told", n)
			}
			agree(t, store)
		})
	}
}

// Once gone on with, the matter's account is a living one: nobody else takes it,
// its words reach it, and what was said before it stays closed to it.
func TestAfterRejoin(t *testing.T) {
	d, store := inSession(t)
	r := handIn(t, d, store, "wx:s/luo", nil)
	answer := func(text string, now time.Time) (done Done) {
		do(t, store, func(tx storage.Tx) (err error) {
			done, err = d.Answer(tx, staff, r.Case.No, cases.Reply{Opinion: text, Basis: "维修单", Code: cases.Supported}, now)
			return err
		})
		return done
	}
	if err := d.ForgetSession(t.Context(), monday.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if done := answer("换了", monday.Add(2*time.Hour)); done.Told || !done.Lost || told(t, store, "有答复了") {
		t.Errorf("an answer to nowhere: %+v", done)
	}
	rejoin := func(a chat.Address) error {
		return store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := d.Rejoin(tx, r.Case.No, Claim{From: a, Code: r.Code}, monday.Add(3*time.Hour))
			return err
		})
	}
	if err := errors.Join(rejoin("wx:s/luo2"), rejoin("wx:s/luo2")); err != nil {
		t.Fatal(err)
	}
	if err := rejoin("wx:s/bai"); err == nil {
		t.Error("somebody else took it from there")
	}
	if done := answer("又换了", monday.Add(4*time.Hour)); !done.Told || done.Lost || !told(t, store, "③处理意见：支持。又换了") {
		t.Errorf("an answer after it: %+v", done)
	}
	_, own, err := d.Track(t.Context(), r.Case.No, Claim{From: "wx:s/luo2"}, monday.Add(4*time.Hour))
	if err != nil || own {
		t.Errorf("the new account owns it: %t, %v", own, err)
	}
	if list, err := d.Mine(t.Context(), "wx:s/luo2", 10); err != nil || len(list) != 0 {
		t.Errorf("the new account lists %d: %v", len(list), err)
	}
	do(t, store, func(tx storage.Tx) error {
		_, err := d.Supplement(tx, r.Case.No, Claim{From: "wx:s/luo2"}, chat.Message{At: monday}, "还有一把", monday.Add(4*time.Hour))
		return err
	})
	if err := d.ForgetSession(t.Context(), monday.Add(5*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := rejoin("wx:s/luo3"); err != nil {
		t.Errorf("after another login: %v", err)
	}
	_, events := dump[cases.Event](t, store, eventTable)
	n := 0
	for _, e := range events {
		if e.Verb == cases.Rejoin {
			n++
		}
		if strings.Contains(e.Text, "wx:") || e.Actor.ID != "" && e.Actor != staff {
			t.Errorf("an event says who: %+v", e)
		}
	}
	if n != 2 {
		t.Errorf("%d times in the history, want 2", n)
	}
	agree(t, store)
}
