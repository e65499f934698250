// Package attach keeps the pictures, voices, videos and files that people send
// along (附件): each is fetched from its network once, checked, and kept as a
// file named by its content before any record says that it is there.
//
// A message's media get ids of our own (Rename); what the network calls them may
// tell whose they are, and is forgotten as soon as the bytes are here or are
// given up. Want notes in the caller's transaction that they are to be fetched,
// Belong that they have become a matter's own. Until then they are a draft's:
// Forget drops them with it, and Sweep what no draft holds any more.
//
// Tables:
//
//	attach        id -> Item: what became of it
//	attach-want   id -> what is still to be fetched, and from where
//	attach-loose  id -> address whose draft it belongs to
//	attach-file   hash, id: which items are the same bytes
//
// Files, in Options.Dir:
//
//	ab/ab12…      bytes, named by their SHA-256
//	new/<id>      bytes that came whole, until the record says so; new/<id>.part
//	              while they are coming
package attach

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// Options are what a Keeper needs from its surroundings. All but Lost and Log
// are required.
type Options struct {
	// Dir is the folder of the files. It is made for its owner alone.
	Dir string
	// Sources are the networks that media come from, by name.
	Sources map[string]chat.Fetcher
	// MaxBytes is the size above which a piece of media is not kept.
	MaxBytes int64
	Now      func() time.Time
	Log      *slog.Logger
	// Lost is called in the transaction that gives a piece of media up, so that
	// its sender and the office are told. It may run again.
	Lost func(tx storage.Tx, l Loss) error
}

// Keeper fetches media and keeps their bytes.
type Keeper struct {
	store storage.Store
	Options
	woken chan struct{}

	mu    sync.Mutex
	tries map[string]try // of what could not be fetched yet, by id
	busy  map[string]bool

	// files is held from the moment bytes stand under their final name until the
	// record says so, and while files without a record are removed.
	files sync.Mutex
	// looking is held while something that came is looked at.
	looking sync.Mutex
}

// New returns a keeper of what lies in the folder.
func New(store storage.Store, o Options) *Keeper {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lost == nil {
		o.Lost = func(storage.Tx, Loss) error { return nil }
	}
	return &Keeper{store: store, Options: o, woken: make(chan struct{}, fetchers), tries: map[string]try{}, busy: map[string]bool{}}
}

// State says what became of a piece of media.
type State string

// The states. The last three are final.
const (
	Wanted State = "wanted"  // still with its network
	Kept   State = "kept"    // here
	TooBig State = "too-big" // larger than what is kept
	Gone   State = "gone"    // could not be fetched (没取到)
)

// Item is what is known of a piece of media. It has no name and no time: both
// may tell who sent it, and stand with the words it came with.
type Item struct {
	Kind  chat.MediaKind `cbor:"1,keyasint"`
	State State          `cbor:"2,keyasint"`
	Hash  []byte         `cbor:"3,keyasint,omitempty"` // SHA-256
	Size  int64          `cbor:"4,keyasint,omitempty"` // bytes
	Type  string         `cbor:"5,keyasint,omitempty"` // by its content: image/jpeg
	Ext   string         `cbor:"6,keyasint,omitempty"` // that goes with it: .jpg
	// Bare is set when nothing is left in the bytes of what a camera or an
	// editor writes beside the picture: where, when, with what, by whom.
	Bare bool `cbor:"7,keyasint,omitempty"`
}

// Ref names the bytes for Path, or is "" when there are none.
func (i Item) Ref() string { return hex.EncodeToString(i.Hash) }

// Loss is a piece of media that was given up.
type Loss struct {
	Kind  chat.MediaKind
	State State // TooBig or Gone
	// From is who sent it, or "" when nobody knows any more.
	From chat.Address
	// Owner is what it was given to by Belong, or "" for a draft.
	Owner string
	// At is when the message was said that it came with.
	At time.Time
}

const (
	itemTable  storage.Table = "attach"
	wantTable  storage.Table = "attach-want"
	looseTable storage.Table = "attach-loose"
	fileTable  storage.Table = "attach-file"
)

func idKey(id string) storage.Key { return storage.Key(nil).Text(id) }

func idOf(key []byte) string { return string(bytes.TrimRight(key, "\x00")) }

func fileKey(hash []byte) storage.Key { return append(storage.Key(nil), hash...) }

// Get returns what is known of a piece of media; one that nothing is known of
// is gone.
func Get(g storage.Getter, id string) (Item, error) {
	var i Item
	if ok, err := record.Load(g, itemTable, idKey(id), &i); err != nil || ok {
		return i, err
	}
	var w want
	if ok, err := record.Load(g, wantTable, idKey(id), &w); err != nil || ok {
		return Item{Kind: w.Kind, State: Wanted}, err
	}
	return Item{State: Gone}, nil
}
