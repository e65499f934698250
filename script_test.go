package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
)

// Chat scripts say who says what and what must come back, on a clock that only
// the script moves. They are the acceptance tests of the whole program; the
// same files run over every network, but for what only one network has: that has
// a folder of its name. A line of a script is one of
//
//	clock 2026-11-23 10:00     move the clock there; all that falls due on the way happens
//	advance 20s                move the clock on
//	offline                    the bot is cut off: what is said from here on waits for it
//	online                     and comes to it now
//	rescan                     online by a fresh scan: what waits never comes, and names
//	                           are new (only where people scan: scripts/wechat)
//	phone remark mao: …        on the account's phone: the remark of mao; his nickname
//	phone nick mao: …          is his own; anybody may rename a group (scripts/wechat)
//	phone rename yard: …
//	restart                    stop the program and start it on the same data
//	crash                      the same, but on the data as they are at this moment,
//	                           as after kill -9: nothing is finished or tidied up
//	luo: …                     luo says it to the bot in private
//	luo @zc: …                 luo says it in the group zc
//	recall luo A               luo takes back the last thing he said that holds A
//	quote luo A: …             luo says it in private, quoting the last thing he was sent that holds A
//	quote luo “A”: …           the same, quoting these very words of somebody else
//	attach luo: image 锁.jpg    luo sends a picture (or voice, video, file) of that name to the bot;
//	                           a name with 没了 or 太大 is one that cannot be fetched, or is too large;
//	                           a location, a card, or another thing (a red packet, a forwarded chat)
//	+ wang: 0001-1.jpg 锁.jpg  the next file wang has not got yet has that name, and the bytes that were
//	                           sent under the other, without what a phone writes into a picture
//	+ wang                     wang has got no more files
//	> luo: A | B               the next thing luo has not read yet holds A and B
//	> @zc: A                   the same in the group zc
//	= luo: A                   one of the things luo has not read yet holds A (the others stay)
//	! luo: A | B               nothing that luo has not read yet holds A or B
//	!= luo: A | B              nor does the last thing he read
//	- luo                      luo has nothing to read
//	~ luo                      luo reads everything
//	gone luo: A | B            no file of the program holds A or B, nor whose account luo has
//	same luo duan              the last thing luo read equals the last thing duan read
//
// A text may hold \n. {word} takes what was kept, {word=pattern} keeps what the
// pattern matches. Lines that begin with # are for people.
type script struct {
	t     *testing.T
	net   network
	read  map[string]int    // per chat: messages read
	got   map[string]int    // per chat: files got
	last  map[string]string // per chat: the last thing read
	kept  map[string]string
	said  []saying
	where string
}

// saying is something that was said, for taking it back.
type saying struct{ who, group, text, id string }

// network is where a script is played.
type network interface {
	start(t *testing.T)
	stop(t *testing.T)
	// freeze takes the data as they are; what it returns puts them back.
	freeze(t *testing.T) func()
	now() time.Time
	move(t *testing.T, to time.Time)
	// offline cuts the bot off; what is said is kept by the network until online.
	offline(t *testing.T)
	online(t *testing.T)
	// say returns the message's id, with which recall takes it back.
	say(t *testing.T, person, group, text string) string
	recall(t *testing.T, person, group, id string)
	// sent lists what the bot has sent to a person ("luo") or a group ("@zc").
	sent(t *testing.T, chat string) []string
	// attach makes a person send a file of a kind to the bot.
	attach(t *testing.T, person, kind string, f file)
	// files lists the files that the bot has sent to a person or group.
	files(t *testing.T, chat string) []file
	// folder is where the program's data lie.
	folder() string
	// account is what the network knows a person by: user name, nickname, remark.
	account(t *testing.T, person string) []string
}

// file is a file that somebody sends.
type file struct {
	name string
	data []byte
}

func playAll(t *testing.T, folder string, open func(t *testing.T, start time.Time) network) {
	files, err := filepath.Glob(folder + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, file, string(b), open)
		})
	}
}

func play(t *testing.T, file, text string, open func(*testing.T, time.Time) network) {
	s := &script{t: t, read: map[string]int{}, got: map[string]int{}, last: map[string]string{}, kept: map[string]string{}}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s.where = fmt.Sprintf("%s:%d: %s", file, i+1, line)
		if s.net == nil {
			s.net = open(t, s.clock(line))
			s.net.start(t)
			defer s.net.stop(t)
			continue
		}
		s.do(line)
	}
}

