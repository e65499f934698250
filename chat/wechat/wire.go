package wechat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/eatmoreapple/openwechat"
)

// loose is any JSON value as text: the server is not consistent about types,
// and one odd field must cost nothing else. A value that is wrapped alone, as
// in {"string":"@a"}, is unwrapped; null is empty.
type loose string

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
func (l *loose) UnmarshalJSON(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return err
	}
	text, ok := unwrapped(v)
	if !ok {
		text = string(raw)
	}
	*l = loose(text)
	return nil
}

// unwrapped returns the only scalar in v as text.
func unwrapped(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case []any:
		if len(v) == 1 {
			return unwrapped(v[0])
		}
	case map[string]any:
		for _, only := range v {
			if len(v) == 1 {
				return unwrapped(only)
			}
		}
	}
	return "", false
}

// number reads a whole number, also from "1" and 1.0.
func (l loose) number() (int64, bool) {
	if n, err := strconv.ParseInt(string(l), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(l), 64)
	if err != nil || f != float64(int64(f)) {
		return 0, false
	}
	return int64(f), true
}

// answer is the fields of a JSON answer.
type answer map[string]json.RawMessage

// errNoAnswer means that an answer does not hold what it should.
var errNoAnswer = errors.New("answer makes no sense")

func parse(body []byte) (answer, error) {
	var a answer
	err := json.Unmarshal(body, &a)
	if err != nil {
		err = json.Unmarshal(mend(body), &a)
	}
	if err != nil || a == nil {
		return nil, fmt.Errorf("%w: not a JSON object", errNoAnswer)
	}
	return a, nil
}

// text returns a field as text, "" when it is missing.
func (a answer) text(key string) string {
	var l loose
	if raw, ok := a[key]; ok {
		_ = l.UnmarshalJSON(raw)
	}
	return string(l)
}

// number returns a field as a number, 0 when it is none.
func (a answer) number(key string) int64 {
	n, _ := loose(a.text(key)).number()
	return n
}

// list returns a field's elements. What stands there without a list around it
// is its only element.
func (a answer) list(key string) []json.RawMessage {
	raw := a[key]
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil && len(raw) > 0 {
		return []json.RawMessage{raw}
	}
	return all
}

// object returns a field's own fields, nil when it has none.
func (a answer) object(key string) answer {
	var o answer
	if json.Unmarshal(a[key], &o) != nil {
		return nil
	}
	return o
}

// ret returns the code in BaseResponse as an error, nil when all went well.
// Said reports whether there was one.
func (a answer) ret() (said bool, err error) {
	text := a.object("BaseResponse").text("Ret")
	if text == "" {
		return false, nil
	}
	n, ok := loose(text).number()
	if !ok {
		return false, nil
	}
	if n != 0 {
		return true, openwechat.Ret(n)
	}
	return true, nil
}

// syncKey reads a cursor as the library can use it: it panics on one that is
// missing or whose Count is wrong. Count 0 keeps the old one.
func (a answer) syncKey() openwechat.SyncKey {
	var key openwechat.SyncKey
	for _, raw := range a.object("SyncKey").list("List") {
		var item struct{ Key, Val loose }
		if json.Unmarshal(raw, &item) != nil {
			return openwechat.SyncKey{}
		}
		k, isKey := item.Key.number()
		v, isVal := item.Val.number()
		if !isKey || !isVal {
			return openwechat.SyncKey{}
		}
		key.List = append(key.List, struct{ Key, Val int64 }{k, v})
	}
	key.Count = len(key.List)
	return key
}

// mend makes JSON of what is nearly JSON: it escapes what must not stand in a
// string as it is. One control character that somebody typed would otherwise
// hold up everybody's messages for good.
func mend(body []byte) []byte {
	out := make([]byte, 0, len(body)+16)
	quoted := false
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case c == '"':
			quoted = !quoted
			out = append(out, c)
		case !quoted:
			out = append(out, c)
		case c == '\\' && i+1 < len(body) && bytes.IndexByte([]byte(`"\/bfnrtu`), body[i+1]) >= 0:
			out = append(out, c, body[i+1])
			i++
		case c == '\\':
			out = append(out, `\\`...)
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return out
}
