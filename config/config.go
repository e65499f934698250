// Package config reads the configuration file and reports everything wrong
// with it at once, each with file:line:column and what to write instead.
//
// It knows the shape of the file and what refers to what. What needs another
// package to judge (a cron line, a reception rule) is judged there and added
// with Config.Problem, so that it too has its place in the file.
package config

import "time"

// Config is the whole file with its defaults filled in. References between its
// parts (unit, leader, group ids) hold when Load returned no error.
type Config struct {
	Language string // of what people read: "zh-CN" or "en"
	Data     string // folder of the database, relative to the working directory
	// Handbook is a file of one's own in place of the built-in handbook, relative
	// to the working directory; ReadHandbook loads it.
	Handbook string

	Office    Office
	Reception Reception
	Calendar  Calendar
	Groups    []Group
	Schedules []Schedule

	// The five below replace the built-in ones as a whole when given.
	Units      []Unit
	Categories []Category
	Routes     []Route
	Forms      []Form
	Dialect    map[string]string // spoken word to standard word, for matching only

	People  []Person
	Intake  Intake
	Pushes  Pushes
	Sandbox Sandbox
	Console Console
	WeChat  WeChat `yaml:"wechat"`
	// Alarms are the ways to people that do not lead over a chat account.
	Alarms []Alarm

	notes notes
}

// Office is the petition office (信访办) as workers are told of it.
type Office struct {
	Name          string // the office's own name
	Bot           string // what the bot calls itself
	Phone         string // answered by a human
	DispatchPhone string `yaml:"dispatch_phone"` // dispatch room (调度室), for danger
	Place         string
	Hours         Hours
	// StaffReads is how many people read what workers write, as the privacy
	// notice says. Default: the number of people with role staff.
	StaffReads int `yaml:"staff_reads"`
	// RetentionYears is how many years after a matter's end it is kept who spoke.
	RetentionYears int `yaml:"retention_years"`
	// FullName stands at the head of papers and at their seal. Default: the name.
	FullName string `yaml:"full_name"`
	// Superior is whom to ask for a review (复查), as an answer prints it.
	// Default: 上一级单位.
	Superior string
}

// Reception is the leaders' reception day (矿领导接待日).
type Reception struct {
	Rule Rule
	// Holiday says what happens when the rule gives a day off: "next" working
	// day (顺延), "previous", "next-same-weekday" or "keep".
	Holiday string
	Leaders Leaders
	Place   string // default: the office's
	Hours   Hours  // default: the office's
	Topics  string // what may be talked about, for the notice
	Moves   []Move
	Stages  Stages // when the notices go out, for groups that say nothing else
}

// Rule finds the reception day. Exactly one kind is given: Nth and Weekday, or
// Day, or Weekly, or Dates.
type Rule struct {
	Nth     int // 1 to 4, or -1 for the last: that Weekday of the month
	Weekday time.Weekday
	Day     int            // 1 to 31; a shorter month takes its last day
	Weekly  []time.Weekday // every week on these days
	Dates   []Date         // exactly these
}

// Leaders says who receives. Months beats Rota.
type Leaders struct {
	From   Month            // the month of the first in Rota; default 2026-01
	Rota   []string         // person ids, one month each, in turn
	Months map[Month]string // person id of one month
}

// Move overrides the reception day of one month (改期). Only rules with one day
// a month (Nth, Day) can have moves.
type Move struct {
	Month  Month
	To     Date
	Reason string
}

// Stages are the clock times of the reception notices.
type Stages struct {
	Week  StageTime // seven days before
	Three StageTime // three days before
	Eve   StageTime // the evening before, ahead of the night shift
	Day   StageTime // the day itself
}

// StageTime is a clock time, or off.
type StageTime struct {
	At  Clock
	Off bool
}

// Calendar corrects the official working-day calendar.
type Calendar struct {
	Overrides []Override
}

// Override makes one date a working day or a day off, whatever the official
// calendar says.
type Override struct {
	Date Date
	Work bool
	Name string // why, for notices
}

// Group is a group chat.
type Group struct {
	ID     string
	Name   string
	Marker string // a piece of the WeChat group name that only this group has
	// Stages has the group's own times; what the file leaves out is taken from
	// Reception.Stages.
	Stages  Stages
	Members []string // person ids; the sandbox alone reads it
}

// Schedule posts a fixed text to groups.
type Schedule struct {
	ID           string
	Cron         string // standard five fields, office time
	WorkdaysOnly bool   `yaml:"workdays_only"`
	Groups       GroupIDs
	Text         string
}

// GroupIDs are ids of groups. In the file it may also be "all" or left out;
// both are filled in with every group.
type GroupIDs []string

