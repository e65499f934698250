package attach_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/attach"
	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/mem"
)

// network is where media come from.
type network struct {
	mu    sync.Mutex
	asked map[string]int
	serve func(ref string, time int) (io.Reader, error) // time counts from 1
}

func (n *network) Fetch(_ context.Context, m chat.Media) (io.ReadCloser, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked[m.Ref]++
	body, err := n.serve(m.Ref, n.asked[m.Ref])
	if err != nil {
		return nil, err
	}
	return io.NopCloser(body), nil
}

const (
	luo    = chat.Address("test:p-luo")
	maxAll = 200_000
)

// office is a keeper with its store, its folder, its network and its clock.
type office struct {
	*attach.Keeper
	t     *testing.T
	store storage.Store
	dir   string
	net   *network
	now   time.Time
	lost  []attach.Loss
	ids   int
}

func newOffice(t *testing.T, store storage.Store, serve func(ref string, time int) (io.Reader, error)) *office {
	o := &office{t: t, store: store, dir: filepath.Join(t.TempDir(), "data", "files"), now: time.Date(2026, 11, 24, 2, 3, 4, 0, time.UTC),
		net: &network{asked: map[string]int{}, serve: serve}}
	o.restart()
	return o
}

// restart goes on with what is stored and nothing else.
func (o *office) restart() {
	o.Keeper = attach.New(o.store, attach.Options{Dir: o.dir, Sources: map[string]chat.Fetcher{"test": o.net}, MaxBytes: maxAll,
		Now: func() time.Time { return o.now },
		Lost: func(_ storage.Tx, l attach.Loss) error {
			o.lost = append(o.lost, l)
			return nil
		}})
}

func (o *office) update(fn func(tx storage.Tx) error) {
	o.t.Helper()
	if err := o.store.Update(o.t.Context(), fn); err != nil {
		o.t.Fatal(err)
	}
}

// send wants media that luo sent, named by its reference, and returns it under our id.
func (o *office) send(media ...chat.Media) []chat.Media {
	o.t.Helper()
	o.ids++
	m := chat.Message{From: luo, Chat: luo, At: o.now, Media: media}
	named, pieces, err := attach.Rename(strings.NewReader(fmt.Sprintf("%08d", o.ids)+strings.Repeat("x", 100)), media)
	if err != nil {
		o.t.Fatal(err)
	}
	o.update(func(tx storage.Tx) error { return attach.Want(tx, m, pieces) })
	return named
}

func photo(ref string) chat.Media { return chat.Media{Kind: chat.Image, Ref: ref} }

func (o *office) fire() {
	o.t.Helper()
	if err := o.Fire(o.t.Context(), o.now); err != nil {
		o.t.Fatal(err)
	}
}

// through lets time go by until nothing more is to be fetched.
func (o *office) through() {
	o.t.Helper()
	for {
		at, ok, err := o.Next(o.t.Context())
		if err != nil {
			o.t.Fatal(err)
		}
		if !ok {
			return
		}
		if at.After(o.now) {
			o.now = at
		}
		o.fire()
	}
}

