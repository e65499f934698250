package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// The tables of the chat log. Their names and keys are stored.
const (
	messagesTable storage.Table = "sandbox/messages" // chat, id → entry
	untakenTable  storage.Table = "sandbox/untaken"  // chat, id of what the bot has not taken
	sentTable     storage.Table = "sandbox/sent"     // Outgoing.Key → id
	metaTable     storage.Table = "sandbox/meta"
)

// Keys of metaTable.
var (
	lastKey = []byte("last") // the id given last
	roomKey = []byte("room") // a random name of this log
)

// botName is the sender of what the bot says, in the log and in the API. No
// person has this id.
const botName = "bot"

// entry is one message in the log. IDs rise strictly across the whole room.
type entry struct {
	ID      uint64
	Chat    string
	From    string
	At      time.Time
	Text    string
	Media   []attachment
	Recalls uint64 // the entry that this one takes back
}

// storedEntry is version 1 of an entry's value; ID and chat are in the key.
type storedEntry struct {
	From    string       `cbor:"1,keyasint"`
	At      int64        `cbor:"2,keyasint"` // milliseconds since 1970
	Text    string       `cbor:"3,keyasint"`
	Media   []attachment `cbor:"4,keyasint,omitempty"`
	Recalls uint64       `cbor:"5,keyasint,omitempty"`
}

const entryVersion = 1

// chatLog keeps every message of the room in the store.
type chatLog struct{ store storage.Store }

// logTables are all of them.
var logTables = []storage.Table{messagesTable, untakenTable, sentTable, metaTable}

// HasLog reports whether a store holds a chat log.
func HasLog(ctx context.Context, s storage.Store) (bool, error) {
	tables, err := s.Tables(ctx, "sandbox/")
	if err != nil {
		return false, fmt.Errorf("look for a chat log: %w", err)
	}
	return len(tables) > 0, nil
}

// MoveLog moves the chat log of one store into another, before any room keeps
// its log there. After a crash it may be called again.
func MoveLog(ctx context.Context, from, to storage.Store) error {
	for _, t := range logTables {
		if err := copyTable(ctx, from, to, t); err != nil {
			return fmt.Errorf("move a chat log: %w", err)
		}
	}
	for _, t := range logTables {
		if err := from.Drop(ctx, t); err != nil {
			return fmt.Errorf("move a chat log: %w", err)
		}
	}
	return nil
}

