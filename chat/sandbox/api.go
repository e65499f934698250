package sandbox

import (
	"cmp"
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhuo/internal/guard"
)

//go:embed page
var pageFiles embed.FS

// Handler serves the page at / and the JSON API under /api/sandbox/. Timeouts
// are the server's; streams end when Run does.
func (r *Room) Handler() http.Handler {
	page, err := fs.Sub(pageFiles, "page")
	if err != nil { // the folder is embedded above
		page = pageFiles
	}
	mux := http.NewServeMux()
	mux.Handle("/", methods{"GET": http.FileServerFS(page).ServeHTTP})
	mux.Handle("/api/", methods{"GET": notFound, "POST": notFound})
	mux.Handle("/api/sandbox/state", methods{"GET": r.state})
	mux.Handle("/api/sandbox/guide", methods{"GET": r.guide})
	mux.Handle("/api/sandbox/messages", methods{"GET": r.read, "POST": r.post})
	mux.Handle("/api/sandbox/file", methods{"GET": r.file})
	mux.Handle("/api/sandbox/clock", methods{"POST": r.move})
	mux.Handle("/api/sandbox/events", methods{"GET": r.events})
	g := guard.Guard{Token: r.opt.Token, Cookie: "fangzhuo_sandbox", Policy: policy,
		Deny: func(w http.ResponseWriter, _ *http.Request, status int, why string) { fail(w, status, why) }}
	return g.Before(mux)
}

// policy lets the page load from nowhere but here.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// methods serves one path: a handler for each method.
type methods map[string]http.HandlerFunc

// ServeHTTP implements http.Handler.
func (m methods) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	method := req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if h, ok := m[method]; ok {
		h(w, req)
		return
	}
	var allowed []string
	for name := range m {
		allowed = append(allowed, name)
	}
	slices.Sort(allowed)
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	fail(w, http.StatusMethodNotAllowed, "this path answers only "+strings.Join(allowed, " and "))
}

func notFound(w http.ResponseWriter, _ *http.Request) {
	fail(w, http.StatusNotFound, "there is nothing at this path")
}

// The JSON forms of the API. Field order and names are promised to scripts.
type (
	personJSON struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Title string `json:"title"`
		Role  string `json:"role"`
	}
	chatJSON struct {
		ID      string   `json:"id"`
		Kind    string   `json:"kind"`
		Name    string   `json:"name"`
		Members []string `json:"members"`
	}
	messageJSON struct {
		ID          uint64           `json:"id"`
		At          string           `json:"at"`
		From        string           `json:"from"`
		Text        string           `json:"text"`
		Attachments []attachmentJSON `json:"attachments"`
	}
	liveJSON struct {
		Chat string `json:"chat"`
		messageJSON
	}
	clockJSON struct {
		Now string `json:"now"`
	}
)

func (r *Room) nowJSON() clockJSON { return clockJSON{r.opt.Now().Format(time.RFC3339)} }

func (r *Room) messageJSON(e entry) messageJSON {
	return messageJSON{ID: e.ID, At: r.local(e.At).Format(time.RFC3339), From: e.From, Text: e.Text, Attachments: attachments(e)}
}

func (r *Room) liveMessage(e entry) liveJSON { return liveJSON{e.Chat, r.messageJSON(e)} }

// state tells the time, who can be played, and the chats.
func (r *Room) state(w http.ResponseWriter, _ *http.Request) {
	answer := struct {
		clockJSON
		People []personJSON `json:"people"`
		Chats  []chatJSON   `json:"chats"`
	}{r.nowJSON(), []personJSON{}, []chatJSON{}}
	for _, p := range r.opt.People {
		answer.People = append(answer.People, personJSON(p))
	}
	for _, c := range r.order {
		answer.Chats = append(answer.Chats, chatJSON{c.id, c.kind, c.name, append([]string{}, c.members...)})
	}
	reply(w, answer)
}

