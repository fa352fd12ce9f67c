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

		if (build->items[middle].process->key.pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == build->nitems || build->items[low].process->key.pid != pid)
		return NULL;
	return &build->items[low];
}

struct row build_row(const struct process *process)
{
	return (struct row){
		.process = process,
		.key = process->key,
		.count = 1,
		.denied = process->smaps.state == STATE_DENIED,
	};
}

static int build_flat(struct build *build)
{
	struct sort_key *keys =
		pool_reserve(&build->key_pool, build->nitems, sizeof(*keys));

	build->rows = pool_reserve(&build->row_pool, build->nitems,
				   sizeof(*build->rows));
	if (keys == NULL || build->rows == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < build->nitems; i++)
		keys[i] = sort_key_make(build, build->items[i].process, i);
	build->nrows = sort_keys(keys, build->nitems, build->query->top);
	for (size_t i = 0; i < build->nrows; i++) {
		struct item *item = &build->items[keys[i].index];

		build->rows[i] = build_row(item->process);
		item->row = i;
	}
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

/* Fills build->items; *ret_total counts those before the filter. */
static int choose(struct build *build, size_t *ret_total)
{
	const struct snapshot *snapshot = build->snapshot;
	size_t total = 0;

	build->items = pool_reserve(&build->item_pool, snapshot->nprocesses,
				    sizeof(*build->items));
	if (build->items == NULL)
		return -ENOMEM;
	build->nitems = 0;
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *process = snapshot->processes[i];

		if (!is_listed(build->query, process))
			continue;
		total++;
		if (is_chosen(build->query, process))
			build->items[build->nitems++] = (struct item){
				.process = process,
				.row = NO_ROW,
			};
	}
	*ret_total = total;
	return 0;
}

static int build_rows(struct build *build)
{
	if (build->query->group != GROUP_NONE)
		return build_groups(build);
	return build->query->tree ? build_tree(build) : build_flat(build);
}

int rows_build(const struct snapshot *snapshot, const struct rows_query *query,
	       struct rows *ret)
{
	struct memory_pair *pair = ret->private_;
	struct build *build;
	size_t total;

	if (pair == NULL) {
		pair = calloc(1, sizeof(*pair));
		if (pair == NULL)
			return -ENOMEM;
		ret->private_ = pair;
	}
	build = &pair->builds[!pair->current];
	build->snapshot = snapshot;
	build->query = query;
	if (choose(build, &total) < 0 || build_rows(build) < 0)
		return -ENOMEM;
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

	for (int i = 0; pair != NULL && i < 2; i++) {
		struct build *build = &pair->builds[i];

		free(build->item_pool.data);
		free(build->row_pool.data);
		free(build->key_pool.data);
		free(build->sum_pool.data);
		free(build->part_pool.data);
		free(build->table_pool.data);
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
	/* the processes of the snapshot are alive as long as the rows are */
	if (item == NULL || !process_key_equal(item->process->key, key) ||
	    item->row >= rows->count)
		return -1;
	return (ptrdiff_t)item->row;
}
