// Reads out of a bot's message what a person may answer to it, so that one tap
// is enough.

const asks = /(?:回复?|发送?|输入|reply|send|type)\s*[:：]?\s*\d?\s*[“「"]/i;
const quotes = /[“「"]([^”」"\n]{1,40})[”」"]/g;
const gap = /\s*(?:…|\.{3}|新的|编号|号码|理由|原因|内容|日期|事由|类别|单位|姓名|群名|查询码|×|〔|\[|<).*$/;
const choosing = /数字|序号|选|哪|number|choose|which/i;
const unit = /^[年月日号天点时分秒周岁元块个人件次条楼班批层%％]/;
const circled = '①②③④⑤⑥⑦⑧⑨';

// repliesTo lists {label, text, whole}: text is sent at once when whole, and
// put into the message box to be finished when not.
export function repliesTo(message) {
  const found = new Map();
  for (const r of [...options(message), ...words(message)]) {
    if (r.text && !found.has(r.text)) found.set(r.text, r);
  }
  return [...found.values()].slice(0, 8);
}

// words finds what a sentence quotes after asking for it: 回“对”, 回“评价 0047 满意/不满意”.
function words(message) {
  const list = [];
  for (const sentence of message.split(/[。；;！!\n]/)) {
    if (!asks.test(sentence)) continue;
    for (const [, quoted] of sentence.matchAll(quotes)) {
      for (const said of alternatives(quoted.trim())) {
        const text = said.replace(gap, '');
        const whole = text === said;
        list.push({ label: whole ? said : `${text} …`, text: whole || !text ? text : `${text} `, whole });
      }
    }
  }
  return list;
}

// alternatives takes “评价 47 满意/不满意” apart: the slash belongs to the last word.
function alternatives(quoted) {
  const [, head, tail] = quoted.match(/^(.*\s)?(\S+)$/) ?? [, '', quoted];
  return tail.split(/[/|／]/).filter(Boolean).map(last => (head ?? '') + last);
}

// options finds numbered choices, a line each or “1反映问题 2查进度”, where
// the message lets one choose.
function options(message) {
  if (!choosing.test(message)) return [];
  const list = [];
  const item = /(?<![\d.:：月-])(?:(\d)(?!\d)[.、．)）:：]?|([①-⑨]))\s?([^\s\d①-⑨，。；,;？?、]{1,16})/g;
  for (const [, digit, circle, label] of message.matchAll(item)) {
    const n = digit ? Number(digit) : circled.indexOf(circle) + 1;
    if (n !== list.length + 1 || unit.test(label) || /[:：]/.test(label)) continue; // “2 地点：…” is what was said
    list.push({ label: `${n} ${label}`, text: String(n), whole: true });
  }
  return list.length > 1 ? list : [];
}