// Unit is a part of the mine that matters can be handed to (单位).
type Unit struct {
	ID     string
	Name   string
	Alias  []string // what people type instead of the name
	Sealed bool     // takes accusations; nothing about them leaves it (纪委)
	Urgent bool     // hears of hazards at once, day and night (调度室, 安监部)
}

// Category is a kind of matter (类别).
type Category struct {
	ID      string   // its Chinese name
	Lead    string   // unit id (主办)
	Words   []string // words that suggest it; staff decide
	Days    int      // house term; 0 means none
	Working bool     // Days counts working days, not calendar days
	Sealed  bool     // accusation: never to units or leaders
	Urgent  bool     // hazard: no ordinary clock
	Simple  bool     // usually handled simply (简易办理)
	Co      []string // unit ids that usually help (协办)
	Route   string   // id of the statutory route it often belongs to
	Basis   []string // what answers usually rest on (依据), to choose from
}

// Route is a way that the law lays down for a kind of matter (法定途径), with what a
// worker loses who is late.
type Route struct {
	ID       string // its Chinese name
	Where    string // whom to go to
	Phone    string
	Article  string // where the deadline is written
	Deadline string // as the worker is told it
	Years    int    // until its last day, from the day it happened
	Days     int    // the same
}

// Person is somebody with a duty, or in the sandbox a worker to play.
type Person struct {
	ID    string
	Name  string
	Title string // post and duties, as a notice prints them
	Role  string // worker, staff, liaison, leader, discipline or admin
	Unit  string // unit id; a liaison must have one
	Code  string // how the WeChat remark begins that binds the person: GZ-0001
	// Chief heads the petition office; without one it is the first of the staff.
	Chief bool
	// Keeper may open sealed matters (保密员); when nobody is, all staff may.
	Keeper bool
}

// Form is what a worker fills in by chat (登记表): at most six questions.
type Form struct {
	ID       string
	Name     string
	Words    []string // what starts it
	Category string   // suggested without looking at words; may be empty
	Fields   []Field
}

// Field is one question of a form.
type Field struct {
	// ID tells the program what the answer is. It knows matter (事由), place
	// (地点), since (时间), want (诉求), signature (署名) and contact (电话).
	ID       string
	Label    string
	Aliases  []string // other labels in a one-message form
	Ask      string   // the question
	Kind     string   // story, line, choice, phone, when or place
	Required bool     // may not be skipped
	Choices  []Choice // of kind choice
	Max      int      // characters; default Intake.MaxChars for a story, else 200
}

// Choice is one possible answer. The choices of the field signature have the
// ids named (实名), sealed (保密) and anonymous (匿名).
type Choice struct {
	ID    string
	Label string
	Words []string // other ways to say it
}

// Intake limits what one person can send.
type Intake struct {
	Quiet     time.Duration // messages this close belong to one answer; at most 10 minutes
	DraftDays int           `yaml:"draft_days"` // an unfinished form is kept this many days
	PerHour   int           `yaml:"per_hour"`   // messages from one person in an hour
	MaxChars  int           `yaml:"max_chars"`  // characters of one message that are kept
	MaxMB     int           `yaml:"max_mb"`     // size of one picture or file that is kept
}

// Pushes are the clock times of what the bot says by itself in private.
type Pushes struct {
	Time         Clock // deadline pushes
	Digest       Clock // to staff, on working days
	LeaderDigest Clock `yaml:"leader_digest"` // to leaders, on Mondays
}

// Sandbox is the chat network in a browser page.
type Sandbox struct {
	Listen    string // host:port; empty switches the page off
	Token     Secret
	TokenFile string `yaml:"token_file"` // instead of Token
	Tries     []Try
}

// Try is an example the page offers to whoever plays the role.
type Try struct {
	Role    string
	Label   string
	LabelEN string `yaml:"label_en"`
	Text    string // what is sent
}

// Console is the office's own page, on this machine only.
type Console struct {
	Listen string // host:port; empty switches the page off
}

// WeChat is the account on the phone in the office.
type WeChat struct {
	Enabled bool
	Pace    Pace
	// Quiet are the hours in which only those are answered who have just spoken.
	Quiet QuietHours
	// AskAgain has the groups asked, after a fresh scan, to say again what never
	// arrived.
	AskAgain bool `yaml:"ask_again"`
}

// Pace is how fast the account sends; faster ones get restricted.
type Pace struct {
	Min       time.Duration // between two messages, at least
	Max       time.Duration // and at most, when several wait
	PerMinute int           `yaml:"per_minute"`
}

// Alarm is one way to people when the chat account is gone: a group robot, a
// mailbox, a webhook.
type Alarm struct {
	ID      string // part of what is stored
	Name    string // what people call it; default: the id
	URL     Secret
	URLFile string `yaml:"url_file"` // instead of URL
}
