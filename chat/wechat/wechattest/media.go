package wechattest

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// What comes.

// voiceLength is how long every voice message lasts, in milliseconds.
const voiceLength = 2340

// mediaID names a file that somebody sent.
func mediaID(id int64) string { return fmt.Sprintf("@crypt_file_%d", id) }

// encry is a file name as EncryFileName has it: no dot is left.
func encry(name string) string {
	return strings.NewReplacer(".", "%2E", "-", "%2D", "_", "%5F", "+", "%20").Replace(url.QueryEscape(name))
}

// content is a message's Content, without the sender's prefix.
func (a *Account) content(e entry) string {
	m := e.msg
	switch {
	case m.Raw != "":
		return m.Raw
	case m.Type == 3:
		return escape(fmt.Sprintf("<?xml version=\"1.0\"?>\n<msg>\n\t<img aeskey=\"00\" length=\"%d\" md5=\"%s\" />\n</msg>\n", len(m.Data), sum(m.Data)))
	case m.Type == 34:
		return escape(fmt.Sprintf(`<msg><voicemsg endflag="1" voiceformat="4" voicelength="%d" length="%d" /></msg>`, voiceLength, len(m.Data)))
	case m.Type == 43 || m.Type == 62:
		return escape(fmt.Sprintf("<?xml version=\"1.0\"?>\n<msg>\n\t<videomsg length=\"%d\" playlength=\"3\" />\n</msg>\n", len(m.Data)))
	case m.Type == 49 && m.AppType == 6:
		return escape(fmt.Sprintf("<msg><appmsg appid=\"wx6618f1cfc6c132f8\" sdkver=\"0\"><title>%s</title><type>6</type><appattach><totallen>%d</totallen></appattach></appmsg></msg>\n",
			escape(m.FileName), len(m.Data)))
	}
	return escape(m.Text)
}

func sum(data []byte) string {
	h := md5.Sum(data)
	return hex.EncodeToString(h[:])
}

func (a *Account) image(c *call) { a.download(c, c.r.URL.Query().Get("MsgID"), "image/jpeg", 3, 47) }
func (a *Account) voice(c *call) { a.download(c, c.r.URL.Query().Get("msgid"), "audio/mp3", 34) }

// video needs a Range: without one the real servers send nothing.
func (a *Account) video(c *call) {
	if c.r.Header.Get("Range") == "" {
		c.answer = ""
		return
	}
	a.download(c, c.r.URL.Query().Get("msgid"), "video/mp4", 43, 62)
}

// file is the only download that asks for the data ticket.
func (a *Account) file(c *call) {
	q := c.r.URL.Query()
	id, named := strings.CutPrefix(q.Get("mediaid"), "@crypt_file_")
	if q.Get("webwx_data_ticket") != a.session.data || !named {
		c.answer = ""
		return
	}
	a.download(c, id, "application/octet-stream", 49)
}

// download answers with a message's bytes; like the real servers with nothing
// and status 200 when it has none.
func (a *Account) download(c *call, id, kind string, types ...int) {
	q := c.r.URL.Query()
	if skey, asked := q["skey"]; asked && skey[0] != a.session.skey {
		c.answer = ""
		return
	}
	var data []byte
	for _, e := range a.log {
		if e.msg != nil && fmt.Sprint(e.id) == id && slices.Contains(types, e.msg.Type) {
			data = e.msg.Data
		}
	}
	c.header.Set("Content-Type", kind)
	if from, to, ok := ranged(c.r.Header.Get("Range"), len(data)); ok {
		c.header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(data)))
		c.status, data = http.StatusPartialContent, data[from:to]
	}
	c.answer = string(data)
}

// ranged reads "bytes=2-5" and "bytes=2-"; the end is exclusive.
func ranged(header string, size int) (from, to int, ok bool) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	from, err := strconv.Atoi(first)
	if !ok || !dash || err != nil || from >= size {
		return 0, 0, false
	}
	if to, err = strconv.Atoi(last); err != nil || to >= size {
		return from, size, true
	}
	return from, to + 1, true
}

// What goes out.

// File is a file that the account sent: an image and a video have the name under
// which they were uploaded, a file the one that its reader sees.
type File struct {
	Kind string // image, video or file
	Name string
	Data []byte
}

// Files returns the files that the account has sent to a person or group.
func (a *Account) Files(to string) []File {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return slices.Clone(a.files[to])
}

// Sizes of uploads, in bytes.
const (
	chunkSize   = 512 << 10
	uncheckable = 25 << 20 // above, webwxcheckupload must come first
)

