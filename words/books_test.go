package words

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var languages = []string{Chinese, English}

func open(t testing.TB, lang string) *Book {
	t.Helper()
	b, err := Open(lang)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func text(t testing.TB, lang string) string {
	t.Helper()
	b, err := fs.ReadFile(files, lang+".tmpl")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// line has what a line of any list may show.
type line struct {
	Short, Matter, Category, Unit, Stage, Task, Label, Value, Who, Verb, Text, Name, State, Phase, Hint string
	Received, Due, At                                                                                   time.Time
	HasDue, Over, Signed, Reported, Sealed, Helps                                                       bool
	N, Days, Age, Media                                                                                 int
	Kind, Ext                                                                                           string
	Size                                                                                                int64
	Seconds                                                                                             int
	For                                                                                                 time.Duration

	// of what is kept of somebody
	Signature, Phone, Code string
	Said                   int
	Until                  time.Time
	HasUntil, Erased       bool
	Opened                 []opening

	// of a notice to many
	About                                              string
	Promised, Sent, Waiting, NotSent, Unclear, Minutes int
	Done                                               time.Time
	Later, Offline                                     bool

	// of who is gone
	ID, To, Away string
	Leads        bool

	// of a term
	LateDays         int
	Extended, Simple bool
	Second, ToSecond bool
}

// opening is that somebody opened the sealed part.
type opening struct {
	At         time.Time
	By, Motive string
}

var noon = time.Date(2026, 12, 7, 4, 0, 0, 0, time.UTC)

// everything is every fact there is, and each yes-or-no fact true.
func everything() Args {
	l := []line{{Short: "0047", Matter: "副井澡堂更衣柜锁坏了", Category: "宿舍澡堂", Unit: "后勤服务中心", Stage: "handling", Task: "换锁",
		Label: "事由", Value: "锁坏了", Who: "王慧", Verb: "登记", Text: "已看", Name: "食堂", Received: noon, Due: noon, At: noon,
		HasDue: true, Over: true, Signed: true, Reported: true, Helps: true, N: 1, Days: 3, Age: 4, Phase: "在线", Hint: "请扫码", For: 90 * time.Minute,
		About: "【矿领导接待日预告】", Promised: 200, Sent: 153, Waiting: 46, NotSent: 1, Unclear: 1, Minutes: 4, Done: noon, Offline: true,
		Kind: "image", Ext: "jpg", Size: 120_000, Seconds: 12, ID: "qin", To: "范玉林", Leads: true, LateDays: 2, Extended: true,
		Signature: "sealed", Phone: "139******22", Code: "K7M3", Said: 3, Until: noon, HasUntil: true, Opened: []opening{{noon, "王慧", "核实工资条"}, {noon, "周敏", ""}}}}
	args := Args{"Choices": []string{"实名", "保密"}, "Numbers": []string{"436.5元"}, "Open": []string{"电话"}, "Names": []string{"食堂"},
		"People": []string{"王慧"}, "Deaf": []string{"调度室"}, "Against": []string{"后勤服务中心"}, "Who": []string{"后勤"}, "Groups": []string{"综采群"}, "Wants": []string{"核查"},
		"Stay": []string{"0047"}, "Orphans": []string{"0047"}, "Bases": []string{"考勤记录"}, "Results": []string{"支持"},
		"Roles": []string{"信访办"}, "Next": []string{"受理"}, "Units": []string{"机电队"}, "Leaders": []string{"李矿长"},
		"Role": "worker", "Stage": "handling", "Word": "handling", "Signature": "sealed", "Channel": "chat", "Moved": "holiday",
		"Outcome": "taken-on", "Verb": "answer", "No": "2026-0047", "Short": "0047", "Code": "K7M3", "Rate": "92.3%", "For": 90 * time.Minute,
		"Kind": "image", "Procedure": "simple", "Cause": "meanwhile"}
	for _, name := range []string{"Lines", "New", "Waiting", "WithUnit", "Answered", "Overdue", "Soon", "Hot", "Own", "History", "Missing", "Departed"} {
		args[name] = l
	}
	for _, name := range []string{"Name", "Office", "Bot", "Phone", "Dispatch", "Ask", "Form", "Category", "LeadName", "Typed", "Matter",
		"Place", "Since", "Want", "Unit", "Leader", "LeaderTitle", "Title", "Question", "Answer", "Text", "By", "Note", "Group", "To", "What",
		"Why", "Task", "Feedback", "Holiday", "Hours", "Topics", "Contact", "Network", "Phase", "Hint", "About",
		"Request", "Facts", "Result", "Decision", "Basis", "Reviewer",
		"Opinion", "RemedyTo", "ResolvedRate", "Grade",
		"When", "Lacks", "Amount", "Recorded", "Claimed"} {
		args[name] = "〈" + name + "〉"
	}
	for _, name := range []string{"Motive"} { // of the sealed part
		args[name] = "〈" + name + "〉"
	}
	for _, name := range []string{"KeepYears"} {
		args[name] = 3
	}
	for _, name := range []string{"Due", "TaskDue", "LeaderDue", "ClockDue", "Received", "Now", "Old", "Day", "RuleDay", "Month", "At", "Till", "From", "RemedyUntil", "DecideDue"} {
		args[name] = noon
	}
	for _, name := range []string{"Max", "StaffReads", "Quiet", "N", "Of", "Media", "Visitors", "Persons", "Left", "Over", "InWork",
		"Registered", "Handling", "MonthReceived", "MonthSuggestions", "MonthAnswered", "MonthClosed", "Visits", "InTime", "OutOf",
		"CalendarYear", "OverdueN", "SoonN", "ToDiscipline", "Calls", "Letters", "More", "Days",
		"Round", "Content", "Rated", "SettledN",
		"Minutes", "Gone", "MaxMB", "Example", "Sent", "Year", "Seq"} {
		args[name] = 3
	}
	// of terms
	args["Was"], args["Clocks"], args["Extended"] = noon, []line{{Kind: "handle", Due: noon, Days: 3, Extended: true}, {Kind: "notice", Due: noon, Days: 3, Over: true}}, true
	args["Untold"], args["UntoldN"], args["Delay"] = l, 2, "〈Delay〉"
	args["Last"] = noon
	args["ObjectDue"], args["Law"], args["House"] = noon, noon, noon
	for _, name := range several.words {
		args[name] = "〈" + name + "〉"
	}
	for _, name := range several.numbers {
		args[name] = 3
	}
	for _, name := range several.yesOrNo {
		args[name] = true
	}
	for _, name := range several.lists {
		args[name] = []string{"0048"}
	}
	for _, name := range append(termsYesOrNo, answersYesOrNo...) {
		args[name] = true
	}
	args["Size"], args["State"] = int64(120_000), "kept"
	args["Articles"] = []string{"条例第34条"} // of a card of the handbook
	for _, name := range []string{"Where", "Article", "Route", "Deadline", "Call", "OfficePlace", "OfficeHours"} {
		args[name] = "〈" + name + "〉"
	}
	for _, name := range yesOrNo {
		args[name] = true
	}
	return args
}

var yesOrNo = []string{"Suggestion", "First", "Skip", "Guarded", "Sealed", "Late", "HasNo", "Thanks", "Full", "Chosen", "HasUnit", "HasDue",
	"Draft", "Asked", "OnTheWay", "Told", "TooLate", "HasLeader", "SignedOff", "HasTaskDue", "ToUnit", "ReceptionToday",
	"CalendarMissing", "Provisional", "Cancelled", "WithMove", "Today", "Straight", "Hidden", "Off", "Doubt", "ByHand", "Urgent", "Ongoing", "Many", "Lost", "Known", "HasSince",
	"TooBig", "Timeless", "MayPass", "Voices", "InGroup", "Papers", "Pictures", "Marked", "Numbered", "Confirm", "Working", "AlsoWorking"}

var answersYesOrNo = []string{"HasReply", "HasRemedy", "Written", "Resolved", "Confirmed", "Disputed", "Again",
	"MayDispute", "Leads", "FewRated", "FewToDiscipline", "RemedyOver", "Afraid", "HasDecide", "Second", "ToSecond", "Summed"}

var termsYesOrNo = []string{"Accuses", "HasRoute", "HasLast", "HasLaw", "HasHouse", "Simple", "Secret"}

// several are the facts of several people and several matters.
var several = struct{ words, numbers, yesOrNo, lists []string }{
	words:   []string{"Label", "Value", "Recent", "Other", "Into", "Part", "Helper", "Shown"},
	numbers: []string{"Ago", "AskedN"},
	yesOrNo: []string{"HasInto", "Ended", "Long", "Same", "Given", "All", "Offers"},
	lists:   []string{"Others", "CodeNumbers", "HandNumbers", "LostNumbers", "NewNumbers"},
}

// oneOf are the facts that are one of a few words.
var oneOf = map[string][]string{
	"Role":      {"worker", "staff", "liaison", "leader", "discipline", "admin"},
	"Stage":     {"received", "registered", "accepted", "handling", "answered", "referred", "turned-away", "closed", "withdrawn"},
	"Word":      {"received", "registered", "handling", "answered", "done"},
	"Signature": {"named", "sealed", "anonymous"},
	"Channel":   {"chat", "visit", "call", "letter", "above", "paste"},
	"Moved":     {"", "holiday", "weekend", "staff"},
	"Outcome":   {"answered-there", "solved-there", "taken-on"},
	"Kind":      {"image", "voice", "video", "file", "location", "card", "other", "notice", "decide", "handle", "review"},
	"Procedure": {"", "ordinary", "simple"},
	"Cause":     {"meanwhile", "no-code", "no-reason", "wrong-stage", "no-other", "recused"},
	"Verb":      {"ask", "answer", "feedback", "object", "instruct", "supplement", "submit", "help", "sign-off", "dispute"},
}

// shaped are facts that are something else in some sentences.
var shaped = []struct {
	name string
	v    any
	keys []string
}{
	{"New", 3, []string{"overview", "digest.staff"}},
	{"Answered", 3, []string{"overview", "digest.staff"}},
	{"New", noon, []string{"staff.moved"}},
	{"From", "秦卫东", []string{"handed-how", "hand.done", "hand.got", "hand.gave"}},
	{"Old", "机修房", []string{"corrected"}},
	{"Next", "机电队", []string{"staff.reassigned"}},
	{"To", noon, []string{"move.done", "move.past", "move.same"}},
}

// mentioned are the facts that a sentence mentions in any language: turning
// another round changes nothing.
var mentioned = sync.OnceValue(func() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, lang := range languages {
		facts, err := readFacts(lang)
		if err != nil {
			panic(err) // Open fails too, and says so
		}
		for key, names := range facts {
			if all[key] == nil {
				all[key] = map[string]bool{}
			}
			for _, name := range names {
				all[key][name[:strings.IndexAny(name+".", ".[")]] = true
			}
		}
	}
	return all
})

// situations are the facts in every shape that changes what a sentence says:
// all there, all absent, and each single one turned round.
func situations(key string) map[string]Args {
	full := everything()
	for _, f := range shaped {
		if slices.Contains(f.keys, key) {
			full[f.name] = f.v
		}
	}
	all := map[string]Args{"everything": full}
	with := func(name string, v any) {
		if !mentioned()[key][name] {
			return
		}
		args := maps.Clone(full)
		args[name] = v
		all[fmt.Sprintf("%s=%v", name, v)] = args
	}
	bare := maps.Clone(full)
	for name, v := range full {
		var none any
		switch v := v.(type) {
		case bool:
			none = false
		case []line:
			none = []line(nil)
			one := v[0]
			one.HasDue, one.Over, one.Days, one.Category = true, false, 0, ""
			one.Minutes, one.Later, one.Waiting, one.Offline = 0, true, 0, false
			with(name, []line{one, v[0]})
		case []string:
			none = []string(nil)
		case string:
			if none = ""; oneOf[name] != nil {
				none = v
			}
		default:
			continue
		}
		bare[name] = none
		with(name, none)
	}
	for name, values := range oneOf {
		for _, v := range values {
			with(name, v)
		}
	}
	all["bare"] = bare
	return all
}

func TestBothBooksHaveTheSameSentences(t *testing.T) {
	zh, en := open(t, Chinese).Keys(), open(t, English).Keys()
	for _, key := range zh {
		if !slices.Contains(en, key) {
			t.Errorf("en lacks %q", key)
		}
	}
	for _, key := range en {
		if !slices.Contains(zh, key) {
			t.Errorf("zh-CN lacks %q", key)
		}
	}
}

// In every situation there is a sentence, and no fact is missing.
func TestEverySentenceCanBeSaid(t *testing.T) {
	for _, lang := range languages {
		book := open(t, lang)
		for _, key := range book.Keys() {
			if dots[key] != "" {
				continue // said inside others
			}
			for name, args := range situations(key) {
				if got := book.Say(key, args); got == "["+key+"]" {
					t.Errorf("%s: %s cannot be said: %s", lang, key, name)
				}
			}
		}
	}
}

// dots are the sentences that are about one word, or about one line of a list.
var dots = map[string]string{"stage-word": "a stage", "stage-name": "a stage", "signature-name": "a signature", "channel-name": "a channel", "line": "a line", "untold": "a line", "clock-line": "a line", "clock-name": "a kind", "clock-source": "a kind", "procedure-name": "a procedure", "media-kind": "a kind of media", "media-state": "a state"}

func TestNothingIsLeftUnfilled(t *testing.T) {
	odd := regexp.MustCompile(`<no value>|<nil>|%!|\{\{|\}\}|(^|\D)1月1日|\b1 January`)
	for _, lang := range languages {
		book := open(t, lang)
		for _, key := range book.Keys() {
			if dots[key] != "" {
				continue
			}
			said := book.Say(key, situations(key)["everything"])
			if said == "" || said == "["+key+"]" || odd.MatchString(said) {
				t.Errorf("%s: %s says %q", lang, key, said)
			}
		}
	}
}

func TestMissingSentenceOrFactShowsItsName(t *testing.T) {
	b := open(t, Chinese)
	if got := b.Say("no-such", nil); got != "[no-such]" {
		t.Errorf("a missing sentence says %q", got)
	}
	if got := b.Say("form.too-long", nil); got != "[form.too-long]" {
		t.Errorf("a missing fact says %q", got)
	}
	if got := b.With(Args{"Max": 5}).Say("form.too-long", nil); !strings.Contains(got, "5") {
		t.Errorf("a fact of the book is not found: %q", got)
	}
	if got := b.With(Args{"Max": 5}).Say("form.too-long", Args{"Max": 7}); !strings.Contains(got, "7") {
		t.Errorf("a given fact does not come first: %q", got)
	}
	if b.Has("no-such") || !b.Has("receipt") {
		t.Error("Has is wrong")
	}
	if _, err := Open("fr"); err == nil || !strings.Contains(err.Error(), English) {
		t.Errorf("an unknown language: %v", err)
	}
}

var comment = regexp.MustCompile(`(?s)\{\{/\*.*?\*/\}\}`)

func TestForbiddenWords(t *testing.T) {
	said := comment.ReplaceAllString(text(t, Chinese), "")
	for _, word := range []string{"无理", "缠访", "闹访", "请您理解配合", "重点人员"} {
		if strings.Contains(said, word) {
			t.Errorf("zh-CN says %s", word)
		}
	}
}

// forTheOffice are the sentences for people at work, who want all of it at once.
var forTheOffice = regexp.MustCompile(`^(staff\..*|done\..*|todo|look.*|attachments.*|overview|digest\..*|which-category|hello|taken|page\.sure\..*)$`)

// longer are the sentences for workers that may have more than six lines.
var longer = map[string]string{
	"form.summary":   "it shows every answer of the form, a line each",
	"reception.week": "in a month whose day is moved it says that too",
}

func TestSentencesForWorkersAreShort(t *testing.T) {
	for _, lang := range languages {
		book := open(t, lang)
		for _, key := range book.Keys() {
			if dots[key] != "" || forTheOffice.MatchString(key) || longer[key] != "" {
				continue
			}
			for name, args := range situations(key) {
				if said := book.Say(key, args); strings.Count(said, "\n")+1 > 6 {
					t.Errorf("%s: %s, %s: more than 6 lines:\n%s", lang, key, name, said)
				}
			}
		}
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	wayOn := map[string]*regexp.Regexp{
		Chinese: regexp.MustCompile(`回|打|请|可以|比如`),
		English: regexp.MustCompile(`[Rr]eply|[Cc]all|[Pp]lease|You can|for example`),
	}
	for _, lang := range languages {
		book := open(t, lang)
		for _, key := range book.Keys() {
			if !strings.HasPrefix(key, "refuse.") {
				continue
			}
			if said := book.Say(key, everything()); !wayOn[lang].MatchString(said) {
				t.Errorf("%s: %s leaves people standing: %s", lang, key, said)
			}
		}
	}
}

// calendarDate is a date as the calendar hands it over.
type calendarDate string

func (d calendarDate) String() string { return string(d) }

func TestDates(t *testing.T) {
	late := time.Date(2026, 12, 6, 17, 30, 0, 0, time.UTC) // already Monday at the mine
	for _, test := range []struct {
		lang, function string
		of             any
		want           string
	}{
		{Chinese, "day", late, "12月7日（星期一）"},
		{Chinese, "day", calendarDate("2026-12-06"), "12月6日（星期日）"},
		{Chinese, "date", late, "12月7日"},
		{Chinese, "date", calendarDate("2026-02-05"), "2月5日"},
		{Chinese, "full", late, "2026年12月7日"},
		{Chinese, "full", "2027-01-22", "2027年1月22日"},
		{Chinese, "month", calendarDate("2026-10-01"), "2026年10月"},
		{Chinese, "weekday", late, "周一"},
		{Chinese, "clock", late, "01:30"},
		{English, "day", late, "Monday 7 December"},
		{English, "day", calendarDate("2026-12-06"), "Sunday 6 December"},
		{English, "date", late, "7 December"},
		{English, "full", late, "7 December 2026"},
		{English, "full", "2027-01-22", "22 January 2027"},
		{English, "month", calendarDate("2026-10-01"), "October 2026"},
		{English, "weekday", late, "Mon"},
		{English, "clock", late, "01:30"},
	} {
		if got := funcs(test.lang)[test.function].(func(any) string)(test.of); got != test.want {
			t.Errorf("%s: %s %v is %q, want %q", test.lang, test.function, test.of, got, test.want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct {
		n    int
		s    string
		want string
	}{
		{4, "换锁", "换锁"},
		{4, "澡堂换锁", "澡堂换锁"},
		{4, "副井澡堂换锁", "副井澡堂…"},
		{9, " 副井\n澡堂\t 换锁 ", "副井 澡堂 换锁"},
		{3, "", ""},
	} {
		if got := clip(test.n, test.s); got != test.want {
			t.Errorf("clip %d %q is %q, want %q", test.n, test.s, got, test.want)
		}
	}
}

func TestDecimal(t *testing.T) {
	for tenths, want := range map[int]string{923: "92.3", 1000: "100.0", 5: "0.5", 0: "0.0"} {
		if got := Decimal(tenths); got != want {
			t.Errorf("%d tenths are %q, want %q", tenths, got, want)
		}
	}
}
