package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhuo/calendar"
	"fangzhuo/chat/wechat/wechattest"
)

// The unmodified program, as the office runs it, reaches the stand-in WeChat
// through HTTPS_PROXY and SSL_CERT_FILE. Only Linux takes authorities from that
// file.

// realOffice is the real program on the stand-in, with everybody who writes to
// it. Hou and Duan are workers without a remark; Wang is the office, Shi a unit.
type realOffice struct {
	t      *testing.T
	done   <-chan struct{} // closed when the program is gone or has taken too long
	server *wechattest.Server
	binary string
	dir    string
	env    []string
	p      *process
	read   map[string]int
	hook   *webhook // is told of each change of the link
}

const realConfig = `language: zh-CN
data: %s
office: {name: 信访办, bot: 小信, phone: "8001", dispatch_phone: "8119", place: 一楼, hours: 9:00—11:30}
reception: {leaders: {from: 2026-01, rota: [qin]}}
units:
  - {id: jd, name: 机电队, alias: [机电]}
  - {id: xf, name: 信访办, alias: [信访]}
  - {id: jw, name: 纪委, alias: [纪检], sealed: true}
categories:
  - {id: 宿舍澡堂, lead: jd, words: [澡堂], days: 5}
  - {id: 合理化建议, lead: xf, words: [建议], days: 15}
  - {id: 检举控告, lead: jw, words: [举报], sealed: true}
  - {id: 其他, lead: xf, days: 15}
people:
  - {id: wang, name: 王慧, role: staff, unit: xf, code: GZ-0001}
  - {id: shi, name: 石磊, role: liaison, unit: jd, code: GZ-0002}
  - {id: qin, name: 秦卫东, title: 矿长, role: leader, code: GZ-0003}
groups:
  - {id: zc, name: 综采群, marker: 〔综采〕}
  - {id: jd, name: 机电群, marker: 〔机电〕}
wechat: {enabled: true, pace: {min: 1s, max: 1s, per_minute: 30}, quiet: off}
alarms:
  - {id: hook, name: 调度台, url: "%s"}
`

// patience is how long a test waits for anything at all.
const patience = 2 * time.Minute

func newRealOffice(t *testing.T, binary string) *realOffice {
	o := &realOffice{t: t, server: wechattest.New(time.Now), binary: binary, dir: t.TempDir(), read: map[string]int{}, hook: newWebhook(t)}
	proxy, err := o.server.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	o.write("ca.pem", string(proxy.CA))
	o.write("config.yaml", fmt.Sprintf(realConfig, filepath.Join(o.dir, "data"), string(o.hook.alarm().URL)))
	o.env = []string{"HTTPS_PROXY=" + proxy.URL, "SSL_CERT_FILE=" + filepath.Join(o.dir, "ca.pem"), "HOME=" + o.dir}
	o.server.AddPerson(wechattest.Person{ID: "hou", Nick: "老侯"})
	o.server.AddPerson(wechattest.Person{ID: "duan", Nick: "段"})
	o.server.AddPerson(wechattest.Person{ID: "wang", Nick: "王", Remark: "GZ-0001 王慧"})
	o.server.AddPerson(wechattest.Person{ID: "shi", Nick: "石", Remark: "GZ-0002 石磊"})
	o.server.AddPerson(wechattest.Person{ID: "qin", Nick: "秦", Remark: "GZ-0003 秦卫东"})
	o.server.AddGroup(wechattest.Group{ID: "zc", Name: "〔综采〕综采一队", Members: []string{"hou", "wang"}})
	o.server.AddGroup(wechattest.Group{ID: "jd", Name: "〔机电〕机电队", Members: []string{"shi", "wang"}})
	t.Cleanup(func() {
		if o.p != nil {
			o.kill()
		}
	})
	return o
}

func (o *realOffice) write(name, text string) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// launch starts the program and does not wait.
func (o *realOffice) launch() {
	o.t.Helper()
	p, out := launchIn(o.t, o.env, o.binary, "run", "--config", filepath.Join(o.dir, "config.yaml"))
	ctx, cancel := context.WithTimeout(o.t.Context(), patience)
	o.p, o.done = p, ctx.Done()
	go func() {
		defer cancel()
		defer close(p.spoke)
		_, _ = io.Copy(&p.said, out) // ends with the process
	}()
}

// start starts the program and returns when it waits for news.
func (o *realOffice) start() {
	o.t.Helper()
	inits := o.server.Taken("webwxinit")
	o.launch()
	o.await("it logs in", o.server.Await(o.done, "webwxinit", inits+1) && o.server.AwaitOnline(o.done))
}

func (o *realOffice) await(what string, came bool) {
	o.t.Helper()
	if !came {
		o.kill()
		o.t.Fatalf("waited in vain until %s; it printed\n%s\nand logged\n%s", what, lastLines(o.p.said.String()), &o.p.log)
	}
}

// lastLines leaves the codes to scan out.
func lastLines(s string) string {
	lines := slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.ContainsAny(l, "█▀▄") })
	return strings.Join(lines, "\n")
}

// kill is kill -9, unless it is dead already.
func (o *realOffice) kill() {
	_ = o.p.cmd.Process.Kill()
	_ = o.p.end() // it was killed
}

// hears returns the next text to a person or group, which holds all the parts. A
// text that comes again, as an answer may after kill -9, is not the next one.
func (o *realOffice) hears(who string, parts ...string) string {
	o.t.Helper()
	o.await(who+" hears "+strings.Join(parts, " | "), o.server.AwaitSent(o.done, who, o.read[who]+1))
	sent := o.server.Sent(who)
	text := sent[o.read[who]]
	if slices.Contains(sent[:o.read[who]], text) {
		o.read[who]++
		return o.hears(who, parts...)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			o.t.Fatalf("%s heard %q, want %q", who, text, parts)
		}
	}
	o.read[who]++
	return text
}

