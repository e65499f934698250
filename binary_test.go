package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// build makes the real program, for tests of what only a process of its own
// can show: signals, sudden death, two programs on one folder.
func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fangzhuo.exe") // Windows asks for the ending
	cmd := exec.Command("go", "build", "-o", file, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return file
}

// process is the real program while it lives.
type process struct {
	cmd   *exec.Cmd
	page  string // the page's address, as it was printed
	first string // the line it was printed in
	said  bytes.Buffer
	log   bytes.Buffer
	spoke chan struct{} // closed when stdout has ended
	http  *http.Client
}

var printedAddress = regexp.MustCompile(`http://([0-9.]+:\d+)`)

// launch starts the program without waiting for it to stand.
func launch(t *testing.T, binary string, args ...string) (*process, *bufio.Reader) {
	t.Helper()
	return launchIn(t, nil, binary, args...)
}

// launchIn does the same with an environment; nil is the test's own.
func launchIn(t *testing.T, env []string, binary string, args ...string) (*process, *bufio.Reader) {
	t.Helper()
	p := &process{cmd: exec.Command(binary, args...), spoke: make(chan struct{}),
		http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}}
	p.cmd.Stderr, p.cmd.Env = &p.log, env
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p, bufio.NewReader(out)
}

// begin starts the program and returns when it has printed its address.
func begin(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	p, out := launch(t, binary, args...)
	line, err := out.ReadString('\n')
	address := printedAddress.FindStringSubmatch(line)
	if err != nil || address == nil {
		t.Fatalf("the program printed %q, %v, and ended with %v\n%s", line, err, p.cmd.Wait(), &p.log)
	}
	p.page, p.first = address[1], line
	p.said.WriteString(line)
	go func() {
		defer close(p.spoke)
		_, _ = io.Copy(&p.said, out) // ends with the process
	}()
	return p
}

// end waits until the process is gone and returns how it ended.
func (p *process) end() error {
	<-p.spoke
	p.http.CloseIdleConnections()
	return p.cmd.Wait()
}

// note is one message of a chat as the API tells it.
type note struct {
	ID       uint64
	At       time.Time
	From     string
	Text     string
	Attached []struct{ Kind, Name, URL string } `json:"attachments"`
}

// call asks the API and decodes its answer.
func (p *process) call(method, path string, body, into any) error {
	var send bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&send).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(context.Background(), method, "http://"+p.page+"/api/sandbox/"+path, &send)
	if err != nil {
		return err
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s %s: %s %s", method, path, resp.Status, answer)
	}
	return json.Unmarshal(answer, into)
}

// say posts a message and returns its id once the bot has dealt with it.
func (p *process) say(person, chat, text string, pictures ...file) (uint64, error) {
	var answer struct{ ID uint64 }
	var attached []any
	for _, f := range pictures {
		attached = append(attached, map[string]any{"kind": "image", "name": f.name, "data": f.data})
	}
	err := p.call("POST", "messages", map[string]any{"from": person, "chat": chat, "text": text, "attachments": attached}, &answer)
	return answer.ID, err
}

// read lists the messages of a chat after an id.
func (p *process) read(chat string, after uint64) ([]note, error) {
	var list []note
	err := p.call("GET", fmt.Sprintf("messages?chat=%s&after=%d", url.QueryEscape(chat), after), nil, &list)
	return list, err
}

// get reads what is at an address of the page.
func (p *process) get(path string) ([]byte, error) {
	resp, err := p.http.Get("http://" + p.page + "/" + path)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// ask says something in private and returns what came back.
func (p *process) ask(person, text string) ([]string, error) {
	id, err := p.say(person, "p-"+person, text)
	if err != nil {
		return nil, err
	}
	list, err := p.read("p-"+person, id)
	var texts []string
	for _, n := range list {
		if n.From == "bot" {
			texts = append(texts, n.Text)
		}
	}
	if err == nil && len(texts) == 0 {
		err = errors.New("nothing came back")
	}
	return texts, err
}

// setClock moves the clock to an instant.
func (p *process) setClock(to time.Time) error {
	return p.call("POST", "clock", map[string]string{"set": to.Format(time.RFC3339)}, &struct{}{})
}
