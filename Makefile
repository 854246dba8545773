# Shoal: everything a developer runs. `make` alone says what there is.

SWIFT   := swift
BUILD   := .build
LINKED  := true
# Where nobody debugs them, builds need no debug information. What is built of other packages, most of all, is kept for the next clean clone: it
# is most of what a build does.
ifdef CI
BUILD   := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/shoal/build
NODEBUG := -debug-info-format none
# Tests look for the programs where everybody has them.
LINKED  := ln -sfn $(BUILD)/release .build/release
endif
# The programs bring Swift's run-time library with them: they run where Swift is not installed, and an idle agent has 3 MB less resident.
RELEASE := -c release --static-swift-stdlib --scratch-path $(BUILD) $(NODEBUG)
# Tests are debug builds, in a folder of their own, so that both kinds can be built at a time.
TESTING := --scratch-path $(BUILD)/testing $(NODEBUG)
# Debian's own Python, for which Debian's pytest is installed, whatever else comes first in PATH.
PYTHON  := /usr/bin/python3
E2E     := Tests/EndToEnd
# What is only to be had from PyPI, where nothing else of the machine sees it.
PYPI    := .build/python
SWARM   := Tests/SwarmLab
BENCH   := Benchmarks
SECONDS := 600
PAIRS   := 5
TESTS   := $(notdir $(wildcard Tests/*Tests))
SANITIZER := thread
SOURCES := Package.swift Sources Tests tracker simulations/Sources $(BENCH)/Package.swift $(BENCH)/Sources

# What building needs, and what the tests and the demo need besides.
BUILD_PACKAGES := libuv1-dev libssl-dev liblmdb-dev pkg-config
LAB_PACKAGES   := docker-registry skopeo containerd docker.io runc podman buildah busybox-static openssl zstd \
                  nginx-light python3-grpcio python3-protobuf protobuf-compiler python3-pip \
                  python3 python3-pytest python3-pytest-timeout python3-yaml python3-selenium chromium chromium-driver iproute2
BENCH_PACKAGES := wrk python3-libtorrent

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help deps pypi build lint test builds unit e2e all-e2e demo demo-stop lab simulations validate knobs bench sanitize fuzz clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the Debian packages that are missing
	@.ci/install-packages $(BUILD_PACKAGES) $(LAB_PACKAGES)

build: deps ## build shoal, shoal-tracker and shoal-sim (release) into .build/release
	$(SWIFT) build $(RELEASE)
	@mkdir -p .build; $(LINKED)

lint: ## check the format of the Swift sources and the syntax of the Python ones
	$(SWIFT) format lint --strict --parallel --recursive $(wildcard $(SOURCES))
	$(PYTHON) -c 'import ast, pathlib; [ast.parse(p.read_text(), str(p)) for d in ("Tests", "$(BENCH)", "simulations") for p in pathlib.Path(d).rglob("*.py") \
		if ".build" not in p.parts]'

test: deps lint builds unit all-e2e ## lint, build, all tests

# Each of them has work for one processor only for much of its time: both at once are done sooner than one after the other.
builds: deps
	@mkdir -p .build; $(LINKED); echo "building for release, too (.build/release.log)"; \
	$(SWIFT) build $(RELEASE) >.build/release.log 2>&1 & release=$$!; trap "kill $$release; exit 130" INT TERM; \
	$(SWIFT) build --build-tests $(TESTING) || { kill $$release; exit 1; }; \
	wait $$release || { tail -n 40 .build/release.log; exit 1; }

# One target at a time: simulated swarms and killed children keep all threads busy, which tests with real sockets would take for an outage.
define run-tests
	$(SWIFT) build --build-tests $(1)
	@for target in $(TESTS); do \
		echo "== $$target"; $(SWIFT) test --skip-build $(1) --disable-xctest --filter "^$$target\." || exit 1; \
	done
endef

unit: deps ## only the Swift tests; TESTS=SwarmTests chooses some
	$(call run-tests,$(TESTING))

sanitize: export LSAN_OPTIONS := suppressions=$(CURDIR)/Tests/leaks.supp:print_suppressions=0
sanitize: deps ## the Swift tests under a sanitizer; SANITIZER=address, TESTS=UVLoopTests
	$(call run-tests,--sanitize=$(SANITIZER) --scratch-path .build/$(SANITIZER))

pypi: deps ## install what the tests need of PyPI into .build/python
	@.ci/install-python $(E2E)/requirements.txt $(PYPI)

e2e: build pypi ## only the end-to-end tests, with release builds; ARGS="-k docker" chooses some
	$(PYTHON) -m pytest $(E2E) $(ARGS)

# Hostile peers are mostly waited for, a fifth of the time of all: meanwhile the others go on.
HOSTILE := $(E2E)/test_hostile_peers.py
all-e2e: build pypi
	@$(PYTHON) -m pytest $(HOSTILE) >.build/hostile.log 2>&1 & hostile=$$!; trap "kill $$hostile; wait $$hostile; exit 130" INT TERM; \
	$(PYTHON) -m pytest $(E2E) --ignore=$(HOSTILE); others=$$?; \
	wait $$hostile; status=$$?; cat .build/hostile.log; exit $$(( others > status ? others : status ))

demo: build ## an image to five agents at once, in a table; KEEP=1 leaves it running
	@$(PYTHON) $(E2E)/demo.py $(if $(KEEP),--keep)

demo-stop: ## stop what `make demo KEEP=1` left running
	@$(PYTHON) $(E2E)/demo.py --stop

lab: build ## swarms of agents on shaped links, against the theory; SCENARIO=flash-crowd AGENTS=32 RATE=100 REPEAT=3 SIZE=300
	@$(PYTHON) $(SWARM)/main.py $(SCENARIO) $(if $(AGENTS),--agents $(AGENTS)) $(if $(RATE),--rate $(RATE)) \
		$(if $(REPEAT),--repeat $(REPEAT)) $(if $(SIZE),--size $(SIZE)) $(ARGS)

simulations: build ## every scenario in virtual time (half an hour, as some are large), into simulations/results; SCENARIO=kraken chooses one
	@for path in simulations/scenarios/$(or $(SCENARIO),*).yaml; do \
		name=$$(basename $$path .yaml); echo "== $$name"; \
		.build/release/shoal-sim run $$path --json simulations/results/$$name.json --html simulations/results/$$name.html || exit 1; \
	done

# As many agents as two cores have time for, or else these would be measured; tenths of them are whole.
validate: AGENTS := 20
validate: ARGS := --results .build/validation
validate: lab ## the lab's scenarios with real agents and in virtual time, side by side; AGENTS=20
	@$(PYTHON) simulations/validate.py .build/release/shoal-sim .build/validation

knobs: build ## each knob of the policy by itself in virtual time, into simulations/results/knobs.md (five minutes)
	@$(PYTHON) simulations/knobs.py .build/release/shoal-sim

bench: build ## against nginx, docker-registry, libtorrent and bare C, in pairs; ROWS="serve-blob idle" chooses some, PAIRS=9
	@.ci/install-packages $(BENCH_PACKAGES)
	$(SWIFT) build -c release --package-path $(BENCH)
	@$(PYTHON) $(BENCH)/main.py --pairs $(PAIRS) $(ROWS)

fuzz: deps ## fuzz every decoder for SECONDS=600 each; TARGETS="names pieces" chooses some
	Tests/Fuzz/run $(SECONDS) $(TARGETS)

clean: ## remove what was built
	rm -rf .build $(BENCH)/.build