// clock reads "clock 2026-11-23 10:00".
func (s *script) clock(line string) time.Time {
	at, err := time.ParseInLocation("clock 2006-01-02 15:04", line, calendar.Zone)
	if err != nil {
		s.t.Fatalf("%s: a script begins with its clock: %v", s.where, err)
	}
	return at
}

func (s *script) do(line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "clock":
		s.net.move(s.t, s.clock(line))
	case "advance":
		d, err := time.ParseDuration(rest)
		if err != nil {
			s.t.Fatalf("%s: %v", s.where, err)
		}
		s.net.move(s.t, s.net.now().Add(d))
	case "restart":
		s.net.stop(s.t)
		s.net.start(s.t)
	case "crash":
		restore := s.net.freeze(s.t)
		s.net.stop(s.t)
		restore()
		s.net.start(s.t)
	case "offline":
		s.net.offline(s.t)
	case "online":
		s.net.online(s.t)
	case "rescan":
		s.net.(interface{ rescan(t *testing.T) }).rescan(s.t)
	case "phone":
		what, text, _ := strings.Cut(rest, ": ")
		what, whom, _ := strings.Cut(what, " ")
		s.net.(interface {
			phone(t *testing.T, what, whom, text string)
		}).phone(s.t, what, whom, text)
	case "quote":
		s.quote(rest)
	case "recall":
		s.recall(rest)
	case "attach":
		s.attach(rest)
	case "+":
		s.gets(rest)
	case ">":
		s.expect(rest)
	case "=":
		s.oneOf(rest)
	case "!=":
		chat, _, _ := strings.Cut(rest, ": ")
		s.neverIn([]string{s.last[chat]}, rest)
	case "!":
		s.never(rest)
	case "-":
		if new := s.unread(rest); len(new) > 0 {
			s.t.Fatalf("%s: there is %q", s.where, new)
		}
	case "~":
		for _, text := range s.unread(rest) {
			s.last[rest] = text
		}
		s.read[rest] = len(s.net.sent(s.t, rest))
	case "gone":
		s.gone(rest)
	case "same":
		a, b, _ := strings.Cut(rest, " ")
		if s.last[a] != s.last[b] {
			s.t.Fatalf("%s: %q differs from %q", s.where, s.last[a], s.last[b])
		}
	default:
		s.say(line)
	}
}

var speech = regexp.MustCompile(`^(\S+?)(?: @(\S+))?: ?(.*)$`)

func (s *script) say(line string) {
	m := speech.FindStringSubmatch(line)
	if m == nil {
		s.t.Fatalf("%s: not a line of a script", s.where)
	}
	s.speak(m[1], m[2], s.fill(m[3]))
}

func (s *script) speak(who, group, text string) {
	s.said = append(s.said, saying{who, group, text, s.net.say(s.t, who, group, text)})
}

// recall takes back the last thing that somebody said with those words.
func (s *script) recall(rest string) {
	who, words, _ := strings.Cut(rest, " ")
	for _, m := range slices.Backward(s.said) {
		if m.who == who && strings.Contains(m.text, words) {
			s.net.recall(s.t, who, m.group, m.id)
			return
		}
	}
	s.t.Fatalf("%s: nobody said that", s.where)
}

// quote says something as WeChat writes it when it answers what was said before.
func (s *script) quote(rest string) {
	who, rest, _ := strings.Cut(rest, " ")
	of, text, ok := strings.Cut(rest, ": ")
	quoted, literal := strings.CutPrefix(of, "“")
	if quoted = strings.TrimSuffix(quoted, "”"); !literal {
		sent := s.net.sent(s.t, who)
		i := len(sent) - 1
		for i >= 0 && !strings.Contains(sent[i], of) {
			i--
		}
		if ok = ok && i >= 0; ok {
			quoted = sent[i]
		}
	}
	if !ok {
		s.t.Fatalf("%s: there is nothing to quote", s.where)
	}
	s.speak(who, "", "「小信："+s.fill(quoted)+"」\n- - - - - - - - - - - - - - -\n"+s.fill(text))
}

func (s *script) unread(chat string) []string {
	sent := s.net.sent(s.t, chat)
	return sent[min(s.read[chat], len(sent)):]
}

func (s *script) expect(rest string) {
	chat, want, _ := strings.Cut(rest, ": ")
	new := s.unread(chat)
	if len(new) == 0 {
		s.t.Fatalf("%s: nothing came", s.where)
	}
	for _, part := range strings.Split(want, " | ") {
		if !s.holds(new[0], part) {
			s.t.Fatalf("%s: got %q", s.where, new[0])
		}
	}
	s.last[chat] = new[0]
	s.read[chat]++
}

func (s *script) oneOf(rest string) {
	chat, want, _ := strings.Cut(rest, ": ")
	n := 0
	for _, text := range s.unread(chat) {
		all := true
		for _, part := range strings.Split(want, " | ") {
			all = all && s.holds(text, part)
		}
		if all {
			n++
		}
	}
	if n != 1 {
		s.t.Fatalf("%s: %d of %q", s.where, n, s.unread(chat))
	}
}

func (s *script) never(rest string) {
	chat, _, _ := strings.Cut(rest, ": ")
	s.neverIn(s.unread(chat), rest)
}

func (s *script) neverIn(texts []string, rest string) {
	_, want, _ := strings.Cut(rest, ": ")
	for _, text := range texts {
		for _, part := range strings.Split(want, " | ") {
			if s.holds(text, part) {
				s.t.Fatalf("%s: got %q", s.where, text)
			}
		}
	}
}

var blank = regexp.MustCompile(`\{(\w+)(?:=([^}]*))?\}`)

// fill puts in what was kept.
func (s *script) fill(text string) string {
	text = strings.ReplaceAll(text, `\n`, "\n")
	return blank.ReplaceAllStringFunc(text, func(b string) string { return s.kept[blank.FindStringSubmatch(b)[1]] })
}

// holds reports whether text holds the part, and keeps what a blank matches.
func (s *script) holds(text, part string) bool {
	m := blank.FindStringSubmatchIndex(part)
	if m == nil || m[4] < 0 {
		return strings.Contains(text, s.fill(part))
	}
	pattern := regexp.QuoteMeta(part[:m[0]]) + "(" + part[m[4]:m[5]] + ")" + regexp.QuoteMeta(part[m[1]:])
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		return false
	}
	s.kept[part[m[2]:m[3]]] = found[1]
	return true
}

var attaching = regexp.MustCompile(`^(\w+): (image|voice|video|file|location|card|other) (\S+)$`)

func (s *script) attach(rest string) {
	m := attaching.FindStringSubmatch(rest)
	if m == nil {
		s.t.Fatalf("%s: not a line of a script", s.where)
	}
	s.net.attach(s.t, m[1], m[2], file{m[3], contentOf(m[2], m[3], true)})
}

func (s *script) gets(rest string) {
	chat, want, _ := strings.Cut(rest, ": ")
	files := s.net.files(s.t, chat)[s.got[chat]:]
	if want == "" {
		if len(files) > 0 {
			s.t.Fatalf("%s: there is %q", s.where, files[0].name)
		}
		return
	}
	name, was, _ := strings.Cut(want, " ")
	if len(files) == 0 {
		s.t.Fatalf("%s: no file came", s.where)
	}
	if files[0].name != name {
		s.t.Fatalf("%s: got %q", s.where, files[0].name)
	}
	kind := map[string]string{".jpg": "image", ".mp3": "voice", ".mp4": "video"}[filepath.Ext(was)]
	if was != "" && !bytes.Equal(files[0].data, contentOf(kind, was, false)) {
		s.t.Fatalf("%s: its bytes are not those that were sent: %.80q", s.where, files[0].data)
	}
	s.got[chat]++
}

// contentOf is what a file holds, another for each name: a picture as a phone
// takes it, or without what the phone writes into it. Of what cannot be fetched
// there is nothing.
func contentOf(kind, name string, phone bool) []byte {
	switch {
	case strings.Contains(name, "没了"), kind == "location", kind == "card", kind == "other":
		return nil
	case strings.Contains(name, "太大"):
		return bytes.Repeat([]byte("大"), 7<<20)
	case kind == "voice":
		return append([]byte("\xff\xfb\x90\x00"), name...)
	case kind == "video":
		return append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), name...)
	case kind != "image":
		return []byte("文件" + name)
	}
	img := image.NewGray(image.Rect(0, 0, 24, 16))
	for i := range img.Pix {
		img.Pix[i] = byte(i) * name[i%len(name)]
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	if !phone {
		return b.Bytes()
	}
	where := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00 GPS 35.07N 109.03E"
	return slices.Concat(b.Bytes()[:2], []byte{0xff, 0xe1, 0, byte(len(where) + 2)}, []byte(where), b.Bytes()[2:])
}
