package report

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

// browser starts Chromium and returns the context of a tab, or skips the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are skipped with -short")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("SKIPPED: no Chromium on this machine, so the brief was not looked at in a browser; install the package chromium (Debian: apt-get install chromium) and run again")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true))
	parent, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium at %s does not start: %v", path, err)
	}
	limited, end := context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(end)
	return limited
}

// saved writes the brief of a fixture, with every section, to a folder of the test and returns its
// address.
func saved(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".html")
	if err := os.WriteFile(file, brief(t, answered(t, name)), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

func media(t *testing.T, ctx context.Context, scheme string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// addresses saves the brief of every fixture.
func addresses(t *testing.T) map[string]string {
	t.Helper()
	at := map[string]string{}
	for _, name := range cases {
		at[name] = saved(t, name)
	}
	return at
}

func TestBrowserConsoleAndOverflow(t *testing.T) {
	ctx := browser(t)
	checkScreens(t, ctx, addresses(t))
}

// checkScreens opens pages on narrow and wide screens.
func checkScreens(t *testing.T, ctx context.Context, pages map[string]string) {
	t.Helper()
	listening, stop := context.WithCancel(ctx)
	messages := make(chan string, 100)
	console := chromedp.Console(listening)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range console {
			if err != nil {
				return
			}
			messages <- m.String()
		}
	}()
	for name, address := range pages {
		for _, wide := range []int64{360, 390, 1280} {
			do(t, ctx, chromedp.EmulateViewport(wide, 844), chromedp.Navigate(address))
			if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("%s at %d pixels scrolls sideways by %d: %s", name, wide, over, eval[string](t, ctx,
					`[...document.querySelectorAll("body *")].filter(e => (e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5) && !e.closest(".scroll")).slice(0, 5).map(e => e.tagName + "." + e.getAttribute("class")).join(" ")`))
			}
		}
	}
	do(t, ctx, chromedp.Sleep(100*time.Millisecond))
	stop()
	<-done
	close(messages)
	for m := range messages {
		t.Errorf("the console says: %s", m)
	}
}

func TestBrowserKeyboardReadsTheMap(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(saved(t, "harbour")))
	before := eval[string](t, ctx, `document.getElementById("reading").textContent`)
	reached := false
	for range 40 {
		do(t, ctx, chromedp.KeyEvent(kb.Tab))
		if eval[bool](t, ctx, `document.activeElement.classList.contains("mark")`) {
			reached = true
			break
		}
	}
	if !reached {
		t.Fatal("forty tabs do not reach the map")
	}
	do(t, ctx, chromedp.KeyEvent(kb.Tab))
	second := eval[string](t, ctx, `document.getElementById("reading").textContent`)
	if second == before || !strings.Contains(second, "Utilitarian") {
		t.Errorf("after a second tab the panel reads %q", second)
	}
	do(t, ctx, chromedp.KeyEvent(kb.End))
	last := eval[string](t, ctx, `document.getElementById("reading").textContent`)
	if !strings.Contains(last, "A package on the frontier") || !strings.Contains(last, "Fishers’ union 80") {
		t.Errorf("at the end of the frontier the panel reads %q", last)
	}
	if !eval[bool](t, ctx, `document.activeElement.classList.contains("pt") && document.activeElement.getAttribute("aria-label").includes("Port authority 50")`) {
		t.Error("the focus is not on the last point, or the point has no name")
	}
	do(t, ctx, chromedp.KeyEvent(kb.ArrowLeft))
	if now := eval[string](t, ctx, `document.getElementById("reading").textContent`); now == last {
		t.Error("the left arrow does not move")
	}
	if live := eval[string](t, ctx, `document.getElementById("reading").getAttribute("aria-live")`); live != "polite" {
		t.Errorf("aria-live is %q", live)
	}
}

func TestBrowserTapReadsTheMap(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch), chromedp.Navigate(saved(t, "harbour")))
	do(t, ctx, chromedp.Tap(chromedp.CSS(`[aria-label^="2, The fleet’s offer"]`)))
	got := ""
	for range 20 {
		if got = eval[string](t, ctx, `document.getElementById("reading").textContent`); strings.Contains(got, "The fleet’s offer") {
			return
		}
		do(t, ctx, chromedp.Sleep(50*time.Millisecond))
	}
	t.Errorf("after a tap the panel reads %q", got)
}

