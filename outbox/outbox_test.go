package outbox

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

func TestSameKeyIsPromisedOnce(t *testing.T) {
	// On every day of two periods: a key is known for 30 days, whatever is swept.
	for day := range 61 {
		f := newOffice(t, Options{})
		f.advance(time.Duration(day) * 24 * time.Hour)
		f.put(reply("a", "zhang"))
		f.fire()
		f.advance(Retention)
		if err := f.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := f.store.Update(t.Context(), func(tx storage.Tx) error {
			fresh, err := Put(tx, reply("a", "zhang"), f.now())
			if fresh {
				t.Errorf("promised on day %d, the key is forgotten 30 days later", day)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		f.fire()
		if got := f.post.keys(); len(got) != 1 {
			t.Fatalf("sent %v, want it once", got)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	f := newOffice(t, Options{})
	for name, p := range map[string]Promise{
		"no key":       {To: "test:p/a", Text: "x"},
		"zero byte":    {Key: "a\x00b", To: "test:p/a", Text: "x"},
		"no transport": {Key: "a", To: "zhang", Text: "x"},
		"no text":      {Key: "a", To: "test:p/a"},
	} {
		err := f.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := Put(tx, p, start)
			return err
		})
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestPutWritesThreeKeys(t *testing.T) {
	f := newOffice(t, Options{})
	var c counter
	err := f.store.Update(t.Context(), func(tx storage.Tx) error {
		c = counter{Tx: tx}
		_, err := Put(&c, reply("a", "zhang"), start)
		return err
	})
	if err != nil || c.writes != 3 {
		t.Errorf("a promise writes %d keys, %v; want 3", c.writes, err)
	}
}

type counter struct {
	storage.Tx
	writes int
}

func (c *counter) Put(t storage.Table, key, value []byte) error {
	c.writes++
	return c.Tx.Put(t, key, value)
}

func TestWhatIsKept(t *testing.T) {
	secret := "查询码K7M3"
	cases := []struct {
		name   string
		repeat bool
		answer error
		state  State
		text   bool // may still be stored
		to     bool
	}{
		{"reply sent", true, nil, Sent, false, false},
		{"reply refused", true, chat.ErrNoAddress, Refused, false, false},
		{"notice sent", false, nil, Sent, false, true},
		{"notice refused", false, chat.ErrNoAddress, Refused, true, true},
	}
	for _, c := range cases {
		f := newOffice(t, Options{})
		f.post.answer = func(int, chat.Outgoing) error { return c.answer }
		f.put(Promise{Key: "k", To: "test:p/zhang-san", Text: secret, Repeat: c.repeat})
		f.fire()
		all := stored(t, f.store)
		if got := bytes.Contains(all, []byte(secret)); got != c.text {
			t.Errorf("%s: text stored %v, want %v", c.name, got, c.text)
		}
		if got := bytes.Contains(all, []byte("zhang-san")); got != c.to {
			t.Errorf("%s: address stored %v, want %v", c.name, got, c.to)
		}
		out := append(f.delivered(), f.unsettled()...)
		if len(out) != 1 || out[0].Key != "k" || out[0].State != c.state || out[0].Length != 7 || !out[0].At.Equal(start) {
			t.Errorf("%s: outcome %+v", c.name, out)
		}
		if c.state != Sent && (len(f.told) != 1 || f.told[0].Text != secret || f.told[0].To != "test:p/zhang-san") {
			t.Errorf("%s: reported %+v, want all of it", c.name, f.told)
		}
	}
}

// stored returns all keys and values of a store.
func stored(t *testing.T, s storage.Store) []byte {
	t.Helper()
	var all []byte
	tables, err := s.Tables(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r storage.Reader) error {
		for _, table := range tables {
			for k, v := range r.Scan(table, nil, nil) {
				all = append(append(all, k...), v...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestOldTablesAreDropped(t *testing.T) {
	f := newOffice(t, Options{})
	f.put(reply("a", "zhang"), notice("b", "x"))
	f.fire()
	f.advance(3 * Retention)
	f.fire()
	for _, prefix := range []string{prefixSent, prefixKeys, prefixUnsettled} {
		tables, err := f.store.Tables(t.Context(), prefix)
		if err != nil || len(tables) > 0 {
			t.Errorf("after 90 days %v are left, %v", tables, err)
		}
	}
}

func TestListsAreNewestFirst(t *testing.T) {
	f := newOffice(t, Options{})
	for _, key := range []string{"a", "b", "c"} {
		f.put(Promise{Key: key, To: "gone:g/x", Text: "通知"})
		f.fire()
		f.advance(24 * time.Hour)
	}
	out, err := f.Unsettled(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range out {
		keys = append(keys, o.Key)
	}
	if got := strings.Join(keys, " "); got != "c b" {
		t.Errorf("newest two are %q, want c b", got)
	}
}
