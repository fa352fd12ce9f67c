/* SPDX-License-Identifier: MIT
 *
 * Command line, cgroup and systemd unit of one process, through libproc2: the
 * only file that includes it.  The library reads /proc and nothing else, so
 * other proc roots go without.  Results are taken by position from the stack
 * of items: the accessor macros changed their arity in 4.0.5.  The unit comes
 * out of the cgroup lines, because the library's own item opens the same file
 * a dozen times more.
 */
#include <errno.h>
#include <libproc2/pids.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect.h"
#include "memtop/base.h"
#include "memtop/text.h"

/* What a command line may take of our memory; longer ones are cut. */
#define COMMAND_MAX 4096

enum item { ITEM_COMMAND, ITEM_CGROUP, ITEM_START, ITEM_COUNT };

static const enum pids_item items[ITEM_COUNT] = {
	[ITEM_COMMAND] = PIDS_CMDLINE_V,
	[ITEM_CGROUP] = PIDS_CGROUP_V,
	[ITEM_START] = PIDS_TICS_BEGAN,
};

struct names {
	struct pids_info *info;
	uint64_t tick_ns;
	char command[COMMAND_MAX];
};

int names_new(struct names **ret)
{
	struct names *names = calloc(1, sizeof(*names));
	enum pids_item wanted[ITEM_COUNT];
	int r;

	if (!names)
		return -ENOMEM;
	memcpy(wanted, items, sizeof(wanted));
	r = procps_pids_new(&names->info, wanted, ITEM_COUNT);
	if (r < 0) {
		free(names);
		return r;
	}
	names->tick_ns = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);
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

/*
 * The path of one hierarchy, or NULL.  `controller` "" is v2:
 *
 *   4:memory:/system.slice/cron.service     v1 and hybrid
 *   0::/system.slice/cron.service           v2
 */
static const char *cgroup_path(char *const *lines, const char *controller)
{
	size_t len = strlen(controller);

	for (; lines && *lines; lines++) {
		const char *at = strchr(*lines, ':');
		const char *path = at ? strchr(at + 1, ':') : NULL;

		if (!path)
			continue;
		do {
			size_t n = strcspn(++at, ",:");

			if (n == len && !memcmp(at, controller, n))
				return path + 1;
			at += n;
		} while (at < path);
	}
	return NULL;
}

static const struct text *memory_cgroup(char *const *lines)
{
	const char *path = cgroup_path(lines, "memory");

	if (!path)
		path = cgroup_path(lines, "");
	return path ? text_new(path, strlen(path)) : NULL;
}

static bool ends_with(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && !memcmp(s + len - n, end, n);
}

/*
 * The system unit: slices nest, the first component that is none of them is
 * the unit.  NULL where systemd does not manage the process.
 *
 *   /system.slice/system-getty.slice/getty@tty1.service
 */
static const struct text *unit(char *const *lines)
{
	const char *path = cgroup_path(lines, "name=systemd");
	size_t len;

	if (!path)
		path = cgroup_path(lines, "");
	for (; path && *path == '/'; path += len) {
		len = strcspn(++path, "/");
		if (ends_with(path, len, ".slice"))
			continue;
		if (ends_with(path, len, ".service") ||
		    ends_with(path, len, ".scope"))
			return text_new(path, len);
		break;
	}
	return NULL;
}

int names_read(struct names *names, pid_t thread, struct process *process)
{
	unsigned pid = (unsigned)(thread ? thread : process->key.pid);
	struct pids_fetch *fetch =
		procps_pids_select(names->info, &pid, 1, PIDS_SELECT_PID);

	if (!fetch || fetch->counts->total < 1)
		return -ESRCH;

	const struct pids_result *head = fetch->stacks[0]->head;

	if (!thread && head[ITEM_START].result.ull_int * names->tick_ns !=
			       process->key.start_ns)
		return -ESRCH;
	text_unref(process->command);
	text_unref(process->cgroup);
	text_unref(process->unit);
	process->command = join(names, head[ITEM_COMMAND].result.strv);
	process->cgroup = memory_cgroup(head[ITEM_CGROUP].result.strv);
	process->unit = unit(head[ITEM_CGROUP].result.strv);
	process->names =
		(struct block){ .state = STATE_OK, .read_ns = tree_now() };
	return 0;
}
