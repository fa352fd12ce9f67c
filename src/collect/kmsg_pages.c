/* SPDX-License-Identifier: MIT
 *
 * The lines of the kernel's log about allocations that failed.  Apart from
 * kmsg.c, which reads records and knows no words.  The name in them is
 * untrusted, but shorter than the words behind it; and what a program makes
 * the kernel say in other lines, such as an option that no file system knows,
 * stands behind more than a name.
 */
#include <string.h>

#include "kmsg.h"
#include "memtop/base.h"
#include "memtop/kernfile.h"

/* No kernel has larger blocks. */
#define ORDER_MAX 20
/* TASK_COMM_LEN of the kernel, less the end. */
#define COMM_MAX 15

/* "mode:0x40920(GFP_ATOMIC|__GFP_COMP)" -> "GFP_ATOMIC|__GFP_COMP" */
static void take_mode(const char *s, struct page_failure *row)
{
	const char *mode = strstr(s, ", mode:");
	const char *begin = mode ? strchr(mode, '(') : NULL;
	const char *end = begin ? strchr(begin, ')') : NULL;

	if (end)
		kmsg_unescape(begin + 1, (size_t)(end - begin - 1), row->mode,
			      sizeof(row->mode));
}

/* kworker/u8:2: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL|
 * __GFP_COMP|__GFP_ZERO), nodemask=(null),cpuset=/,mems_allowed=0
 * (one line) */
bool failure_line_parse(const char *line, uint64_t page_size,
			struct page_failure *row)
{
	static const char words[] = ": page allocation failure: order:";
	const char *at = strstr(line, words), *end;
	uint64_t order;

	if (!at || !parse_u64(at + sizeof(words) - 1, &end, &order) ||
	    *end != ',' || order > ORDER_MAX ||
	    kmsg_unescape(line, (size_t)(at - line), row->comm,
			  sizeof(row->comm)) > COMM_MAX)
		return false;
	row->order = order;
	row->size = page_size << order;
	take_mode(end, row);
	return true;
}
