package console

import (
	"html/template"
	"net/http"

	"fangzhuo/words"
)

// readPages reads the pages; each fills the middle of the same frame. The files
// are part of the program, so a mistake in one is found by every test.
func readPages(book *words.Book) map[string]*template.Template {
	funcs := template.FuncMap{"say": func(key string) string { return book.Say(key, nil) }}
	frame := template.Must(template.New("frame.html").Funcs(funcs).ParseFS(files, "page/frame.html", "page/form.html"))
	pages := map[string]*template.Template{}
	for _, name := range []string{"list", "matter", "duty", "new", "receipt", "network", "who", "plain"} {
		pages[name] = template.Must(template.Must(frame.Clone()).ParseFS(files, "page/"+name+".html"))
	}
	return pages
}

// view is what every page shows beside its own part.
type view struct {
	Title   string
	Here    string   // which page of the menu it is
	Me      string   // who acts, "" before somebody is chosen
	Refresh int      // seconds after which the page shows itself anew; 0 never
	Said    []string // what was done just now
	Refused string   // why something was not done
	Main    any

	// filled in by show
	Lang, Base, Chat string
	Key              string // of the form that is sent next
}

// show writes a page. Nothing of it is kept by the browser.
func (c *Console) show(w http.ResponseWriter, status int, name string, v view) {
	v.Lang, v.Base, v.Chat, v.Key = c.Words.Lang(), c.Base, c.Chat, c.NewKey()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := c.pages[name].Execute(w, v); err != nil {
		c.Log.Warn("a page was not shown to its end", "page", name, "err", err)
	}
}

// fail shows a page that says only what is wrong.
func (c *Console) fail(w http.ResponseWriter, status int, why string) {
	c.show(w, status, "plain", view{Title: c.say("page.title", nil), Refused: why})
}

// broken tells that the program could not do it. Nothing was changed: whatever a
// step does, it does in one transaction.
func (c *Console) broken(w http.ResponseWriter, err error) {
	c.Log.Error("a step on the staff page failed", "err", err)
	c.fail(w, http.StatusServiceUnavailable, c.say("page.broken", nil))
}
