/* SPDX-License-Identifier: MIT
 *
 * Figures that follow from lists of a snapshot: what keeps growing, how
 * scattered free memory is, allocations that failed, how nodes differ, huge
 * pages that idle, what deleted control groups hold, how full file systems in
 * memory are.
 */
#include <string.h>

#include "facts_private.h"
#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/kernel.h"
#include "memtop/kill.h"
#include "memtop/list.h"
#include "memtop/ramfiles.h"
#include "memtop/thp.h"
#include "memtop/trend.h"

/* Orders that matter: what the kernel promises to find, and a huge page. */
#define ORDER_COSTLY	 3
#define ORDER_HUGE	 9
#define DYING_EVERY_NS	 (300 * NS_PER_S)
#define FAILED_WITHIN_NS (60 * NS_PER_S)
/* Smaller file systems are full all the time. */
#define MOUNT_FROM_PERCENT 1

/* ---- growth -------------------------------------------------------------- */

static void set_kernel_leak(double *v, const struct trend *trend)
{
	bool is_slab = strcmp(text_str(trend->subject), "(slab)") == 0;

	v[is_slab ? FACT_SLAB_LEAK : FACT_UNACCOUNTED_LEAK] = trend_sure(trend);
}

void facts_leaks(double *v, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TREND);

	if (list_state(list) != STATE_OK)
		return;
	v[FACT_LEAK] = v[FACT_CGROUP_LEAK] = 0;
	v[FACT_SLAB_LEAK] = v[FACT_UNACCOUNTED_LEAK] = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct trend *trend = list_row(list, i);
		bool is_group = strcmp(trend->kind, "cgroup") == 0;
		enum fact leak = is_group ? FACT_CGROUP_LEAK : FACT_LEAK;
		enum fact eta = is_group ? FACT_CGROUP_LEAK_ETA : FACT_LEAK_ETA;
		double ns = v[FACT_HEADROOM] / trend->rate * (double)NS_PER_S;

		if (!trend_sure(trend))
			continue;
		if (strcmp(trend->kind, "kernel") == 0) {
			set_kernel_leak(v, trend);
			continue;
		}
		v[leak] = fmax(v[leak], trend_sure(trend));
		if (trend_is_load(trend))
			continue; /* and may end with it */
		if (trend->rate > 0)
			v[eta] = fmin(v[eta], ns);
		/* its own limit is nearer than the machine's */
		if (trend->eta_ns != UNKNOWN)
			v[eta] = fmin(v[eta], (double)trend->eta_ns);
	}
}

/* ---- scattered free memory ----------------------------------------------- */

/* As mm/vmstat.c, __fragmentation_index(): towards 100 % for want of blocks,
 * towards 0 for want of memory; NAN where such a block is free. */
static double scatter_of(const struct free_blocks *row, double page,
			 unsigned order)
{
	double blocks = 0, pages = (double)row->free / page;

	for (unsigned o = 0; o < ORDERS; o++) {
		if (row->blocks[o] == UNKNOWN)
			continue;
		if (o >= order && row->blocks[o])
			return NAN;
		blocks += (double)row->blocks[o];
	}
	if (blocks == 0)
		return NAN;
	return 100 - (100 + pages * 100 / (double)(1u << order)) / blocks;
}

/* Only where there is enough: below the marks want of memory is the reason. */
static bool has_enough(const struct snapshot *snapshot,
		       const struct free_blocks *row)
{
	const struct list *zones = snapshot_list(snapshot, ENTITY_ZONE);
	const struct zone *zone = list_find(zones, row->name);

	return zone && zone->free != UNKNOWN && zone->high != UNKNOWN &&
	       zone->free > zone->high;
}

static void set_scatter(double *v, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_BLOCKS);
	double page = page_size(snapshot);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct free_blocks *row = list_row(list, i);

		if (row->free == UNKNOWN || !has_enough(snapshot, row))
			continue;
		v[FACT_SCATTER_COSTLY] =
			fmax(v[FACT_SCATTER_COSTLY],
			     scatter_of(row, page, ORDER_COSTLY));
		v[FACT_SCATTER_HUGE] = fmax(v[FACT_SCATTER_HUGE],
					    scatter_of(row, page, ORDER_HUGE));
	}
}

/* Of the last minute, by the kernel's log where it may be read. */
static void set_failures(double *v, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_PAGE_FAILURE);

	if (list_state(list) != STATE_OK)
		return;
	v[FACT_PAGE_FAILURES] = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct page_failure *row = list_row(list, i);
		uint64_t ago = sub_floor(snapshot->realtime_ns, row->time_ns);

		if (page_failure_is_scatter(row) && ago <= FAILED_WITHIN_NS)
			v[FACT_PAGE_FAILURES]++;
	}
}

/* ---- nodes and zones ----------------------------------------------------- */

/* The low marks of a node's zones; "N0 Normal" is of "N0". */
static double low_of(const struct list *zones, const struct node *node)
{
	size_t len = strlen(node->name);
	double sum = 0;

	for (size_t i = 0; i < list_count(zones); i++) {
		const struct zone *zone = list_row(zones, i);

		if (strncmp(zone->name, node->name, len) == 0 &&
		    zone->name[len] == ' ')
			sum += known(zone->low);
	}
	return sum;
}

double facts_node_free(const struct snapshot *snapshot, const struct node *node)
{
	return percent(known(node->free),
		       low_of(snapshot_list(snapshot, ENTITY_ZONE), node));
}

