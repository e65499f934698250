package pagetest

import (
	"context"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser starts a browser for as long as the test runs; the test is skipped
// where none is installed. A page in it that wants anything but this machine
// fails.
func Browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium found: browser test skipped")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.WSURLReadTimeout(time.Minute), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(free)
	browser, quit := chromedp.NewContext(allocator)
	t.Cleanup(func() { _ = chromedp.Cancel(browser); quit() })
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return browser
}

// Until waits for a JavaScript condition, for a minute at most on each page that
// the tab comes to.
func Until(ctx context.Context, condition string) error {
	poll := chromedp.Poll[bool](condition, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(time.Minute))
	for {
		_, err := chromedp.Run(ctx, poll)
		if err == nil || ctx.Err() != nil || !leftPage.MatchString(err.Error()) {
			return err
		}
	}
}

// leftPage is what the browser says when another page comes while one is looked
// at.
var leftPage = regexp.MustCompile(`navigated|context was destroyed|Cannot find context`)