func (o *office) item(m chat.Media) (i attach.Item) {
	o.t.Helper()
	err := o.store.View(o.t.Context(), func(r storage.Reader) (err error) {
		i, err = attach.Get(r, m.Ref)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return i
}

func (o *office) content(m chat.Media) []byte {
	o.t.Helper()
	path, ok := o.Path(o.item(m).Ref())
	if !ok {
		o.t.Fatalf("there are no bytes of %+v", o.item(m))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

// sweep sweeps; held are what drafts hold.
func (o *office) sweep(held ...chat.Media) {
	o.t.Helper()
	err := o.Sweep(o.t.Context(), func(_ storage.Reader, from chat.Address, id string) (bool, error) {
		if from != luo {
			o.t.Errorf("%s is asked for, not the sender", from)
		}
		return slices.ContainsFunc(held, func(m chat.Media) bool { return m.Ref == id }), nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// files lists all files of the folder.
func (o *office) files() []string {
	var names []string
	err := filepath.WalkDir(o.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, filepath.ToSlash(strings.TrimPrefix(path, o.dir)))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		o.t.Fatal(err)
	}
	return names
}

// stored reports whether any record holds the text.
func (o *office) stored(text string) bool {
	o.t.Helper()
	tables, err := o.store.Tables(o.t.Context(), "")
	if err != nil {
		o.t.Fatal(err)
	}
	found := false
	err = o.store.View(o.t.Context(), func(r storage.Reader) error {
		for _, table := range tables {
			for key, value := range r.Scan(table, nil, nil) {
				found = found || bytes.Contains(key, []byte(text)) || bytes.Contains(value, []byte(text))
			}
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return found
}

// picture is a small photo, another one for each n.
func picture(n int) []byte {
	img := image.NewGray(image.Rect(0, 0, 16, 12))
	for i := range img.Pix {
		img.Pix[i] = byte(i*n + 40*n)
	}
	img.SetGray(1, 1, color.Gray{byte(n)})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func always(b []byte) func(string, int) (io.Reader, error) {
	return func(string, int) (io.Reader, error) { return bytes.NewReader(b), nil }
}

func TestKeepsTheBytesAndForgetsWhereTheyCameFrom(t *testing.T) {
	o := newOffice(t, mem.New(), always(picture(1)))
	m := o.send(chat.Media{Kind: chat.Image, Ref: "message-77 of luo", Name: "罗小虎.jpg"})[0]
	if got := o.item(m).State; got != attach.Wanted || m.Ref == "" || strings.Contains(m.Ref, "77") {
		t.Fatalf("before it is fetched it is %q, called %q", got, m.Ref)
	}
	o.fire()
	i := o.item(m)
	if i.State != attach.Kept || i.Kind != chat.Image || i.Type != "image/jpeg" || i.Ext != ".jpg" || i.Size != int64(len(picture(1))) || !i.Bare {
		t.Errorf("kept as %+v", i)
	}
	if !bytes.Equal(o.content(m), picture(1)) {
		t.Error("the bytes are not those that were sent")
	}
	o.update(func(tx storage.Tx) error { return attach.Belong(tx, []chat.Media{m}, "2026-0001", true) })
	for _, trace := range []string{"message-77", "luo", "罗小虎"} {
		if o.stored(trace) {
			t.Errorf("a record still holds %q", trace)
		}
	}
	name := "/" + i.Ref()[:2] + "/" + i.Ref()
	if got := o.files(); !slices.Equal(got, []string{name}) {
		t.Errorf("the folder holds %v, want only %s", got, name)
	}
	for path, want := range map[string]fs.FileMode{"": 0o700, name[:3]: 0o700, name: 0o600} {
		info, err := os.Stat(o.dir + path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: mode %v, %v; want %v", path, info.Mode(), err, want)
		}
		if path == name && !info.ModTime().Equal(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("the file tells when it came: %v", info.ModTime())
		}
	}
	if _, ok := o.Path("../../fangzhuo.db"); ok {
		t.Error("a path leads out of the folder")
	}
}

func TestMediaWithoutBytesAreNotFetched(t *testing.T) {
	o := newOffice(t, mem.New(), always(picture(1)))
	named := o.send(chat.Media{Kind: chat.Location, Ref: "9", Name: "副井"}, chat.Media{Kind: chat.Card, Ref: "10"})
	o.through()
	if len(o.net.asked) != 0 || named[0].Ref != "" || named[0].Name != "副井" || named[1].Ref != "" {
		t.Errorf("asked for %v, named %+v", o.net.asked, named)
	}
}

func TestSameBytesAreKeptOnce(t *testing.T) {
	o := newOffice(t, mem.New(), always(picture(1)))
	a, b := o.send(photo("1"))[0], o.send(photo("2"))[0]
	o.through()
	if got := len(o.files()); got != 1 || o.item(a).Ref() != o.item(b).Ref() {
		t.Fatalf("%d files for the same bytes twice", got)
	}
	o.sweep(b) // the draft of a is gone
	if o.item(a).State != attach.Gone || !bytes.Equal(o.content(b), picture(1)) {
		t.Error("the bytes that b still needs are gone with a")
	}
	o.sweep()
	if got := o.files(); len(got) != 0 {
		t.Errorf("nothing needs %v", got)
	}
}

// What a network can do instead of handing over what was sent, and how it ends.
func TestWhatNetworksDo(t *testing.T) {
	page := []byte("<!DOCTYPE html><html><head><title>error</title></head><body>1101</body></html>")
	whole := picture(3)
	fine := func() (io.Reader, error) { return bytes.NewReader(whole), nil }
	down := errors.New("connection reset")
	for _, test := range []struct {
		name  string
		media chat.Media
		serve func(n int) (io.Reader, error)
		state attach.State
		asked int
		after time.Duration
	}{
		{"a page about an error, then the picture", photo("1"), func(n int) (io.Reader, error) {
			if n == 1 {
				return bytes.NewReader(page), nil
			}
			return fine()
		}, attach.Kept, 2, 10 * time.Second},
		{"nothing, twice", photo("1"), func(n int) (io.Reader, error) {
			if n < 3 {
				return strings.NewReader(""), nil
			}
			return fine()
		}, attach.Kept, 3, 40 * time.Second},
		{"only pages about an error", photo("1"), func(int) (io.Reader, error) { return bytes.NewReader(page), nil }, attach.Gone, 6, 22*time.Minute + 40*time.Second},
		{"the same in the place of a voice", chat.Media{Kind: chat.Voice, Ref: "1"}, func(int) (io.Reader, error) { return bytes.NewReader(page), nil }, attach.Gone, 6, 22*time.Minute + 40*time.Second},
		{"the same in the place of a file", chat.Media{Kind: chat.File, Ref: "1", Name: "工资.xlsx"}, func(int) (io.Reader, error) { return bytes.NewReader(page), nil }, attach.Gone, 6, 22*time.Minute + 40*time.Second},
		{"a page that was sent as one", chat.Media{Kind: chat.File, Ref: "1", Name: "通知.HTML"}, func(int) (io.Reader, error) { return bytes.NewReader(page), nil }, attach.Kept, 1, 0},
		{"a bare refusal in the place of a file", chat.Media{Kind: chat.File, Ref: "1", Name: "a.pdf"}, func(int) (io.Reader, error) { return strings.NewReader(`{"BaseResponse":{"Ret":1101}}`), nil }, attach.Gone, 6, 22*time.Minute + 40*time.Second},
		{"a document", chat.Media{Kind: chat.File, Ref: "1", Name: "a.txt"}, func(int) (io.Reader, error) { return strings.NewReader("一二三"), nil }, attach.Kept, 1, 0},
		{"a broken line, then the picture", photo("1"), func(n int) (io.Reader, error) {
			if n == 1 {
				return io.MultiReader(bytes.NewReader(whole[:100]), failing{down}), nil
			}
			return fine()
		}, attach.Kept, 2, 10 * time.Second},
		{"half a picture, then the whole", photo("1"), func(n int) (io.Reader, error) {
			if n == 1 {
				return bytes.NewReader(whole[:len(whole)-20]), nil
			}
			return fine()
		}, attach.Kept, 2, 10 * time.Second},
		{"half a picture only: better than none", photo("1"), func(int) (io.Reader, error) { return bytes.NewReader(whole[:len(whole)-20]), nil }, attach.Kept, 6, 22*time.Minute + 40*time.Second},
		{"no answer", photo("1"), func(int) (io.Reader, error) { return nil, down }, attach.Gone, 6, 22*time.Minute + 40*time.Second},
		{"no link for a day, then the picture", photo("1"), func(n int) (io.Reader, error) {
			if n <= 24*60 {
				return nil, chat.ErrOffline
			}
			return fine()
		}, attach.Kept, 24*60 + 1, 24 * time.Hour},
		{"a network that is switched off for an hour", chat.Media{Kind: chat.Image, Ref: "off"}, func(int) (io.Reader, error) { return fine() }, attach.Kept, 1, time.Hour},
		{"no link any more", photo("1"), func(int) (io.Reader, error) { return nil, chat.ErrOffline }, attach.Gone, 3*24*60 + 2, 3*24*time.Hour + time.Minute},
		{"it is gone", photo("1"), func(int) (io.Reader, error) { return nil, fmt.Errorf("fetch: %w", chat.ErrGone) }, attach.Gone, 1, 0},
		{"as large as may be", chat.Media{Kind: chat.File, Ref: "1"}, func(int) (io.Reader, error) { return strings.NewReader(strings.Repeat("大", maxAll/3) + "ab"), nil }, attach.Kept, 1, 0},
		{"one byte more", chat.Media{Kind: chat.File, Ref: "1"}, func(int) (io.Reader, error) { return strings.NewReader(strings.Repeat("a", maxAll+1)), nil }, attach.TooBig, 1, 0},
		{"without end", chat.Media{Kind: chat.Video, Ref: "1"}, func(int) (io.Reader, error) { return endless{}, nil }, attach.TooBig, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t, mem.New(), func(_ string, n int) (io.Reader, error) { return test.serve(n) })
			began := o.now
			m := o.send(test.media)[0]
			if test.media.Ref == "off" {
				for o.Sources = nil; o.now.Sub(began) < test.after; o.now = o.now.Add(time.Minute) {
					o.fire()
				}
				o.restart()
			}
			o.through()
			if got := o.item(m).State; got != test.state || o.net.asked[test.media.Ref] != test.asked || o.now.Sub(began) != test.after {
				t.Errorf("%s after %d tries and %s; want %s after %d and %s", got, o.net.asked["1"], o.now.Sub(began), test.state, test.asked, test.after)
			}
			if test.state == attach.Kept {
				if len(o.lost) != 0 || len(o.files()) != 1 {
					t.Errorf("files %v, told lost %v", o.files(), o.lost)
				}
				return
			}
			want := attach.Loss{Kind: test.media.Kind, State: test.state, From: luo, At: began}
			if len(o.lost) != 1 || o.lost[0] != want {
				t.Errorf("told %+v, want %+v once", o.lost, want)
			}
			if len(o.files()) != 0 {
				t.Errorf("left over: %v", o.files())
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestOwnerIsToldOfALoss(t *testing.T) {
	o := newOffice(t, mem.New(), func(string, int) (io.Reader, error) { return nil, chat.ErrGone })
	named, open := o.send(photo("1")), o.send(photo("2"))
	o.update(func(tx storage.Tx) error {
		return errors.Join(attach.Belong(tx, named, "2026-0001", true), attach.Belong(tx, open, "2026-0002", false))
	})
	o.through()
	slices.SortFunc(o.lost, func(a, b attach.Loss) int { return strings.Compare(a.Owner, b.Owner) })
	if len(o.lost) != 2 || o.lost[0].Owner != "2026-0001" || o.lost[0].From != "" || o.lost[1].Owner != "2026-0002" || o.lost[1].From != luo {
		t.Errorf("told %+v; of a nameless matter nobody knows the sender", o.lost)
	}
	o.sweep()
	if o.item(named[0]).State != attach.Gone || o.item(open[0]).State != attach.Gone {
		t.Error("what became of them is forgotten")
	}
}

func TestSweepKeepsWhatIsHeld(t *testing.T) {
	o := newOffice(t, mem.New(), func(ref string, _ int) (io.Reader, error) {
		if ref == "later" {
			return nil, chat.ErrOffline
		}
		return bytes.NewReader(picture(int(ref[0]))), nil
	})
	draft, handedIn, dropped, later := o.send(photo("a"))[0], o.send(photo("b"))[0], o.send(photo("c"))[0], o.send(photo("later"))[0]
	o.fire()
	o.update(func(tx storage.Tx) error { return attach.Belong(tx, []chat.Media{handedIn}, "2026-0001", false) })
	strange := filepath.Join(o.dir, "ab", "notes.txt")
	if err := errors.Join(os.MkdirAll(filepath.Dir(strange), 0o700), os.WriteFile(strange, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	o.sweep(draft, later)
	for m, want := range map[chat.Media]attach.State{draft: attach.Kept, handedIn: attach.Kept, dropped: attach.Gone, later: attach.Wanted} {
		if got := o.item(m).State; got != want {
			t.Errorf("%s is %s, want %s", m.Ref, got, want)
		}
	}
	if got := o.files(); len(got) != 2 || !bytes.Equal(o.content(draft), picture('a')) || !bytes.Equal(o.content(handedIn), picture('b')) {
		t.Errorf("files left: %v", got)
	}
	o.sweep(draft)
	if o.stored("later") || o.stored(later.Ref) {
		t.Error("what a dropped draft wanted is still wanted")
	}
}

// A link that comes back may not last: what waits is tried at once.
func TestTriesAtOnceWhenLinked(t *testing.T) {
	up := false
	o := newOffice(t, mem.New(), func(string, int) (io.Reader, error) {
		if !up {
			return nil, chat.ErrOffline
		}
		return bytes.NewReader(picture(1)), nil
	})
	m := o.send(photo("1"))[0]
	o.fire()
	up = true
	o.fire()
	if got := o.item(m).State; got != attach.Wanted {
		t.Fatalf("before the link is known to be up it is %s", got)
	}
	o.Linked()
	o.fire()
	if got := o.item(m).State; got != attach.Kept {
		t.Errorf("with the link up it is %s", got)
	}
}

// TestRun fetches as the program does, several at a time.
func TestRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	synctest.Test(t, func(t *testing.T) {
		store := mem.New()
		net := &network{asked: map[string]int{}, serve: func(ref string, n int) (io.Reader, error) {
			if ref == "slow" {
				<-time.After(time.Minute)
			}
			if ref == "2" && n < 3 {
				return nil, errors.New("reset")
			}
			return bytes.NewReader(picture(int(ref[0]))), nil
		}}
		k := attach.New(store, attach.Options{Dir: dir, Sources: map[string]chat.Fetcher{"test": unlocked{net}}, MaxBytes: maxAll, Now: time.Now})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- k.Run(ctx) }()
		synctest.Wait()
		var ids []chat.Media
		for i, ref := range []string{"slow", "1", "2", "3", "4"} {
			named, pieces, err := attach.Rename(strings.NewReader(fmt.Sprintf("%08d", i)), []chat.Media{photo(ref)})
			if err != nil {
				t.Fatal(err)
			}
			err = store.Update(ctx, func(tx storage.Tx) error {
				return attach.Want(tx, chat.Message{From: luo, At: time.Now()}, pieces)
			})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, named[0])
			k.Wake()
		}
		kept := func() (n int) {
			synctest.Wait()
			err := store.View(ctx, func(r storage.Reader) error {
				for _, m := range ids {
					i, err := attach.Get(r, m.Ref)
					if err != nil {
						return err
					}
					if i.State == attach.Kept {
						n++
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if got := kept(); got != 3 {
			t.Errorf("%d of the quick ones are here at once, want 3", got)
		}
		time.Sleep(45 * time.Second)
		if got := kept(); got != 4 {
			t.Errorf("%d are here after the retries, want 4", got)
		}
		time.Sleep(time.Minute)
		if got := kept(); got != 5 {
			t.Errorf("%d are here in the end, want 5", got)
		}
		for ref, n := range net.asked {
			if want := map[string]int{"2": 3}[ref]; n != max(want, 1) {
				t.Errorf("%s was asked for %d times", ref, n)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// unlocked lets several fetch at once.
type unlocked struct{ *network }

func (u unlocked) Fetch(_ context.Context, m chat.Media) (io.ReadCloser, error) {
	u.mu.Lock()
	u.asked[m.Ref]++
	n := u.asked[m.Ref]
	u.mu.Unlock()
	body, err := u.serve(m.Ref, n)
	return io.NopCloser(body), err
}

func TestCleanName(t *testing.T) {
	for name, want := range map[string]string{
		"工资条.xlsx":                         "工资条.xlsx",
		`C:\Users\罗小虎\工资条.xlsx`:            "工资条.xlsx",
		"../../etc/passwd":                 "passwd",
		"a/b/":                             "",
		"":                                 "",
		"...":                              "",
		" . 表 1 .pdf. ":                    "表 1 .pdf",
		"bad\x00\x1b[31mname\n.txt":        "bad[31mname .txt",
		"发票\u202Efdp.exe":                  "发票fdp.exe",
		`what?<a>|"b"*:.doc`:               "what__a___b___.doc",
		"\xff\xfe乱码.txt":                   "乱码.txt",
		strings.Repeat("长", 200) + ".docx": strings.Repeat("长", 75) + ".docx",
		strings.Repeat("长", 200):           strings.Repeat("长", 80),
		"a." + strings.Repeat("x", 200):    "a." + strings.Repeat("x", 78),
	} {
		if got := attach.CleanName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

// What is erased is in no record and, after the next sweep, in no file, though it
// belonged to a matter; the same bytes of somebody else stay.
func TestEraseTakesTheFileToo(t *testing.T) {
	o := newOffice(t, mem.New(), func(ref string, _ int) (io.Reader, error) { return strings.NewReader("一份材料 " + ref[:1]), nil })
	own, late, other := o.send(chat.Media{Kind: chat.File, Ref: "a1"}), o.send(chat.Media{Kind: chat.File, Ref: "b1"}), o.send(chat.Media{Kind: chat.File, Ref: "a2"})
	for _, media := range [][]chat.Media{own, late, other} {
		o.update(func(tx storage.Tx) error { return attach.Belong(tx, media, "2026-0001", false) })
	}
	o.through()
	o.update(func(tx storage.Tx) error { return attach.Erase(tx, late) })
	o.sweep()
	if n := len(o.files()); n != 1 {
		t.Errorf("%d files are left: %v", n, o.files())
	}
	o.update(func(tx storage.Tx) error { return attach.Erase(tx, own) })
	o.sweep()
	if len(o.files()) != 1 || o.item(other[0]).State != attach.Kept {
		t.Errorf("the same bytes of another matter are gone: %v", o.files())
	}
	o.update(func(tx storage.Tx) error { return attach.Erase(tx, other) })
	o.sweep()
	if n := len(o.files()); n != 0 || o.item(other[0]).State != attach.Gone {
		t.Errorf("%d files are left", n)
	}
}
