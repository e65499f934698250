package attach

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"fangzhuo/chat"
)

// Why what came is not what was sent. A network may do better the next time.
var (
	errEmpty = errors.New("nothing came")
	errShort = errors.New("it broke off")
	errWrong = errors.New("it is something else")
)

// found is what the bytes are by their content.
type found struct {
	kind string // image/jpeg
	ext  string // .jpg
}

// recognise looks at the head of the bytes and refuses what cannot be meant: a
// network that answers with a page about an error in the place of a picture.
func recognise(head []byte, w want) (found, error) {
	if len(head) == 0 {
		return found{}, errEmpty
	}
	m := mimetype.Detect(head)
	kind, _, _ := strings.Cut(m.String(), ";")
	f := found{kind, m.Extension()}
	family, _, _ := strings.Cut(kind, "/")
	switch w.Kind {
	case chat.Image:
		if family != "image" {
			return f, fmt.Errorf("%w: %s in the place of a picture", errWrong, kind)
		}
	case chat.Voice, chat.Video:
		// recordings come in wrappings of which not all are known
		if family == "text" || family == "image" || kind == "application/json" {
			return f, fmt.Errorf("%w: %s in the place of a recording", errWrong, kind)
		}
	case chat.File:
		for answer, exts := range answers {
			if m.Is(answer) && !slices.Contains(exts, w.Ext) {
				return f, fmt.Errorf("%w: %s in the place of a file", errWrong, kind)
			}
		}
		if w.Ext != "" { // the sender's word counts for what a file is called
			f.ext = w.Ext
		}
	}
	return f, nil
}

// answers are the forms in which a network says that something is wrong, with
// the endings of the files that have that form by right.
var answers = map[string][]string{
	"text/html":        {".html", ".htm", ".xhtml", ".mht", ".mhtml", ".xls", ".doc", ".txt", ".xml"},
	"application/json": {".json", ".txt", ".geojson", ".har", ".log"},
}
