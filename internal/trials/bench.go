//go:build unix

package trials

import (
	"errors"
	"runtime"
	"runtime/metrics"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/budget"
)

// Report runs every instance in turn until the benchmark's time is up, and reports the
// median of all runs, elapsed (ns/op) and of processor time (cpu-ns, which other
// processes disturb less), and bytes and allocations per run. Before, it runs the first
// once for the heap's peak: the most that the heap held beyond what it held at the start,
// garbage included, looked at every millisecond. A row with an instance
// that is refused has that refusal's time, and says so. Processor time is told in sorts, too: what
// [Reference] costs in the same run, so that the figure holds on other machines.
func Report(b *testing.B, instances int, run func(k int) error) (done bool) {
	var times, works []float64
	timed := func(k int) error {
		start, used := time.Now(), ProcessorTime(b)
		err := run(k)
		times = append(times, float64(time.Since(start).Nanoseconds()))
		works = append(works, float64(ProcessorTime(b)-used))
		return err
	}
	var err error
	peak := heapPeak(func() { err = timed(0) })
	if err == nil {
		times, works = make([]float64, 0, 1024), make([]float64, 0, 1024)
	}
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() { // it clears what was reported before
		for k := 0; k < instances && err == nil; k++ {
			err = timed(k)
		}
	}
	if over := new(budget.Excess); errors.As(err, &over) {
		b.ReportMetric(times[len(times)-1], "ns/op")
		b.ReportMetric(works[len(works)-1], "cpu-ns")
		b.ReportMetric(float64(peak), "peak-B")
		b.ReportMetric(1, "refused")
		return false
	}
	if err != nil {
		b.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	n := float64(len(times))
	b.ReportMetric(Median(works)/reference(b), "sorts")
	b.ReportMetric(float64(peak), "peak-B")
	b.ReportMetric(Median(times), "ns/op")
	b.ReportMetric(Median(works), "cpu-ns")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/op")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/op")
	b.ReportMetric(n, "runs")
	return true
}

// Reference is the loop that others are compared with: it sorts 65,536 numbers without order.
func Reference() {
	numbers := make([]uint64, 1<<16)
	x := uint64(1)
	for i := range numbers {
		x = x*6364136223846793005 + 1442695040888963407
		numbers[i] = x
	}
	slices.Sort(numbers)
}

// reference returns the processor time of the reference loop, the median of five.
func reference(b *testing.B) float64 {
	var works []float64
	for range 5 {
		used := ProcessorTime(b)
		Reference()
		works = append(works, float64(ProcessorTime(b)-used))
	}
	return max(1, Median(works))
}

// ReportUnproven reports the share of instances with a gap, and the widest of the gaps,
// each as a share of its value; negative where there is none.
func ReportUnproven(b *testing.B, gaps []float64, unit string) {
	unproven, widest := 0, 0.0
	for _, gap := range gaps {
		if gap >= 0 {
			unproven++
			widest = max(widest, gap)
		}
	}
	b.ReportMetric(float64(unproven)/float64(len(gaps)), "unproven")
	b.ReportMetric(100*widest, unit)
}

// ProcessorTime returns the nanoseconds that all cores together have given the process.
func ProcessorTime(b *testing.B) int64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return use.Utime.Nano() + use.Stime.Nano()
}

func heapPeak(run func()) uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	held := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	start, peak := held(), uint64(0)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			peak = max(peak, held())
			select {
			case <-stop:
				peak = max(peak, held())
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	run()
	close(stop)
	<-stopped
	return peak - min(peak, start)
}

func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
