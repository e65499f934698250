package sandbox

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// moveMax is how far the clock moves at once; all that falls due on the way
// has to be fired.
const moveMax = 5 * 366 * 24 * time.Hour

// move moves the clock and answers when all that fell due has been sent.
func (r *Room) move(w http.ResponseWriter, req *http.Request) {
	var body struct {
		Set     string `json:"set"`
		Advance string `json:"advance"`
	}
	if !decode(w, req, 1, &body) {
		return
	}
	if r.opt.Move == nil {
		fail(w, http.StatusServiceUnavailable, "the clock of this room cannot be moved")
		return
	}
	r.clock.Lock()
	defer r.clock.Unlock()
	now := r.opt.Now()
	to, err := destination(now, body.Set, body.Advance)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	err = r.opt.Move(req.Context(), to)
	if err == nil {
		err = r.opt.Settle(req.Context())
	}
	r.hub.publish(event{name: "clock", data: r.nowJSON()})
	if err != nil {
		r.unavailable(w, "the clock stopped on the way", err)
		return
	}
	reply(w, r.nowJSON())
}

// destination reads where the clock shall go.
func destination(now time.Time, set, advance string) (time.Time, error) {
	if (set == "") == (advance == "") {
		return time.Time{}, errors.New(`say either "set" with a time or "advance" with a duration`)
	}
	to := now
	if set != "" {
		t, err := time.Parse(time.RFC3339, set)
		if err != nil {
			return time.Time{}, errors.New(`"set" must be a time like 2026-12-07T08:00:00+08:00`)
		}
		to = t.In(now.Location())
	} else {
		d, err := duration(advance)
		if err != nil {
			return time.Time{}, errors.New(`"advance" must be a duration like 90m, 24h or 7d`)
		}
		to = now.Add(d)
	}
	switch {
	case to.Before(now):
		return time.Time{}, errors.New("the clock only moves forward")
	case to.Sub(now) > moveMax:
		return time.Time{}, errors.New("the clock moves at most five years at once")
	}
	return to, nil
}

// duration reads a Go duration, or a number of days as "7d".
func duration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(strings.TrimPrefix(days, "+"), 10, 16)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}
