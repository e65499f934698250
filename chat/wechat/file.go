package wechat

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/eatmoreapple/openwechat"

	"fangzhuo/chat"
)

// What WeChat takes.
const (
	pictureMax   = 20 << 20
	fileMax      = 50 << 20
	checkedAbove = 25 << 20 // asked for before it is uploaded
)

// How long an upload that keeps failing is tried while the link is up. Nothing
// else is sent meanwhile.
const (
	uploadPatience = 10 * time.Minute
	uploadRefusals = 3
)

// pictures are the types that are sent as pictures, with the ending by which the
// library knows them.
var pictures = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/bmp": ".bmp"}

// outgoingFile is a file to send, open.
type outgoingFile struct {
	*os.File
	name    string // what the reader sees
	size    int64
	md5     string
	picture bool
}

// openFile opens a file to send; its error is ErrNoFile.
func openFile(f *chat.Attachment) (*outgoingFile, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, noFile(err)
	}
	o := &outgoingFile{File: file, name: shownName(f.Name)}
	if err := o.look(); err != nil {
		file.Close()
		return nil, err
	}
	return o, nil
}

// noFile leaves out where the file would be.
func noFile(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%w: %w", chat.ErrNoFile, err)
}

// look reads the file once: its sum and what it is.
func (o *outgoingFile) look() error {
	sum, head := md5.New(), &bytes.Buffer{}
	size, err := io.Copy(io.MultiWriter(sum, &first{head, 512}), o.File)
	switch {
	case err != nil:
		return noFile(err)
	case size == 0:
		return fmt.Errorf("%w: it is empty", chat.ErrNoFile)
	case size > fileMax:
		return fmt.Errorf("%w: it is larger than %d MB", chat.ErrNoFile, fileMax>>20)
	}
	o.size, o.md5 = size, hex.EncodeToString(sum.Sum(nil))
	ending := pictures[http.DetectContentType(head.Bytes())]
	switch has := strings.ToLower(filepath.Ext(o.name)); {
	case ending == "" || size > pictureMax:
	case has == "", has == ending, ending == ".jpg" && has == ".jpeg":
		o.picture = true
	}
	return nil
}

// uploadName is the name under which a file is uploaded. The library goes by its
// ending, and makes one up from the content where there is none.
func (o *outgoingFile) uploadName() string {
	switch {
	case filepath.Ext(o.name) != "":
		return o.name
	case o.picture:
		return o.name + ".jpg"
	}
	return o.name + ".bin"
}

// first passes on the first n bytes.
type first struct {
	w io.Writer
	n int
}

// Write implements io.Writer.
func (f *first) Write(p []byte) (int, error) {
	n := min(f.n, len(p))
	f.n -= n
	if _, err := f.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// shownName makes a file name of what may be none.
func shownName(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '/' || r == '\\':
			return '_'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, name))
	if strings.Trim(name, "._") == "" {
		return "file"
	}
	return name
}

// sendFile uploads a file and sends it. What fails before the sending itself was
// certainly not sent.
func (l *link) sendFile(ctx context.Context, key, to string, f *chat.Attachment) (*openwechat.SentMessage, error) {
	file, err := openFile(f)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var done uploaded
	if err := l.guard(func() (err error) { done, err = l.upload(ctx, to, file); return err }); err != nil {
		return nil, l.uploadError(key, err)
	}
	delete(l.uploads, key)
	if l.over() || ctx.Err() != nil {
		return nil, chat.ErrOffline
	}
	var sent *openwechat.SentMessage
	err = l.guard(func() (err error) { sent, err = l.sendUploaded(ctx, to, file, done); return err })
	return sent, err
}

// uploaded is what the server calls a file that it has.
type uploaded struct{ MediaId, Signature, AESKey string }

// upload brings a file to the server.
func (l *link) upload(ctx context.Context, to string, file *outgoingFile) (done uploaded, err error) {
	if file.size > checkedAbove {
		if done, err = l.checkUpload(ctx, to, file); err != nil || done.MediaId != "" {
			return done, err
		}
	}
	resp, err := l.bot.Caller.Client.WebWxUploadMediaByChunk(ctx, file, &openwechat.ClientWebWxUploadMediaByChunkOptions{
		FromUserName: l.book.self, ToUserName: to, BaseRequest: l.request, LoginInfo: l.info,
		Filename: file.uploadName(), FileMD5: file.md5, FileSize: file.size, LastModifiedDate: l.a.opt.Now(),
		AESKey: done.AESKey, Signature: done.Signature,
	})
	if err != nil {
		return done, err
	}
	signature := done.Signature
	err = json.NewDecoder(resp.Body).Decode(&done)
	if err == nil && done.MediaId == "" {
		err = fmt.Errorf("%w: no media", errNoAnswer)
	}
	done.Signature = signature
	return done, err
}

