/* SPDX-License-Identifier: MIT
 *
 * The command line of one process, through libproc2: the only file that
 * includes it.  The library reads /proc and nothing else, so other proc roots
 * go without.  Results are taken by position from the stack of items: the
 * accessor macros changed their arity in 4.0.5.  No other item is asked for:
 * each makes the library open files that were read already.
 */
#include <errno.h>
#include <libproc2/pids.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "memtop/base.h"
#include "memtop/text.h"

/* What a command line may take of our memory; longer ones are cut. */
#define COMMAND_MAX 4096

struct names {
	struct pids_info *info;
	char command[COMMAND_MAX];
};

int names_new(struct names **ret)
{
	struct names *names = calloc(1, sizeof(*names));
	enum pids_item wanted = PIDS_CMDLINE_V;
	int r;

	if (!names)
		return -ENOMEM;
	r = procps_pids_new(&names->info, &wanted, 1);
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

/* Arguments joined by blanks; NULL where there are none, which the library
 * gives as a lone "-". */
static const struct text *join(struct names *names, char *const *arguments)
{
	size_t len = 0;

	if (!arguments || !arguments[0] ||
	    (!strcmp(arguments[0], "-") && !arguments[1]))
		return NULL;
	for (; *arguments && len < COMMAND_MAX - 1; arguments++) {
		size_t n = strlen(*arguments);

		if (len)
			names->command[len++] = ' ';
		n = min_u64(n, COMMAND_MAX - len);
		memcpy(names->command + len, *arguments, n);
		len += n;
	}
	return len ? text_new(names->command, len) : NULL;
}

int names_read(struct names *names, pid_t thread, struct process *process)
{
	unsigned pid = (unsigned)(thread ? thread : process->key.pid);
	struct pids_fetch *fetch =
		procps_pids_select(names->info, &pid, 1, PIDS_SELECT_PID);

	if (!fetch || fetch->counts->total < 1)
		return -ESRCH;

	text_unref(process->command);
	process->command = join(names, fetch->stacks[0]->head->result.strv);
	process->names =
		(struct block){ .state = STATE_OK, .read_ns = tree_now() };
	return 0;
}
