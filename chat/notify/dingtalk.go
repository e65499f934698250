package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// dingTalk is a group robot of 钉钉, which the library does not know.
type dingTalk struct {
	token, secret string
	client        types.HTTPClient
	now           func() time.Time
}

func newDingTalk(u *url.URL, client types.HTTPClient, now func() time.Time) *dingTalk {
	q := u.Query()
	return &dingTalk{token: q.Get("access_token"), secret: q.Get("secret"), client: client, now: now}
}

// Send posts a text. With a secret (加签) the address carries the time in
// milliseconds and HMAC-SHA256 of the time and the secret.
func (d *dingTalk) Send(message string, _ *types.Params) error {
	if d.token == "" {
		return errors.New("no access_token")
	}
	type text struct {
		Content string `json:"content"`
	}
	body, err := json.Marshal(struct {
		Type string `json:"msgtype"`
		Text text   `json:"text"`
	}{"text", text{message}})
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	q := url.Values{"access_token": {d.token}}
	if d.secret != "" {
		at := strconv.FormatInt(d.now().UnixMilli(), 10)
		mac := hmac.New(sha256.New, []byte(d.secret))
		mac.Write([]byte(at + "\n" + d.secret)) // never fails
		q.Set("timestamp", at)
		q.Set("sign", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	address := url.URL{Scheme: "https", Host: dingtalkHost, Path: "/robot/send", RawQuery: q.Encode()}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := d.client.Do(req) // the line has the deadline and notes the answer
	if err != nil {
		return fmt.Errorf("post a message: %w", err)
	}
	return resp.Body.Close()
}
