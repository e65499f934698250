package phrase

// Facts are what a story told freely clearly says.
type Facts struct {
	Amounts []string // "436.5元"
	Counts  []string // "23个班"
	Whens   []string // as said: "上个月", "昨天零点班"
	Wants   []string // "核查"
	Phones  []string // digits only
}

// FactsOf reads the facts of a story. dialect maps local words to standard ones
// and is used for recognising only. What is not clearly there is left out.
func FactsOf(raw string, dialect map[string]string) Facts { return Facts{} }
