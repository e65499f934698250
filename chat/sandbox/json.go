package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// decode reads a JSON body of at most so many MiB and answers the request itself
// if it is not one.
func decode(w http.ResponseWriter, req *http.Request, mib int64, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, req.Body, mib<<20))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return true
		}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		fail(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d MiB", mib))
	case err == nil:
		fail(w, http.StatusBadRequest, "the body must be one JSON object")
	default:
		fail(w, http.StatusBadRequest, fmt.Sprintf("the body is not the JSON expected here: %s", plainJSONError(err)))
	}
	return false
}

// plainJSONError says what is wrong without repeating what was sent.
func plainJSONError(err error) string {
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType):
		return fmt.Sprintf("%q cannot be a %s", wrongType.Field, wrongType.Value)
	case errors.As(err, &syntax):
		return fmt.Sprintf("syntax error at byte %d", syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// unavailable answers 503 and puts the cause into the log only.
func (r *Room) unavailable(w http.ResponseWriter, sentence string, err error) {
	r.opt.Log.Warn("sandbox: "+sentence, "err", err)
	fail(w, http.StatusServiceUnavailable, sentence)
}

func fail(w http.ResponseWriter, status int, sentence string) {
	write(w, status, struct {
		Error string `json:"error"`
	}{sentence})
}

func reply(w http.ResponseWriter, answer any) { write(w, http.StatusOK, answer) }

// write sends JSON; if the reader has left nobody misses it.
func write(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(answer)
}
