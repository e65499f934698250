package wechat_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/wechat/wechattest"
)

const jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00 a picture"

// attach makes a file with some bytes, under a name that says nothing.
func (o *office) attach(name string, data []byte) *chat.Attachment {
	o.t.Helper()
	path := filepath.Join(o.t.TempDir(), "kept-by-its-hash")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		o.t.Fatal(err)
	}
	return &chat.Attachment{Name: name, Path: path}
}

func (o *office) sendFile(f *chat.Attachment) (chat.MessageID, error) {
	id, err := o.account.Send(o.t.Context(), chat.Outgoing{Key: "file", To: "wechat:p/GZ-0001", File: f})
	return id, o.noted(err)
}

// wantFiles holds what Zhang got.
func (o *office) wantFiles(want ...wechattest.File) {
	o.t.Helper()
	got := o.server.Files("zhang")
	if len(got) != len(want) {
		o.t.Fatalf("%d files arrived, want %d", len(got), len(want))
	}
	for i, f := range got {
		if f.Kind != want[i].Kind || f.Kind == "file" && f.Name != want[i].Name || !bytes.Equal(f.Data, want[i].Data) {
			o.t.Errorf("file %d is a %s %q of %d bytes, want %s %q of %d", i, f.Kind, f.Name, len(f.Data), want[i].Kind, want[i].Name, len(want[i].Data))
		}
	}
}

// The reader sees a picture, or the file's name and nothing of where it was kept.
func TestSendFile(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 26<<16) // 26 MB
	for _, test := range []struct {
		name  string
		data  []byte
		kind  string
		shown string
	}{
		{"照片.jpg", []byte(jpeg), "image", ""},
		{"照片.JPEG", []byte(jpeg), "image", ""},
		{"照片", []byte(jpeg), "image", ""},
		{"照片.dat", []byte(jpeg), "file", "照片.dat"},
		{"照片.png", []byte("no picture at all"), "file", "照片.png"},
		{"答复 <1> & 2.docx", []byte("PK\x03\x04"), "file", "答复 <1> & 2.docx"},
		{"../../etc/答复\n.txt", []byte("答复"), "file", ".._.._etc_答复.txt"},
		{"答复", []byte("答复"), "file", "答复"},
		{"..", []byte("答复"), "file", "file"},
		{"台账.xlsx", bytes.Repeat([]byte("台账"), 1<<18), "file", "台账.xlsx"},
		{"全年台账.xlsx", large, "file", "全年台账.xlsx"},
	} {
		t.Run(test.name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				f := o.attach(test.name, test.data)
				id, err := o.sendFile(f)
				if err != nil || id == "" {
					t.Fatalf("Send = %q, %v", id, err)
				}
				o.wantFiles(wechattest.File{Kind: test.kind, Name: test.shown, Data: test.data})
				for _, r := range o.server.Requests("") {
					if strings.Contains(r.Body, filepath.Base(f.Path)) || strings.Contains(r.Body, filepath.Dir(f.Path)) {
						t.Errorf("%s tells where the file is kept", r.Endpoint)
					}
				}
			})
		})
	}
}

// Uploads need a cookie that the library forgets at a hot login.
func TestSendFileAfterHotLogins(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		var want []wechattest.File
		for _, name := range []string{"一.txt", "二.txt", "三.txt", "四.txt"} {
			if _, err := o.sendFile(o.attach(name, []byte(name))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want = append(want, wechattest.File{Kind: "file", Name: name, Data: []byte(name)})
			o.restart()
		}
		o.wantFiles(want...)
	})
}

// What is no file is certainly not sent, and nobody is asked.
func TestSendNoFile(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.start()
		huge := o.attach("大.zip", nil)
		if err := os.Truncate(huge.Path, 51<<20); err != nil {
			t.Fatal(err)
		}
		for name, f := range map[string]*chat.Attachment{
			"missing": {Name: "张三的材料.docx", Path: filepath.Join(t.TempDir(), "gone")},
			"empty":   o.attach("张三的材料.docx", nil),
			"folder":  {Name: "张三的材料.docx", Path: t.TempDir()},
			"no path": {Name: "张三的材料.docx"},
			"huge":    huge,
		} {
			_, err := o.sendFile(f)
			if !errors.Is(err, chat.ErrNoFile) || errors.Is(err, chat.ErrOffline) {
				t.Errorf("%s: %v, want ErrNoFile", name, err)
			}
			if err != nil && (strings.Contains(err.Error(), "张三") || f.Path != "" && strings.Contains(err.Error(), f.Path)) {
				t.Errorf("%s: the error says too much: %v", name, err)
			}
		}
		if n := len(o.server.Requests("webwxuploadmedia")) + len(o.server.Requests("webwxcheckupload")); n != 0 {
			t.Errorf("%d uploads", n)
		}
		o.wantFiles()
	})
}

