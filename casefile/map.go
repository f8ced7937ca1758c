package casefile

import "iter"

// A Map holds values by id in the order of the file. The zero Map is empty.
// Copies of a Map share their contents.
type Map[K ~string, V any] struct {
	keys  []K
	vals  []V
	index map[K]int
}

// Texts returns ids as plain texts.
func Texts[K ~string](ids []K) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}

// An Entry is one id of a [Map] with its value.
type Entry[K ~string, V any] struct {
	ID    K
	Value V
}

// NewMap returns a map of the entries in their order. A later entry replaces an
// earlier one of the same id.
func NewMap[K ~string, V any](entries ...Entry[K, V]) Map[K, V] {
	var m Map[K, V]
	for _, e := range entries {
		m.put(e.ID, e.Value)
	}
	return m
}

// Len returns the number of ids.
func (m Map[K, V]) Len() int { return len(m.keys) }

// Keys returns the ids in the order of the file. The caller must not change it.
func (m Map[K, V]) Keys() []K { return m.keys }

// Get returns the value of the id, and whether the map has it.
func (m Map[K, V]) Get(id K) (V, bool) {
	k, ok := m.index[id]
	if !ok {
		var zero V
		return zero, false
	}
	return m.vals[k], true
}

// Has reports whether the map has the id.
func (m Map[K, V]) Has(id K) bool {
	_, ok := m.index[id]
	return ok
}

// Position returns the position of the id in the order of the file, from 0, and
// whether the map has it.
func (m Map[K, V]) Position(id K) (int, bool) {
	k, ok := m.index[id]
	return k, ok
}

// At returns the id and the value at position k.
func (m Map[K, V]) At(k int) (K, V) { return m.keys[k], m.vals[k] }

// All visits the ids and values in the order of the file.
func (m Map[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for k, id := range m.keys {
			if !yield(id, m.vals[k]) {
				return
			}
		}
	}
}

// put adds or replaces a value in this map and every copy that shares with it.
func (m *Map[K, V]) put(id K, v V) {
	if k, ok := m.index[id]; ok {
		m.vals[k] = v
		return
	}
	if m.index == nil {
		m.index = make(map[K]int)
	}
	m.index[id] = len(m.keys)
	m.keys = append(m.keys, id)
	m.vals = append(m.vals, v)
}
