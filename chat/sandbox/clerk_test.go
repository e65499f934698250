package sandbox_test

import (
	"context"
	"strings"
	"time"

	"fangzhuo/chat"
	"fangzhuo/chat/sandbox"
)

// clerk answers like the real bot does, as far as the page can tell.
func clerk(m chat.Message) []chat.Outgoing {
	say := func(to chat.Address, text string) chat.Outgoing {
		return chat.Outgoing{Key: string(m.ID) + "/" + string(to), To: to, Text: text}
	}
	switch {
	case m.Group() && !m.Addressed:
		return nil
	case m.Group():
		return []chat.Outgoing{say(m.Chat, "收到您的招呼，请私聊我。群里不谈个人事。")}
	case m.Text == "反映":
		return []chat.Outgoing{say(m.Chat, "您想反映哪方面的事？回数字就行：\n1 工资薪酬\n2 安全隐患\n3 宿舍澡堂\n不想说了回“取消”。")}
	case strings.HasPrefix(m.Text, "3"):
		return []chat.Outgoing{say(m.Chat, "记下了：宿舍澡堂，副井澡堂更衣柜锁坏，要求换锁。对不对？\n回“对”提交，回“上一步”改。")}
	case m.Text == "对":
		return []chat.Outgoing{
			say(m.Chat, "已收到，编号2026-0001，查询码K7M3（请截图保存）。1个工作日内有人联系您。\n想补充就回“补充 0001 …”，查进度回“查询 1”。"),
			say("sandbox:p-li", "【新件】2026-0001 宿舍澡堂：副井澡堂更衣柜锁坏，要求换锁。\n回“受理 1”，或回“转办 1 机电 3天”。"),
		}
	case strings.HasPrefix(m.Text, "答复"):
		return []chat.Outgoing{
			say(m.Chat, "已答复。"),
			say("sandbox:p-zhang", "0001有答复了：锁已换好。办得咋样？回“评价 0001 满意/基本满意/不满意”。"),
		}
	}
	return []chat.Outgoing{say(m.Chat, "没太明白，您是想 1反映问题 2查进度 3问接待日？回数字就行，也可以直接打0919-1234567找人。")}
}

// demoOptions fills a room as a demo would; moving the clock to a reception
// day reminds the group.
func demoOptions(room func() *fixture) func(*sandbox.Options) {
	reception := time.Date(2026, 12, 7, 8, 0, 0, 0, zone)
	return func(o *sandbox.Options) {
		o.People = append(o.People,
			sandbox.Person{ID: "zhao", Name: "赵明", Title: "综采一队", Role: "worker"},
			sandbox.Person{ID: "sun", Name: "孙书记", Title: "机电队联络员", Role: "liaison"},
			sandbox.Person{ID: "qian", Name: "钱纪检", Title: "纪委", Role: "discipline"},
		)
		o.Move = func(ctx context.Context, to time.Time) error {
			f := room()
			if f.clock.Now().Before(reception) && !to.Before(reception) {
				f.clock.set(reception)
				if _, err := f.Send(ctx, chat.Outgoing{Key: "t0", To: "sandbox:g-zc1", Text: "【领导接待日】今天，12月7日（星期一）08:30–11:30，信访接待室，张书记接待。有话可以当面说，也可以私聊小信。"}); err != nil {
					return err
				}
			}
			f.clock.set(to)
			return nil
		}
		o.Stops = func(context.Context) []sandbox.Stop {
			return []sandbox.Stop{
				{ID: "reception", Label: "到下一个接待日", LabelEN: "Next reception day", At: reception},
				{ID: "workday", Label: "到下一个上班早上", LabelEN: "Next working morning", At: time.Date(2026, 12, 1, 8, 30, 0, 0, zone)},
			}
		}
		o.Tries = []sandbox.Try{
			{Role: "worker", Label: "一步步反映", LabelEN: "Report step by step", Text: "反映"},
			{Role: "worker", Label: "一条说完", LabelEN: "All in one message", Text: "反映 事由：澡堂更衣柜锁坏了 地点：副井澡堂 诉求：换锁 署名：保密"},
			{Role: "worker", Label: "问接待日", LabelEN: "Ask for the reception day", Text: "接待日"},
			{Role: "staff", Label: "看有什么要办", LabelEN: "See what waits", Text: "待办"},
			{Role: "staff", Label: "答复 1 号", LabelEN: "Answer number 1", Text: "答复 1 锁已换好"},
			{Role: "leader", Label: "看全月", LabelEN: "See the month", Text: "概况"},
		}
	}
}