// TestUploadFails holds a failed upload to be certainly not sent: trying again
// sends the file once. Only what is refused again and again is given up.
func TestUploadFails(t *testing.T) {
	for name, fault := range map[string]wechattest.Fault{
		"dropped": {Drop: true}, "dropped behind": {Drop: true, After: true}, "bad gateway": {Status: 502}, "garbage": {Body: "<html>"},
		"no code": {Body: "{}"}, "no media": {Body: `{"BaseResponse":{"Ret":0},"MediaId":""}`}, "Ret -1": {Ret: -1}, "Ret 1": {Ret: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				f := o.attach("台账.xlsx", bytes.Repeat([]byte("台账"), 100_000))
				o.server.Next("webwxuploadmedia", wechattest.Fault{}, fault, fault) // the second of two parts, then the first
				for range 2 {
					if _, err := o.sendFile(f); !errors.Is(err, chat.ErrOffline) || errors.Is(err, chat.ErrNoFile) {
						t.Errorf("Send = %v, want ErrOffline", err)
					}
					o.pass(10 * time.Second)
				}
				o.wantFiles()
				if _, err := o.sendFile(f); err != nil {
					t.Error(err)
				}
				if n := len(o.server.Files("zhang")); n != 1 {
					t.Errorf("%d files arrived, want one", n)
				}
				o.wantOnline()
			})
		})
	}
	for name, fault := range map[string]wechattest.Fault{"refused": {Ret: 1}, "never whole": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				f := o.attach("台账.xlsx", []byte("台账"))
				var err error
				tries := 0
				for ; tries < 100 && !errors.Is(err, chat.ErrNoFile); tries++ {
					o.server.Next("webwxuploadmedia", fault)
					_, err = o.sendFile(f)
					o.pass(30 * time.Second)
				}
				if want := map[string]int{"refused": 3, "never whole": 21}[name]; tries != want {
					t.Errorf("given up after %d tries, want %d", tries, want)
				}
				if _, err := o.send("wechat:p/GZ-0001", "在"); err != nil {
					t.Errorf("then a text: %v", err)
				}
			})
		})
	}
}

// A file is sent or not by the same rules as a text, whichever request tells.
func TestSendFileOutcome(t *testing.T) {
	for _, name := range []string{"照片.jpg", "答复.txt"} {
		data, send := []byte("答复"), "webwxsendappmsg"
		if name == "照片.jpg" {
			data, send = []byte(jpeg), "webwxsendmsgimg"
		}
		for what, fault := range map[string]wechattest.Fault{
			"cut before": {Drop: true}, "cut after": {Drop: true, After: true}, "bad gateway": {Status: 502, After: true},
			"garbage": {Body: "<html>", After: true}, "no code": {Body: "{}", After: true}, "unknown code": {Ret: -1},
		} {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				o.server.Next(send, fault)
				_, err := o.sendFile(o.attach(name, data))
				var limited *chat.LimitedError
				if err == nil || errors.Is(err, chat.ErrOffline) || errors.Is(err, chat.ErrNoAddress) || errors.Is(err, chat.ErrNoFile) || errors.As(err, &limited) {
					t.Errorf("%s, %s: Send = %v, want an error that claims nothing", name, what, err)
				}
				o.pass(time.Minute)
				if n := len(o.server.Requests(send)); n != 1 {
					t.Errorf("%s, %s: sent %d times, want once", name, what, n)
				}
			})
		}
		for _, endpoint := range []string{"webwxuploadmedia", send} {
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				f := o.attach(name, data)
				o.server.Next(endpoint, wechattest.Fault{Ret: 1205})
				var limited *chat.LimitedError
				if _, err := o.sendFile(f); !errors.As(err, &limited) || limited.After != 10*time.Minute {
					t.Errorf("1205 from %s: %v, want limited for ten minutes", endpoint, err)
				}
				if _, err := o.send("wechat:p/GZ-0001", "在"); !errors.As(err, &limited) {
					t.Errorf("after 1205 from %s a text: %v", endpoint, err)
				}
				o.pass(11 * time.Minute)
				if _, err := o.sendFile(f); err != nil {
					t.Errorf("after the limit: %v", err)
				}
			})
			inOffice(t, func(t *testing.T, o *office) {
				o.start()
				o.pass(2 * time.Hour)
				o.server.Next(endpoint, wechattest.Fault{Ret: 1101})
				if _, err := o.sendFile(o.attach(name, data)); !errors.Is(err, chat.ErrOffline) {
					t.Errorf("1101 from %s: %v, want ErrOffline", endpoint, err)
				}
				synctest.Wait()
				if o.session.wipes != 1 {
					t.Errorf("1101 from %s: the session did not end", endpoint)
				}
			})
		}
	}
}
