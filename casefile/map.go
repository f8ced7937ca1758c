package casefile

import "iter"

// A Map holds values by id in the order of the file. The zero Map is empty.
// Copies of a Map share their contents.
type Map[V any] struct {
	keys  []string
	vals  []V
	index map[string]int
}

// An Entry is one id of a [Map] with its value.
type Entry[V any] struct {
	ID    string
	Value V
}

// NewMap returns a map of the entries in their order. A later entry replaces an
// earlier one of the same id.
func NewMap[V any](entries ...Entry[V]) Map[V] {
	var m Map[V]
	for _, e := range entries {
		m.put(e.ID, e.Value)
	}
	return m
}

// Len returns the number of ids.
func (m Map[V]) Len() int { return len(m.keys) }

// Keys returns the ids in the order of the file. The caller must not change it.
func (m Map[V]) Keys() []string { return m.keys }

// Get returns the value of the id, and whether the map has it.
func (m Map[V]) Get(id string) (V, bool) {
	k, ok := m.index[id]
	if !ok {
		var zero V
		return zero, false
	}
	return m.vals[k], true
}

// Has reports whether the map has the id.
func (m Map[V]) Has(id string) bool {
	_, ok := m.index[id]
	return ok
}

// Position returns the position of the id in the order of the file, from 0, and
// whether the map has it.
func (m Map[V]) Position(id string) (int, bool) {
	k, ok := m.index[id]
	return k, ok
}

// At returns the id and the value at position k.
func (m Map[V]) At(k int) (string, V) { return m.keys[k], m.vals[k] }

// All visits the ids and values in the order of the file.
func (m Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for k, id := range m.keys {
			if !yield(id, m.vals[k]) {
				return
			}
		}
	}
}

// put adds or replaces a value in this map and every copy that shares with it.
func (m *Map[V]) put(id string, v V) {
	if k, ok := m.index[id]; ok {
		m.vals[k] = v
		return
	}
	if m.index == nil {
		m.index = make(map[string]int)
	}
	m.index[id] = len(m.keys)
	m.keys = append(m.keys, id)
	m.vals = append(m.vals, v)
}
