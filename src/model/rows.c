/* SPDX-License-Identifier: MIT
 *
 * From a snapshot to the rows of a table: who is in, then flat, grouped or as
 * a tree.  Rows are built beside those of before, in memory that is kept, so
 * that a build that fails leaves what is on the screen.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "memtop/kernfile.h"
#include "model.h"

struct memory_pair {
	struct build builds[2];
	int current;
};

void *pool_reserve(struct pool *pool, size_t count, size_t size)
{
	/* never 0 bytes, so that NULL always means failure; and some more
	 * than asked, so that a few new processes cost nothing */
	size_t bytes = count * size + size;

	if (pool->size < bytes) {
		void *data = malloc(bytes + bytes / 4);

		if (data == NULL)
			return NULL;
		free(pool->data);
		pool->data = data;
		pool->size = bytes + bytes / 4;
	}
	return pool->data;
}

struct item *build_find(const struct build *build, pid_t pid)
{
	size_t low = 0, high = build->nitems;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (build->items[middle].key.pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == build->nitems || build->items[low].key.pid != pid)
		return NULL;
	return &build->items[low];
}

struct row build_row(const struct item *item)
{
	return (struct row){
		.process = item->process,
		.key = item->key,
		.count = 1,
		.denied = item->denied,
	};
}

static bool is_flat(const struct rows_query *query)
{
	return query->group == GROUP_NONE && !query->tree;
}

/* Where the items of the build before are now. */
static uint32_t *find_places(struct build *build)
{
	size_t count = build->before->nitems;
	uint32_t *places =
		pool_reserve(&build->place_pool, count, sizeof(*places));

	if (places == NULL)
		return NULL;
	memset(places, 0xff, count * sizeof(*places)); /* NO_PART */
	for (size_t i = 0; i < build->nitems; i++)
		if (build->items[i].before != NO_PART)
			places[build->items[i].before] = (uint32_t)i;
	return places;
}

/* Only what is new is read and sorted. */
static int sort_again(struct build *build)
{
	const struct build *before = build->before;
	const uint32_t *places = find_places(build);
	struct sort_key *fresh =
		pool_reserve(&build->fresh_pool, build->nitems, sizeof(*fresh));
	size_t nfresh = 0;

	if (places == NULL || fresh == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < build->nitems; i++)
		if (build->items[i].before == NO_PART)
			fresh[nfresh++] = sort_key_make(
				build, build->items[i].process, i);
	build->nkeys = sort_merge(before->keys, before->nkeys, places, fresh,
				  nfresh, build->keys);
	return 0;
}

static int sort_items(struct build *build)
{
	const struct build *before = build->before;
	/* an order of all is worth its price when it is used again */
	size_t top = before == NULL ? build->query.top : 0;

	build->keys = pool_reserve(&build->key_pool, build->nitems,
				   sizeof(*build->keys));
	if (build->keys == NULL)
		return -ENOMEM;
	if (before != NULL && is_flat(&before->query) &&
	    sort_keys_last(before, build))
		return sort_again(build);
	for (size_t i = 0; i < build->nitems; i++)
		build->keys[i] =
			sort_key_make(build, build->items[i].process, i);
	build->nkeys = sort_keys(build->keys, build->nitems, top);
	return 0;
}

static int build_flat(struct build *build)
{
	build->rows = pool_reserve(&build->row_pool, build->nitems,
				   sizeof(*build->rows));
	if (build->rows == NULL || sort_items(build) < 0)
		return -ENOMEM;
	build->nrows = build->nkeys;
	if (build->query.top > 0 && build->nrows > build->query.top)
		build->nrows = build->query.top;
	for (size_t i = 0; i < build->nrows; i++) {
		struct item *item = &build->items[build->keys[i].index];

		build->rows[i] = build_row(item);
		build->rows[i].has_none = build->keys[i].none;
		item->row = i;
	}
	if (build->nkeys < build->nitems)
		build->nkeys = 0; /* the first few are no order of all */
	return 0;
}

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
		.key = process->key,
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

/* Fills build->items; *ret_total counts those before the filter. */
static int choose(struct build *build, size_t *ret_total)
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

static int build_rows(struct build *build)
{
	build->nkeys = 0;
	if (build->query.group != GROUP_NONE)
		return build_groups(build);
	return build->query.tree ? build_tree(build) : build_flat(build);
}

static void forget(struct build *build)
{
	snapshot_unref(build->snapshot);
	build->snapshot = NULL;
	build->nitems = build->nrows = build->nkeys = 0;
}

/* build is the other one of the pair, which holds no snapshot. */
static int make(struct build *build, const struct build *before,
		const struct snapshot *snapshot, const struct rows_query *query,
		size_t *ret_total)
{
	int error;

	build->snapshot = snapshot;
	build->query = *query;
	build->before = before->snapshot != NULL ? before : NULL;
	error = choose(build, ret_total);
	if (error == 0)
		error = build_rows(build);
	build->before = NULL;
	build->snapshot = error == 0 ? snapshot_ref(snapshot) : NULL;
	return error;
}

int rows_build(const struct snapshot *snapshot, const struct rows_query *query,
	       struct rows *ret)
{
	struct memory_pair *pair = ret->private_;
	struct build *build, *before;
	size_t total;

	if (pair == NULL) {
		pair = calloc(1, sizeof(*pair));
		if (pair == NULL)
			return -ENOMEM;
		ret->private_ = pair;
	}
	build = &pair->builds[!pair->current];
	before = &pair->builds[pair->current];
	if (make(build, before, snapshot, query, &total) < 0)
		return -ENOMEM;
	forget(before);
	if (query->top > 0 && build->nrows > query->top)
		build->nrows = query->top;
	pair->current = !pair->current;
	ret->list = build->rows;
	ret->count = build->nrows;
	ret->total = total;
	ret->matched = build->nitems;
	return 0;
}

void rows_done(struct rows *rows)
{
	struct memory_pair *pair = rows->private_;

	if (pair != NULL)
		forget(&pair->builds[pair->current]);
	for (int i = 0; pair != NULL && i < 2; i++) {
		struct build *build = &pair->builds[i];

		free(build->item_pool.data);
		free(build->row_pool.data);
		free(build->key_pool.data);
		free(build->sum_pool.data);
		free(build->part_pool.data);
		free(build->table_pool.data);
		free(build->fate_pool.data);
		free(build->fresh_pool.data);
		free(build->place_pool.data);
	}
	free(pair);
	*rows = (struct rows){ 0 };
}

ptrdiff_t rows_find(const struct rows *rows, struct process_key key)
{
	const struct memory_pair *pair = rows->private_;
	const struct item *item;

	if (pair == NULL)
		return -1;
	item = build_find(&pair->builds[pair->current], key.pid);
	if (item == NULL || !process_key_equal(item->key, key) ||
	    item->row >= rows->count)
		return -1;
	return (ptrdiff_t)item->row;
}
