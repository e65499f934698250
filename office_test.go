package main

import (
	"slices"
	"testing"

	"fangzhuo/config"
	"fangzhuo/schedule"
)

// A group whose stages are all off hears of no change either; one with a single
// stage does.
func TestSilentGroupHearsOfNoChange(t *testing.T) {
	cfg, err := config.Read("config/testdata/good-minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o, err := understand(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range o.receptionTargets() {
		for _, s := range []schedule.Stage{schedule.Moved, schedule.Cancelled} {
			if silent := target.ID == "jg"; slices.Contains(target.Off, s) != silent {
				t.Errorf("group %s, stage %s: off is %t", target.ID, s, !silent)
			}
		}
	}
}

// A post that would fire in the quiet hours is refused at its line; whether it
// does shows on its first day.
func TestNoPostIsPlannedForTheNight(t *testing.T) {
	for cron, at := range map[string]string{
		"30 23 * * 3": "23:30", "0 5,12 * * *": "05:00", "@daily": "00:00", "*/20 * * * 1": "00:00", "59 22-23 29 2 *": "23:59",
		"0 6 * * *": "", "0 22 * * *": "", "@hourly": "00:00", "0 6-22 1 * *": "",
	} {
		cfg, err := config.Load("night.yaml", []byte(`office: {phone: "8001", dispatch_phone: "8119", place: 接待室, hours: "9:00—17:00"}
people: [{id: wang, name: 王慧, role: staff, unit: xf, code: GZ-0001}]
groups: [{id: zc, name: 综采一队群, marker: 〔综采〕}]
wechat: {enabled: true}
schedules: [{id: safety, text: 安全, cron: "`+cron+`"}]
`))
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if at != "" {
			want = "night.yaml:5:36: schedules[0].cron is at " + at + ", in the quiet hours 23:00—06:00 (wechat.quiet), " +
				"when nothing goes out: write a time from 06:00 to 23:00, or other quiet hours"
		}
		got := ""
		if _, err := understand(cfg); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", cron, got, want)
		}
	}
}
