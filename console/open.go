package console

import (
	"mime"
	"net/http"
	"os"
	"strconv"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/storage"
	"fangzhuo/words"
)

// The sealed part: how to reach the petitioner, and what they sent along. That
// somebody looked stands in the history, so each look is a form that is sent.

// file is one thing the petitioner sent along.
type file struct {
	N    int
	What string
	Here bool
}

// contact shows how to reach the petitioner, once.
func (v *visit) contact() {
	v.opened(func(tx storage.Tx, no cases.Number) (t shown, err error) {
		c, who, err := v.Desk.Contact(tx, v.actor, no, v.value("motive"), v.Now())
		t.contact = v.say("contact", v.Desk.Args(c, v.Now(), words.Args{"Name": who.Name, "Contact": who.Phone, "Lost": who.Lost}))
		return t, err
	})
}

// files lists what the petitioner sent along.
func (v *visit) files() {
	v.opened(func(tx storage.Tx, no cases.Number) (t shown, err error) {
		_, all, err := v.Desk.Attachments(tx, v.actor, no, v.value("motive"), v.Now())
		for _, a := range all {
			what := v.say("page.file", words.Args{"N": a.N, "Kind": string(a.Kind), "Size": a.Size, "State": string(a.State)})
			t.motive = v.value("motive")
			t.files = append(t.files, file{a.N, what, a.Here()})
		}
		return t, err
	})
}

// opened shows the matter with what was opened of its sealed part.
func (v *visit) opened(look func(storage.Tx, cases.Number) (shown, error)) {
	no, ok := v.no()
	if !ok {
		return
	}
	var t shown
	err := v.Store.Update(v.req.Context(), func(tx storage.Tx) (err error) {
		t, err = look(tx, no)
		return err
	})
	switch r, refused := desk.IsRefusal(err); {
	case refused:
		v.matterWith(no, http.StatusUnprocessableEntity, view{Refused: v.refusal(r)}, shown{})
	case err != nil:
		v.broken(v.w, err)
	default:
		v.matterWith(no, http.StatusOK, view{}, t)
	}
}

// file hands over one thing that the petitioner sent along. The browser keeps it
// as a file and shows nothing of it: it came from outside.
func (v *visit) file() {
	no, ok := v.no()
	if !ok {
		return
	}
	n, err := strconv.Atoi(v.req.PathValue("n"))
	if err != nil {
		v.fail(v.w, http.StatusNotFound, v.say("page.not-found", nil))
		return
	}
	var ref, name string
	err = v.Store.Update(v.req.Context(), func(tx storage.Tx) error {
		a, called, err := v.Desk.OpenAttachment(tx, v.actor, no, n, v.value("motive"), v.Now())
		ref, name = a.Ref(), called
		return err
	})
	if r, refused := desk.IsRefusal(err); refused {
		v.matterWith(no, http.StatusUnprocessableEntity, view{Refused: v.refusal(r)}, shown{})
		return
	}
	if err != nil {
		v.broken(v.w, err)
		return
	}
	path, ok := v.File(ref)
	f, err := os.Open(path)
	if !ok || err != nil {
		v.fail(v.w, http.StatusNotFound, v.say("page.no-file", nil))
		return
	}
	defer f.Close()
	h := v.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(v.w, v.req, "", time.Time{}, f)
}
