package cases

// FieldKind says how an answer is read.
type FieldKind string

// The kinds of fields.
const (
	StoryField  FieldKind = "story"  // told freely, often in several messages
	LineField   FieldKind = "line"   // one short answer
	ChoiceField FieldKind = "choice" // one of a few, by number or word
	PhoneField  FieldKind = "phone"  // a telephone number
	PlaceField  FieldKind = "place"  // where, or whose matter
	WhenField   FieldKind = "when"   // since when, as said
)

// The field ids the program itself understands. A form may have others.
const (
	Matter      = "matter"    // 事由
	Place       = "place"     // 地点
	SinceWhen   = "since"     // 时间
	Want        = "want"      // 诉求
	SignAs      = "signature" // 署名
	ContactInfo = "contact"   // 联系电话: kept in the identity record, not in the case
)

// Choice is one answer a choice field takes.
type Choice struct {
	ID    string
	Label string
	Words []string
}

// Field is one question of a form.
type Field struct {
	ID       string
	Label    string
	Aliases  []string
	Ask      string
	Kind     FieldKind
	Required bool
	Choices  []Choice
	Max      int // characters; 0 means the general limit
}

// Form is a guided form (表单): at most six questions, asked one at a time, or
// filled in one message with labels.
type Form struct {
	ID       string
	Name     string
	Words    []string
	Category string // suggested without looking at words; may be empty
	Fields   []Field
}

// Field returns the field with that id.
func (f Form) Field(id string) (Field, bool) {
	for _, field := range f.Fields {
		if field.ID == id {
			return field, true
		}
	}
	return Field{}, false
}
