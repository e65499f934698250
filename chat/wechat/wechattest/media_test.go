package wechattest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat/wechat/wechattest"
)

func (c *client) post(m wechattest.Message) *openwechat.Message {
	c.t.Helper()
	c.server.Post(m)
	return <-c.got
}

func (c *client) fetch(m *openwechat.Message) []byte {
	c.t.Helper()
	resp, err := m.GetFile()
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return b
}

// What people send is downloaded with the library's own calls.
func TestDownloads(t *testing.T) {
	c := connect(t)
	for name, m := range map[string]wechattest.Message{
		"image":          {From: "zhang", Type: 3, Data: []byte("\xff\xd8\xff\xe0 jpeg")},
		"image in group": {From: "zhang", Chat: "team", Type: 3, Data: []byte("\xff\xd8\xff\xe1 jpeg")},
		"voice":          {From: "zhang", Type: 34, Data: []byte("ID3 mp3")},
		"video":          {From: "zhang", Type: 43, Data: []byte("....ftypmp42")},
		"file":           {From: "zhang", Type: 49, AppType: 6, FileName: "工资 表.xlsx", Data: []byte("PK\x03\x04")},
	} {
		got := c.post(m)
		if b := c.fetch(got); !bytes.Equal(b, m.Data) {
			t.Errorf("%s: downloaded %q, want %q", name, b, m.Data)
		}
		if got.HasFile() != true || m.FileName != "" && got.FileName != m.FileName {
			t.Errorf("%s: the library sees %+v", name, got)
		}
	}
	c.server.Next("webwxgetmsgimg", wechattest.Fault{Cut: 3}, wechattest.Fault{Empty: true}, wechattest.Fault{Status: http.StatusBadGateway})
	m := c.post(wechattest.Message{From: "zhang", Type: 3, Data: []byte("\xff\xd8\xff\xe0 jpeg")})
	resp, err := m.GetPicture()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(resp.Body); err == nil || string(b) != "\xff\xd8\xff" {
		t.Errorf("cut after three bytes: %q, %v", b, err)
	}
	if b := c.fetch(m); len(b) != 0 {
		t.Errorf("empty body: %q", b)
	}
}

// What is sent arrives with its bytes and its name, in one piece or in chunks.
func TestUploads(t *testing.T) {
	c := connect(t)
	send := func(name string, size int, how func(io.Reader) (*openwechat.SentMessage, error)) []byte {
		t.Helper()
		data := bytes.Repeat([]byte(name), size/len(name)+1)[:size]
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := how(f); err != nil {
			t.Fatalf("send %s: %v", name, err)
		}
		return data
	}
	small := send("答复.txt", 100, c.friend.SendFile)
	large := send("台账.xlsx", 26<<20, c.friend.SendFile)
	again := send("台账.xlsx", 26<<20, c.friend.SendFile) // is there already
	pic := send("照片.png", 600<<10, c.friend.SendImage)
	clip := send("片.mp4", 1000, c.friend.SendVideo)
	files := c.server.Files("zhang")
	want := []wechattest.File{{Kind: "file", Name: "答复.txt", Data: small}, {Kind: "file", Name: "台账.xlsx", Data: large},
		{Kind: "file", Name: "台账.xlsx", Data: again}, {Kind: "image", Data: pic}, {Kind: "video", Data: clip}}
	if len(files) != len(want) {
		t.Fatalf("%d files arrived", len(files))
	}
	for i, f := range files {
		if f.Kind != want[i].Kind || want[i].Kind == "file" && f.Name != want[i].Name || !bytes.Equal(f.Data, want[i].Data) {
			t.Errorf("file %d is a %s %q of %d bytes, want %s %q of %d", i, f.Kind, f.Name, len(f.Data), want[i].Kind, want[i].Name, len(want[i].Data))
		}
	}
	if n := len(c.server.Requests("webwxuploadmedia")); n != 1+52+2+1 {
		t.Errorf("%d uploads", n)
	}
	if texts := c.server.Sent("zhang"); len(texts) != 0 {
		t.Errorf("texts arrived: %q", texts)
	}
}

// A recall is one to the library, and a quote is plain text.
func TestRecallAndQuote(t *testing.T) {
	c := connect(t)
	for _, chat := range []string{"", "team"} {
		said := c.server.Say("zhang", chat, "反映 事由：灯坏了")
		<-c.got
		c.server.Recall(said)
		m := <-c.got
		r, err := m.RevokeMsg()
		if err != nil || !m.IsRecalled() || fmt.Sprint(r.RevokeMsg.MsgId) != said {
			t.Errorf("in %q: recall of %s reads %+v, %v", chat, said, r, err)
		}
	}
	c.server.Quote("zhang", "", "小信", "编号2026-0001\n查询码1234", "怎么样了")
	if m := <-c.got; m.Content != "「小信：编号2026-0001\n查询码1234」\n- - - - - - - - - - - - - - -\n怎么样了" {
		t.Errorf("quote reads %q", m.Content)
	}
}
