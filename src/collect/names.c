/* SPDX-License-Identifier: MIT
 *
 * Where a process was started from, through libproc2, which knows how device
 * numbers become names of terminals: the only file that includes it.  It reads
 * /proc and nothing else, so other proc roots go without.  Figures are not
 * taken from it: its items for memory make no difference between 0 and refused,
 * and it opens uptime and status for each command line.  Results are taken by
 * position from the stack of items: the accessor macros changed their arity in
 * 4.0.5.
 */
#include <errno.h>
#include <libproc2/pids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"

enum { ITEM_TTY, ITEM_LOGIN, ITEM_COUNT };

struct names {
	struct pids_info *info;
};

int names_new(struct names **ret)
{
	struct names *names = calloc(1, sizeof(*names));
	enum pids_item wanted[ITEM_COUNT] = {
		[ITEM_TTY] = PIDS_TTY_NAME,
		[ITEM_LOGIN] = PIDS_ID_LOGIN,
	};
	int r;

	if (!names)
		return -ENOMEM;
	r = procps_pids_new(&names->info, wanted, ITEM_COUNT);
	if (r < 0) {
		free(names);
		return r;
	}
	*ret = names;
	return 0;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	procps_pids_unref(&names->info);
	free(names);
}

int names_origin(struct names *names, pid_t pid, struct reply *reply)
{
	unsigned wanted = (unsigned)pid;
	struct pids_fetch *fetch =
		procps_pids_select(names->info, &wanted, 1, PIDS_SELECT_PID);
	const struct pids_result *results;

	if (!fetch || fetch->counts->total < 1)
		return -ESRCH;
	results = fetch->stacks[0]->head;
	/* "?" where there is none */
	if (strcmp(results[ITEM_TTY].result.str, "?") != 0)
		snprintf(reply->tty, sizeof(reply->tty), "%s",
			 results[ITEM_TTY].result.str);
	/* (uid_t)-1 where nobody has logged in */
	if (results[ITEM_LOGIN].result.s_int >= 0)
		reply->login_uid = (uint64_t)results[ITEM_LOGIN].result.s_int;
	return 0;
}
