package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
)

// A clock that was moved stands there again after a restart, and nothing that
// was said on the way is said again.
func TestMovedClockOutlivesTheProcess(t *testing.T) {
	begin := time.Date(2026, 11, 30, 8, 0, 0, 0, calendar.Zone)
	n := &sandboxNetwork{program: program{data: t.TempDir(), wall: begin}}
	n.start(t)
	body := `{"advance":"168h"}`
	resp, err := http.Post("http://"+n.live.page+"/api/sandbox/clock", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	notices := len(n.sent(t, "@zc"))
	n.stop(t)
	n.clock = nil // the wall shows what it showed
	n.start(t)
	defer n.stop(t)
	if got := n.now(); !got.Equal(begin.Add(7 * 24 * time.Hour)) {
		t.Errorf("the clock shows %s", got)
	}
	if got := len(n.sent(t, "@zc")); got != notices || notices == 0 {
		t.Errorf("%d notices, %d before", got, notices)
	}
}
