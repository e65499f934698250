package desk

import (
	"slices"
	"strings"
	"testing"

	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/phrase"
	"fangzhuo/storage"
)

// withPeople gives the office other people.
func withPeople(d *Desk, change func([]cases.Person) []cases.Person) {
	o := d.Office
	d.Office = cases.NewOffice(o.Units, o.Categories, change(slices.Clone(o.People)), phrase.Fold)
}

// ledByQin registers that many matters that qin leads.
func ledByQin(t *testing.T, d *Desk, s storage.Store, n int) (all []cases.Number) {
	t.Helper()
	for range n {
		no := newMatter(t, d, s, monday)
		takeSteps(t, s, registers.on(d, no), sponsors.on(d, no))
		all = append(all, no)
	}
	return all
}

func (take taken) on(d *Desk, no cases.Number) func(storage.Tx) error {
	return func(tx storage.Tx) error { return take(&scene{d: d, tx: tx, no: no, now: monday}) }
}

// A handing over that was cut short between two transactions is finished by saying
// it again: each matter moved once, each of the two told once, of all of them.
func TestHandAllOverARestart(t *testing.T) {
	d, s := open(t)
	fan, _ := d.Office.Person("fan")
	all := ledByQin(t, d, s, 2*atATime+3)
	about := all[4]
	takeSteps(t, s, func(tx storage.Tx) error {
		_, err := d.Recuse(tx, staff, about, "范玉林", monday)
		return err
	})
	due, _ := load(t, s, all[0]).Clock(cases.LeaderClock)

	if _, err := d.HandAll(t.Context(), staff, "qin", fan, monday); err != nil { // and then it is killed
		t.Fatal(err)
	}
	if told(t, s, "【交接】") {
		t.Fatal("somebody is told of half of it")
	}
	agree(t, s)
	if half := load(t, s, all[0]).Leader + load(t, s, all[len(all)-1]).Leader; half != "fanqin" {
		t.Fatalf("in hand of %s: not half of it is done", half)
	}
	last, err := d.HandAll(t.Context(), staff, "qin", fan, monday)
	if err != nil {
		t.Fatal(err)
	}
	var h Handover
	takeSteps(t, s, func(tx storage.Tx) (err error) {
		h, err = last(tx)
		return err
	})
	agree(t, s)
	if len(h.Moved) != len(all)-1 || !h.Told || !slices.Equal(h.Stay, []cases.Number{about}) {
		t.Fatalf("%d moved, %v stay, told %t", len(h.Moved), h.Stay, h.Told)
	}
	for _, no := range all {
		c := load(t, s, no)
		if want := map[bool]string{true: "qin", false: "fan"}[no == about]; c.Leader != want {
			t.Errorf("%s is led by %s, want %s", no, c.Leader, want)
		}
		if k, ok := c.Clock(cases.LeaderClock); !ok || !k.Due.Equal(due.Due) {
			t.Errorf("%s: the leader's term does not go on", no)
		}
	}
	if n := count(t, s, "【交接】"); n != 2 || !told(t, s, "52件已交给范玉林") || !told(t, s, "52件交给您") {
		t.Errorf("%d messages, want one to each about all 52", n)
	}
	handed := 0
	for _, v := range verbs(t, s) {
		if v == cases.Hand {
			handed++
		}
	}
	if handed != len(all)-1 {
		t.Errorf("the history has %d hand-overs, want %d", handed, len(all)-1)
	}
}

// Who is taken out of the list and still leads matters is in the morning's digest,
// with the command, until it was done; an accusation's owner is for discipline.
func TestDepartedAreNamedUntilHandedOver(t *testing.T) {
	d, s := open(t)
	ledByQin(t, d, s, 2)
	sealed := newMatter(t, d, s, monday)
	takeSteps(t, s, seals.on(d, sealed))
	digest := func() string {
		t.Helper()
		wang, _ := d.Office.Person("wang")
		text, err := d.Digest(t.Context(), wang, calendar.On(2026, 11, 24).At(8, 30))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if text := digest(); strings.Contains(text, "不在名单") {
		t.Fatalf("nobody is gone: %s", text)
	}
	withPeople(d, func(p []cases.Person) []cases.Person {
		return slices.DeleteFunc(p, func(p cases.Person) bool { return p.ID == "qin" || p.ID == "ji" })
	})
	if text := digest(); !strings.Contains(text, "原经办人已不在名单，还包着2件：回“交接 qin 范玉林”") || strings.Contains(text, "ji") {
		t.Fatalf("digest: %s", text)
	}
	if led := d.Args(load(t, s, firstNo), monday, nil)["Leader"]; led != "原经办人" {
		t.Errorf("who led it is called %q", led)
	}
	id, ok, err := d.Holder(t.Context(), staff, "QIN")
	if err != nil || !ok || id != "qin" {
		t.Fatalf("QIN is %q, %t, %v", id, ok, err)
	}
	if _, ok, _ := d.Holder(t.Context(), staff, "ji"); ok {
		t.Fatal("staff learn that an accusation is with ji")
	}
	to, _ := d.Office.FindHolder("范书记")
	last, err := d.HandAll(t.Context(), staff, "qin", to, monday)
	if err != nil {
		t.Fatal(err)
	}
	takeSteps(t, s, func(tx storage.Tx) error {
		_, err := last(tx)
		return err
	})
	if text := digest(); strings.Contains(text, "不在名单") {
		t.Fatalf("digest afterwards: %s", text)
	}
}

// A unit that is taken out of the list has nobody who reads its tasks: the morning's
// digest names them, and no text calls it by its id.
func TestTasksOfAUnitThatIsGoneAreNamed(t *testing.T) {
	d, s := open(t)
	no := newMatter(t, d, s, monday)
	takeSteps(t, s, registers.on(d, no))
	takeSteps(t, s, assigns(load(t, s, no).Lead).on(d, no))
	unit, o := load(t, s, no).Lead, d.Office
	others := slices.DeleteFunc(slices.Clone(o.Units), func(u cases.Unit) bool { return u.ID == unit })
	d.Office = cases.NewOffice(others, o.Categories, o.People, phrase.Fold)
	wang, _ := d.Office.Person("wang")
	text, err := d.Digest(t.Context(), wang, calendar.On(2026, 11, 24).At(8, 30))
	if err != nil || !strings.Contains(text, "承办单位已不在名单："+ShortNumber(no, monday)) {
		t.Errorf("digest: %s, %v", text, err)
	}
	if name := d.Args(load(t, s, no), monday, nil)["Unit"]; name != "原承办单位" {
		t.Errorf("the unit is called %q", name)
	}
}
