package console

import (
	"net/http"

	"rsc.io/qr"

	"fangzhuo/chat"
	"fangzhuo/words"
)

// networkView is one network as the page shows it.
type networkView struct {
	Name, Phase, Since, Hint string
	Up                       bool
	HasCode                  bool // a code waits to be scanned
	MayRelink                bool
	Troubles                 []string
}

type unsentRow struct{ At, State, Text string }

type networkPage struct {
	Links   []networkView
	Waiting string
	Unsent  []unsentRow
}

// refreshEvery is after how many seconds the page looks again: a code that is
// scanned shows at shown, everything else in good time.
const (
	refreshScan = 5
	refreshIdle = 30
)

// unsentShown is how many messages that did not go out are shown.
const unsentShown = 20

// network shows how the networks are, and what a person can do about it.
func (v *visit) network() {
	refresh := refreshIdle
	var main networkPage
	for _, l := range v.Links {
		s := l.LinkState()
		n := networkView{Name: l.Name, Phase: v.say("phase."+string(s.Phase), nil), Up: s.Phase == chat.Online}
		if !s.Since.IsZero() {
			n.Since = v.say("page.moment", words.Args{"At": s.Since})
		}
		if s.Hint != "" {
			n.Hint = v.say("hint."+s.Hint, words.Args{"About": ""})
		}
		for _, t := range s.Troubles {
			n.Troubles = append(n.Troubles, v.say("hint."+t.Hint, words.Args{"About": t.About}))
		}
		if linker, ok := l.Reporter.(chat.Linker); ok && !n.Up {
			_, n.HasCode = linker.LinkCode()
			n.MayRelink = !n.HasCode
			refresh = refreshScan
		}
		main.Links = append(main.Links, n)
	}
	waiting, err := v.Waiting(v.req.Context())
	if err != nil {
		v.broken(v.w, err)
		return
	}
	main.Waiting = v.say("page.waiting", words.Args{"N": waiting})
	unsent, err := v.Unsent(v.req.Context(), unsentShown)
	if err != nil {
		v.broken(v.w, err)
		return
	}
	for _, u := range unsent {
		main.Unsent = append(main.Unsent, unsentRow{v.say("page.moment", words.Args{"At": u.At}), v.say("unsent."+u.State, nil), u.Text})
	}
	v.page(http.StatusOK, "network", view{Here: "network", Title: v.say("page.network", nil), Refresh: refresh, Main: main})
}

// linker is the first network with a code to scan.
func (v *visit) linker() (chat.Linker, bool) {
	for _, l := range v.Links {
		if linker, ok := l.Reporter.(chat.Linker); ok {
			return linker, true
		}
	}
	return nil, false
}

// code draws the code that waits to be scanned.
func (v *visit) code() {
	linker, ok := v.linker()
	text := ""
	if ok {
		text, ok = linker.LinkCode()
	}
	var code *qr.Code
	var err error
	if ok {
		code, err = qr.Encode(text, qr.M)
	}
	if !ok || err != nil {
		http.Error(v.w, "no code waits to be scanned", http.StatusNotFound)
		return
	}
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.Header().Set("Content-Type", "image/svg+xml")
	_, _ = v.w.Write(draw(code)) // whoever asked is gone
}

// relink asks for another code to scan.
func (v *visit) relink() {
	if linker, ok := v.linker(); ok {
		linker.Relink()
	}
	http.Redirect(v.w, v.req, v.Base+"/network", http.StatusSeeOther)
}