func TestBrowserOtherPairOfParties(t *testing.T) {
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(saved(t, "six")))
	where := `[...document.querySelectorAll("#plane .mark")].map(e => e.getAttribute("transform")).join()`
	before := eval[string](t, ctx, where)
	shades := eval[string](t, ctx, `document.querySelector(".cloud.zone").getAttribute("d")`)
	eval[bool](t, ctx, `(() => { const x = document.getElementById("pick-x"); x.value = "4"; x.dispatchEvent(new Event("change")); return true })()`)
	if eval[string](t, ctx, where) == before {
		t.Error("choosing another party moves nothing")
	}
	if title := eval[string](t, ctx, `document.getElementById("x-title").textContent`); title != "Laboratory →" {
		t.Errorf("the axis is titled %q", title)
	}
	if got := eval[string](t, ctx, `document.querySelector(".cloud.zone").getAttribute("d")`); got == shades || got == "" {
		t.Error("the shades did not follow")
	}
	// Choosing the party of the other axis swaps the two; every mark stays inside the plane.
	eval[bool](t, ctx, `(() => { const y = document.getElementById("pick-y"); y.value = "4"; y.dispatchEvent(new Event("change")); return true })()`)
	if got := eval[string](t, ctx, `document.getElementById("x-title").textContent + document.getElementById("y-title").textContent`); got != "The mayor of a town with a long name →↑ Laboratory" {
		t.Errorf("after the swap the axes are %q", got)
	}
	inside := `[...document.querySelectorAll("#plane .pt")].every(e => +e.getAttribute("cx") >= 46 && +e.getAttribute("cx") <= 470 && +e.getAttribute("cy") >= 26 && +e.getAttribute("cy") <= 350)`
	if !eval[bool](t, ctx, inside) {
		t.Error("points lie outside the plane")
	}
	// A mirrored cloud covers the frontier as an upright one does.
	covered := `(() => {
		const box = [...document.querySelectorAll(".cloud")].map(e => e.getBoundingClientRect()).filter(r => r.width);
		const left = Math.min(...box.map(r => r.left)), right = Math.max(...box.map(r => r.right));
		const top = Math.min(...box.map(r => r.top)), bottom = Math.max(...box.map(r => r.bottom));
		return [...document.querySelectorAll("#plane .pt")].every(e => {
			const r = e.getBoundingClientRect(), x = (r.left + r.right) / 2, y = (r.top + r.bottom) / 2;
			return x >= left - 8 && x <= right + 8 && y >= top - 8 && y <= bottom + 8;
		});
	})()`
	if !eval[bool](t, ctx, covered) {
		t.Error("the mirrored shades do not lie under the frontier")
	}
}

func TestBrowserReadsWithoutScripts(t *testing.T) {
	ctx := browser(t)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(saved(t, "harbour")))
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"there are packages that every party could accept", "The board’s paper", "With scripts on"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q without scripts", want)
		}
	}
}

func TestBrowserDarkModeIsDark(t *testing.T) {
	ctx := browser(t)
	media(t, ctx, "dark")
	do(t, ctx, chromedp.Navigate(saved(t, "harbour")))
	if got := eval[string](t, ctx, `getComputedStyle(document.body).backgroundColor`); got != "rgb(21, 24, 28)" {
		t.Errorf("the page is %s in dark mode", got)
	}
}

// pageNumber stands beside the running line and may be read into it.
var pageNumber = regexp.MustCompile(`\b\d+ ?/ ?\d+\b`)

// Every printed page, on both papers, carries the marking, the case, the date,
// the analyst and the warning.
func TestBrowserPrintMarksEveryPage(t *testing.T) {
	ctx := browser(t)
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	checkPrint(t, ctx, saved(t, "harbour"), 4, []string{"Example, invented", "harbour " + s.shortHash(), "As of 2026-01-31.", "Assumptions of the harbour desk.", "Neither Fishers’ union nor Port authority"})
}

// checkPrint prints a page on both papers and looks for the texts on each sheet, of
// which there are at least the given number.
func checkPrint(t *testing.T, ctx context.Context, address string, least int, texts []string) {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("SKIPPED: no pdftotext, so printed pages were not read; install poppler-utils")
	}
	for paper, size := range map[string]chromedp.PaperSize{"A4": chromedp.PaperA4, "Letter": chromedp.PaperLetter} {
		do(t, ctx, chromedp.Navigate(address))
		pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPaper(size), chromedp.PDFPreferCSSPageSize()))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("pdftotext", "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(pdf)
		text, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		pages := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
		if len(pages) < least || len(pages) > 16 {
			t.Errorf("%s: %d pages", paper, len(pages))
		}
		for i, page := range pages {
			page = strings.Join(strings.Fields(pageNumber.ReplaceAllString(page, " ")), " ")
			for _, want := range texts {
				if !strings.Contains(page, want) {
					t.Errorf("%s, page %d: no %q in %q", paper, i+1, want, page)
				}
			}
		}
	}
}

func TestBrowserAccessibility(t *testing.T) {
	checkAccessible(t, addresses(t))
}

// checkAccessible runs axe-core over pages in light and dark. GOODOFFICES_AXE names
// a copy of its axe.min.js.
func checkAccessible(t *testing.T, pages map[string]string) {
	t.Helper()
	path := os.Getenv("GOODOFFICES_AXE")
	if path == "" {
		t.Skip("SKIPPED: GOODOFFICES_AXE is not set, so axe-core did not check the brief; `make test` installs it and sets it")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, scheme := range []string{"light", "dark"} {
		media(t, ctx, scheme)
		for name, address := range pages {
			do(t, ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(address))
			do(t, ctx, chromedp.Evaluate[chromedp.Void](string(axe)))
			found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run().then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))}))))`, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			var violations []struct {
				ID, Impact, Help string
				Nodes            []string
			}
			if err := json.Unmarshal([]byte(found), &violations); err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				t.Errorf("%s, %s: %s (%s): %s\n%s", name, scheme, v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n"))
			}
		}
	}
}
