package count

import (
	"math/big"
	"math/bits"
	"sync"
)

// A countPrime is a prime p = 2^primeBits - c with a small c, modulo which ways are
// counted. Numbers stand for their remainders; a folded one is below 2^primeBits + 2^18.
type countPrime struct{ p, c uint64 }

const (
	primeBits = 59
	// heldRows folded numbers can be added up: heldRows · (2^59 + 2^35) < 2^64.
	heldRows = 31
)

// fold returns a folded number with the remainder of x.
func (m countPrime) fold(x uint64) uint64 { return x&(1<<primeBits-1) + x>>primeBits*m.c }

// times returns a number with the remainder of x·factor, for a folded x and a factor
// of up to 2^20: below 2^59 + 2^35, of which heldRows can be added up as well.
func (m countPrime) times(x, factor uint64) uint64 {
	hi, lo := bits.Mul64(x, factor)
	return lo&(1<<primeBits-1) + (hi<<(64-primeBits)|lo>>primeBits)*m.c
}

// maxPrimes bounds the primes that a count may need, and so its size: 10^1100.
const maxPrimes = 64

// countPrimes are the greatest primes below 2^primeBits, descending. All have c below 2^13.
var countPrimes = sync.OnceValue(func() []countPrime {
	var primes []countPrime
	for c := uint64(1); len(primes) < maxPrimes; c += 2 {
		p := uint64(1)<<primeBits - c
		if p%3 != 0 && p%5 != 0 && p%7 != 0 && p%11 != 0 && p%13 != 0 &&
			new(big.Int).SetUint64(p).ProbablyPrime(0) { // no doubt below 2^64
			primes = append(primes, countPrime{p, c})
		}
	}
	return primes
})

// primesFor returns how many primes tell the numbers up to n apart. The product of k is
// above 2^(59k-1), since each is above 2^59·(1 - 2^-46).
func primesFor(n *big.Int) int64 { return int64(n.BitLen()+primeBits) / primeBits }

// sum adds rows to one that holds folded numbers, and folds it; with small, no
// remainder is ever passed and nothing needs folding.
func (m countPrime) sum(to []uint64, rows []gridRow, small bool) {
	held := 1
	room := func(n int) {
		if held += n; held > heldRows && !small {
			for j, v := range to {
				to[j] = m.fold(v)
			}
			held = 1 + n
		}
	}
	once := 0 // rows that are added as they are come first
	for i, r := range rows {
		if r.times == 1 {
			rows[once], rows[i] = r, rows[once]
			once++
		}
	}
	plain, weighted := rows[:once], rows[once:]
	for len(plain) > 0 {
		n := min(4, len(plain))
		room(n)
		addRows(to, plain[:n])
		plain = plain[n:]
	}
	for _, r := range weighted {
		part := to[r.at : r.at+len(r.n)]
		if small || r.times < heldRows {
			room(int(r.times))
			for j, v := range r.n {
				part[j] += v * r.times
			}
			continue
		}
		room(1)
		for j, v := range r.n {
			part[j] += m.times(v, r.times)
		}
	}
	if !small {
		for j, v := range to {
			to[j] = m.fold(v)
		}
	}
}

// addRows adds up to four rows, in one go where all have cells: memory is then read
// and written less often.
func addRows(to []uint64, rows []gridRow) {
	low, high := 0, len(to)
	for _, r := range rows {
		low, high = max(low, r.at), min(high, r.at+len(r.n))
	}
	if len(rows) == 1 || high <= low {
		for _, r := range rows {
			addRow(to[r.at:r.at+len(r.n)], r.n)
		}
		return
	}
	for _, r := range rows {
		addRow(to[r.at:low], r.n[:low-r.at])
		addRow(to[high:r.at+len(r.n)], r.n[high-r.at:])
	}
	mid := to[low:high]
	shared := func(k int) []uint64 { return rows[k].n[low-rows[k].at:][:len(mid)] }
	a, b := shared(0), shared(1)
	switch len(rows) {
	case 2:
		for j := range mid {
			mid[j] += a[j] + b[j]
		}
	case 3:
		c := shared(2)
		for j := range mid {
			mid[j] += a[j] + b[j] + c[j]
		}
	default:
		c, d := shared(2), shared(3)
		for j := range mid {
			mid[j] += a[j] + b[j] + c[j] + d[j]
		}
	}
}

// addRow adds one row to another of its length.
func addRow(to, n []uint64) {
	n = n[:len(to)]
	for j := range to {
		to[j] += n[j]
	}
}
