// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"reflect"
	"unique"
)

// internLimit is the length in bytes up to which equal strings share their memory. Longer ones are seldom equal.
const internLimit = 64

// intern gives equal strings of all stored objects the same memory: kinds, header names, hosts and keys of labels occur
// thousands of times, and a decoder allocates each of them. HTTPRoutes take a third less memory, and the garbage
// collector visits half as many allocations (BenchmarkIntern). The object may be pointed to by none but the caller.
func intern(value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			intern(value.Elem())
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if field := value.Field(i); field.CanSet() { // the others have no strings of objects
				intern(field)
			}
		}
	case reflect.Slice:
		if value.Type().Elem().Kind() != reflect.Uint8 {
			for i := range value.Len() {
				intern(value.Index(i))
			}
		}
	case reflect.Map:
		internMap(value)
	case reflect.String:
		value.SetString(interned(value.String()))
	default: // numbers, and interfaces, which no field of an object that is stored has
	}
}

// internMap is for labels, annotations and selectors.
func internMap(value reflect.Value) {
	kind := value.Type()
	if value.Len() == 0 || kind.Key().Kind() != reflect.String || kind.Elem().Kind() != reflect.String {
		return
	}
	shared := reflect.MakeMapWithSize(kind, value.Len())
	for entry := value.MapRange(); entry.Next(); {
		shared.SetMapIndex(
			reflect.ValueOf(interned(entry.Key().String())).Convert(kind.Key()),
			reflect.ValueOf(interned(entry.Value().String())).Convert(kind.Elem()))
	}
	value.Set(shared)
}

func interned(text string) string {
	if text == "" || len(text) > internLimit {
		return text
	}
	return unique.Make(text).Value()
}
