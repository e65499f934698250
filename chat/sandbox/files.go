package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fangzhuo/chat"
	"fangzhuo/storage"
)

// attachment is what came with a message, as it is stored. Its bytes are a file
// named by their SHA-256, or were never given: a place, or a picture of which a
// script names only the name.
type attachment struct {
	Kind string `cbor:"1,keyasint"`
	Name string `cbor:"2,keyasint"`
	Size int64  `cbor:"3,keyasint,omitempty"`
	Hash string `cbor:"4,keyasint,omitempty"`
	Type string `cbor:"5,keyasint,omitempty"` // of a picture that a browser may show: image/jpeg
}

// attachmentJSON is an attachment as the API shows it.
type attachmentJSON struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Size int64  `json:"size,omitempty"`
	Type string `json:"type,omitempty"`
	URL  string `json:"url,omitempty"` // where its bytes are, from the page on
}

// postedFileJSON is an attachment as it is posted.
type postedFileJSON struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Data []byte `json:"data"` // base64
}

// mediaKinds are the kinds that a posted attachment may have.
var mediaKinds = []chat.MediaKind{chat.Image, chat.Voice, chat.Video, chat.File, chat.Location, chat.Card, chat.Other}

// filesMax is how many attachments a message may have.
const filesMax = 9

// shown are the types of pictures that a browser shows and that carry no program.
var shown = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// posted keeps the bytes of posted attachments, or answers the request itself.
func (r *Room) posted(w http.ResponseWriter, files []postedFileJSON) (media []attachment, ok bool) {
	if len(files) > filesMax {
		fail(w, http.StatusBadRequest, fmt.Sprintf("a message has at most %d attachments", filesMax))
		return nil, false
	}
	for _, f := range files {
		if !slices.Contains(mediaKinds, chat.MediaKind(f.Kind)) {
			fail(w, http.StatusBadRequest, "an attachment's kind must be one of image, voice, video, file, location, card, other")
			return nil, false
		}
	}
	for _, f := range files {
		a := attachment{Kind: f.Kind, Name: f.Name}
		if f.Data != nil {
			if err := r.keepBytes(&a, f.Data); err != nil {
				r.unavailable(w, "the attachment could not be kept, send it again", err)
				return nil, false
			}
		}
		media = append(media, a)
	}
	return media, true
}

// copied keeps a file that the bot sends, as a network does.
func (r *Room) copied(f chat.Attachment) (attachment, error) {
	b, err := os.ReadFile(f.Path)
	if err != nil || len(b) == 0 || len(b) > bodyMax<<20 {
		return attachment{}, chat.ErrNoFile
	}
	family, _, _ := strings.Cut(http.DetectContentType(b), "/")
	kind, ok := map[string]chat.MediaKind{"image": chat.Image, "audio": chat.Voice, "video": chat.Video}[family]
	if !ok {
		kind = chat.File
	}
	a := attachment{Kind: string(kind), Name: f.Name}
	err = r.keepBytes(&a, b)
	return a, err
}

// keepBytes writes the bytes of an attachment into the folder, once.
func (r *Room) keepBytes(a *attachment, b []byte) error {
	sum := sha256.Sum256(b)
	a.Size, a.Hash = int64(len(b)), hex.EncodeToString(sum[:])
	if kind := http.DetectContentType(b); slices.Contains(shown, kind) {
		a.Type = kind
	}
	path := filepath.Join(r.opt.Files, a.Hash)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(r.opt.Files, 0o700); err != nil {
		return fmt.Errorf("keep an attachment: %w", err)
	}
	f, err := os.CreateTemp(r.opt.Files, "*.part") // mode 0600
	if err != nil {
		return fmt.Errorf("keep an attachment: %w", err)
	}
	_, err = io.Copy(f, bytes.NewReader(b))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keep an attachment: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// place is where an attachment stands: the nth of a message of a chat.
type place struct {
	chat string
	id   uint64
	n    int
}

// ref is the place as chat.Media has it: in this log and no later one.
func (p place) ref(room string) string { return fmt.Sprintf("%s/%d/%d/%s", room, p.id, p.n, p.chat) }

// url is the address of the bytes, from the page on.
func (p place) url() string {
	return "api/sandbox/file?" + url.Values{"chat": {p.chat}, "id": {strconv.FormatUint(p.id, 10)}, "n": {strconv.Itoa(p.n)}}.Encode()
}

func placeOf(id, n, chatID string) (p place, err error) {
	p.chat = chatID
	p.id, err = strconv.ParseUint(id, 10, 63)
	if err != nil {
		return p, err
	}
	p.n, err = strconv.Atoi(n)
	return p, err
}

// attachments shows what came with a message.
func attachments(e entry) []attachmentJSON {
	list := []attachmentJSON{}
	for n, a := range e.Media {
		shown := attachmentJSON{Kind: a.Kind, Name: a.Name, Size: a.Size, Type: a.Type}
		if a.Hash != "" {
			shown.URL = place{e.Chat, e.ID, n}.url()
		}
		list = append(list, shown)
	}
	return list
}

// errNoBytes means that at a place there is nothing to open.
var errNoBytes = errors.New("no bytes were given")

// open opens the bytes at a place.
func (r *Room) open(ctx context.Context, p place) (attachment, *os.File, error) {
	e, err := r.log.at(ctx, p.chat, p.id)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return attachment{}, nil, errNoBytes
	case err != nil:
		return attachment{}, nil, err
	case p.n < 0 || p.n >= len(e.Media) || e.Media[p.n].Hash == "":
		return attachment{}, nil, errNoBytes
	}
	f, err := os.Open(filepath.Join(r.opt.Files, e.Media[p.n].Hash))
	if errors.Is(err, os.ErrNotExist) {
		err = errNoBytes
	}
	return e.Media[p.n], f, err
}

// Fetch implements chat.Fetcher.
func (r *Room) Fetch(ctx context.Context, m chat.Media) (io.ReadCloser, error) {
	room, err := r.log.room(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch from the sandbox: %w", err)
	}
	parts := strings.SplitN(m.Ref, "/", 4)
	if len(parts) != 4 || parts[0] != room {
		return nil, fmt.Errorf("fetch from the sandbox: %w", chat.ErrGone)
	}
	p, err := placeOf(parts[1], parts[2], parts[3])
	if err != nil {
		return nil, fmt.Errorf("fetch from the sandbox: %w", chat.ErrGone)
	}
	_, f, err := r.open(ctx, p)
	if errors.Is(err, errNoBytes) {
		return nil, fmt.Errorf("fetch from the sandbox: %w", chat.ErrGone)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch from the sandbox: %w", err)
	}
	return f, nil
}

// file serves an attachment. Whatever it is, the browser saves it and runs
// nothing of it; a picture may also stand in the page.
func (r *Room) file(w http.ResponseWriter, req *http.Request) {
	q := req.URL.Query()
	p, err := placeOf(q.Get("id"), q.Get("n"), q.Get("chat"))
	if err != nil {
		fail(w, http.StatusBadRequest, "id and n must be numbers")
		return
	}
	a, f, err := r.open(req.Context(), p)
	if errors.Is(err, errNoBytes) {
		fail(w, http.StatusNotFound, "there is no such attachment")
		return
	}
	if err != nil {
		r.unavailable(w, "the attachment cannot be read", err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		r.unavailable(w, "the attachment cannot be read", err)
		return
	}
	kind := a.Type
	if kind == "" {
		kind = "application/octet-stream"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, req, "", info.ModTime(), f)
}
