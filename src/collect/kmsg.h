/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: the kernel's log.  kmsg.c reads records, kmsg_kill.c
 * knows the words of the lines about OOM kills, kmsg_pages.c those about
 * allocations that failed.
 */
#ifndef COLLECT_KMSG_H
#define COLLECT_KMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/kill.h"

/* What the lines before a kill say about it; they are written one after the
 * other, but other lines may stand between. */
struct kill_context {
	uint64_t pid; /* chosen; UNKNOWN: no such line, or it is used up */
	char scope[8];
	const struct text *limit, *cgroup;
	bool is_group; /* all of .cgroup follows */
	uint64_t us;   /* stamp of the line that told last */
};

void kill_context_done(struct kill_context *context);

enum kill_line {
	KILL_LINE_OTHER,
	KILL_LINE_CONTEXT, /* kept in the context */
	KILL_LINE_GROUP,   /* all of a cgroup dies, the one before as well */
	KILL_LINE_VICTIM,  /* the row is filled */
};

/* One line of the kernel's, NUL-terminated; row is what list_row_init() made of
 * it, and owns its texts afterwards. */
enum kill_line kill_line_parse(const char *line, struct kill_context *context,
			       struct log_kill *row);

/* The same for a failed allocation; false: it is about none. */
bool failure_line_parse(const char *line, uint64_t page_size,
			struct page_failure *row);

/* What can't be printed stands in the log as \x1b, and a backslash as \x5c.
 * NUL-terminated; the length of what is in buf. */
size_t kmsg_unescape(const char *s, size_t len, char *buf, size_t size);

/* "6,1234,5678901,-;text": where the text is, of a record of the kernel's own;
 * NULL: it is not, or is none. */
const char *kmsg_record(const char *line, uint64_t *ret_sequence,
			uint64_t *ret_us);

struct kmsg;
void kmsg_free(struct kmsg *kmsg);

#endif
