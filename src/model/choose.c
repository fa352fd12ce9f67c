/* SPDX-License-Identifier: MIT
 *
 * Who is in a table: the processes of a snapshot that are asked for.  Separate
 * from rows.c, which puts them in order.  What was decided of a record is not
 * decided again.
 */
#include <errno.h>
#include <string.h>

#include "build.h"
#include "memtop/kernfile.h"
#include "model.h"

static bool in_pids(const struct rows_query *query, pid_t pid)
{
	for (size_t i = 0; i < query->npids; i++)
		if (query->pids[i] == pid)
			return true;
	return query->npids == 0;
}

static bool of_user(const char *user, const struct process *process)
{
	const char *end;
	uint64_t uid;

	if (user == NULL)
		return true;
	if (process->user != NULL && strcmp(text_str(process->user), user) == 0)
		return true;
	return parse_u64(user, &end, &uid) && *end == '\0' &&
	       uid == process->uid && uid != UNKNOWN;
}

/* The path and below, with or without the outer slashes. */
static bool in_cgroup(const char *path, const struct text *cgroup)
{
	const char *name = text_str(cgroup);
	size_t len;

	if (path == NULL)
		return true;
	if (cgroup == NULL)
		return false;
	path += strspn(path, "/");
	name += strspn(name, "/");
	len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		len--;
	return len == 0 || (strncmp(name, path, len) == 0 &&
			    (name[len] == '\0' || name[len] == '/'));
}

static bool is_active(uint8_t active, const struct process *process)
{
	struct value value;

	if (active == NO_FIELD)
		return true;
	value = field_get(&entities[ENTITY_PROCESS], &process_fields[active],
			  process);
	if (value.state == STATE_NOT_APPLICABLE)
		return false;
	return value.state != STATE_OK || value_number(&value) != 0;
}

static bool is_listed(const struct rows_query *query,
		      const struct process *process)
{
	bool tree = query->tree && query->group == GROUP_NONE;

	return !process->kernel || query->kernel_threads || tree;
}

static bool is_chosen(const struct rows_query *query,
		      const struct process *process)
{
	return in_pids(query, process->key.pid) &&
	       of_user(query->user, process) &&
	       in_cgroup(query->cgroup, process->cgroup) &&
	       is_active(query->active, process) &&
	       filter_match(query->filter, process);
}

/* What became of a process. */
enum fate { FATE_LEFT_OUT, FATE_FILTERED, FATE_CHOSEN };

static enum fate decide(const struct rows_query *query,
			const struct process *process)
{
	if (!is_listed(query, process))
		return FATE_LEFT_OUT;
	return is_chosen(query, process) ? FATE_CHOSEN : FATE_FILTERED;
}

/* Conditions that are somebody else's memory may be others by now. */
static bool is_plain(const struct rows_query *query)
{
	return query->filter == NULL && query->user == NULL &&
	       query->cgroup == NULL && query->npids == 0;
}

static bool fates_last(const struct build *before, const struct build *build)
{
	const struct rows_query *then = &before->query, *now = &build->query;

	return is_plain(then) && is_plain(now) && then->group == now->group &&
	       then->tree == now->tree && then->active == now->active &&
	       then->kernel_threads == now->kernel_threads;
}

/* Walks the processes of the build before beside those of this one. */
struct walk {
	const struct build *before; /* NULL: nothing is known */
	size_t at;		    /* among its processes … */
	uint32_t item;		    /* … and its items */
};

/* The fate of the same record there and, if it was chosen, its item; false: it
 * is a new one.  Records that are the same are not looked into. */
static bool walk_to(struct walk *walk, const struct process *process,
		    enum fate *ret_fate, uint32_t *ret_item)
{
	const struct build *before = walk->before;

	while (before != NULL && walk->at < before->snapshot->nprocesses) {
		const struct process *there =
			before->snapshot->processes[walk->at];
		bool same = there == process;

		if (!same && there->key.pid > process->key.pid)
			return false;
		*ret_fate = (enum fate)before->fates[walk->at++];
		*ret_item = *ret_fate == FATE_CHOSEN ? walk->item++ : NO_PART;
		if (same || there->key.pid == process->key.pid)
			return same;
	}
	return false;
}

static struct item new_item(const struct process *process)
{
	return (struct item){
		.process = process,
		.start_ns = process->key.start_ns,
		.pid = process->key.pid,
		.denied = process->smaps.state == STATE_DENIED,
		.before = NO_PART,
		.row = NO_ROW,
	};
}

static struct item same_item(const struct build *before, uint32_t at)
{
	struct item item = before->items[at];

	item.before = at;
	item.row = NO_ROW;
	return item;
}

static int make_items(struct build *build)
{
	size_t count = build->snapshot->nprocesses;

	build->items =
		pool_reserve(&build->item_pool, count, sizeof(*build->items));
	build->fates = pool_reserve(&build->fate_pool, count, 1);
	return build->items != NULL && build->fates != NULL ? 0 : -ENOMEM;
}

int build_choose(struct build *build, size_t *ret_total)
{
	const struct snapshot *snapshot = build->snapshot;
	const struct build *before = build->before;
	bool last = before != NULL && fates_last(before, build);
	struct walk walk = { .before = before };
	size_t total = 0;

	if (make_items(build) < 0)
		return -ENOMEM;
	build->nitems = 0;
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *process = snapshot->processes[i];
		uint32_t item = NO_PART;
		enum fate fate;
		bool same = walk_to(&walk, process, &fate, &item);

		if (!same || !last)
			fate = decide(&build->query, process);
		build->fates[i] = (uint8_t)fate;
		total += fate != FATE_LEFT_OUT;
		if (fate == FATE_CHOSEN)
			build->items[build->nitems++] =
				same && item != NO_PART
					? same_item(before, item)
					: new_item(process);
	}
	*ret_total = total;
	return 0;
}
