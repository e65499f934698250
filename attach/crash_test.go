package attach_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"fangzhuo/attach"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
	"fangzhuo/storage/storagetest"
)

// Whichever write the program dies at, before or after it is durable, nothing
// that came is lost although the network hands everything out only once, and
// what is lost for another reason is told once.
func TestDiesAtAnyWrite(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := int64(0); ; n++ {
			inner := mem.New()
			o := newOffice(t, inner, func(ref string, time int) (io.Reader, error) {
				if ref == "gone" || time > 1 {
					return nil, chat.ErrGone
				}
				return bytes.NewReader(picture(int(ref[0]))), nil
			})
			held, loose := append(o.send(photo("a")), o.send(photo("b"), photo("gone"))...), o.send(photo("c"))
			o.update(func(tx storage.Tx) error { return attach.Belong(tx, held, "2026-0001", false) })
			store := storagetest.FailAfter(inner, n)
			store.Late = after
			o.store = store
			o.restart()
			o.fire()
			err := o.Sweep(t.Context(), func(storage.Reader, chat.Address, string) (bool, error) { return false, nil })
			if err != nil && store.Left.Load() >= 0 {
				t.Fatal(err)
			}
			dead := store.Left.Load() < 0
			o.store = inner
			o.restart()
			o.through()
			o.sweep()
			name := fmt.Sprintf("dies at write %d, durable %t", n, after)
			for i, content := range []byte("ab") {
				if o.item(held[i]).State != attach.Kept || !bytes.Equal(o.content(held[i]), picture(int(content))) {
					t.Errorf("%s: %c is %s", name, content, o.item(held[i]).State)
				}
			}
			if got := o.item(held[2]).State; got != attach.Gone || o.item(loose[0]).State != attach.Gone {
				t.Errorf("%s: what is gone is %s", name, got)
			}
			if got := len(o.files()); got != 2 {
				t.Errorf("%s: %d files are left, want 2", name, got)
			}
			if told := len(o.lost); told != 1 && !(dead && !after && told == 2) { // a write that failed may be tried again
				t.Errorf("%s: told %d times", name, told)
			}
			if !dead {
				break
			}
		}
	}
}

// However far the bytes had come when the program died, the next one finishes
// what it finds; only what was not here whole is asked for again.
func TestDiesBetweenFiles(t *testing.T) {
	b := picture(7)
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	write := func(path string, b []byte) func(*office, string) error {
		return func(o *office, id string) error {
			path := filepath.Join(o.dir, fmt.Sprintf(path, id))
			return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, b, 0o600))
		}
	}
	for _, test := range []struct {
		name  string
		found []func(o *office, id string) error
		asked int
	}{
		{"before anything", nil, 1},
		{"while it came", []func(*office, string) error{write("new/%s.part", b[:50])}, 1},
		{"when it was whole, but not called so", []func(*office, string) error{write("new/%s.part", b)}, 1},
		{"when it was here", []func(*office, string) error{write("new/%s", b)}, 0},
		{"while it was put into its place", []func(*office, string) error{write("new/%s", b), write(hash[:2]+"/"+hash+".part%.0s", b[:50])}, 0},
		{"when it was in its place, but no record said so", []func(*office, string) error{write("new/%s", b), write(hash[:2]+"/"+hash+"%.0s", b)}, 0},
	} {
		for _, swept := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, swept %t", test.name, swept), func(t *testing.T) {
				o := newOffice(t, mem.New(), always(b))
				m := o.send(photo("1"))[0]
				for _, left := range test.found {
					if err := left(o, m.Ref); err != nil {
						t.Fatal(err)
					}
				}
				o.restart()
				if swept { // a start sweeps at once
					o.sweep(m)
				}
				o.through()
				o.sweep(m)
				if o.item(m).State != attach.Kept || !bytes.Equal(o.content(m), b) {
					t.Errorf("it is %+v", o.item(m))
				}
				if o.net.asked["1"] != test.asked {
					t.Errorf("asked for %d times, want %d", o.net.asked["1"], test.asked)
				}
				if got := o.files(); len(got) != 1 {
					t.Errorf("left over: %v", got)
				}
			})
		}
	}
}

// A disk that takes nothing is this side's fault: it costs none of the tries.
func TestWaitsForADiskThatTakesNothing(t *testing.T) {
	o := newOffice(t, mem.New(), always(picture(1)))
	m := o.send(photo("1"))[0]
	if err := errors.Join(os.MkdirAll(filepath.Dir(o.dir), 0o700), os.WriteFile(o.dir, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		o.fire()
		at, ok, err := o.Next(t.Context())
		if err != nil || !ok {
			t.Fatalf("given up: %v", err)
		}
		o.now = at
	}
	if err := os.Remove(o.dir); err != nil {
		t.Fatal(err)
	}
	o.through()
	if got := o.item(m).State; got != attach.Kept || len(o.lost) != 0 {
		t.Errorf("after the disk is mended it is %s", got)
	}
}

// Sweeping and fetching at the same time removes nothing that is just coming.
func TestSweepsWhileFetching(t *testing.T) {
	o := newOffice(t, mem.New(), func(ref string, _ int) (io.Reader, error) { return bytes.NewReader(picture(len(ref))), nil })
	var all []chat.Media
	ref := ""
	for range 60 {
		ref += "r"
		all = append(all, o.send(photo(ref))[0])
	}
	done := make(chan error)
	go func() { done <- o.Fire(t.Context(), o.now) }()
	for swept := false; !swept; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			swept = true
		default:
		}
		o.sweep(all...)
	}
	for i, m := range all {
		if o.item(m).State != attach.Kept || !bytes.Equal(o.content(m), picture(i+1)) {
			t.Fatalf("%d is %s", i, o.item(m).State)
		}
	}
}