// upload is a file on its way or there.
type upload struct {
	name   string
	size   int
	md5    string
	chunks int // that came so far
	data   []byte
}

func (u *upload) whole() bool { return len(u.data) == u.size && sum(u.data) == u.md5 }

// uploadRequest is the JSON part of an upload.
type uploadRequest struct {
	BaseRequest                                   struct{ Sid, Skey string }
	FileMd5, AESKey, Signature                    string
	FileName, FromUserName, ToUserName            string
	FileSize, TotalLen, ClientMediaId, UploadType int64
}

// signature is what a large upload must show.
func (r uploadRequest) signature() string { return "signed-" + r.FileMd5 }

// checkUpload says that a large file is there already, or what its upload must
// show.
func (a *Account) checkUpload(c *call) {
	var in uploadRequest
	c.field(&in)
	for id, u := range a.s.uploads {
		if u.md5 == in.FileMd5 && u.whole() {
			c.ret(0, map[string]any{"MediaId": id, "AESKey": "", "Signature": in.signature(), "EncryFileName": encry(in.FileName)})
			return
		}
	}
	c.ret(0, map[string]any{"MediaId": "", "AESKey": "aes-" + in.FileMd5, "Signature": in.signature(), "EncryFileName": encry(in.FileName)})
}

// upload takes a file, in chunks when it is large. Only the last chunk's answer
// names it.
func (a *Account) upload(c *call) {
	form, err := c.form()
	if err != nil {
		c.ret(1, nil)
		return
	}
	ticket, err := c.r.Cookie("webwx_data_ticket")
	if err != nil || ticket.Value != a.session.data || form.value("webwx_data_ticket") != a.session.data {
		c.ret(1102, nil)
		return
	}
	var in uploadRequest
	chunk, chunks := atoi(form.value("chunk"), 0), atoi(form.value("chunks"), 1)
	if json.Unmarshal([]byte(form.value("uploadmediarequest")), &in) != nil || len(form.file) == 0 || len(form.file) > chunkSize ||
		in.TotalLen > uncheckable && in.Signature != in.signature() {
		c.ret(1, nil)
		return
	}
	key := fmt.Sprintf("@crypt_media_%d_%s", in.ClientMediaId, in.FileMd5)
	if chunk == 0 {
		a.s.uploads[key] = &upload{name: form.value("name"), size: int(in.TotalLen), md5: in.FileMd5}
	}
	u := a.s.uploads[key]
	if u == nil || u.chunks != chunk {
		c.ret(1, nil)
		return
	}
	u.chunks++
	u.data = append(u.data, form.file...)
	fields := map[string]any{"MediaId": "", "StartPos": len(u.data), "CDNThumbImgHeight": 0, "CDNThumbImgWidth": 0, "EncryFileName": encry(u.name)}
	if chunk+1 == chunks {
		if !u.whole() {
			c.ret(1, nil)
			return
		}
		fields["MediaId"] = key
	}
	c.ret(0, fields)
}

func atoi(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

// form is a multipart body.
type form struct {
	values map[string]string
	file   []byte
}

func (f form) value(name string) string { return f.values[name] }

func (c *call) form() (form, error) {
	f := form{values: map[string]string{}}
	_, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return f, err
	}
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return f, err
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return f, err
		}
		if p.FormName() == "filename" {
			f.file = b
		} else {
			f.values[p.FormName()] = string(b)
		}
	}
}

// sendMedia sends an image or a video that was uploaded.
func (a *Account) sendMedia(c *call) {
	in := c.outgoing()
	u, ok := a.s.uploads[in.MediaId]
	if !ok || !u.whole() {
		c.ret(1, nil)
		return
	}
	kind := "image"
	if c.endpoint == "webwxsendvideomsg" {
		kind = "video"
	}
	a.accept(c, in, &File{Kind: kind, Name: u.name, Data: u.data})
}

// sendFile sends a file that was uploaded, under the name in its title.
func (a *Account) sendFile(c *call) {
	in := c.outgoing()
	var app struct {
		Type   int    `xml:"type"`
		Title  string `xml:"title"`
		Attach struct {
			ID   string `xml:"attachid"`
			Size int    `xml:"totallen"`
		} `xml:"appattach"`
	}
	err := xml.Unmarshal([]byte(in.Content), &app)
	u, ok := a.s.uploads[app.Attach.ID]
	if err != nil || app.Type != 6 || !ok || !u.whole() || app.Attach.Size != u.size || strings.TrimSpace(app.Title) == "" {
		c.ret(1, nil)
		return
	}
	a.accept(c, in, &File{Kind: "file", Name: app.Title, Data: u.data})
}
