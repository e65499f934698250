package config

import (
	"net"
	"strconv"
	"time"
	"unicode/utf8"
)

func (c *Config) checkIntake() {
	in := c.Intake
	if in.Quiet <= 0 || in.Quiet > 10*time.Minute {
		c.Problem("intake.quiet", "is %s: write 1s to 10m, a worker waits that long for every answer", in.Quiet)
	}
	c.within("intake.draft_days", in.DraftDays, 1, 90, " days")
	c.within("intake.per_hour", in.PerHour, 10, 10000, " messages; a form alone takes about ten")
	c.within("intake.max_mb", in.MaxMB, 1, 100, " MB; larger ones are not fetched")
	c.within("intake.max_chars", in.MaxChars, 200, 20000, " characters")
}

// checkAlarms checks everything but the URLs, which the package that uses them
// judges.
func (c *Config) checkAlarms() {
	for i, a := range c.Alarms {
		path := entry("alarms", i)
		c.ident(path+".id", a.ID)
		switch {
		case a.URL == "" && a.URLFile == "":
			c.Problem(path+".url", "is empty: write where the messages go, or url_file")
		case a.URL != "" && a.URLFile != "":
			c.Problem(path+".url", "stands beside url_file: keep one of the two")
		}
	}
	c.once(each(c.Alarms, func(a Alarm) string { return a.ID }), part("alarms", "id"))
	if c.WeChat.Enabled && len(c.Alarms) == 0 {
		c.Warn("alarms", "is empty: when the WeChat account is gone nobody hears of it but this machine's screen")
	}
}

func (c *Config) checkNetworks() {
	s, w := c.Sandbox, c.WeChat
	if !w.Enabled && s.Listen == "" && c.Console.Listen == "" {
		c.Problem("wechat.enabled", "is false, and sandbox.listen and console.listen are empty: switch one on, or nobody can reach the office")
	}
	if s.Listen != "" {
		c.checkListen(s)
	}
	if c.Console.Listen != "" {
		c.checkConsole(c.Console.Listen)
	}
	if s.Token != "" && s.TokenFile != "" {
		c.Problem("sandbox.token", "stands beside token_file: keep one of the two")
	}
	for i, t := range s.Tries {
		path := entry("sandbox.tries", i)
		c.oneOf(path+".role", t.Role, roles...)
		c.need(path+".label", t.Label, "what the button says")
		c.need(path+".label_en", t.LabelEN, "what the button says in English")
		c.need(path+".text", t.Text, "what is sent")
	}
	if w.Pace.Min < time.Second {
		c.Problem("wechat.pace.min", "is %s: write 1s or more, faster accounts get restricted", w.Pace.Min)
	}
	if w.Pace.Max < w.Pace.Min {
		c.Problem("wechat.pace.max", "is %s, less than min: write at least %s", w.Pace.Max, w.Pace.Min)
	}
	c.within("wechat.pace.per_minute", w.Pace.PerMinute, 1, 30, "; accounts that send more get restricted")
	c.checkQuiet()
}

// maxQuiet bounds the quiet hours: longer ones were written the wrong way round.
const maxQuiet = 12 * 60

// checkQuiet refuses times at which nothing goes out.
func (c *Config) checkQuiet() {
	q := c.WeChat.Quiet
	if q.minutes() > maxQuiet {
		c.Problem("wechat.quiet", "is %s, more than 12 hours: write when they begin, then when they end, like 23:00—06:00", q)
		return
	}
	if !c.WeChat.Enabled {
		return
	}
	c.quietAtStages("reception.stages", c.Reception.Stages)
	for i, g := range c.Groups {
		if path := entry("groups", i) + ".stages"; c.notes.has(path) {
			c.quietAtStages(path, g.Stages)
		}
	}
	c.QuietAt("pushes.time", c.Pushes.Time)
	c.QuietAt("pushes.digest", c.Pushes.Digest)
	c.QuietAt("pushes.leader_digest", c.Pushes.LeaderDigest)
}

func (c *Config) quietAtStages(path string, s Stages) {
	for _, stage := range []struct {
		key string
		at  StageTime
	}{{"week", s.Week}, {"three", s.Three}, {"eve", s.Eve}, {"day", s.Day}} {
		own := path == "reception.stages" || c.notes.has(path+"."+stage.key)
		if own && !stage.at.Off {
			c.QuietAt(path+"."+stage.key, stage.at.At)
		}
	}
}

// QuietAt reports that something is to go out in the quiet hours, if at lies in
// them.
func (c *Config) QuietAt(path string, at Clock) {
	q := c.WeChat.Quiet
	switch {
	case !q.Cover(at):
	case c.notes.has(path):
		c.Problem(path, "is at %s, in the quiet hours %s (wechat.quiet), when nothing goes out: write a time from %s to %s, or other quiet hours", at, q, q.To, q.From)
	default: // the built-in time
		c.Problem("wechat.quiet", "is %s, which covers %s at %s: write hours without it, or add %s with another time", q, path, at, path)
	}
}

// checkListen refuses a page that others could reach without a token: whoever
// opens it can be anybody.
func (c *Config) checkListen(s Sandbox) {
	host, port, ok := c.hostPort("sandbox.listen", s.Listen, "127.0.0.1:8080")
	if !ok || thisMachine(host) || c.notes.broken["sandbox.token"] {
		return
	}
	switch {
	case s.Token == "" && s.TokenFile == "":
		c.Problem("sandbox.listen", "%q can be reached from outside: write 127.0.0.1:%s, or add token or token_file", s.Listen, port)
	case s.Token != "" && utf8.RuneCountInString(string(s.Token)) < 16:
		c.Problem("sandbox.token", "is short enough to be guessed: write 16 characters or more")
	}
}

// checkConsole refuses an address of the staff page that other machines could
// reach: what it shows would cross the net unsealed.
func (c *Config) checkConsole(listen string) {
	host, port, ok := c.hostPort("console.listen", listen, "127.0.0.1:8090")
	switch {
	case !ok:
	case !thisMachine(host):
		c.Problem("console.listen", "%q can be reached from outside: write 127.0.0.1:%s", listen, port)
	case listen == c.Sandbox.Listen && port != "0":
		c.Problem("console.listen", "is sandbox.listen too: choose another port, or leave it out and find the page at /desk/ of the sandbox")
	}
}

// hostPort splits an address to listen on, or says how to write one.
func (c *Config) hostPort(path, listen, like string) (host, port string, ok bool) {
	host, port, err := net.SplitHostPort(listen)
	if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n > 65535 {
		c.Problem(path, "%q is not host:port: write it like %s", listen, like)
		return "", "", false
	}
	return host, port, true
}

func thisMachine(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }
