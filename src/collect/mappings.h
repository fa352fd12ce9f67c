/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: the lines of /proc/PID/smaps, one after another, into
 * a list; a seam for tests and the fuzzer.
 */
#ifndef COLLECT_MAPPINGS_H
#define COLLECT_MAPPINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/source.h"

/* Between a thread that reads a list and those that wait for it: how far it
 * is, and that nobody wants it any more. */
struct reading {
	_Atomic uint64_t count, bytes;
	_Atomic uint64_t steps; /* goes on in whatever file: it moves */
	_Atomic bool cancelled;
};

/* A list of mappings stays within this: the last entry of a longer one is the
 * sum of all that follows, so that totals hold. */
#define MAPPINGS_MAX 262144

/* The last texts that were met. */
struct recent {
	const struct text *texts[8];
	size_t next;
};

/* Zero-initialise, give it read_ns. */
struct mapping_list {
	struct mapping *items;
	size_t count, room;
	bool folded; /* the last item is such a sum */
	uint64_t read_ns;
	struct recent paths, flags;
	struct reading *reading; /* borrowed; may be NULL */
};

/* Takes one line, without its newline; list is a struct mapping_list.  0,
 * -EINVAL when no smaps has such a line there, -ENOMEM, -ECANCELED. */
int mapping_list_line(void *list, const char *line);
void mapping_list_done(struct mapping_list *list);

#endif
