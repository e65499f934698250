package wechattest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Proxy is a CONNECT proxy on the loopback that takes the WeChat hosts to the
// Server and lets nothing else out. Set HTTPS_PROXY to URL and SSL_CERT_FILE to
// a file with CA.
type Proxy struct {
	URL string
	CA  []byte // PEM

	front, back *http.Server
	conns       *handed
	done        sync.WaitGroup
}

// Proxy starts a proxy. Close it.
func (s *Server) Proxy() (*Proxy, error) {
	a, err := newAuthority(s.now())
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the proxy: %w", err)
	}
	quiet := log.New(io.Discard, "", 0)
	p := &Proxy{URL: "http://" + l.Addr().String(), CA: a.pem, conns: &handed{c: make(chan net.Conn), closed: make(chan struct{}), addr: l.Addr()}}
	p.front = &http.Server{Handler: http.HandlerFunc(p.connect), ErrorLog: quiet}
	p.back = &http.Server{Handler: s, ErrorLog: quiet}
	p.done.Go(func() { _ = p.front.Serve(l) })
	p.done.Go(func() { _ = p.back.Serve(tls.NewListener(p.conns, &tls.Config{GetCertificate: a.certificate})) })
	return p, nil
}

// Close stops the proxy and cuts what runs through it.
func (p *Proxy) Close() error {
	err := errors.Join(p.front.Close(), p.back.Close())
	p.done.Wait()
	return err
}

// ours reports whether a host is one of WeChat's.
func ours(host string) bool {
	return host == "wx.qq.com" || strings.HasSuffix(host, ".wx.qq.com") || host == "login.weixin.qq.com"
}

func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || !ours(host) {
		http.Error(w, "only WeChat's hosts", http.StatusBadGateway)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	select {
	case p.conns.c <- conn:
	case <-p.conns.closed:
		conn.Close()
	}
}

// handed is a listener whose connections the proxy hands over.
type handed struct {
	c      chan net.Conn
	closed chan struct{}
	once   sync.Once
	addr   net.Addr
}

// Accept implements net.Listener.
func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.c:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (h *handed) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// Addr implements net.Listener.
func (h *handed) Addr() net.Addr { return h.addr }

// authority signs a certificate for each of the hosts.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
	from time.Time

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

func newAuthority(now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	a := &authority{key: key, from: now.AddDate(-10, 0, 0), leaves: map[string]*tls.Certificate{}}
	t := a.template("Stand-in WeChat authority")
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the authority: %w", err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("read the authority: %w", err)
	}
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return a, nil
}

// template is valid for decades, whatever the client's clock says.
func (a *authority) template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(a.leaves)) + 1), Subject: pkix.Name{CommonName: name},
		NotBefore: a.from, NotAfter: a.from.AddDate(40, 0, 0),
	}
}

func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if !ours(hello.ServerName) {
		return nil, fmt.Errorf("no certificate for %q", hello.ServerName)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if leaf, ok := a.leaves[hello.ServerName]; ok {
		return leaf, nil
	}
	t := a.template(hello.ServerName)
	t.DNSNames = []string{hello.ServerName}
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	t.SerialNumber = big.NewInt(int64(len(a.leaves)) + 2)
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, a.key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	leaf := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}
	a.leaves[hello.ServerName] = leaf
	return leaf, nil
}
