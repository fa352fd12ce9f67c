# SPDX-License-Identifier: MIT
# memtop: `make help` lists the targets.  Nothing is asked of pkg-config before
# something is compiled, so that `make run` works where it is still missing.

VERSION := 0.1.0
MAKEFLAGS += --no-print-directory
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
PACKAGES := ncursesw libproc2 json-c inih sqlite3

# Modifiers: WERROR=1, SANITIZE=address,undefined or SANITIZE=thread,
# COVERAGE=1, V=1.  Each kind of build has a directory of its own.
comma := ,
ifneq ($(SANITIZE),)
BUILD ?= build/$(subst $(comma),-,$(SANITIZE))
EXTRA := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
else ifneq ($(COVERAGE),)
BUILD ?= build/coverage
EXTRA := --coverage -O0
else
BUILD ?= build
endif

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla -Wundef -Wpointer-arith -Wwrite-strings
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif

# pkg-config runs once, when a recipe first needs what it says.
ask = $(shell $(PKG_CONFIG) $(1))$(if $(filter-out 0,$(.SHELLSTATUS)),$(error \
	a library is missing: `make run` installs it, `.ci/deps build test` too))
once = $(eval $(1) := $$(call ask,$(2)))$($(1))
PACKAGE_CFLAGS = $(call once,PACKAGE_CFLAGS,--cflags $(PACKAGES))
PACKAGE_LIBS = $(call once,PACKAGE_LIBS,--libs $(PACKAGES))
CMOCKA_LIBS = $(call once,CMOCKA_LIBS,--libs cmocka)

ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DMEMTOP_VERSION=\"$(VERSION)\" -Iinclude \
	$(WARNINGS) $(PACKAGE_CFLAGS) -pthread $(CFLAGS) $(EXTRA) $(CPPFLAGS)
ALL_LIBS = $(EXTRA) -pthread $(PACKAGE_LIBS) -lm

# V=1 shows whole commands.
says = $(if $(V),,@echo "  $(1) $@"; )

SOURCES := $(wildcard src/*.c src/*/*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(filter-out $(BUILD)/src/main.o,$(OBJECTS))
TESTS := $(patsubst %.c,$(BUILD)/%,\
	$(wildcard tests/unit/test_*.c tests/screen/test_*.c))
SUPPORT := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/*.c))
HEADERS := $(wildcard include/memtop/*.h src/*/*.h)
BENCHES := $(wildcard tests/bench/bench_*.c)
FUZZERS := $(wildcard tests/fuzz/*.c)
FUZZ_SECONDS ?= 60
SCRIPTS := .ci/deps .ci/run $(wildcard tests/*.sh tests/*/*.sh) \
	tests/bench/run tests/bench/parts tests/bench/count \
	$(wildcard tests/vm/guest/* tests/vm/*/*.sh)
FORMATTED := $(HEADERS) $(SOURCES) $(wildcard tests/*.[ch] tests/*/*.[ch])
COMPLETIONS := bash:bash-completion/completions/memtop \
	zsh:zsh/site-functions/_memtop fish:fish/vendor_completions.d/memtop.fish

all: $(BUILD)/memtop ## build the program

run: ## install what is missing, build, start the live screen (ARGS=...)
	@.ci/deps build
	@$(MAKE) $(BUILD)/memtop
	@$(BUILD)/memtop $(ARGS)

check: ## install what is missing, build, run every test
	@.ci/deps build test
	@$(MAKE) programs
	@tests/run.sh $(BUILD)

check-sanitize: ## the test programs under ASan+UBSan, then TSan
	@.ci/deps build test sanitize
	@$(MAKE) SANITIZE=address,undefined check-programs
	@$(MAKE) SANITIZE=thread check-programs

check-programs: programs
	@tests/run.sh --programs $(BUILD)

programs: $(BUILD)/memtop $(TESTS)

check-headers: ## every header compiles by itself
	@for compiler in $(CC) clang; do \
		command -v $$compiler >/dev/null || continue; \
		for header in $(HEADERS); do \
			$$compiler $(ALL_CFLAGS) -Wno-unused-function \
				-Werror -fsyntax-only -x c $$header || \
				exit 1; \
		done; \
	done

check-format: ## is the code formatted as .clang-format says?
	@clang-format --dry-run --Werror $(FORMATTED)

format: ## format the code
	clang-format -i $(FORMATTED)

check-scripts: ## shellcheck
	@.ci/deps lint
	@shellcheck $(SCRIPTS)

lint: check-scripts ## shellcheck, and clang's analyzer: its words need judging
	@.ci/deps build
	clang --analyze --analyzer-output text $(ALL_CFLAGS) $(SOURCES)

fuzz: ## fuzz the parsers, each for FUZZ_SECONDS
	@.ci/deps build fuzz
	@$(MAKE) BUILD=$(BUILD)/fuzz CC=clang SANITIZE=address,undefined \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(FUZZERS:tests/fuzz/fuzz_%.c=fuzz-%)

