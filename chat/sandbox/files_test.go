package sandbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fangzhuo/chat"
	"fangzhuo/chat/sandbox"
	"fangzhuo/storage/mem"
)

// gif is the smallest picture.
const gif = "GIF89a\x01\x00\x01\x00\x00\x00\x00;"

type posted struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Data []byte `json:"data,omitempty"`
}

func (f *fixture) attach(from, in string, files ...posted) {
	f.t.Helper()
	body, err := json.Marshal(map[string]any{"from": from, "chat": in, "text": "", "attachments": files})
	if err != nil {
		f.t.Fatal(err)
	}
	if status, answer := f.call("POST", "/api/sandbox/messages", string(body)); status != http.StatusOK {
		f.t.Fatalf("attach: %d %s", status, answer)
	}
}

// What somebody attaches can be fetched by the bot and saved by those who read
// the chat, after a restart too.
func TestAttachments(t *testing.T) {
	store, folder := mem.New(), filepath.Join(t.TempDir(), "data", "sandbox")
	settings := func(o *sandbox.Options) { o.Files = folder }
	f, stop := serve(t, store, settings)
	f.attach("zhang", "p-zhang", posted{"image", "锁.gif", []byte(gif)}, posted{"file", `a".html`, []byte("<script>")}, posted{"location", "副井", nil})
	media := f.bot.got()[0].Media
	_, body := f.call("GET", "/api/sandbox/messages?chat=p-zhang", "")
	want := `"attachments":[{"kind":"image","name":"锁.gif","size":14,"type":"image/gif","url":"api/sandbox/file?chat=p-zhang&id=1&n=0"},` +
		`{"kind":"file","name":"a\".html","size":8,"url":"api/sandbox/file?chat=p-zhang&id=1&n=1"},{"kind":"location","name":"副井"}]`
	if !strings.Contains(body, want) {
		t.Errorf("messages:\n%s want\n%s", body, want)
	}
	stop()
	f, _ = serve(t, store, settings)
	for i, want := range []string{gif, "<script>"} {
		got, err := f.Fetch(t.Context(), media[i])
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(got)
		if err := errors.Join(err, got.Close()); err != nil || string(b) != want {
			t.Errorf("fetched %q, %v; want %q", b, err, want)
		}
	}
	for _, ref := range []string{media[2].Ref, "1/7/p-zhang", "9/0/p-zhang", "1/0/p-nobody", "1/-1/p-zhang", "x", "", "1/0"} {
		if _, err := f.Fetch(t.Context(), chat.Media{Ref: ref}); !errors.Is(err, chat.ErrGone) {
			t.Errorf("fetching %q: %v, want that it is gone", ref, err)
		}
	}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if info, _ := e.Info(); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Whatever a file is, a browser saves it and runs nothing of it.
func TestFilesAreServedSafely(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	f.attach("zhang", "p-zhang", posted{"image", "锁\r\nX: 1\".gif", []byte(gif)}, posted{"image", "b.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		posted{"file", "c.html", []byte("<!doctype html><script>alert(1)</script>")})
	for n, kind := range []string{"image/gif", "application/octet-stream", "application/octet-stream"} {
		res, err := http.Get(fmt.Sprintf("%s/api/sandbox/file?chat=p-zhang&id=1&n=%d", f.url, n))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		h := res.Header
		if res.StatusCode != http.StatusOK || h.Get("Content-Type") != kind || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X") != "" ||
			!strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
			t.Errorf("%d: %d %v", n, res.StatusCode, h)
		}
	}
	for query, want := range map[string]int{"chat=p-zhang&id=1&n=3": 404, "chat=p-zhang&id=2&n=0": 404, "chat=p-li&id=1&n=0": 404, "chat=x&id=1&n=0": 404,
		"chat=p-zhang&id=1&n=-1": 404, "chat=p-zhang&id=x&n=0": 400, "": 400} {
		if status, body := f.call("GET", "/api/sandbox/file?"+query, ""); status != want {
			t.Errorf("%s: %d %s, want %d", query, status, body, want)
		}
	}
	if status, _ := f.call("GET", "/api/sandbox/file?chat=p-zhang&id=1&n=0", "", "Host", "evil.example"); status != http.StatusForbidden {
		t.Errorf("to a foreign name: %d, want 403", status)
	}
	g, _ := serve(t, mem.New(), func(o *sandbox.Options) { o.Token = "secret" })
	if status, _ := g.call("GET", "/api/sandbox/file?chat=p-zhang&id=1&n=0", ""); status != http.StatusUnauthorized {
		t.Errorf("without the token: %d, want 401", status)
	}
}

func TestAttachmentsHaveALimit(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	large := bytes.Repeat([]byte("a"), 21<<20) // more than the bot keeps, for trying that
	f.attach("zhang", "p-zhang", posted{"video", "a.mp4", large})
	body := `{"from":"zhang","chat":"p-zhang","text":"","attachments":[{"kind":"file","name":"a","data":"` + strings.Repeat("a", 32<<20) + `"}]}`
	if status, answer := f.call("POST", "/api/sandbox/messages", body); status != http.StatusRequestEntityTooLarge || !strings.Contains(answer, "32 MiB") {
		t.Errorf("too much: %d %s", status, answer)
	}
	body = `{"from":"zhang","chat":"p-zhang","text":"","attachments":[{"kind":"file","name":"a","data":"!"}]}`
	if status, _ := f.call("POST", "/api/sandbox/messages", body); status != http.StatusBadRequest {
		t.Errorf("no base64: %d, want 400", status)
	}
	body = `{"from":"zhang","chat":"p-zhang","text":"","attachments":[` + strings.Repeat(`{"kind":"card","name":"a"},`, 9) + `{"kind":"card","name":"a"}]}`
	if status, answer := f.call("POST", "/api/sandbox/messages", body); status != http.StatusBadRequest || !strings.Contains(answer, "at most 9") {
		t.Errorf("ten attachments: %d %s", status, answer)
	}
	if got := f.messages("p-zhang", 0); len(got) != 2 { // the large one and its answer
		t.Errorf("refused attachments are in the chat: %+v", got)
	}
}

// The bot's own files stand in the chat with the name it gave them; the room
// keeps a copy, as a network does.
func TestSendsFiles(t *testing.T) {
	f, _ := serve(t, mem.New(), nil)
	path := filepath.Join(t.TempDir(), "ab12")
	if err := os.WriteFile(path, []byte(gif), 0o600); err != nil {
		t.Fatal(err)
	}
	m := chat.Outgoing{Key: "k", To: "sandbox:p-li", File: &chat.Attachment{Name: "0047-1.gif", Path: path}}
	first, err := f.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	got := f.messages("p-li", 0)
	if len(got) != 1 || got[0].Text != "" || len(got[0].Attachments) != 1 || got[0].Attachments[0].Kind != "image" || got[0].Attachments[0].Name != "0047-1.gif" {
		t.Errorf("in the chat stands %+v", got)
	}
	if _, body := f.call("GET", "/api/sandbox/file?chat=p-li&n=0&id="+number(first), ""); body != gif {
		t.Errorf("saved as %q", body)
	}
	m.Key = "k2"
	if _, err := f.Send(t.Context(), m); !errors.Is(err, chat.ErrNoFile) {
		t.Errorf("a file that is not there: %v", err)
	}
	if len(f.messages("p-li", 0)) != 1 {
		t.Error("a file that was not sent stands in the chat")
	}
}
