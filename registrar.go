package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"fangzhuo/cases"
	"fangzhuo/desk"
	"fangzhuo/intake"
	"fangzhuo/storage"
)

// order is what the command asks for: a note, and who of the staff writes it.
type order struct {
	intake.Note
	As string // person id
}

// registrar writes matters down.
type registrar struct {
	store storage.Store
	desk  *desk.Desk
	notes *intake.Reader
	now   func() time.Time
	// owed is called when messages wait; nil while nobody sends them.
	owed func(context.Context) error
}

// register carries out an order and words its receipt. A refusal comes back as
// its sentence.
func (r registrar) register(ctx context.Context, o order) (string, error) {
	p, known := r.desk.Office.Person(o.As)
	if !known {
		return "", fmt.Errorf("nobody in the configuration has the id %q", o.As)
	}
	text, now := "", r.now()
	err := r.store.Update(ctx, func(tx storage.Tx) error {
		receipt, err := r.desk.Take(tx, cases.ActorOf(p), r.notes.Read(o.Note), now)
		text = r.desk.TakenText(receipt, now)
		return err
	})
	if refusal, refused := desk.IsRefusal(err); refused {
		return "", errors.New(r.desk.RefusalText(refusal, true, cases.Who(refusal.Verb), nil, now))
	}
	if err == nil && r.owed != nil {
		err = r.owed(ctx)
	}
	return text, err
}

// ServeHTTP takes an order from the control socket.
func (r registrar) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxPaste*2)).Decode(&o); err != nil {
		http.Error(w, "the order cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	text, err := r.register(req.Context(), o)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	_, _ = io.WriteString(w, text) // who asked is gone, or will ask again with the same key
}
