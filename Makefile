# make test is all that a change has to pass before it is shown to others;
# .ci/run is what it has to pass afterwards.

AXE := $(CURDIR)/.cache/axe/node_modules/axe-core/axe.min.js
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build test test-long race lint fuzz bench generate screenshot clean

build:
	CGO_ENABLED=0 go build -trimpath -o goodoffices ./cmd/goodoffices

test:
	@.ci/browser-tools
	GOODOFFICES_AXE="$$(test -f '$(AXE)' && echo '$(AXE)')" go test -timeout 20m ./...

# The same tests with everything that they try at random, or over every combination, at its full length.
test-long:
	GOODOFFICES_LONG=1 go test -timeout 60m ./...

# What starts goroutines, and what interrupts it.
race:
	GORACE=atexit_sleep_ms=0 go test -race -run 'SameBytes|ManyBlocks|Measures|Cores' ./bargain ./agenda ./whatif ./robust ./home ./diagnose ./certify ./internal/boxes ./internal/count ./internal/prove
	GORACE=atexit_sleep_ms=0 go test -race -run 'Parallel|Hostile|CloseEnds' ./strategy ./strategy/outside
	GORACE=atexit_sleep_ms=0 go test -race ./rehearsal ./internal/bestfirst
	GORACE=atexit_sleep_ms=0 go test -race -run 'TestScripts/(collection|simulate|terminal)$$' ./cmd/goodoffices

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt -w $$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

# Every fuzz target of the module, each for FUZZTIME. Minimising what is merely new would take most of that
# time (60 s each by default), so it is cut short.
FUZZTIME ?= 60s
fuzz:
	@list=$$(go test -list '^Fuzz' ./...) || { echo "$$list"; exit 1; }; \
	echo "$$list" | awk '/^Fuzz/ { f[n++] = $$1 } $$1 == "ok" { for (i = 0; i < n; i++) print $$2, f[i]; n = 0 }' | { \
		bad=0; \
		while read -r package target; do \
			echo "== $$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package" </dev/null || bad=1; \
		done; \
		exit $$bad; \
	}

# Rows of docs/performance.md, as a table. BENCH=. runs them all.
BENCH ?= ^Benchmark(Bars|Bounding|Linked|Boxes|Branching|Zone|Estimate|Analyze)$$
bench:
	@mkdir -p .cache
	go test -cpu 1 -run '^$$' -bench '$(BENCH)' -benchtime 30ms -benchmem -timeout 1h ./bargain ./diagnose ./whatif >.cache/bench.txt || { cat .cache/bench.txt; exit 1; }
	@go run ./internal/benchtable <.cache/bench.txt

generate:
	go generate ./...

# The picture in the README: the first screen of a real brief.
screenshot:
	mkdir -p docs/images
	dir=$$(mktemp -d) && \
	go run ./cmd/goodoffices brief catalog:iran-us-2026 -o $$dir/brief.html && \
	$$(command -v chromium || command -v chromium-browser || command -v google-chrome || command -v chrome) \
		--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir=$$dir/profile --window-size=1280,1400 \
		--screenshot=$(CURDIR)/docs/images/brief.png file://$$dir/brief.html && \
	rm -r $$dir

clean:
	rm -rf goodoffices dist .cache
