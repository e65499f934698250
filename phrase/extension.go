package phrase

import (
	"strings"

	"fangzhuo/calendar"
)

// Extension is what was said with 延期: until when or by how much, who approved it,
// and why. Any part may be missing.
type Extension struct {
	Until   calendar.Date
	Days    int // when no date was said
	Working bool
	// Approver and Reason are in their original wording.
	Approver, Reason string
}

var (
	approverLabels = []string{"批准人", "审批人", "批准领导", "审批领导", "签批人", "同意人", "批准", "审批"}
	reasonLabels   = []string{"理由", "原因", "因为", "由于", "事由"}
	untilLabels    = []string{"延期至", "延期到", "延长至", "延长到", "延长", "延至", "延到", "推迟到", "推迟至", "推到", "推至", "宽限到", "宽限", "期限", "期限到", "日期", "到", "至"}
	approves       = []string{"已批准", "批准", "已同意", "同意", "已批", "签批", "签字同意"}
)

// Extension reads what is said with 延期, in any order, with or without labels:
// "30天 批准人李矿长 理由设备招标", "因等厂家来人，经李矿长批准，推到2月20日". What is neither
// a term nor an approval is the reason.
func (t Text) Extension(today calendar.Date) Extension {
	r := extensionReader{Text: t, today: today}
	for i := skipSeparators(t.f, 0); i < len(t.f); i = skipSeparators(t.f, i) {
		i = r.part(i)
	}
	r.Reason = strings.Join(r.reasons, "，")
	return r.Extension
}

type extensionReader struct {
	Text
	today   calendar.Date
	reasons []string
	Extension
}

// part reads what begins at i and returns where it ends.
func (r *extensionReader) part(i int) int {
	if end := r.term(i, false); end > i {
		return end
	}
	if j := hasPrefix(r.f, i, reasonLabels...); j > i {
		return r.reason(hasPrefix(r.f, skipSeparators(r.f, j), "是", "为"))
	}
	if j := hasPrefix(r.f, i, approverLabels...); j > i {
		j = hasPrefix(r.f, skipSeparators(r.f, j), "是", "为")
		j = skipSeparators(r.f, j)
		end := r.wordEnd(j)
		r.approved(j, end)
		return end
	}
	// 经李矿长批准, 李矿长已同意
	from := hasPrefix(r.f, i, "已经", "经过", "报经", "经")
	for end := from + 1; end <= len(r.f) && end-from <= 12; end++ {
		if k := hasPrefix(r.f, end, approves...); k > end && end > from {
			r.approved(from, end)
			return hasPrefix(r.f, k, "过了", "过的", "了", "过") // is no reason
		}
		if strings.ContainsRune(separators, peek(r.f, end)) {
			break
		}
	}
	return r.reason(hasPrefix(r.f, i, "因"))
}

func (r *extensionReader) approved(i, j int) {
	if r.Approver == "" {
		r.Approver = r.between(i, j)
	}
}

// reason reads a reason from i to the next part that is something else.
func (r *extensionReader) reason(i int) int {
	i = skipSeparators(r.f, i)
	j := i
	for j < len(r.f) {
		if strings.ContainsRune(separators, r.f[j]) {
			if k := skipSeparators(r.f, j); k >= len(r.f) || r.begins(k) {
				break
			}
		} else if j > i && hasPrefix(r.f, j, "批准人", "审批人") > j {
			break
		}
		j++
	}
	if s := trimValue(r.between(i, j)); s != "" {
		r.reasons = append(r.reasons, s)
	}
	return max(j, i)
}

// begins reports whether another part begins at i, behind a separator.
func (r *extensionReader) begins(i int) bool {
	if hasPrefix(r.f, i, reasonLabels...) > i || hasPrefix(r.f, i, approverLabels...) > i || hasPrefix(r.f, i, "经", "报经") > i {
		return true
	}
	for end := i + 1; end < len(r.f) && end-i <= 8 && !strings.ContainsRune(separators, r.f[end]); end++ {
		if hasPrefix(r.f, end, approves...) > end {
			return true
		}
	}
	probe := *r
	end := probe.term(i, true)
	return end > i
}

// wordEnd returns the end of a name that begins at i.
func (r *extensionReader) wordEnd(i int) int {
	for j := i; j < len(r.f); j++ {
		if strings.ContainsRune(separators, r.f[j]) || j > i && (hasPrefix(r.f, j, reasonLabels...) > j || hasPrefix(r.f, j, "延", "推") > j) {
			return j
		}
	}
	return len(r.f)
}

// term reads the new day or the days more, once. Alone asks that nothing but a
// separator follows it.
func (r *extensionReader) term(i int, alone bool) int {
	if !r.Until.IsZero() || r.Days > 0 {
		return i
	}
	at := skipSeparators(r.f, hasPrefix(r.f, i, untilLabels...))
	labelled := at > i
	text := r.from(at)
	n, working, rest, ok := text.Term()
	date, afterDate, dated := text.Date(r.today)
	switch {
	case ok:
	case dated:
		rest = afterDate
	default:
		return i
	}
	end := len(r.f) - len(rest.f)
	if alone && !labelled && end < len(r.f) && !strings.ContainsRune(separators, peek(r.f, end-1)) {
		return i
	}
	if ok {
		r.Days, r.Working = n, working
	} else {
		r.Until = date
	}
	return hasPrefix(r.f, end, "之前", "以前", "前", "为止", "止")
}