void facts_nodes(const struct snapshot *snapshot,
		 const struct node **ret_shortest,
		 const struct node **ret_other)
{
	const struct list *nodes = snapshot_list(snapshot, ENTITY_NODE);
	double least = NAN, most = NAN;

	*ret_shortest = *ret_other = NULL;
	for (size_t i = 0; i < list_count(nodes); i++) {
		const struct node *node = list_row(nodes, i);
		double free = facts_node_free(snapshot, node);

		if (isnan(free) || free >= least)
			continue;
		least = free;
		*ret_shortest = node;
	}
	for (size_t i = 0; i < list_count(nodes); i++) {
		const struct node *node = list_row(nodes, i);
		double free = percent(known(node->free), known(node->total));

		if (node == *ret_shortest || isnan(free) || free <= most)
			continue;
		most = free;
		*ret_other = node;
	}
}

static void set_nodes(double *v, const struct snapshot *snapshot)
{
	const struct node *shortest, *other;

	facts_nodes(snapshot, &shortest, &other);
	if (!shortest || !other)
		return;
	v[FACT_NODE_FREE] = facts_node_free(snapshot, shortest);
	v[FACT_NODE_OTHER] = percent(known(other->free), known(other->total));
}

static void set_gave_up(double *v, const struct snapshot *snapshot)
{
	const struct list *zones = snapshot_list(snapshot, ENTITY_ZONE);

	for (size_t i = 0; i < list_count(zones); i++) {
		const struct zone *zone = list_row(zones, i);

		if (zone->unreclaimable == UNKNOWN)
			return;
		if (!zone->managed || zone->managed == UNKNOWN)
			continue;
		v[FACT_UNRECLAIMABLE] = fmin(v[FACT_UNRECLAIMABLE],
					     (double)zone->unreclaimable);
	}
}

/* Pools of every size; meminfo, which stands where there is no list, knows one
 * only. */
static void set_huge(double *v, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_HUGETLB);
	double idle = 0;

	if (list_state(list) != STATE_OK)
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct hugetlb *pool = list_row(list, i);

		if (strcmp(pool->node, "all") == 0)
			idle += known(pool->idle);
	}
	v[FACT_HUGE_IDLE] = idle;
	v[FACT_HUGE_IDLE_PERCENT] = percent(idle, v[FACT_TOTAL]);
}

/* ---- control groups and files in memory ---------------------------------- */

static void set_dying(double *v, struct fact_memory *memory,
		      const struct window *window,
		      const struct snapshot *snapshot)
{
	const size_t most = ARRAY_SIZE(memory->dying);
	double kernel = known(window->now.value[SERIES_SLAB_FIXED]) +
			known(window->now.value[SERIES_PERCPU]);
	uint64_t now_ns = snapshot->monotonic_ns;

	v[FACT_DYING] = known(snapshot->load.dying_cgroups);
	if (isnan(v[FACT_DYING]) || isnan(kernel))
		return;
	if (memory->ndying == most) {
		v[FACT_DYING_RISE] = v[FACT_DYING] - memory->dying[0].dying;
		v[FACT_DYING_KERNEL] = kernel - memory->dying[0].kernel;
	}
	if (memory->ndying &&
	    now_ns < memory->dying[memory->ndying - 1].ns + DYING_EVERY_NS)
		return;
	if (memory->ndying == most)
		memmove(memory->dying, memory->dying + 1,
			--memory->ndying * sizeof(*memory->dying));
	memory->dying[memory->ndying].ns = now_ns;
	memory->dying[memory->ndying].dying = v[FACT_DYING];
	memory->dying[memory->ndying++].kernel = kernel;
}

/* What the groups right below the root are promised. */
static void set_promised(double *v, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	double sum = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (row->depth == 1 && row->knobs.state == STATE_OK &&
		    row->min < NO_LIMIT)
			sum += (double)row->min;
	}
	if (list_state(list) == STATE_OK)
		v[FACT_MIN_PERCENT] = percent(sum, v[FACT_TOTAL]);
}

static double fullness(const struct snapshot *snapshot, const struct tmpfs *row)
{
	if (row->size == UNKNOWN || row->used == UNKNOWN ||
	    strcmp(row->type, "tmpfs") != 0 ||
	    !(percent((double)row->size, known(snapshot->memory.total)) >=
	      MOUNT_FROM_PERCENT))
		return NAN;
	return percent((double)row->used, (double)row->size);
}

const struct tmpfs *facts_fullest_mount(const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TMPFS);
	const struct tmpfs *fullest = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct tmpfs *row = list_row(list, i);
		double full = fullness(snapshot, row);

		if (full >= 0 &&
		    (!fullest || full > fullness(snapshot, fullest)))
			fullest = row;
	}
	return fullest;
}

static void set_mounts(double *v, const struct snapshot *snapshot)
{
	const struct tmpfs *fullest = facts_fullest_mount(snapshot);

	if (fullest)
		v[FACT_MOUNT_PERCENT] = fullness(snapshot, fullest);
}

void facts_structure(double *v, struct fact_memory *memory,
		     const struct window *window,
		     const struct snapshot *snapshot)
{
	set_scatter(v, snapshot);
	set_failures(v, snapshot);
	set_nodes(v, snapshot);
	set_gave_up(v, snapshot);
	set_huge(v, snapshot);
	set_dying(v, memory, window, snapshot);
	set_promised(v, snapshot);
	set_mounts(v, snapshot);
}
