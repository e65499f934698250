package phrase

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCourteous(t *testing.T) {
	for raw, want := range map[string]Courtesy{
		"你好": Greets, "您好！": Greets, "早上好": Greets, "领导好": Greets, "有人吗？": Greets, "在吗": Greets, "你好，辛苦了": Greets, "HI": Greets,
		"谢谢": Thanks, "好的谢谢": Thanks, "好的，谢谢！": Thanks, "太感谢了！！": Thanks, "辛苦了各位领导": Thanks, "明白了，谢谢信访办": Thanks, "謝謝你們": Thanks, "🙏🙏": Thanks, "[抱拳][抱拳]": Thanks, "麻烦您了": Thanks,
		"好的": Notes, "知道了": Notes, "收到": Notes, "嗯嗯": Notes, "👍": Notes, "[强]": Notes, "哦哦明白了": Notes, "没问题": Notes, "OK": Notes,
		"我想问个事": WantsSay, "我有个事想说": WantsSay, "想咨询一下": WantsSay, "您好，我想反映个情况": WantsSay, "能不能给领导提个意见": WantsSay, "想投诉": WantsSay,
		"人工": WantsTalk, "转人工": WantsTalk, "电话多少": WantsTalk, "你们电话多少？": WantsTalk,
		// anything more in it is something to write down
		"水热了，谢谢": "", "领导好，我们队澡堂没水": "", "感谢领导修好了澡堂": "", "麻烦快点": "", "谢谢，不过还是凉的": "", "帮我看看": "", "好人": "", "中不中": "",
		"我想反映食堂": "", "能不能装个热水器": "", "电话费没报": "", "早班": "", "知道是谁干的": "", "": "", "。": "", "1": "", "47": "",
	} {
		if got := Read(raw).Courteous(); got != want {
			t.Errorf("Courteous(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestReacts(t *testing.T) {
	for raw, want := range map[string]Reaction{
		"还是不行，水还是凉的": Unmended, "咋还没人来": Unmended, "没解决": Unmended, "水又停了": Unmended, "到现在还没给我补": Unmended, "催一下": Unmended, "不满意": Unmended, "老样子": Unmended,
		"上回那个食堂的事咋样了": Waiting, "我反映的事有结果没": Waiting, "我的那个事到哪一步了": Waiting, "办了没": Waiting, "啥时候能解决": Waiting, "处理得怎么样了？": Waiting, "有消息吗": Waiting,
		"队里问我咋样了，我说腿还疼着，他们也不给报工伤": "", "啥时候发工资": "", "结果食堂又涨价": "", "有没有补贴": "",
		"水热了，谢谢": Mended, "修好了": Mended, "钱到账了": Mended, "已经解决了 谢谢": Mended, "不漏了": Mended,
		"没修好": Unmended, "修好了吗？": "", "给我解决了没": Waiting, "没换好了还": Unmended, "": "", "谢谢": "", "我们队澡堂子的水一到后半夜就凉": "",
		"食堂的饭又贵又难吃，排队的人一直排到门外头，能不能多开两个窗口让大家早点吃上饭": "",
	} {
		if got := Read(raw).Reacts(); got != want {
			t.Errorf("Reacts(%q) = %q, want %q", raw, got, want)
		}
	}
}

// What is only polite stays so however often it is said, and is never so with
// anything else in it.
func TestCourteousProperty(t *testing.T) {
	polite := []string{"谢谢", "好的", "知道了", "收到", "辛苦了", "您", "！", " ", "👍", "嗯"}
	more := []string{"澡堂", "工资", "扣我", "瓦斯", "队长", "凉", "436", "修"}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(polite), 1, 5).Draw(t, "words")
		said := strings.Join(words, "")
		if strings.Trim(said, "您！ ") != "" && Read(said).Courteous() == "" {
			t.Fatalf("%q is only polite", said)
		}
		at := rapid.IntRange(0, len(words)).Draw(t, "at")
		matter := strings.Join(words[:at], "") + rapid.SampledFrom(more).Draw(t, "more") + strings.Join(words[at:], "")
		if got := Read(matter).Courteous(); got != "" {
			t.Fatalf("%q is %q", matter, got)
		}
	})
}

func TestWithoutThanks(t *testing.T) {
	for raw, want := range map[string]string{
		"不用了，谢谢": "不用了", "对 谢谢您": "对", "要谢谢": "要", "是的，麻烦了": "是的", "13800001111谢谢": "13800001111",
		"查询 1 AB3Q": "查询 1 AB3Q", "谢谢": "谢谢", "好的谢谢": "好的谢谢", "感谢食堂": "感谢食堂", "对": "对", "": "", "食堂的饭凉了好几天了，请管一管，谢谢": "食堂的饭凉了好几天了，请管一管，谢谢",
	} {
		if got := Read(raw).WithoutThanks(); got.bare() != Read(want).bare() {
			t.Errorf("%q without thanks is %q, want %q", raw, got.Raw(), want)
		}
	}
}
