package desk

import (
	"testing"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/outbox"
	"fangzhuo/storage"
)

// do runs one transaction that must succeed.
func do(t *testing.T, s storage.Store, fn func(tx storage.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func who(t *testing.T, d *Desk, s storage.Store, a chat.Address) (id string) {
	t.Helper()
	err := s.View(t.Context(), func(r storage.Reader) error {
		p, _, err := d.Who(r, a)
		id = p.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// An account is bound by a code, once; the account that had the person's rights
// before loses them at once.
func TestABindingMovesARight(t *testing.T) {
	d, store := open(t)
	bind := func(a chat.Address) {
		do(t, store, func(tx storage.Tx) error {
			code, err := d.IssueCode(tx, "mei", monday)
			if err != nil {
				return err
			}
			if p, err := d.Bind(tx, code, a, monday); err != nil || p.ID != "mei" {
				t.Errorf("bound %q: %v", p.ID, err)
			}
			if _, err := d.Bind(tx, code, "wx:other", monday); err == nil {
				t.Error("a code was good twice")
			}
			return nil
		})
	}
	bind("wx:old")
	bind("wx:new")
	if who(t, d, store, "wx:old") != "" || who(t, d, store, "wx:new") != "mei" {
		t.Errorf("old is %q, new is %q", who(t, d, store, "wx:old"), who(t, d, store, "wx:new"))
	}
	// an account that turns out to lead nowhere gives way to the configured one
	do(t, store, func(tx storage.Tx) error {
		return d.Unsent(tx, outbox.Outcome{Key: "k", To: "wx:new", State: outbox.Refused, Reason: outbox.NoAddress}, monday)
	})
	do(t, store, func(tx storage.Tx) error {
		if a, _, err := d.address(tx, "mei"); err != nil || a != "test:mei" {
			t.Errorf("mei is told at %q: %v", a, err)
		}
		return nil
	})
}

func TestBindingCodesCannotBeGuessed(t *testing.T) {
	d, store := open(t)
	for range wrongCodes {
		do(t, store, func(tx storage.Tx) error {
			if _, err := d.Bind(tx, "000000", "wx:x", monday); err == nil {
				t.Error("guessed")
			}
			return d.WrongBinding(tx, "wx:x", monday)
		})
	}
	do(t, store, func(tx storage.Tx) error {
		code, err := d.IssueCode(tx, "mei", monday)
		if err != nil {
			return err
		}
		_, err = d.Bind(tx, code, "wx:x", monday)
		if r, ok := IsRefusal(err); !ok || r.Code != cases.Locked {
			t.Errorf("not locked after %d wrong codes: %v", wrongCodes, err)
		}
		_, err = d.Bind(tx, code, "wx:x", monday.Add(2*time.Hour))
		return err
	})
	do(t, store, func(tx storage.Tx) error {
		code, err := d.IssueCode(tx, "mei", monday)
		if err != nil {
			return err
		}
		if _, err := d.Bind(tx, code, "wx:y", monday.Add(25*time.Hour)); err == nil {
			t.Error("a code was good after a day")
		}
		return nil
	})
}

func TestWhoMayHandOutRights(t *testing.T) {
	d, _ := open(t)
	admin := cases.Actor{ID: "root", Role: cases.Admin}
	for _, c := range []struct {
		actor cases.Actor
		of    cases.Role
		want  bool
	}{
		{staff, cases.Liaison, true}, {staff, cases.Discipline, false}, {staff, cases.Admin, false},
		{unit, cases.Liaison, false}, {admin, cases.Discipline, true}, {cases.Petitioner, cases.Liaison, false},
	} {
		if got := d.MayIssue(c.actor, cases.Person{Role: c.of}); got != c.want {
			t.Errorf("%s may hand out %s: %t", c.actor.Role, c.of, got)
		}
	}
}
