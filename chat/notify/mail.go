package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"net/mail"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"fangzhuo/chat"
)

const (
	mailTimeout = 8 * time.Second // for connecting, and again for what follows
	tryLater    = 5 * time.Minute // when a mail server says "later" (greylisting)
	implicitTLS = 465
)

// mailbox is where e-mail goes to, and from where.
type mailbox struct {
	host           string
	port           int
	user, password string
	from           *mail.Address
	to             []*mail.Address
}

// parseMailbox reads smtp://user:password@host:465/?from=a@b.cn&to=c@d.cn,e@f.cn.
// Port 465, the default, is encrypted from the first byte, the others by
// STARTTLS.
func parseMailbox(u *url.URL) (b mailbox, err error) {
	b = mailbox{host: u.Hostname(), port: implicitTLS, user: u.User.Username()}
	b.password, _ = u.User.Password()
	if b.host == "" {
		return b, errors.New("names no mail server: write " + examples)
	}
	if u.Port() != "" {
		if b.port, err = strconv.Atoi(u.Port()); err != nil || b.port < 1 || b.port > 65535 {
			return b, errors.New("has a port that is none: write 465 or 587")
		}
	}
	for key, values := range u.Query() {
		list, err := mail.ParseAddressList(strings.Join(values, ","))
		switch {
		case key != "from" && key != "to":
			return b, errors.New("has more than from and to behind the ?: write " + examples)
		case err != nil:
			return b, errors.New("has a " + key + " that is no e-mail address: write " + examples)
		case key == "from":
			b.from = list[0]
		default:
			b.to = list
		}
	}
	if b.from == nil || len(b.to) == 0 {
		return b, errors.New("needs both from and to: write " + examples)
	}
	return b, nil
}

// mail sends the message as an e-mail to all its readers or to none.
func (c *Channel) mail(ctx context.Context, u *url.URL, m chat.Outgoing) error {
	b, err := parseMailbox(u)
	if err != nil {
		return refused("its URL cannot be used")
	}
	var conn connection
	defer conn.close()
	client, err := b.client(&conn)
	if err != nil {
		return refused("its URL cannot be used")
	}
	msg := c.email(b, m)
	if err := client.DialWithContext(ctx); err != nil {
		return unsent(err)
	}
	err = client.Send(msg)
	_ = client.Close() // what it says comes after the message
	var send *gomail.SendError
	switch {
	case err == nil || msg.IsDelivered():
		return nil
	case errors.As(err, &send) && send.Reason == gomail.ErrSMTPDataClose && send.ErrorCode() == 0:
		return errUnclear // the last line went out, and nothing came back
	case errors.As(err, &send):
		return unsentCode(send.ErrorCode())
	}
	return unsent(err)
}

// connection is the one to a mail server: the library leaves it open when
// something goes wrong on it.
type connection struct{ net.Conn }

// dial connects and remembers the connection.
func (c *connection) dial(with dialer) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := with.DialContext(ctx, network, address)
		c.Conn = conn
		return conn, err
	}
}

func (c *connection) close() {
	if c.Conn != nil {
		_ = c.Conn.Close() // it may have been closed in good order
	}
}

type dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// client speaks to the mail server. A password never goes out in the clear.
func (b mailbox) client(conn *connection) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(b.port), gomail.WithTimeout(mailTimeout), gomail.WithHELO(domain(b.from)),
		gomail.WithDialContextFunc(conn.dial(&net.Dialer{}))}
	switch {
	case b.port == implicitTLS:
		safe := &tls.Dialer{Config: &tls.Config{ServerName: b.host, MinVersion: tls.VersionTLS12}}
		options = append(options, gomail.WithSSL(), gomail.WithDialContextFunc(conn.dial(safe)))
	case b.user == "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if b.user != "" {
		options = append(options, gomail.WithUsername(b.user), gomail.WithPassword(b.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return gomail.NewClient(b.host, options...)
}

// email is the message as an e-mail. Its id comes from the message's key, so
// that a repeat can be told.
func (c *Channel) email(b mailbox, m chat.Outgoing) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(b.from)
	msg.ToMailAddress(b.to...)
	msg.Subject(c.opt.Subject)
	msg.SetDateWithValue(c.opt.Now())
	sum := sha256.Sum256([]byte(m.Key))
	msg.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@" + domain(b.from))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	return msg
}

func domain(a *mail.Address) string { return a.Address[strings.LastIndex(a.Address, "@")+1:] }

// unsent judges an error from before anything was sent.
func unsent(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return unsentCode(reply.Code)
	}
	return chat.ErrOffline
}

// unsentCode judges a mail server's reply; 0 is a connection that broke.
func unsentCode(code int) error {
	switch {
	case code >= 500:
		return refused("the mail server answers %d", code)
	case code >= 400:
		return &chat.LimitedError{After: tryLater}
	}
	return chat.ErrOffline
}
