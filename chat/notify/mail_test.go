package notify

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"

	"fangzhuo/chat"
)

// postOffice is a tiny mail server. Replies, by the first word of a command,
// take the place of the usual ones; an empty one breaks off.
type postOffice struct {
	l       net.Listener
	replies map[string]string
	said    []string // the commands
	letters []string
	done    chan struct{}
}

func newPostOffice(t *testing.T, replies map[string]string) *postOffice {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &postOffice{l: l, replies: replies, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.talk(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { p.close() })
	return p
}

func (p *postOffice) close() {
	_ = p.l.Close()
	<-p.done
}

func (p *postOffice) talk(conn net.Conn) {
	r := textproto.NewReader(bufio.NewReader(conn))
	reply := func(command, usual string) bool {
		s, ok := p.replies[command]
		if !ok {
			s = usual
		}
		if s != "" {
			fmt.Fprintf(conn, "%s\r\n", s)
		}
		return s != "" && s[0] != '5' && s[0] != '4'
	}
	if !reply("", "220 here") {
		return
	}
	for {
		line, err := r.ReadLine()
		if err != nil {
			return
		}
		command, _, _ := strings.Cut(line, " ")
		p.said = append(p.said, line)
		switch command {
		case "DATA":
			if hasKey(p.replies, command) {
				return
			}
			reply(command, "354 go on")
			letter, err := r.ReadDotBytes()
			if err != nil {
				return
			}
			p.letters = append(p.letters, string(letter))
			if p.replies["."] == "" && hasKey(p.replies, ".") {
				return
			}
			reply(".", "250 ok")
		case "QUIT":
			reply(command, "221 bye")
			return
		case "EHLO":
			fmt.Fprintf(conn, "250-here\r\n%s", p.replies["EXTRA"])
			reply(command, "250 8BITMIME")
		default:
			if !reply(command, "250 ok") && p.replies[command] == "" {
				return
			}
		}
	}
}

func hasKey(m map[string]string, k string) bool { _, ok := m[k]; return ok }

func (p *postOffice) channel(t *testing.T, user string) *Channel {
	return channel(t, "smtp://"+user+p.l.Addr().String()+"/?from=bot@mine.example.cn&to=a@mine.example.cn,b@mine.example.cn", nil)
}

// One letter to all readers, whole, in Chinese, with an id that a repeat keeps.
func TestMail(t *testing.T) {
	p := newPostOffice(t, nil)
	c := p.channel(t, "")
	for range 2 {
		if err := send(t, c); err != nil {
			t.Fatal(err)
		}
	}
	p.close()
	if len(p.letters) != 2 {
		t.Fatalf("%d letters", len(p.letters))
	}
	var ids []string
	for _, letter := range p.letters {
		m, err := mail.ReadMessage(strings.NewReader(letter))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil || strings.ReplaceAll(strings.TrimSpace(string(body)), "\r\n", "\n") != news {
			t.Errorf("body %q, %v", body, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "方桌" {
			t.Errorf("subject %q, %v", subject, err)
		}
		if at, err := m.Header.Date(); err != nil || !at.Equal(noon) {
			t.Errorf("dated %v, %v", at, err)
		}
		if got := m.Header.Get("To"); !strings.Contains(got, "a@mine.example.cn") || !strings.Contains(got, "b@mine.example.cn") {
			t.Errorf("to %q", got)
		}
		for name := range m.Header {
			switch name {
			case "Date", "From", "To", "Subject", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding":
			default:
				t.Errorf("a header too many: %s", name)
			}
		}
		ids = append(ids, m.Header.Get("Message-Id"))
	}
	if ids[0] != ids[1] || !strings.HasSuffix(ids[0], "@mine.example.cn>") {
		t.Errorf("ids %q", ids)
	}
	if p.said[0] != "EHLO mine.example.cn" {
		t.Errorf("greeted with %q", p.said[0])
	}
}

func TestWasTheMailSent(t *testing.T) {
	for _, test := range []struct {
		name    string
		replies map[string]string
		user    string
		want    Failure // "" for sent
		letters int
	}{
		{"greeting refuses", map[string]string{"": "554 no"}, "", Refused, 0},
		{"one reader is unknown", map[string]string{"RCPT": "550 unknown"}, "", Refused, 0},
		{"come again", map[string]string{"RCPT": "450 greylisted"}, "", Limited, 0},
		{"no sender", map[string]string{"MAIL": "553 no"}, "", Refused, 0},
		{"breaks before the letter", map[string]string{"DATA": ""}, "", Offline, 0},
		{"the letter is refused", map[string]string{".": "554 spam"}, "", Refused, 1},
		{"no word after the letter", map[string]string{".": ""}, "", Unclear, 1},
		{"a bad end", map[string]string{"RSET": "500 what", "QUIT": "500 what"}, "", "", 1},
		{"a password is never shouted", map[string]string{"EXTRA": "250-AUTH PLAIN LOGIN\r\n"}, "u:hidden@", Offline, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPostOffice(t, test.replies)
			err := send(t, p.channel(t, test.user))
			p.close()
			if got := Failure(""); err != nil {
				got = failure(err)
				if got != test.want {
					t.Errorf("%v (%s), want %s", err, got, test.want)
				}
				secretless(t, err)
			} else if test.want != "" {
				t.Errorf("sent, want %s", test.want)
			}
			if len(p.letters) != test.letters {
				t.Errorf("%d letters", len(p.letters))
			}
			for _, said := range p.said {
				if strings.Contains(said, "AUTH") || strings.Contains(said, base64.StdEncoding.EncodeToString([]byte("hidden"))) {
					t.Errorf("said %q in the clear", said)
				}
			}
		})
	}
	p := newPostOffice(t, nil)
	p.close()
	if err := send(t, p.channel(t, "")); !errors.Is(err, chat.ErrOffline) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestMailbox(t *testing.T) {
	c := channel(t, "smtp://bot%40mine.cn:p%40ss@smtp.mine.cn/?from=bot@mine.cn&to=a@mine.cn", nil)
	u, err := parse(c.url)
	if err != nil {
		t.Fatal(err)
	}
	b, err := parseMailbox(u)
	if err != nil || b.user != "bot@mine.cn" || b.password != "p@ss" || b.port != 465 || b.host != "smtp.mine.cn" {
		t.Errorf("%+v, %v", b, err)
	}
}
