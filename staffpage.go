package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fangzhuo/bot"
	"fangzhuo/console"
	"fangzhuo/outbox"
)

// deskPath is where the staff page stands beside a sandbox.
const deskPath = "/desk"

// staffBeside reports whether the staff page stands beside the sandbox, without a
// link of its own: whoever may be anybody there may be staff here. A sandbox that
// asks other machines for a token has none.
func (o *office) staffBeside(sandboxToken string) bool {
	return o.cfg.Sandbox.Listen != "" && o.cfg.Console.Listen == "" && sandboxToken == ""
}

// disciplinePath is where the page of those who look into accusations stands
// beside the staff page.
const disciplinePath = "/discipline"

// These files hold what the links to the pages are made of.
const (
	tokenFile           = "console.token"
	disciplineTokenFile = "discipline.token"
)

// pageToken is the secret of the link to a page, kept in the file of that name.
// It is drawn at the first start and stays, so that a bookmark goes on working;
// who deletes the file gets a new one at the next start.
func pageToken(data, name string) (string, error) {
	file := filepath.Join(data, name)
	kept, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		token := rand.Text()
		fresh := file + ".new" // a crash or a full disk leaves no half of a token
		err := os.WriteFile(fresh, []byte(token+"\n"), 0o600)
		if err == nil {
			err = os.Rename(fresh, file)
		}
		if err != nil {
			return "", fmt.Errorf("keep the token of a page: %w", err)
		}
		return token, nil
	case err != nil:
		return "", fmt.Errorf("read the token of a page: %w", err)
	}
	token := strings.TrimSpace(string(kept))
	if len(token) < 16 {
		return "", fmt.Errorf("%s is short enough to be guessed: delete it, the next start makes a new one", file)
	}
	return token, os.Chmod(file, 0o600)
}

// staffPage is the office's own page as the program wires it.
func (o *office) staffPage(r registrar, b *bot.Bot, queue *outbox.Queue, state *condition, more console.Options) *console.Console {
	more.Desk, more.Store, more.Notes, more.Now, more.Owed = r.desk, r.store, r.notes, r.now, r.owed
	more.Words, more.NewKey, more.Links, more.Expect = o.words.With(o.facts), rand.Text, nil, b.Expect
	more.Forget, more.Offer = b.Forget, b.Offer
	for _, n := range state.networks {
		more.Links = append(more.Links, console.Link{Name: n.title, Reporter: n.Reporter})
	}
	more.Waiting = func(ctx context.Context) (int, error) {
		waiting, _, err := queue.Count(ctx, state.transports...)
		return waiting, err
	}
	more.Unsent = func(ctx context.Context, limit int) ([]console.Unsent, error) {
		all, err := queue.Unsettled(ctx, limit)
		var list []console.Unsent
		for _, u := range all {
			list = append(list, console.Unsent{At: u.At, State: string(u.State), Text: u.Text})
		}
		return list, err
	}
	return console.New(more)
}
