# SPDX-License-Identifier: MIT
# What runs inside the virtual machines beside memtop; see tests/vm/README.md.
# Linked statically: it starts where no library can be read any more.

VM_PROGRAMS := $(addprefix $(BUILD)/tests/vm/,hog klog paint)

vm-programs: $(BUILD)/memtop $(VM_PROGRAMS)

$(VM_PROGRAMS): %: %.o
	$(call says,LINK)$(CC) $(LDFLAGS) -static -o $@ $^ -lutil -lm

$(BUILD)/tests/vm/paint: $(BUILD)/tests/bench/session.o \
	$(BUILD)/tests/bench/probe.o

.PHONY: vm-programs
