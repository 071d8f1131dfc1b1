# SPDX-FileCopyrightText: 2026 The Tarn authors
# SPDX-License-Identifier: MIT

# The front door: thin names over Meson.  Everything it makes lies below build/.
#
#	make			libraries, the tarn tool and the examples, into build/release
#	make demo		processes count words, and are killed at it: the counts match
#	make check		the inner loop: debug build, unit and model tests, style
#	make test		everything there is; the last line counts it
#	make torture DURATION=60	kill processes at random for so many seconds; also
#				CONTAINERS=hashmap,vector: not all (of bitset, counter, deque,
#				hashmap, hashmulti, hashset, map, string, transfer, vector);
#				ARENA=sysv:key=4711: there
#	make bench		measure; one line of JSON a result
#	make bench-peers	beside other libraries, which are installed, into build/bench; QUICK=1,
#				BENCH=hashmap, SIZE=10000, WHO="tarn tbb": some of it
#	make style		the style scripts alone
#	make install PREFIX=/usr/local	(DESTDIR is honoured)
#	make clean

PREFIX ?= /usr/local
DURATION ?= 60
CONTAINERS ?= all

# How each build directory is configured; tools/run-tests uses the same rule.
SETUP_release = -Doptimization=2 -Ddebug=false -Db_ndebug=true -Db_lto=true
SETUP_debug = -Ddebug=true -Doptimization=g -Dwerror=true
SETUP_clang = -Doptimization=2 -Ddebug=false -Db_ndebug=true -Dwerror=true
SETUP_asan = -Ddebug=true -Doptimization=1 -Dwerror=true -Db_sanitize=address,undefined
SETUP_tsan = -Ddebug=true -Doptimization=1 -Dwerror=true -Db_sanitize=thread
CC_clang = CC=clang CXX=clang++

all: build/release/build.ninja
	@ninja -C build/release product

demo: build/release/build.ninja
	@ninja -C build/release --quiet cmd/tarn
	@build/release/cmd/tarn demo

check: build/debug/build.ninja
	@meson test -C build/debug --print-errorlogs --suite style --suite unit --suite model

test: deps
	@tools/run-tests

torture: build/release/build.ninja
	@TARN_DURATION=$(DURATION) TARN_TORTURE_CONTAINERS=$(CONTAINERS) \
		$(if $(ARENA),TARN_TORTURE_ARENA='$(ARENA)') \
		meson test -C build/release --suite torture --verbose -t 0 mixed

bench: build/release/build.ninja
	@meson test -C build/release --benchmark --verbose -t 0

bench-peers: deps
	@tools/deps-peers
	@mkdir -p build
	@if [ -f build/peers/build.ninja ]; then \
		meson configure build/peers --clearcache && meson setup build/peers --reconfigure; \
	else \
		meson setup build/peers $(SETUP_release) -Dpeers=true; \
	fi >build/peers-setup.log || { cat build/peers-setup.log; exit 1; }
	@ninja -C build/peers peers
	@bench/peer/run build/peers/bench/peer build/bench/results.jsonl
	@tools/ratios build/bench/results.jsonl bench/targets.tsv build/bench/ratios.tsv
	@tools/report build/bench/results.jsonl build/bench/ratios.tsv build/bench

style: build/debug/build.ninja
	@meson test -C build/debug --no-rebuild --print-errorlogs --suite style

install: build/release/build.ninja
	@meson configure build/release -Dprefix=$(abspath $(PREFIX))
	@ninja -C build/release product
	@meson install -C build/release --no-rebuild

clean:
	rm -rf build

deps:
	@tools/deps

build/%/build.ninja: | deps
	@$(CC_$*) meson setup build/$* $(SETUP_$*)

.PHONY: all demo check test torture bench bench-peers style install clean deps
