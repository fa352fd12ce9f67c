/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/statm: the cheapest file that tells whether the memory of a
 * process changed.  Its resident size is exact where that of stat is not.
 */
#include <errno.h>

#include "procfile.h"
#include "scan.h"

static void clear_statm(struct process *process)
{
	process->vsize = process->rss = UNKNOWN;
}

/* 2211 390 352 42 0 290 0: size, resident, shared, … in pages */
int parse_statm(const char *text, const struct tree *tree,
		struct process *process)
{
	uint64_t size, resident, limit = UINT64_MAX / tree->page_size;

	if (!parse_u64(text, &text, &size) ||
	    !parse_u64(scan_blanks(text), &text, &resident) || size >= limit ||
	    resident >= limit)
		return -EINVAL;
	if (size == 0) {
		/* no address space: a kernel thread or a zombie */
		clear_statm(process);
		process->statm.state = STATE_NOT_APPLICABLE;
		return 0;
	}
	process->vsize = size * tree->page_size;
	process->rss = resident * tree->page_size;
	process->statm.state = STATE_OK;
	return 0;
}

int procfile_statm_take(ssize_t r, struct tree *tree, struct process *process)
{
	if (r > 0)
		r = parse_statm(tree->buf, tree, process);
	return procfile_finish((int)r, &process->statm, clear_statm, process);
}

int procfile_statm(struct tree *tree, const char *dir, struct process *process)
{
	return procfile_statm_take(procfile_read(tree, dir, "statm"), tree,
				   process);
}
