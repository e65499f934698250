package bot

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"
	"unicode/utf8"

	"fangzhuo/attach"
	"fangzhuo/calendar"
	"fangzhuo/cases"
	"fangzhuo/chat"
	"fangzhuo/desk"
	"fangzhuo/outbox"
	"fangzhuo/phrase"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// The tables the conversation keeps.
const (
	talkTable  storage.Table = "talk"  // address → talk: where a conversation stands
	timerTable storage.Table = "timer" // instant, address: conversations to go on with
	seenPrefix               = "seen/" // one table a day: transport, message id → became; "draft", draft → its number
)

// turn is one message being dealt with.
type turn struct {
	b     *Bot
	ctx   context.Context
	m     chat.Message
	now   time.Time
	who   cases.Person
	known bool // somebody with a duty
	actor cases.Actor
	talk  talk // where the conversation stands; saved when it changed
	was   talk
	draft *talk // a draft that waits while a complete form is handed in
	text  phrase.Text
	quote quote
	// became is what the message has become so far; early is set when it had been
	// taken back before it came.
	became became
	early  bool
	// erased are the matters that are not theirs any more.
	erased []cases.Number
	// late is set when the answer is put by until a burst is over; result when it
	// is a receipt or a result rather than a question.
	late, result bool
	// noticed is set when the answer says how what is said is kept.
	noticed bool
	// blamed are those of whom a danger is told in one message with what they did.
	blamed []string
	// sawEvents is how many events a matter had when its reader was told of a
	// colleague's step on it, 0 for nothing told.
	sawEvents int
	// pieces are what came with the message, wanted those of them that are kept.
	pieces, wanted []attach.Piece
}

// reply is what a turn comes to. Do, if any, is done in the transaction and may
// change the text.
type reply struct {
	text  string
	do    func(tx storage.Tx) (string, error)
	after func() // called once what was done is durable
}

func says(text string) (reply, error) { return reply{text: text}, nil }

func does(do func(tx storage.Tx) (string, error)) (reply, error) { return reply{do: do}, nil }

// load reads who speaks and where the conversation stands, and whether this
// very message was dealt with before.
func (t *turn) load() (seen bool, err error) {
	err = t.b.store.View(t.ctx, func(r storage.Reader) error {
		mark, ok, err := getBecame(r, t.seenTable(), t.seenKey())
		if err != nil {
			return err
		}
		t.early = mark.Early || mark.Owed
		if seen = ok && !mark.Early; seen {
			return nil
		}
		_, waits, err := loadLate(r, t.m.Chat)
		if err != nil {
			return err
		}
		t.late = waits || t.old() // what follows on a burst is answered with it
		who, known, err := t.b.desk.Who(r, t.m.From)
		if err != nil {
			return fmt.Errorf("look up who speaks: %w", err)
		}
		if known && who.Role != cases.Worker {
			t.who, t.known, t.actor = who, true, cases.ActorOf(who)
		}
		t.talk, err = loadTalk(r, t.m.From)
		t.was = t.talk
		return err
	})
	return seen, err
}

func (t *turn) seenTable() storage.Table { return seenTable(t.m.At) }

func (t *turn) seenKey() []byte { return messageKey(t.m.From, t.m.ID) }

// seenTable is where what was said then is marked.
func seenTable(said time.Time) storage.Table {
	return storage.Table(seenPrefix + said.UTC().Format(time.DateOnly))
}

// messageKey names a message among all networks.
func messageKey(from chat.Address, id chat.MessageID) []byte {
	return storage.Key(nil).Text(from.Transport()).Text(string(id))
}

// deal finds the answer and keeps what has to be kept. A panic anywhere comes
// back as a *storage.PanicError.
func (t *turn) deal() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &storage.PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	r, err := t.route()
	if refusal, ok := desk.IsRefusal(err); ok {
		r, err = reply{text: t.refusal(refusal)}, nil
	}
	if err != nil {
		return err
	}
	if r.do == nil && t.talk.equal(t.was) && !t.late {
		return t.pass("pass", r.text)
	}
	return t.keep(r)
}

// pass answers where nothing has to be kept but, perhaps, the answer.
func (t *turn) pass(kind, text string) error {
	switch {
	case text == "":
		return nil
	case t.b.Slow != nil && t.b.Slow(t.m.Chat.Transport()):
		return t.keep(reply{text: text})
	}
	t.b.Pass(chat.Outgoing{Key: t.key(kind), To: t.m.Chat, Text: text})
	t.b.Owed()
	return nil
}

// keep writes everything the turn changes, and the answer, in one transaction.
func (t *turn) keep(r reply) error {
	t.result = t.result || r.do != nil
	talk, mark := t.talk, t.became
	err := t.b.store.Update(t.ctx, func(tx storage.Tx) error {
		t.talk, t.became = talk, mark // the function may run again
		stored, err := loadTalk(tx, t.m.From)
		if err != nil {
			return err
		}
		if !slices.Equal(stored.Asked, t.was.Asked) { // staff asked while this was being read
			t.talk.Asked, t.talk.Doubt = stored.Asked, stored.Doubt
		}
		if err := attach.Want(tx, t.m, t.wanted); err != nil {
			return err
		}
		text := r.text
		if r.do != nil {
			if text, err = r.do(tx); err != nil {
				return err
			}
		}
		t.became.Owed = t.early
		if err := t.became.put(tx, t.seenTable(), t.seenKey()); err != nil {
			return err
		}
		if err := t.saveTalk(tx); err != nil {
			return err
		}
		return t.owe(tx, text)
	})
	if refusal, ok := desk.IsRefusal(err); ok {
		t.talk, t.became, t.wanted = t.was, became{}, nil
		return t.keep(reply{text: t.refusal(refusal)})
	}
	if err == nil {
		if r.after != nil {
			r.after()
		}
		t.b.Owed()
		if len(t.wanted) > 0 {
			t.b.Wanted()
		}
	}
	return err
}

// owe promises the answer: in the private chat, or in the group, where only
// neutral lines and public facts are ever said.
func (t *turn) owe(tx storage.Tx, text string) error { return t.answerTo(tx, t.m.Chat, "reply", text) }

// answerTo promises an answer to a chat, or puts it by.
func (t *turn) answerTo(tx storage.Tx, to chat.Address, kind, text string) error {
	switch {
	case t.late:
		return t.putBy(tx, to, text)
	case text == "":
		return nil
	}
	_, err := outbox.Put(tx, outbox.Promise{Key: t.key(kind), To: to, Text: text, Due: t.now, Repeat: true, Kind: "reply", Awake: true}, t.now)
	return err
}

// key names the answer to this message.
func (t *turn) key(kind string) string {
	return fmt.Sprintf("%s/%s/%s", kind, t.m.From.Transport(), t.m.ID)
}

// say fills a sentence; the office's own facts are in the book.
func (t *turn) say(key string, args words.Args) string { return t.b.Words.Say(key, args) }

// clipped is the message's text, cut to what is taken of one message.
func (t *turn) clipped() (text string, cut bool) {
	text = t.m.Text
	if t.b.MaxChars > 0 && utf8.RuneCountInString(text) > t.b.MaxChars {
		return string([]rune(text)[:t.b.MaxChars]), true
	}
	return text, false
}

func (t *turn) today() calendar.Date { return calendar.DateOf(t.now) }

// claim is what the sender can show for being a case's petitioner.
func (t *turn) claim(code string) desk.Claim { return desk.Claim{From: t.m.From, Code: code} }