fuzz-%: $(BUILD)/tests/fuzz/fuzz_%.o $(LIBRARY)
	$(CC) $(LDFLAGS) -o $(BUILD)/$@ $^ $(ALL_LIBS) -fsanitize=fuzzer
	$(BUILD)/$@ -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
		-verbosity=0 -print_final_stats=1 -artifact_prefix=$(BUILD)/

# Benchmarks: programs that measure the history from inside, probes that
# measure memtop and its peers from outside, and a driver of memtop's pure
# parts whose instructions are counted.
BENCH := $(BUILD)/tests/bench
PROBES := $(addprefix $(BENCH)/,load drive disturb pass spent)

bench: $(BENCHES:tests/bench/bench_%.c=bench-%) ## every target beside its figure, and the peers (15 minutes)
	@.ci/deps build
	@$(MAKE) $(BUILD)/memtop $(PROBES)
	@tests/bench/run full $(BUILD)

bench-quick: ## the main figures in a minute
	@.ci/deps build
	@$(MAKE) $(BUILD)/memtop $(PROBES)
	@tests/bench/run quick $(BUILD)

soak: ## does it grow?  SOAK_MINUTES=30
	@.ci/deps build
	@$(MAKE) $(BUILD)/memtop $(PROBES)
	@tests/bench/run soak $(BUILD)

bench-instructions: ## instructions of the pure parts against the baseline
	@.ci/deps build count
	@$(MAKE) $(BENCH)/pure
	@tests/bench/count $(BENCH)/pure

$(PROBES): $(BENCH)/%: $(BENCH)/%.o $(BENCH)/probe.o
	$(call says,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(EXTRA) -lutil -lm

$(BENCH)/drive: $(BENCH)/session.o $(BENCH)/watch.o

$(BENCH)/pure: $(BENCH)/pure.o $(BUILD)/tests/sample.o $(LIBRARY)
	$(call says,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

bench-%: $(BUILD)/tests/bench/bench_% force
	$<

check-vm: ## incidents in virtual machines (30 minutes); FULL=1: more of them
	@.ci/deps build
	@+tests/vm/run.sh $(BUILD) $(CASES)

coverage: ## which lines the test programs reach
	@.ci/deps build test
	@$(MAKE) COVERAGE=1 check-programs
	@gcov -n $$(find build/coverage/src -name '*.gcda') | awk -F "'" ' \
		/^File/ { file = $$2 } \
		/^Lines/ && file ~ /^src/ { \
			sub("Lines executed:", ""); print file ": " $$0; \
			file = "" }' | sort

install: $(BUILD)/memtop ## PREFIX=/usr/local DESTDIR=
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man7
	install -m 755 $(BUILD)/memtop $(DESTDIR)$(PREFIX)/bin/memtop
	install -m 644 man/memtop.1 $(DESTDIR)$(PREFIX)/share/man/man1/memtop.1
	@$(BUILD)/memtop --explain all >$(BUILD)/glossary
	@awk -f man/glossary.awk $(BUILD)/glossary >$(BUILD)/memtop-glossary.7
	install -m 644 $(BUILD)/memtop-glossary.7 \
		$(DESTDIR)$(PREFIX)/share/man/man7/memtop-glossary.7
	@set -e; for place in $(COMPLETIONS); do \
		file=$(DESTDIR)$(PREFIX)/share/$${place#*:}; \
		install -d "$${file%/*}"; \
		$(BUILD)/memtop --completion $${place%%:*} >"$$file"; \
		chmod 644 "$$file"; \
	done

uninstall: ## what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/memtop \
		$(DESTDIR)$(PREFIX)/share/man/man1/memtop.1 \
		$(DESTDIR)$(PREFIX)/share/man/man7/memtop-glossary.7
	@for place in $(COMPLETIONS); do \
		rm -f $(DESTDIR)$(PREFIX)/share/$${place#*:}; \
	done

dist: ## memtop-VERSION.tar.gz of the last commit
	git archive --prefix=memtop-$(VERSION)/ \
		-o memtop-$(VERSION).tar.gz HEAD

clean: ## remove what was built
	rm -rf build $(BUILD)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' \
		Makefile

$(BUILD)/memtop: $(OBJECTS)
	$(call says,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(TESTS) $(BENCHES:%.c=$(BUILD)/%): $(BUILD)/%: $(BUILD)/%.o $(LIBRARY) \
		$(SUPPORT)
	$(call says,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(ALL_LIBS) $(CMOCKA_LIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call says,CC)$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -c -o $@ $<

# Objects are made anew when the compiler or its flags change.
$(BUILD)/flags: force
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(ALL_CFLAGS)' >$@

include tests/vm/vm.mk

-include $(OBJECTS:.o=.d) $(TESTS:%=%.d) $(SUPPORT:.o=.d) \
	$(wildcard $(BUILD)/tests/bench/*.d $(BUILD)/tests/vm/*.d)
.PHONY: all run check check-sanitize check-programs check-vm programs \
	check-headers \
	check-format format check-scripts lint fuzz bench bench-quick soak \
	bench-instructions coverage install uninstall dist clean \
	help force
.SECONDARY:
