// Package console is the office's own page, for the machine the program runs on:
// staff register, look up and hand out matters there, and see how the networks
// are, whether or not there is a chat to do it in. Each step is the same one that
// chat takes, under the same rights.
package console

import (
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/internal/guard"
	"fangzhuo/storage"
	"fangzhuo/words"
)

//go:embed page static
var files embed.FS

// Options are what the page needs.
type Options struct {
	Desk  *desk.Desk
	Store storage.Store
	Notes *intake.Reader
	Words *words.Book // with the office's facts
	// Links are the networks that can go down; the page shows them and, where it
	// can, how to link them.
	Links []Link
	// Unsent lists messages that did not go out or may not have, newest first.
	Unsent func(ctx context.Context, limit int) ([]Unsent, error)
	// Waiting counts the messages that wait to be sent.
	Waiting func(ctx context.Context) (int, error)
	// Expect notes in the petitioner's own conversation that staff wait for an
	// answer about the matter.
	Expect func(tx storage.Tx, petitioner chat.Address, no cases.Number, now time.Time) error
	// Offer notes in the petitioner's own conversation that they were asked whether
	// the office should talk with both sides first.
	Offer func(tx storage.Tx, petitioner chat.Address, no cases.Number, now time.Time) error
	// Forget takes out of the conversations what was erased of a matter.
	Forget func(tx storage.Tx, e desk.Erased, now time.Time) error
	// File returns where the bytes of an attachment lie.
	File func(ref string) (path string, ok bool)
	// Owed is called when messages wait to be sent.
	Owed func(context.Context) error
	// NewKey draws the key of a form: random, and never the same again.
	NewKey func() string
	Now    func() time.Time
	Log    *slog.Logger
	// Roles are whose page it is: staff, discipline, or both in a demo. Each has a
	// link of its own, because staff must not choose to be those who look into
	// accusations.
	Roles []cases.Role
	// Token is asked for with every request; "" lets in everybody on this
	// machine, which only the demo does.
	Token string
	// Base is the path under which the page is mounted, "" or like "/desk".
	Base string
	// Chat is the address of the chat page of a demo, or "".
	Chat string
}

// Link is a network by the name that people call it.
type Link struct {
	Name string
	chat.Reporter
}

// Unsent is one message that did not go out or may not have. Only notices to
// groups still have their text.
type Unsent struct {
	At    time.Time
	State string
	Text  string
}

// Console is the page.
type Console struct {
	Options
	pages map[string]*template.Template
}

// New returns the page.
func New(o Options) *Console { return &Console{Options: o, pages: readPages(o.Words)} }

// policy lets the page load from nowhere but here, and send forms nowhere else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Handler serves the page under Base. Timeouts are the server's.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.as((*visit).list))
	mux.HandleFunc("GET /find", c.as((*visit).find))
	mux.HandleFunc("GET /matters/{no}", c.as((*visit).matter))
	mux.HandleFunc("POST /matters/{no}/{verb}", c.as((*visit).act))
	mux.HandleFunc("POST /matters/{no}/contact", c.as((*visit).contact))
	mux.HandleFunc("POST /matters/{no}/opinion", c.as((*visit).opinion))
	mux.HandleFunc("POST /matters/{no}/files", c.as((*visit).files))
	mux.HandleFunc("POST /matters/{no}/files/{n}", c.as((*visit).file))
	mux.HandleFunc("GET /new", c.as((*visit).blank))
	mux.HandleFunc("POST /new", c.as((*visit).take))
	mux.HandleFunc("GET /duty", c.as((*visit).duty))
	mux.HandleFunc("POST /duty/hand", c.as((*visit).handAll))
	mux.HandleFunc("POST /duty/leave", c.as((*visit).leave))
	mux.HandleFunc("GET /network", c.as((*visit).network))
	mux.HandleFunc("GET /network/code.svg", c.as((*visit).code))
	mux.HandleFunc("POST /network/relink", c.as((*visit).relink))
	mux.HandleFunc("GET /me", c.who)
	mux.HandleFunc("POST /me", c.become)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		c.fail(w, http.StatusNotFound, c.say("page.not-found", nil))
	})
	g := guard.Guard{Token: c.Token, Cookie: "fangzhuo_desk" + strings.ReplaceAll(c.Base, "/", "_"), Strict: true, Policy: policy,
		Deny: func(w http.ResponseWriter, _ *http.Request, status int, _ string) {
			c.fail(w, status, c.say("page.denied", nil))
		}}
	all := http.NewServeMux()
	all.Handle(c.Base+"/", g.Before(http.StripPrefix(c.Base, mux)))
	all.Handle("GET "+c.Base+"/static/", http.StripPrefix(c.Base, http.FileServerFS(files))) // even who is turned away can read why
	return all
}

// say fills a sentence; the office's own facts are in the book.
func (c *Console) say(key string, args words.Args) string { return c.Words.Say(key, args) }