// The whole life of a matter, over a scan, a kill -9 and a hot login.
func TestMatterThroughProxy(t *testing.T) {
	t.Parallel()
	o := newRealOffice(t, build(t))
	o.launch()
	o.await("it shows a code", o.server.Await(o.done, "login", 1))
	o.server.Scan(wechattest.Uin)
	o.await("it is online", o.server.AwaitOnline(o.done))
	o.await("the other channel hears of the code", o.hook.await(o.done, "等扫码"))

	o.server.Say("hou", "", "反映 事由：澡堂更衣柜锁坏了 地点：副井澡堂 诉求：换锁 署名：保密")
	got := regexp.MustCompile(`编号(\d{4}-0001)，查询码([2-9A-Z]+)`).FindStringSubmatch(o.hears("hou", "已收到"))
	if got == nil {
		t.Fatalf("a receipt without number and code: %q", o.server.Sent("hou"))
	}
	o.hears("wang", "新件0001", "澡堂更衣柜锁坏了")
	o.server.Say("wang", "", "登记 1 宿舍澡堂 机电")
	o.hears("wang", "0001已登记")
	o.hears("hou", "0001已登记")
	o.server.Say("wang", "", "转办 1 机电 3天")
	o.hears("wang", "已转机电队")
	if task := o.hears("shi", "【任务0001】", "更衣柜锁坏了"); strings.Contains(task, "老侯") {
		t.Errorf("the unit reads who it was: %q", task)
	}
	o.hears("hou", "0001正在办", "机电队")
	o.server.Say("shi", "", "签收 1")
	o.hears("shi", "已签收")
	o.hears("wang", "机电队已签收")

	day := workingDayNextMonth(t)
	o.server.Say("wang", "", fmt.Sprintf("改期 %d月 %d月%d日 检修", day.Month, day.Month, day.Day))
	o.hears("wang", "接待日改到")
	o.hears("zc", "【改期】", "检修")
	o.hears("jd", "【改期】", "检修")

	o.server.Say("wang", "", "查 1") // what stands before it in the queue is marked as sent
	o.hears("wang", "石磊 签收")

	o.kill()
	o.server.Say("shi", "", "反馈 1 锁已采购，明天换好") // while it is down
	o.start()
	if n := o.server.Codes(); n != 1 {
		t.Errorf("%d codes were shown, want a hot login after the restart", n)
	}
	o.hears("shi", "谢谢")
	o.hears("wang", "机电队反馈：锁已采购，明天换好")
	o.server.Say("wang", "", "答复 1 锁全部换好了 依据：维修单 确认")
	o.hears("wang", "反映人已收到")
	o.hears("hou", "支持。锁全部换好了")
	o.server.Say("wang", "", "办结 1")
	o.hears("wang", "已办结")
	o.hears("hou", "办完了")

	o.server.Say("hou", "", "查询 1")
	o.hears("hou", got[1]+"：办完了", "锁全部换好了")
	o.server.Say("duan", "", "查询 1 "+got[2]) // whoever has number and code
	o.hears("duan", got[1]+"：办完了")
	for _, group := range []string{"zc", "jd"} {
		if texts := o.server.Sent(group); len(texts) != 1 {
			t.Errorf("the group %s read %q, want one notice", group, texts)
		}
	}
	o.kill()
	for _, secret := range o.server.Secrets() {
		if strings.Contains(o.p.log.String(), secret) || strings.Contains(o.p.said.String(), secret) {
			t.Errorf("the secret %q was printed or logged", secret)
		}
	}
}

// workingDayNextMonth is a day to which next month's reception may be moved.
func workingDayNextMonth(t *testing.T) calendar.Date {
	days, err := calendar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := wall()
	return days.NextWorking(calendar.DateOf(time.Date(now.Year(), now.Month()+1, 16, 12, 0, 0, 0, calendar.Zone)))
}

// The program dies exactly when it asks for something: before the server does it,
// or after, without having heard so. What was said is kept and answered, with the
// same words if twice, and no case is there twice.
func TestKilledAtRequest(t *testing.T) {
	t.Parallel()
	binary := build(t)
	for _, c := range []struct {
		endpoint string
		nth      int
		after    bool
	}{
		{"webwxsync", 1, false},
		{"webwxsync", 1, true},
		{"synccheck", 1, false}, // the message is kept, its cursor perhaps not
		{"webwxsendmsg", 1, false},
		{"webwxsendmsg", 1, true},
		{"webwxsendmsg", 2, true},
	} {
		t.Run(fmt.Sprintf("%s/%d/after=%t", c.endpoint, c.nth, c.after), func(t *testing.T) {
			t.Parallel()
			o := newRealOffice(t, binary)
			o.server.Scan(wechattest.Uin)
			o.start()
			dead := make(chan struct{})
			fatal := wechattest.Fault{Drop: true, After: c.after, Do: func() {
				close(dead) // first: its end is waited for
				_ = o.p.cmd.Process.Kill()
			}}
			o.server.Next(c.endpoint, append(make([]wechattest.Fault, c.nth-1), fatal)...)
			said := "澡堂的灯不亮"
			o.server.Say("hou", "", "反映 事由："+said+" 署名：保密")
			<-o.done
			select {
			case <-dead:
			default:
				o.await("it is killed", false)
			}
			o.kill()
			o.start()
			o.hears("hou", "已收到，编号") // perhaps twice, in the same words
			o.server.Say("hou", "", "查询 1")
			o.hears("hou", "0001：收到", said)
			o.server.Say("hou", "", "查询 2")
			o.hears("hou", "没有")
			o.kill()
		})
	}
}