// guide tells the page what only the page needs.
func (r *Room) guide(w http.ResponseWriter, req *http.Request) {
	room, err := r.log.room(req.Context())
	if err != nil {
		r.unavailable(w, "the chats cannot be read", err)
		return
	}
	stops := slices.Clone(r.opt.Stops(req.Context()))
	slices.SortStableFunc(stops, func(a, b Stop) int { return a.At.Compare(b.At) })
	reply(w, struct {
		Room    string `json:"room"`
		Bot     string `json:"bot"`
		Movable bool   `json:"movable"`
		Desk    string `json:"desk"`
		Stops   []Stop `json:"stops"`
		Tries   []Try  `json:"tries"`
	}{room, r.opt.BotName, r.opt.Move != nil, r.opt.Desk, append([]Stop{}, stops...), append([]Try{}, r.opt.Tries...)})
}

// read lists the messages of a chat after an id.
func (r *Room) read(w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	c := r.chats[query.Get("chat")]
	if c == nil {
		fail(w, http.StatusNotFound, "there is no such chat")
		return
	}
	after, err := strconv.ParseUint(cmp.Or(query.Get("after"), "0"), 10, 63)
	if err != nil {
		fail(w, http.StatusBadRequest, "after must be the id of a message")
		return
	}
	entries, err := r.log.after(req.Context(), c.id, after)
	if err != nil {
		r.unavailable(w, "the chat cannot be read", err)
		return
	}
	answer := []messageJSON{}
	for _, e := range entries {
		answer = append(answer, r.messageJSON(e))
	}
	reply(w, answer)
}

const (
	textMax = 1 << 20 // bytes of a message's text
	bodyMax = 32      // MiB of a posted message with what is attached to it
)

// recallText stands in the chat where a message was taken back; it is for the
// page, and nobody has said it.
const recallText = "（撤回了一条消息）"

// post keeps a message, lets the bot have it, and answers when the bot's
// replies stand in the chat.
func (r *Room) post(w http.ResponseWriter, req *http.Request) {
	var body struct {
		From        string           `json:"from"`
		Chat        string           `json:"chat"`
		Text        string           `json:"text"`
		Attachments []postedFileJSON `json:"attachments"`
		Recalls     uint64           `json:"recalls"` // takes an earlier message back; says nothing else
	}
	if !decode(w, req, bodyMax, &body) {
		return
	}
	if len(body.Text) >= textMax {
		fail(w, http.StatusRequestEntityTooLarge, "the text must be shorter than 1 MiB")
		return
	}
	c, ok := r.admitted(w, body.From, body.Chat)
	if !ok {
		return
	}
	if body.Recalls != 0 {
		if e, err := r.log.at(req.Context(), c.id, body.Recalls); err != nil || e.From != body.From {
			fail(w, http.StatusNotFound, "the person has said no such message in the chat")
			return
		}
		body.Text, body.Attachments = recallText, nil
	}
	media, ok := r.posted(w, body.Attachments)
	if !ok {
		return
	}
	r.clock.RLock() // it is dealt with at the time at which it was said
	defer r.clock.RUnlock()
	e, err := r.log.post(req.Context(), entry{Chat: c.id, From: body.From, At: r.opt.Now(), Text: body.Text, Media: media, Recalls: body.Recalls})
	if err != nil {
		r.unavailable(w, "the message could not be kept, send it again", err)
		return
	}
	r.hub.publish(event{name: "message", data: r.liveMessage(e)})
	if err := r.deliver(c); err != nil {
		r.retry()
		r.unavailable(w, "the message is kept, but the bot cannot take it now and will be given it later", err)
		return
	}
	if err := r.opt.Settle(req.Context()); err != nil {
		r.unavailable(w, "the bot has the message, but its replies are not all sent yet", err)
		return
	}
	reply(w, struct {
		ID uint64 `json:"id"`
	}{e.ID})
}

// admitted finds the chat and checks that the person is in it.
func (r *Room) admitted(w http.ResponseWriter, person, chatID string) (*conversation, bool) {
	c := r.chats[chatID]
	switch _, known := r.people[person]; {
	case !known:
		fail(w, http.StatusNotFound, "there is no such person")
	case c == nil:
		fail(w, http.StatusNotFound, "there is no such chat")
	case !slices.Contains(c.members, person):
		fail(w, http.StatusForbidden, "the person is not a member of the chat")
	default:
		return c, true
	}
	return nil, false
}
