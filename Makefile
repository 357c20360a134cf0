# Beseda's commands. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Sets PATH and the compiler; scripts/env says how.
env := . scripts/env;

# What the release binary is made of. A directory counts too: its date tells that a file went away.
sources := Cargo.toml Cargo.lock scripts/admin.mjs $(shell find .cargo app chat frontend protocol server socketio-client style \
    -name node_modules -prune -o -name target -prune -o -name tests -prune -o -name '.*.sw*' -prune -o -print 2>/dev/null)

.PHONY: help
help: ## this list
	@echo 'Beseda: make COMMAND'
	@echo
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'

.PHONY: run
run: target/.built-beseda ## build for release and start Beseda here (make run ARGS='--help')
	@exec target/release/beseda $(ARGS)

.PHONY: build
build: target/.built-beseda target/.built-sio ## only build: target/release/beseda (the server, with its page inside) and target/release/sio

# cargo-leptos starts afresh every time (wasm-opt, compression, and so the server too), therefore make
# itself looks whether anything changed. A stamp has the time at which the build began, so that a file
# saved meanwhile counts as newer.
# The admin's page has a wasm module of its own, which the server takes in as it does the chat's.
target/.built-beseda: command = node scripts/admin.mjs release && LEPTOS_HASH_FILES=true cargo leptos build --release --precompress
target/.built-sio: command = cargo build --release -p socketio-client --features cli --bin sio
# For these two and no others: what is missing is an error then, and not a reason to build nothing.
target/.built-beseda target/.built-sio: target/.built-%: $(sources)
	@scripts/bootstrap build
	@mkdir -p target/release && touch $@.began
	$(env) $(command)
	@out=$${CARGO_TARGET_DIR:-target}/release; \
	[ "$$out" -ef target/release ] || cp -f "$$out/$*" target/release/
	@mv $@.began $@

# A program that was deleted is built again, whatever its stamp says.
$(foreach program,beseda sio,$(if $(wildcard target/release/$(program)),,$(eval target/.built-$(program): always)))
.PHONY: always
always:

.PHONY: watch
watch: ## build for development, start, and do so again at every change (cargo leptos watch)
	@scripts/bootstrap build
	$(env) node scripts/admin.mjs debug && cargo leptos watch

.PHONY: trunk
trunk: ## serve only the page on port 8080, against a server that runs on port 3000
	@scripts/bootstrap build trunk
	$(env) TRUNK_SKIP_VERSION_CHECK=true trunk serve

.PHONY: check
check: ## format, lints, dependency arrows, licences; no tests
	@scripts/check

.PHONY: check-deploy
check-deploy: ## each file in deploy/ through its own linter
	@scripts/check-deploy

.PHONY: test
test: build ## install what the tests need, and run all of them
	@scripts/bootstrap test
	@scripts/test rust e2e

.PHONY: fuzz
fuzz: ## nonsense against a live server for five minutes (make fuzz FUZZ_SECONDS=60)
	@scripts/bootstrap nextest
	$(env) FUZZ_SECONDS=$${FUZZ_SECONDS:-300} cargo nextest run -p server -E 'test(fuzz)' --success-output immediate

.PHONY: chaos
chaos: ## three nodes, and one thing after the other going wrong (make chaos CHAOS_SECONDS=300 CHAOS_SEED=1)
	@scripts/bootstrap nextest postgres redis balancers faketime
	$(env) scripts/postgres with cargo nextest run -p server --test chaos --run-ignored all --success-output immediate things_go_wrong

.PHONY: e2e
e2e: target/.built-beseda ## only the browser tests
	@scripts/bootstrap test
	@scripts/test e2e

.PHONY: bench
bench: target/.built-beseda ## Beseda beside Node.js and bare socketioxide (make bench ARGS='--scenario room --peer beseda,bare --runs 1')
	@scripts/bootstrap bench_peers
	$(env) cargo build --release -p bench
	@$(env) "$${CARGO_TARGET_DIR:-target}/release/bench" --document docs/benchmarks.md $(ARGS)

.PHONY: bench-artillery
bench-artillery: target/.built-beseda ## the load test that people know from Artillery, against Beseda
	@scripts/bootstrap artillery
	@$(env) bench/artillery/run.sh $(ARGS)

.PHONY: bench-store
bench-store: ## what sending costs, and reading and searching a million messages (make bench-store ARGS=sends, ARGS=reads)
	$(env) cargo bench -p chat --bench bench -- $(ARGS)

.PHONY: bench-page
bench-page: target/.built-beseda ## how quick the page is on a slow machine (make bench-page ARGS=--strict fails when a goal is missed)
	@scripts/bootstrap test
	@$(env) cd end2end && BESEDA=$(CURDIR)/target/release/beseda node --import ./typescript.mjs bench-page.ts $(ARGS)

.PHONY: pictures
pictures: target/.built-beseda ## take the README's pictures anew
	@scripts/bootstrap test
	@$(env) cd end2end && BESEDA=$(CURDIR)/target/release/beseda node --import ./typescript.mjs pictures.ts

.PHONY: size
size: target/.built-beseda ## how many bytes a first visit to a room takes (fails above 200 KB)
	@scripts/bootstrap test
	@$(env) cd end2end && BESEDA=$(CURDIR)/target/release/beseda node --import ./typescript.mjs size.ts

.PHONY: size-client
size-client: ## how many bytes of brotli the Socket.IO client adds to the page (fails above 11.7 KB)
	@scripts/bootstrap build
	$(env) socketio-client/size/measure.sh
