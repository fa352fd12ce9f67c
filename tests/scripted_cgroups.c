/* SPDX-License-Identifier: MIT
 *
 * The control groups of the scripted machine: version 2, as the reference of
 * the screens shows them.
 */
#include "memtop/cgroup.h"
#include "memtop/list.h"
#include "scripted_private.h"

#define CONTAINER(id)                                    \
	"/docker/" id "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef01234567"

/* Sizes in MiB; max and high 0: no limit. */
/* clang-format off */
static const struct row {
	const char *path;
	double current, high, max, peak, swap, anon, file, kernel;
	double some, full, refaults;
	uint64_t throttled, kills, processes;
} rows[] = {
	{ "/", 57037, 0, 0, 0, 14336, 48742, 5939, 2355,
	  41.2, 22.7, 19000, 1204, 2, 312 },
	{ "/system.slice", 51917, 0, 0, 52838, 12698, 44954, 5325, 1638,
	  40.1, 21.4, 17100, 0, 2, 233 },
	{ "/system.slice/opensearch.service", 32358, 0, 0, 33792, 4198, 31744,
	  402, 190, 19, 11.2, 4100, 0, 0, 1 },
	{ "/system.slice/postgresql@16-main.service", 6554, 0, 0, 9318, 2253,
	  2970, 3482, 118, 22, 4, 1900, 0, 0, 64 },
	{ "/system.slice/celery.slice", 6246, 6144, 6656, 6656, 4506, 5837, 71,
	  214, 71, 48, 10200, 1204, 0, 17 },
	{ "/system.slice/celery.slice/celery.service", 6246, 0, 0, 6656,
	  4506, 5837, 71, 214, 71, 48, 10200, 0, 0, 17 },
	{ "/system.slice/prometheus.service", 2765, 0, 4096, 3994, 921, 2355,
	  312, 64, 1, 0, 210, 0, 0, 1 },
	{ "/system.slice/gunicorn.service", 1638, 0, 2048, 2048, 819, 1536, 71,
	  38, 6, 2, 310, 0, 2, 9 },
	{ "/docker", 3072, 0, 0, 0, 1229, 2867, 110, 121, 9, 3, 900, 0, 0, 6 },
	{ CONTAINER("7f3a09c1"), 2765, 0, 4096, 3072, 1126, 2560, 88, 98,
	  9, 3, 800, 0, 0, 4 },
	{ CONTAINER("2b90ee41"), 322, 0, 512, 498, 18, 288, 22, 9,
	  0, 0, 14, 0, 0, 2 },
	{ "/user.slice", 1434, 0, 0, 2970, 212, 921, 412, 88,
	  1, 0, 61, 0, 0, 61 },
	{ "/user.slice/user-1000.slice", 1331, 0, 8192, 2765, 212, 819, 380,
	  71, 1, 0, 58, 0, 0, 37 },
	{ "/init.scope", 21, 0, 0, 44, 4, 9, 11, 1, 0, 0, 0, 0, 0, 1 },
};
/* clang-format on */

static uint64_t limit(double amount)
{
	return amount > 0 ? mib(amount) : NO_LIMIT;
}

static void set_stat(struct cgroup *c, const struct row *row)
{
	c->anon = mib(row->anon);
	c->file = mib(row->file);
	c->kernel = mib(row->kernel);
	c->shmem = c->unevictable = c->file_writeback = 0;
	c->file_mapped = c->active_file = c->file / 2;
	c->inactive_file = c->file - c->active_file;
	c->file_dirty = c->file / 8;
	c->anon_thp = c->anon / 4;
	c->refault_anon = c->refault_file = 1000;
	c->refault_anon_rate = row->refaults / 2;
	c->refault_file_rate = row->refaults;
	c->slab_reclaimable = c->kernel / 2;
	c->slab_unreclaimable = c->kernel / 4;
	c->page_tables = c->kernel / 8;
	c->sock = c->zswap = c->zswapped = c->percpu = 0;
	c->kernel_stack = c->kernel / 16;
	c->scan = c->steal = 5000;
	c->scan_rate = row->refaults * 3;
	c->steal_rate = row->refaults;
}

static void fill(struct cgroup *c, const struct row *row, struct block block)
{
	char name[CGROUP_NAME_SIZE];

	cgroup_describe(row->path, name, c->kind);
	c->path = scripted_text(row->path);
	c->name = scripted_text(name);
	c->depth = 0;
	for (const char *p = row->path; p[1]; p++)
		c->depth += *p == '/';
	c->own = c->depth == 0;
	c->processes = row->processes;
	c->block = c->members = c->usage = c->limit = c->knobs = c->stat =
		c->stat_v2 = c->events = c->pressure = block;
	c->v1.state = STATE_NOT_APPLICABLE;
	c->current = mib(row->current);
	c->swap = mib(row->swap);
	c->peak = row->peak > 0 ? mib(row->peak) : UNKNOWN;
	c->max = limit(row->max);
	c->high = limit(row->high);
	c->swap_max = c->swap_high = c->zswap_max = NO_LIMIT;
	c->min = c->low = c->oom_group = 0;
	set_stat(c, row);
	c->all = (struct cgroup_events){ .high = row->throttled,
					 .oom_kill = row->kills };
	c->local = c->all;
	c->some = (struct pressure_line){ row->some, row->some / 2,
					  row->some / 4, 1000000 };
	c->full = (struct pressure_line){ row->full, row->full / 2,
					  row->full / 4, 500000 };
	if (c->depth == 0)
		c->limit.state = c->knobs.state = c->events.state =
			STATE_NOT_APPLICABLE;
}

static bool is_above(const struct cgroup *a, const struct cgroup *b)
{
	size_t len = text_len(a->path);

	return a->depth == 0 ||
	       (len < text_len(b->path) && text_str(b->path)[len] == '/' &&
		!memcmp(text_str(a->path), text_str(b->path), len));
}

static void set_room(struct list *list, size_t at, const struct memory *memory)
{
	struct cgroup *all = (struct cgroup *)list->rows, *way[8];
	size_t count = 0;

	way[count++] = &all[at];
	/* parents stand before their children */
	for (size_t i = at; i-- > 0;)
		if (is_above(&all[i], way[count - 1]))
			way[count++] = &all[i];
	cgroup_room(way, count, memory);
}

/* The slice fills, and its service with it. */
static void set_pace(struct cgroup *row)
{
	if (strncmp(text_str(row->path), "/system.slice/celery.slice", 26) != 0)
		return;
	row->pace.state = STATE_OK;
	row->eta_ns = 110 * NS_PER_S;
}

void scripted_cgroups(struct snapshot *snapshot)
{
	struct list *list = scripted_list(snapshot, ENTITY_CGROUP);
	struct block block = list->block;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		fill(scripted_must(list_add(&list)), &rows[i], block);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		set_room(list, i, &snapshot->memory);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		set_pace((struct cgroup *)list->rows + i);
	snapshot_set_list(snapshot, list);
}

void scripted_container(struct snapshot *snapshot)
{
	const struct list *list;
	struct cgroup *all;

	scripted_cgroups(snapshot);
	list = snapshot_list(snapshot, ENTITY_CGROUP);
	all = (struct cgroup *)(uintptr_t)list->rows;
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(text_str(all[i].path), CONTAINER("7f3a09c1")) ||
		    !strcmp(text_str(all[i].path), "/docker"))
			all[i].own = 1;
}
