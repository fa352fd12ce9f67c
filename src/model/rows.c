/* SPDX-License-Identifier: MIT
 *
 * From a snapshot to the rows of a table: flat, grouped or as a tree.  What
 * they stand for is found out beside what was found out before, and the rows
 * themselves are written last, when nothing can fail any more: a build that
 * fails leaves what is on the screen.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "memtop/kernfile.h"
#include "model.h"

struct memory_pair {
	struct build builds[2];
	struct desk desk;
	int current;
};

void *pool_reserve(struct pool *pool, size_t count, size_t size)
{
	/* never 0 bytes, so that NULL always means failure; and a few more
	 * than asked, so that a few new processes cost nothing */
	size_t bytes = count * size + size;

	if (pool->size < bytes) {
		void *data = malloc(bytes + bytes / 16);

		if (data == NULL)
			return NULL;
		free(pool->data);
		pool->data = data;
		pool->size = bytes + bytes / 16;
	}
	return pool->data;
}

struct item *build_find(const struct build *build, pid_t pid)
{
	size_t low = 0, high = build->nitems;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (build->items[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == build->nitems || build->items[low].pid != pid)
		return NULL;
	return &build->items[low];
}

int build_reserve_rows(struct build *build, size_t count)
{
	build->rows =
		pool_reserve(&build->desk->rows, count, sizeof(*build->rows));
	return build->rows != NULL ? 0 : -ENOMEM;
}

struct row build_row(const struct item *item)
{
	return (struct row){
		.process = item->process,
		.key = item_key(item),
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
		pool_reserve(&build->desk->places, count, sizeof(*places));

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
	struct sort_key *fresh = pool_reserve(&build->desk->fresh,
					      build->nitems, sizeof(*fresh));
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
	if (sort_items(build) < 0)
		return -ENOMEM;
	build->nrows = build->nkeys;
	if (build->query.top > 0 && build->nrows > build->query.top)
		build->nrows = build->query.top;
	if (build_reserve_rows(build, build->nrows) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < build->nrows; i++) {
		struct item *item = &build->items[build->keys[i].index];

		build->rows[i] = build_row(item);
		build->rows[i].has_none = build->keys[i].none;
		item->row = (uint32_t)i;
	}
	if (build->nkeys < build->nitems)
		build->nkeys = 0; /* the first few are no order of all */
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
	error = build_choose(build, ret_total);
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
		pair->builds[0].desk = pair->builds[1].desk = &pair->desk;
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
		free(build->key_pool.data);
		free(build->sum_pool.data);
		free(build->part_pool.data);
		free(build->number_pool.data);
		free(build->fate_pool.data);
	}
	if (pair != NULL) {
		free(pair->desk.rows.data);
		free(pair->desk.fresh.data);
		free(pair->desk.places.data);
		free(pair->desk.table.data);
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
	if (item == NULL || !process_key_equal(item_key(item), key) ||
	    item->row >= rows->count)
		return -1;
	return (ptrdiff_t)item->row;
}
