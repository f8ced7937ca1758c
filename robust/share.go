package robust

import "math"

// share returns the share of hits among draws with its interval of 95 percent after
// Clopper and Pearson (1934), each end rounded outwards to a millionth.
func share(hits, draws int) Share {
	s := Share{Hits: hits, Draws: draws, High: 1}
	if draws > 0 {
		s.Low = lowEnd(hits, draws)
		s.High = math.Ceil(float64((1-lowEnd(draws-hits, draws))*1e6)) / 1e6
	}
	return s
}

// lowEnd returns the least share under which hits or more of draws come with a
// probability above 1/40, rounded down to a millionth. leastShare proves the same to
// 2^-40, in a thousand times the time.
func lowEnd(hits, draws int) float64 {
	if hits == 0 {
		return 0
	}
	mean := float64(hits) / float64(draws)
	low, high := 0.0, mean
	// The end is seldom more than five standard errors away.
	if near := mean - float64(5*math.Sqrt(mean*(1-mean)/float64(draws))) - 5/float64(draws); near > 0 && upperTail(draws, hits, near) <= 1.0/40 {
		low = near
	}
	for high-low > 1e-9 {
		mid := low + (high-low)/2
		if upperTail(draws, hits, mid) <= 1.0/40 {
			low = mid
		} else {
			high = mid
		}
	}
	return max(0, math.Floor(float64(low*1e6))/1e6)
}

// upperTail returns the probability of hits or more of draws under a share of at most
// hits/draws. The terms of the distribution are taken relative to that of hits, on to
// either side, and their sum stands for one: no logarithm or power is needed.
func upperTail(draws, hits int, share float64) float64 {
	const small = 1e-18
	if share == 0 {
		return 0
	}
	odds := share / (1 - share)
	above, term := 1.0, 1.0
	for k := hits; k < draws; k++ {
		term *= float64(draws-k) / float64(k+1) * odds
		above += term
		if term < small*above {
			break
		}
	}
	all, ratio := above, 0.0
	term = 1
	for k := hits; k > 0; k-- {
		ratio = float64(k) / (float64(draws-k+1) * odds)
		term *= ratio
		all += term
		if ratio < 1 && term < small*all {
			break
		}
	}
	return above / all
}

// ShareOf returns the share of hits among draws with its interval of 95 percent.
func ShareOf(hits, draws int) Share { return share(hits, draws) }
