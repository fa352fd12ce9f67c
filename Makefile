# SPDX-License-Identifier: MIT
# memtop: `make help` lists the targets.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CC ?= cc
PKG_CONFIG ?= pkg-config
PACKAGES := ncursesw libproc2 json-c

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla -Wundef -Wpointer-arith -Wwrite-strings
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif
ifneq ($(SANITIZE),)
SANITIZE_FLAGS := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DMEMTOP_VERSION='"$(VERSION)"' -Iinclude \
	$(WARNINGS) $(SANITIZE_FLAGS) $(shell $(PKG_CONFIG) --cflags $(PACKAGES)) \
	-pthread -MMD -MP $(CFLAGS) $(CPPFLAGS)
ALL_LIBS = $(SANITIZE_FLAGS) -pthread $(shell $(PKG_CONFIG) --libs $(PACKAGES)) \
	-linih -lm

SOURCES := $(wildcard src/*.c src/*/*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(filter-out $(BUILD)/src/main.o,$(OBJECTS))
UNIT := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c tests/screen/test_*.c))
SUPPORT := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/*.c))

all: $(BUILD)/memtop

$(BUILD)/memtop: $(OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests -c -o $@ $<

$(UNIT): $(BUILD)/%: $(BUILD)/%.o $(LIBRARY) $(SUPPORT)
	$(CC) $(LDFLAGS) -o $@ $^ $(ALL_LIBS) -lcmocka

unit: $(UNIT)
	@for t in $(UNIT); do $$t || exit 1; done

clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(patsubst %,%.d,$(UNIT)) $(SUPPORT:.o=.d)
.PHONY: all unit clean
.SECONDARY:
