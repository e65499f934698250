package record

import (
	"reflect"
	"sync"
	"time"
)

var (
	timeType = reflect.TypeFor[time.Time]()
	timed    sync.Map // reflect.Type -> bool: values of the type may hold a time
)

// normalize gives every time in *v its millisecond and UTC back: CBOR holds
// them as seconds, as a float where there is a fraction, without a zone.
func normalize(v any) {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && !r.IsNil() && holdsTime(r.Type().Elem()) {
		settle(r.Elem())
	}
}

func settle(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			settle(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			settle(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == timeType {
			t := v.Interface().(time.Time)
			// The float is true to the microsecond, not to the nanosecond.
			v.Set(reflect.ValueOf(t.Round(time.Microsecond).Truncate(time.Millisecond).UTC()))
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() && holdsTime(f.Type()) {
				settle(f)
			}
		}
	}
}

// holdsTime looks through everything a record is made of; maps are not, their
// values could not be corrected in place.
func holdsTime(t reflect.Type) bool {
	if known, ok := timed.Load(t); ok {
		return known.(bool)
	}
	timed.Store(t, true) // ends the recursion of a type that holds itself
	holds := false
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		holds = holdsTime(t.Elem())
	case reflect.Struct:
		holds = t == timeType
		for i := 0; i < t.NumField() && !holds; i++ {
			holds = holdsTime(t.Field(i).Type)
		}
	}
	timed.Store(t, holds)
	return holds
}
