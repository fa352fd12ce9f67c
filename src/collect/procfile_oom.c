/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/oom_score and oom_score_adj: how the kernel ranks the process for
 * the next out-of-memory kill.
 */
#include <errno.h>

#include "procfile.h"
#include "scan.h"

static void clear_oom(struct process *process)
{
	process->oom_score = UNKNOWN;
	process->oom_score_adj = 0;
}

/* Both files hold one number: 666 and -1000.  0, -ESRCH or another -errno. */
static int read_oom(struct tree *tree, const char *dir, uint64_t *ret_score,
		    int64_t *ret_adj)
{
	ssize_t r = procfile_read(tree, dir, "oom_score");
	const char *end;

	if (r > 0 && !parse_u64(tree->buf, &end, ret_score))
		r = -EINVAL;
	if (r > 0)
		r = procfile_read(tree, dir, "oom_score_adj");
	if (r > 0 && !scan_i64(tree->buf, &end, ret_adj))
		r = -EINVAL;
	return r < 0 ? (int)r : 0;
}

int procfile_oom(struct tree *tree, const char *dir, struct process *process)
{
	uint64_t score = UNKNOWN;
	int64_t adj = 0;
	int r = process->kernel ? 0 : read_oom(tree, dir, &score, &adj);

	if (r == 0) {
		process->oom_score = score;
		process->oom_score_adj = adj;
		/* a thread of the kernel is never chosen */
		process->oom.state =
			process->kernel ? STATE_NOT_APPLICABLE : STATE_OK;
	}
	return procfile_finish(r, &process->oom, clear_oom, process);
}
