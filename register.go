package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"fangzhuo/cases"
	"fangzhuo/config"
	"fangzhuo/intake"
	"fangzhuo/storage/bolt"
	"fangzhuo/words"
)

// Registering from the terminal (fangzhuo register): for the day on which the
// account is gone, or the bot itself. While the bot runs it is asked to do it,
// through the control socket; otherwise the command works on the store itself,
// with the same code.

// maxPaste is how many bytes are read from the terminal: more than the desk
// takes, so that the desk can say so.
const maxPaste = 1 << 20

// asking is a run of the command: what the command line says, and the terminal.
type asking struct {
	order
	config string
	in     io.Reader
	out    io.Writer
	prompt io.Writer // nil when nobody sits there
}

// usageError says what is missing on the command line.
type usageError string

func (e usageError) Error() string { return string(e) }

// run asks for what is missing, registers, and prints the receipt.
func (a *asking) run(ctx context.Context) error {
	cfg, err := config.Read(a.config)
	if err != nil {
		return err
	}
	if err := cfg.Unfilled(); err != nil { // the receipt names the office's telephone
		return err
	}
	o, err := understand(cfg)
	if err != nil {
		return err
	}
	lines := bufio.NewReader(io.LimitReader(a.in, maxPaste+1))
	book := o.words.With(o.facts)
	filled := make(chan error, 1)
	go func() { filled <- a.fill(lines, book, o.directory) }()
	select {
	case err := <-filled:
		if err != nil {
			return err
		}
	case <-ctx.Done(): // whoever sits there may never press another key
		return errors.New("nothing was registered")
	}
	a.Key = rand.Text()
	text, running, err := a.place(ctx, o)
	if err != nil {
		return err
	}
	if !running {
		text += "\n" + book.Say("register.asleep", nil)
	}
	fmt.Fprintln(a.out, text)
	return nil
}

// fill asks on the terminal for what the command line leaves out, and reads the
// text.
func (a *asking) fill(lines *bufio.Reader, book *words.Book, office *cases.Office) (err error) {
	staff := office.With(cases.Staff, "")
	switch {
	case len(staff) == 0:
		return errors.New("nobody in the configuration has the role staff")
	case a.As == "" && len(staff) == 1:
		a.As = staff[0].ID
	case a.As == "" && a.prompt == nil:
		return usageError("say who you are: --as " + idsOf(staff))
	case a.As == "":
		var names []string
		for _, p := range staff {
			names = append(names, p.Name)
		}
		n, err := a.choose(lines, book.Say("register.who", words.Args{"Names": names}), len(staff), func(string) int { return 0 })
		if err != nil {
			return err
		}
		a.As = staff[n-1].ID
	default:
		if p, ok := office.Person(a.As); !ok || p.Role != cases.Staff {
			return usageError(fmt.Sprintf("%q is nobody of the staff: --as %s", a.As, idsOf(staff)))
		}
	}
	if a.Channel == "" {
		if a.prompt == nil {
			return usageError("say how it came: --channel 来电, 来访, 来信 or 微信")
		}
		ways := []cases.Channel{cases.ByCall, cases.ByVisit, cases.ByLetter, cases.ByPaste}
		n, err := a.choose(lines, book.Say("register.channel", nil), len(ways), func(typed string) int {
			for i, way := range ways {
				if intake.Channel(typed) == way {
					return i + 1
				}
			}
			return 0
		})
		if err != nil {
			return err
		}
		a.Channel = string(ways[n-1])
	}
	if a.prompt != nil {
		fmt.Fprintln(a.prompt, book.Say("register.paste", nil))
	}
	a.Text, err = readPaste(lines, a.prompt != nil)
	return err
}

// choose asks until the answer is one of n, by its number or by a word.
func (a *asking) choose(lines *bufio.Reader, question string, n int, byWord func(string) int) (int, error) {
	for {
		fmt.Fprintln(a.prompt, question)
		line, err := lines.ReadString('\n')
		typed := strings.TrimSpace(line)
		if i, bad := strconv.Atoi(typed); bad == nil && i >= 1 && i <= n {
			return i, nil
		}
		if i := byWord(typed); i > 0 {
			return i, nil
		}
		if err != nil {
			return 0, errors.New("nothing was registered: the input ended")
		}
	}
}

// readPaste reads the text to the end of the input or, from a terminal, to a
// line with a single full stop.
func readPaste(lines *bufio.Reader, terminal bool) (string, error) {
	var text bytes.Buffer
	for {
		line, err := lines.ReadString('\n')
		if stop := strings.TrimSpace(line); terminal && (stop == "." || stop == "。") {
			break
		}
		text.WriteString(line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("read the text: %w", err)
		}
	}
	if text.Len() > maxPaste {
		return "", fmt.Errorf("the text is longer than %d bytes: sum it up and keep the original apart", maxPaste)
	}
	s := strings.TrimPrefix(text.String(), "\ufeff")
	if !utf8.ValidString(s) {
		return "", errors.New("the text is not UTF-8: save it as UTF-8 and try again; nothing was registered")
	}
	return s, nil
}

// place registers with the running bot, or on the store itself. An order whose
// answer got lost on the way is placed again; its key keeps it one.
func (a *asking) place(ctx context.Context, o *office) (text string, running bool, err error) {
	for try := 0; ; try++ {
		text, running, err = a.placeOnce(ctx, o)
		var answered *answerError
		if err == nil || errors.As(err, &answered) || try == 2 || ctx.Err() != nil || !running {
			return text, running, err
		}
	}
}

func (a *asking) placeOnce(ctx context.Context, o *office) (text string, running bool, err error) {
	data := o.cfg.Data
	if err := os.MkdirAll(data, 0o700); err != nil {
		return "", false, fmt.Errorf("make the data folder: %w", err)
	}
	store, err := bolt.Open(filepath.Join(data, databaseFile), bolt.Options{Schema: schema})
	if errors.Is(err, bolt.ErrInUse) {
		body, err := json.Marshal(a.order)
		if err != nil {
			return "", true, fmt.Errorf("write the order down: %w", err)
		}
		text, err := askRunning(ctx, data, "register", bytes.NewReader(body))
		return text, true, err
	}
	if err != nil {
		return "", false, err
	}
	r := registrar{store: store, desk: o.desk(store), notes: intake.NewReader(o.forms), now: wall}
	text, err = r.register(ctx, a.order)
	return text, false, errors.Join(err, store.Close())
}

func idsOf(people []cases.Person) string {
	return strings.Join(ids(people), " or ")
}
