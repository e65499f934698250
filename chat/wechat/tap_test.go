package wechat

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// refusing is a network that nothing may reach.
type refusing struct{ t *testing.T }

func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	r.t.Errorf("%s was asked", req.URL.Path)
	return nil, errors.New("refused")
}

// Whatever the library might do some day: no friend is made, no group changed,
// no remark set, nothing taken back.
func TestAsksForNothingElse(t *testing.T) {
	a := New(Options{Now: time.Now})
	l := a.newLink(t.Context(), nil, kept{})
	defer l.close()
	through := &tap{link: l, base: refusing{t}}
	for _, endpoint := range []string{"webwxverifyuser", "webwxupdatechatroom", "webwxcreatechatroom", "webwxoplog", "webwxrevokemsg",
		"webwxsendemoticon", "webwxsendvideomsg", "webwxgeticon", "webwxpushloginurl", ""} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			"https://wx.qq.com/cgi-bin/mmwebwx-bin/"+endpoint, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := through.RoundTrip(req); !errors.Is(err, errNotMade) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}
