package attach

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"fangzhuo/chat"
	"fangzhuo/storage"
	"fangzhuo/storage/record"
)

// Piece is a piece of media with bytes that a message brought.
type Piece struct {
	ID string // our own
	chat.Media
}

// want is what is still to be fetched. It goes with the end of that, and with it
// the only record of where the bytes came from.
type want struct {
	Kind    chat.MediaKind `cbor:"1,keyasint"`
	Network string         `cbor:"2,keyasint"`
	Ref     string         `cbor:"3,keyasint"`
	Ext     string         `cbor:"4,keyasint,omitempty"` // of the name that its sender gave it
	At      time.Time      `cbor:"5,keyasint"`           // when it was said
	From    chat.Address   `cbor:"6,keyasint,omitempty"` // whom to tell; nobody of an anonymous matter
	Owner   string         `cbor:"7,keyasint,omitempty"`
}

// Rename puts ids of our own, drawn at random, in the place of what a network
// calls the media of a message, and returns what there is to fetch. Media
// without bytes get no id: nothing of them is fetched. Only a file keeps its
// name: what a phone calls a picture says nothing.
func Rename(random io.Reader, media []chat.Media) (named []chat.Media, pieces []Piece, err error) {
	for _, m := range media {
		ref := ""
		if m.Kind.Fetched() {
			var b [8]byte
			if _, err := io.ReadFull(random, b[:]); err != nil {
				return nil, nil, fmt.Errorf("draw an id for an attachment: %w", err)
			}
			ref = hex.EncodeToString(b[:])
			pieces = append(pieces, Piece{ref, m})
			if m.Kind != chat.File {
				m.Name = ""
			}
		}
		m.Ref = ref
		named = append(named, m)
	}
	return named, pieces, nil
}

// Want notes that the pieces are to be fetched; until they belong to a matter
// they are the sender's draft's. Call Wake after the commit.
func Want(tx storage.Tx, m chat.Message, pieces []Piece) error {
	for _, p := range pieces {
		w := want{Kind: p.Kind, Network: m.From.Transport(), Ref: p.Ref, Ext: strings.ToLower(filepath.Ext(CleanName(p.Name))), At: m.At, From: m.From}
		if err := record.Save(tx, wantTable, idKey(p.ID), w); err != nil {
			return err
		}
		if err := tx.Put(looseTable, idKey(p.ID), []byte(m.From)); err != nil {
			return fmt.Errorf("want an attachment: %w", err)
		}
	}
	return nil
}

// Belong gives media to an owner for good: a matter's number. Of a nameless one
// it is forgotten who sent them, even where they are still to be fetched.
func Belong(tx storage.Tx, media []chat.Media, owner string, nameless bool) error {
	for _, m := range media {
		if m.Ref == "" {
			continue
		}
		if err := tx.Delete(looseTable, idKey(m.Ref)); err != nil {
			return fmt.Errorf("keep an attachment for good: %w", err)
		}
		var w want
		switch ok, err := record.Load(tx, wantTable, idKey(m.Ref), &w); {
		case err != nil:
			return err
		case !ok:
			continue
		}
		w.Owner = owner
		if nameless {
			w.From = ""
		}
		if err := record.Save(tx, wantTable, idKey(m.Ref), w); err != nil {
			return err
		}
	}
	return nil
}

// Forget drops those of the media that are still only a draft's: it was given up.
// Their bytes go with the next Sweep.
func Forget(tx storage.Tx, media []chat.Media) error {
	for _, m := range media {
		if m.Ref == "" {
			continue
		}
		_, err := tx.Get(looseTable, idKey(m.Ref))
		if err == nil {
			err = drop(tx, m.Ref)
		} else if errors.Is(err, storage.ErrNotFound) {
			err = nil
		}
		if err != nil {
			return fmt.Errorf("forget an attachment: %w", err)
		}
	}
	return nil
}

// Erase drops media whosever they are by now. Their bytes go with the next Sweep.
func Erase(tx storage.Tx, media []chat.Media) error {
	for _, m := range media {
		if m.Ref == "" {
			continue
		}
		if err := drop(tx, m.Ref); err != nil {
			return fmt.Errorf("erase an attachment: %w", err)
		}
	}
	return nil
}

// drop forgets a piece of media altogether; its bytes go with the next Sweep.
func drop(tx storage.Tx, id string) error {
	var i Item
	if ok, err := record.Load(tx, itemTable, idKey(id), &i); err != nil {
		return err
	} else if ok && len(i.Hash) > 0 {
		if err := tx.Delete(fileTable, fileKey(i.Hash).Text(id)); err != nil {
			return err
		}
	}
	return errors.Join(
		tx.Delete(itemTable, idKey(id)),
		tx.Delete(wantTable, idKey(id)),
		tx.Delete(looseTable, idKey(id)))
}