// checkUpload asks for leave to upload a large file, or learns that it is there.
func (l *link) checkUpload(ctx context.Context, to string, file *outgoingFile) (done uploaded, err error) {
	client := l.bot.Caller.Client
	body, err := json.Marshal(map[string]any{"BaseRequest": l.request, "FileMd5": file.md5, "FileName": file.uploadName(),
		"FileSize": file.size, "FileType": 7, "FromUserName": l.book.self, "ToUserName": to})
	if err != nil {
		return done, fmt.Errorf("encode request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, client.Domain.BaseHost()+"/cgi-bin/mmwebwx-bin/webwxcheckupload", bytes.NewReader(body))
	if err != nil {
		return done, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := client.Do(req)
	if err != nil {
		return done, err
	}
	err = json.NewDecoder(resp.Body).Decode(&done)
	return done, err
}

// fileCard is the content of a message with a file.
type fileCard struct {
	XMLName xml.Name `xml:"appmsg"`
	AppID   string   `xml:"appid,attr"`
	SdkVer  string   `xml:"sdkver,attr"`
	Title   string   `xml:"title"`
	Des     string   `xml:"des"`
	Action  string   `xml:"action"`
	Type    int      `xml:"type"`
	Content string   `xml:"content"`
	URL     string   `xml:"url"`
	LowURL  string   `xml:"lowurl"`
	Attach  struct {
		Size   int64  `xml:"totallen"`
		ID     string `xml:"attachid"`
		Ending string `xml:"fileext"`
	} `xml:"appattach"`
	ExtInfo string `xml:"extinfo"`
}

// sendUploaded sends a file that the server has.
func (l *link) sendUploaded(ctx context.Context, to string, file *outgoingFile, done uploaded) (*openwechat.SentMessage, error) {
	if file.picture {
		msg := openwechat.NewMediaSendMessage(openwechat.MsgTypeImage, l.book.self, to, done.MediaId)
		resp, err := l.bot.Caller.Client.WebWxSendMsgImg(ctx, &openwechat.ClientWebWxSendMsgOptions{
			LoginInfo: l.info, BaseRequest: l.request, Message: msg})
		if err != nil {
			return nil, err
		}
		parser := openwechat.MessageResponseParser{Reader: resp.Body}
		return parser.SentMessage(msg)
	}
	card := fileCard{AppID: "wxeb7ec651dd0aefa9", Title: file.name, Type: appFile}
	card.Attach.Size, card.Attach.ID = file.size, done.MediaId
	card.Attach.Ending = strings.TrimPrefix(strings.ToLower(filepath.Ext(file.name)), ".")
	content, err := xml.Marshal(card)
	if err != nil {
		return nil, fmt.Errorf("%w: encode message: %w", errNotMade, err)
	}
	msg := openwechat.NewSendMessage(openwechat.AppMessage, string(content), l.book.self, to, "")
	msg.Signature = done.Signature
	return l.bot.Caller.WebWxSendAppMsg(ctx, msg, l.request)
}

// uploadTries is what became of one message's uploads under this link.
type uploadTries struct {
	since   time.Time
	refused int
}

// uploadError says what a failed upload means: the message was certainly not
// sent, and may be tried again, unless that has been in vain for long enough
// while everything else works.
func (l *link) uploadError(key string, err error) error {
	var ret openwechat.Ret
	answered := errors.As(err, &ret)
	if answered && (ret == retTooOften || endsSession(ret)) {
		return l.sendError(err)
	}
	now := l.a.opt.Now()
	tries, had := l.uploads[key]
	if !had {
		tries.since = now
	}
	if answered || errors.Is(err, errNoAnswer) {
		tries.refused++
	}
	l.uploads[key] = tries
	err = fmt.Errorf("upload: %w", l.scrub(err))
	if tries.refused < uploadRefusals && now.Sub(tries.since) < uploadPatience {
		return fmt.Errorf("%w: %w", chat.ErrOffline, err)
	}
	delete(l.uploads, key)
	return fmt.Errorf("%w: %w", chat.ErrNoFile, err)
}
