package outbox

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

func TestFilesAreSentUnderTheirNames(t *testing.T) {
	f := newOffice(t, Options{Files: func(ref string) (string, bool) { return "/data/" + ref, ref != "gone" }})
	file := func(key, to, ref string, repeat bool) Promise {
		return Promise{Key: key, To: chat.Address("test:" + to), File: &File{Name: "领班说明.pdf", Ref: ref}, Repeat: repeat, Kind: "file"}
	}
	f.put(file("a", "p/zhang", "ab12", true), file("b", "g/x", "gone", false), file("c", "p/li", "gone", true), reply("d", "zhang"))
	f.Pass(chat.Outgoing{Key: "e", To: "test:p/li", File: &chat.Attachment{Name: "表.xlsx", Path: "/tmp/1"}})
	f.fire()
	want := []chat.Outgoing{
		{Key: "a", To: "test:p/zhang", File: &chat.Attachment{Name: "领班说明.pdf", Path: "/data/ab12"}},
		{Key: "d", To: "test:p/zhang", Text: "回复 d"},
		{Key: "e", To: "test:p/li", File: &chat.Attachment{Name: "表.xlsx", Path: "/tmp/1"}},
	}
	if d := cmp.Diff(want, f.post.got); d != "" {
		t.Errorf("sent (-want +got):\n%s", d)
	}
	expect(t, "next", f.next() < 0, true)
	for _, o := range f.told {
		if o.State != Refused || o.Reason != NoFile || !o.File || o.Text != "领班说明.pdf" {
			t.Errorf("reported %+v", o)
		}
	}
	names := map[string]string{}
	for _, o := range append(f.unsettled(), f.delivered()...) {
		if want := o.Key != "d"; o.File != want {
			t.Errorf("outcome of %s says file: %t", o.Key, o.File)
		}
		if o.File && o.Length != 8 {
			t.Errorf("length of the name of %s is %d", o.Key, o.Length)
		}
		names[o.Key] = o.Text
	}
	expect(t, "names that are kept: of the notice alone", names, map[string]string{"a": "", "b": "领班说明.pdf", "c": "", "d": ""})
	expect(t, "told", len(f.told), 2)

	f = newOffice(t, Options{}) // no place for files
	f.put(file("a", "p/zhang", "ab12", true))
	f.fire()
	if out := f.unsettled(); len(out) != 1 || out[0].Reason != NoFile || bytes.Contains(stored(t, f.store), []byte("领班")) {
		t.Errorf("unsettled %+v", out)
	}
}

// A network that does not take a file has certainly not sent it.
func TestFileThatTheNetworkRefuses(t *testing.T) {
	f := newOffice(t, Options{Files: func(ref string) (string, bool) { return "/data/" + ref, true }})
	f.post.answer = answers(map[string][]error{"a": {fmt.Errorf("%w: it is empty", chat.ErrNoFile)}})
	f.put(Promise{Key: "a", To: "test:p/zhang", File: &File{Name: "表.xlsx", Ref: "ab12"}, Repeat: true, Kind: "file"}, reply("b", "zhang"))
	f.fire()
	if out := f.unsettled(); len(out) != 1 || out[0].State != Refused || out[0].Reason != NoFile {
		t.Errorf("unsettled %+v", out)
	}
	expect(t, "sent", len(f.post.got), 1)
}

func TestPutRefusesHalfAFile(t *testing.T) {
	f := newOffice(t, Options{})
	for name, p := range map[string]Promise{
		"no name":       {File: &File{Ref: "ab12"}},
		"no place":      {File: &File{Name: "a.pdf"}},
		"a text beside": {File: &File{Name: "a.pdf", Ref: "ab12"}, Text: "x"},
	} {
		p.Key, p.To = "a", "test:p/zhang"
		err := f.store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := Put(tx, p, start)
			return err
		})
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
