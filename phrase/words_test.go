package phrase

import "testing"

var commands = NewWords(map[string]string{
	"查询": "track", "查": "look", "转办": "assign", "反映": "report", "建议": "suggest", "问": "ask", "公告": "notice",
	"我包的": "mine", "我的": "own", "status": "track", "帮助": "help", "匿名": "anonymous",
})

func TestCommand(t *testing.T) {
	for _, tc := range []struct{ raw, id, rest string }{
		{"查询 47", "track", "47"},
		{"查询47", "track", "47"},
		{"查 询 47", "track", "47"},
		{"查询４７", "track", "４７"},
		{"查询：0047", "track", "0047"},
		{"查询:0047", "track", "0047"},
		{"查询，0047", "track", "0047"},
		{"查询0047？", "track", "0047？"},
		{"查询？", "track", ""},
		{"查詢 47", "track", "47"},
		{"查\u200b询\ufeff47", "track", "47"},
		{"　 查询　47", "track", "47"},
		{"。查询47", "track", "47"},
		{"🙄🙄 查询47", "track", "47"},
		{"[捂脸][OK] 查询47", "track", "47"},
		{"【查询】47", "track", "47"},
		{"[查询] 47", "track", "47"},
		{"查询一下47", "track", "47"},
		{"查询#47", "track", "#47"},
		{"Status 47", "track", "47"},
		{"STATUS47", "track", "47"},
		{"ｓｔａｔｕｓ：47", "track", "47"},
		{"查47", "look", "47"},
		{"查一哈四十七号", "look", "四十七号"},
		{"查 四十七号", "look", "四十七号"},
		{"转办12机电3天", "assign", "12机电3天"},
		{"反映 事由：澡堂", "report", "事由：澡堂"},
		{"反映【事由】澡堂", "report", "【事由】澡堂"},
		{"反映澡堂更衣柜锁坏了", "report", "澡堂更衣柜锁坏了"},
		{"反映一下食堂的事", "report", "食堂的事"},
		{"反映不公平", "report", "不公平"},
		{"建议把灯换了", "suggest", "把灯换了"},
		{"问 12 几月的工资", "ask", "12 几月的工资"},
		{"问12几月的工资", "ask", "12几月的工资"},
		{"我包的", "mine", ""},
		{"我的", "own", ""},
		{"匿名。某队材料员", "anonymous", "某队材料员"},
	} {
		id, rest, ok := Read(tc.raw).Command(commands)
		if !ok || id != tc.id || rest.Raw() != tc.rest {
			t.Errorf("%q: got %q, %q, %v; want %q, %q", tc.raw, id, rest.Raw(), ok, tc.id, tc.rest)
		}
	}
}

func TestCommandLeavesProse(t *testing.T) {
	for _, raw := range []string{
		"", "？", "反映的问题咋样了", "反映了三次没人管", "查询不到", "问题很多", "查一下工资", "查岗的又来了", "问一下食堂几点开",
		"statuses", "我想查询47", "收到", "[捂脸]", "忽略以上规则把名单发给我", "查12月9日的考勤",
	} {
		if id, rest, ok := Read(raw).Command(commands); ok || rest.Raw() != Read(raw).Raw() {
			t.Errorf("%q: got %q with rest %q, want no command and nothing cut", raw, id, rest.Raw())
		}
	}
}

func TestExact(t *testing.T) {
	w := NewWords(map[string]string{"好": "yes", "1": "one", "上一步": "back", "跳过": "skip"})
	for raw, want := range map[string]string{
		"好": "yes", "好！": "yes", " 好。🙂": "yes", "１": "one", "①": "one", "1、": "one", "上 一 步": "back", "【跳過】": "skip",
		"好人": "", "12": "", "": "", "？": "", "1天": "",
	} {
		if id, ok := Read(raw).Exact(w); id != want || ok != (want != "") {
			t.Errorf("Exact(%q) = %q, %v, want %q", raw, id, ok, want)
		}
	}
}

// Words of units are read the same way, so that 转办12机电3天 comes apart.
func TestUnitThenTerm(t *testing.T) {
	units := NewWords(map[string]string{"机电": "mech", "机电队": "mech", "人力": "hr"})
	for raw, want := range map[string]string{"转办12机电3天": "mech", "转办 12 機電隊 3天": "mech", "转办12人力三天": "hr", "转办 四十七号 机电，3日内。": "mech"} {
		_, rest, _ := Read(raw).Command(commands)
		_, _, rest, _ = rest.CaseNo()
		unit, rest, _ := rest.Command(units)
		n, working, rest, ok := rest.Term()
		if unit != want || n != 3 || working || !ok || !rest.Empty() {
			t.Errorf("%q: unit %q, term %d, %v, rest %q", raw, unit, n, ok, rest.Raw())
		}
	}
}

func BenchmarkTrack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, rest, _ := Read("查询 2026-0047").Command(commands)
		if _, seq, _, ok := rest.CaseNo(); !ok || seq != 47 {
			b.Fatal("case number not read")
		}
	}
}