func copyTable(ctx context.Context, from, to storage.Store, t storage.Table) error {
	const perUpdate = 60
	type pair struct{ key, value []byte }
	var next []byte
	for {
		var some []pair
		err := from.View(ctx, func(r storage.Reader) error {
			some = nil
			for key, value := range r.Scan(t, next, nil) {
				if some = append(some, pair{key, value}); len(some) == 20*perUpdate {
					break
				}
			}
			return nil
		})
		if err != nil || len(some) == 0 {
			return err
		}
		errs := storage.InChunks(ctx, to, some, perUpdate, func(tx storage.Tx, chunk []pair) error {
			for _, p := range chunk {
				if err := tx.Put(t, p.key, p.value); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(errs...); err != nil {
			return err
		}
		next = append(some[len(some)-1].key, 0)
	}
}

// post appends a person's message; it stays untaken until the bot has it.
func (l *chatLog) post(ctx context.Context, e entry) (entry, error) {
	err := l.store.Update(ctx, func(tx storage.Tx) error {
		id, err := appendEntry(tx, e)
		if err != nil {
			return err
		}
		e.ID = id
		return tx.Put(untakenTable, entryKey(e.Chat, id), []byte{1})
	})
	if err != nil {
		return entry{}, fmt.Errorf("keep a posted message: %w", err)
	}
	return e, nil
}

// send appends a message of the bot unless its key was sent before; fresh
// reports which. An empty key is never the same as another.
func (l *chatLog) send(ctx context.Context, key string, e entry) (id uint64, fresh bool, err error) {
	err = l.store.Update(ctx, func(tx storage.Tx) error {
		id, fresh = 0, false
		if key != "" {
			switch old, err := tx.Get(sentTable, []byte(key)); {
			case err == nil:
				id = binary.BigEndian.Uint64(old)
				return nil
			case !errors.Is(err, storage.ErrNotFound):
				return err
			}
		}
		n, err := appendEntry(tx, e)
		if err != nil {
			return err
		}
		id, fresh = n, true
		if key == "" {
			return nil
		}
		return tx.Put(sentTable, []byte(key), storage.Key{}.Uint(n))
	})
	if err != nil {
		return 0, false, fmt.Errorf("keep a sent message: %w", err)
	}
	return id, fresh, nil
}

// appendEntry gives the entry the next id of the room.
func appendEntry(tx storage.Tx, e entry) (uint64, error) {
	var last uint64
	switch b, err := tx.Get(metaTable, lastKey); {
	case err == nil:
		last = binary.BigEndian.Uint64(b)
	case !errors.Is(err, storage.ErrNotFound):
		return 0, err
	}
	id := last + 1
	value, err := record.Encode(entryVersion, storedEntry{From: e.From, At: e.At.UnixMilli(), Text: e.Text, Media: e.Media, Recalls: e.Recalls})
	if err != nil {
		return 0, err
	}
	if err := tx.Put(messagesTable, entryKey(e.Chat, id), value); err != nil {
		return 0, err
	}
	return id, tx.Put(metaTable, lastKey, storage.Key{}.Uint(id))
}

// taken forgets that the bot owes a look at the entries.
func (l *chatLog) taken(ctx context.Context, batch []entry) error {
	err := l.store.Update(ctx, func(tx storage.Tx) error {
		for _, e := range batch {
			if err := tx.Delete(untakenTable, entryKey(e.Chat, e.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark messages as taken: %w", err)
	}
	return nil
}

// untaken returns the oldest entries of a chat that the bot has not taken, at
// most limit.
func (l *chatLog) untaken(ctx context.Context, chatID string, limit int) ([]entry, error) {
	var list []entry
	err := l.store.View(ctx, func(r storage.Reader) error {
		prefix := storage.Key{}.Text(chatID)
		for key := range r.Scan(untakenTable, prefix, prefix.End()) {
			value, err := r.Get(messagesTable, key)
			if err != nil {
				return err
			}
			e, err := decodeEntry(chatID, key, value)
			if err != nil {
				return err
			}
			if list = append(list, e); len(list) == limit {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what the bot has not taken: %w", err)
	}
	return list, nil
}

// after returns the entries of a chat with an id above after, in order.
func (l *chatLog) after(ctx context.Context, chatID string, after uint64) ([]entry, error) {
	var list []entry
	err := l.store.View(ctx, func(r storage.Reader) error {
		prefix := storage.Key{}.Text(chatID)
		for key, value := range r.Scan(messagesTable, entryKey(chatID, after+1), prefix.End()) {
			e, err := decodeEntry(chatID, key, value)
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read a chat: %w", err)
	}
	return list, nil
}

// at returns one entry of a chat, or storage.ErrNotFound.
func (l *chatLog) at(ctx context.Context, chatID string, id uint64) (e entry, err error) {
	err = l.store.View(ctx, func(r storage.Reader) error {
		key := entryKey(chatID, id)
		value, err := r.Get(messagesTable, key)
		if err != nil {
			return err
		}
		e, err = decodeEntry(chatID, key, value)
		return err
	})
	if err != nil {
		return entry{}, fmt.Errorf("read a message: %w", err)
	}
	return e, nil
}

// room returns the random name of this log, made when first asked for. A
// browser keeps under it what a person has read.
func (l *chatLog) room(ctx context.Context) (string, error) {
	var name []byte
	find := func(r storage.Reader) (err error) {
		name, err = r.Get(metaTable, roomKey)
		return err
	}
	err := l.store.View(ctx, find)
	if errors.Is(err, storage.ErrNotFound) {
		err = l.store.Update(ctx, nameRoom)
		if err == nil {
			err = l.store.View(ctx, find)
		}
	}
	if err != nil {
		return "", fmt.Errorf("name the chat log: %w", err)
	}
	return string(name), nil
}

// nameRoom gives the log a name unless somebody was faster.
func nameRoom(tx storage.Tx) error {
	_, err := tx.Get(metaTable, roomKey)
	if errors.Is(err, storage.ErrNotFound) {
		return tx.Put(metaTable, roomKey, []byte(rand.Text()))
	}
	return err
}

func entryKey(chatID string, id uint64) storage.Key { return storage.Key{}.Text(chatID).Uint(id) }

func decodeEntry(chatID string, key, value []byte) (entry, error) {
	if len(key) < 8 {
		return entry{}, errors.New("decode a message: short key")
	}
	var s storedEntry
	switch version, err := record.Decode(value, &s); {
	case err != nil:
		return entry{}, fmt.Errorf("decode a message: %w", err)
	case version != entryVersion:
		return entry{}, fmt.Errorf("decode a message: version %d is not known", version)
	}
	return entry{
		ID: binary.BigEndian.Uint64(key[len(key)-8:]), Chat: chatID,
		From: s.From, At: time.UnixMilli(s.At), Text: s.Text, Media: s.Media, Recalls: s.Recalls,
	}, nil
}
