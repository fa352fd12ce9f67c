/* SPDX-License-Identifier: MIT
 *
 * The devices of the scripted snapshots: swap, compressed RAM disks, huge
 * pages of all kinds.
 */
#include <math.h>
#include <stdio.h>

#include "memtop/field.h"
#include "memtop/list.h"
#include "memtop/swap.h"
#include "memtop/thp.h"
#include "scripted_private.h"

static void add_swap(struct list **list, const struct swap *figures)
{
	struct swap *swap = scripted_must(list_add(list));

	*swap = *figures;
	swap->block = swap->io_block = (*list)->block;
	/* since boot nothing but what it is written with */
	swap->reads = swap->read_bytes / (16 * KIB);
	swap->writes = swap->written_bytes / (64 * KIB);
	swap->wait_ns = swap->reads * NS_PER_MS;
	swap->busy_ns = swap->reads * NS_PER_MS / 4;
}

void scripted_swaps(struct snapshot *s, const struct scripted_knobs *knobs,
		    const char *disk)
{
	uint64_t used = s->memory.swap_total - s->memory.swap_free;
	struct list *list = scripted_list(s, ENTITY_SWAP);
	double flow = knobs->busy ? 1 : 0;

	if (knobs->swap) {
		add_swap(&list,
			 &(struct swap){
				 .name = scripted_text("/dev/zram0"),
				 .type = "zram",
				 .size = mib(8192),
				 .used = min_u64(used, mib(8089.6)),
				 .priority = 100,
				 .read_bytes = mib(212000),
				 .written_bytes = mib(221000),
				 .in_rate = flow * 22 * (double)MIB,
				 .out_rate = flow * 7 * (double)MIB,
				 .busy = flow * 4,
				 .await_ns = knobs->busy ? 12000 : UNKNOWN,
			 });
		add_swap(&list,
			 &(struct swap){
				 .name = scripted_text(disk),
				 .type = "partition",
				 .size = mib(8192),
				 .used = used - min_u64(used, mib(8089.6)),
				 .priority = -2,
				 .read_bytes = mib(143000),
				 .written_bytes = mib(162000),
				 .in_rate = flow * 39 * (double)MIB,
				 .out_rate = flow * 59 * (double)MIB,
				 .busy = flow * 83,
				 .await_ns = knobs->busy ? 41 * NS_PER_MS / 10
							 : UNKNOWN,
			 });
	}
	snapshot_set_list(s, list);
}

void scripted_zram(struct snapshot *s, const struct scripted_knobs *knobs)
{
	struct list *list = scripted_list(s, ENTITY_ZRAM);
	struct zram *zram;

	if (knobs->swap) {
		zram = scripted_must(list_add(&list));
		zram->block = zram->io_block = list->block;
		zram->writeback_block.state = STATE_ABSENT;
		zram->name = scripted_text("zram0");
		strcpy(zram->algorithm, "zstd");
		zram->size = mib(8192);
		zram->original = mib(knobs->busy ? 8089.6 : 226.5);
		zram->compressed = mib(knobs->busy ? 2214 : 60);
		zram->used = mib(knobs->busy ? 2380 : 66.6);
		zram->limit = 0;
		zram->max_used = mib(2380);
		zram->same = mib(31);
		zram->incompressible = mib(knobs->busy ? 212 : 4);
		zram->incompressible_total = 91022;
		zram->compacted = 120331;
		zram->ratio = compression_ratio(zram->original, zram->used);
		zram->failed_reads = zram->failed_writes = 0;
		zram->freed = 4400121;
	}
	snapshot_set_list(s, list);
}

void scripted_zswap(struct snapshot *s)
{
	struct zswap *zswap = &s->zswap;

	zswap->block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
	zswap->debug_block.state = STATE_ABSENT;
	zswap->enabled = zswap->shrinker_enabled = 0;
	strcpy(zswap->compressor, "lzo");
	zswap->max_pool_percent = 20;
	zswap->accept_threshold_percent = 90;
	zswap->pool = zswap->stored = zswap->written_back = 0;
	zswap->limit = s->memory.total / 5;
}

void scripted_thp(struct snapshot *s)
{
	struct thp *t = &s->thp;

	t->block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
	strcpy(t->enabled, "always");
	strcpy(t->defrag, "madvise");
	strcpy(t->shmem_enabled, "never");
	strcpy(t->khugepaged_defrag, "1");
	t->use_zero_page = 1;
	t->hpage_pmd_size = mib(2);
	t->pages_to_scan = 4096;
	t->scan_sleep_ms = 10000;
	t->alloc_sleep_ms = 60000;
	t->max_ptes_none = 511;
	t->max_ptes_swap = 64;
	t->max_ptes_shared = 256;
	t->pages_collapsed = 91240;
	t->full_scans = 3102;
}

/* clang-format off */
static const struct size {
	uint64_t kib;
	const char *enabled;
	double now_mib, partial_mib;
	/* a second, while busy */
	double alloc, fallback, swpout, swpout_fallback, swpin, split;
} sizes[] = {
	{   16, "inherit",  410,   0, 120,  3, 14,  0, 9,  0 },
	{   32, "never",      0,   0,   0,  0,  0,  0, 0,  0 },
	{   64, "inherit", 1229,  31, 402, 66, 88, 12, 0,  4 },
	{  128, "never",      0,   0,   0,  0,  0,  0, 0,  0 },
	{  256, "never",      0,   0,   0,  0,  0,  0, 0,  0 },
	{  512, "never",      0,   0,   0,  0,  0,  0, 0,  0 },
	{ 1024, "never",      0,   0,   0,  0,  0,  0, 0,  0 },
	{ 2048, "always", 10036, 212,  88, 41,  6, 31, 0, 19 },
};
/* clang-format on */

static void fill_size(const struct size *from, double flow, struct mthp *mthp)
{
	mthp->size = from->kib * KIB;
	strcpy(mthp->enabled, from->enabled);
	strcpy(mthp->shmem_enabled, "never");
	mthp->nr_anon = mib(from->now_mib) / mthp->size;
	mthp->nr_partial = mib(from->partial_mib) / mthp->size;
	mthp->alloc_rate = flow * from->alloc;
	mthp->fallback_rate = flow * from->fallback;
	mthp->swpout_rate = flow * from->swpout;
	mthp->swpout_fallback_rate = flow * from->swpout_fallback;
	mthp->swpin_rate = flow * from->swpin;
	mthp->split_rate = flow * from->split;
	mthp->shmem_alloc_rate = mthp->shmem_fallback_rate = 0;
	mthp->alloc = (uint64_t)from->alloc * 24000;
	mthp->fallback = (uint64_t)from->fallback * 10000;
	mthp->fallback_charge = 0;
	mthp->swpout = (uint64_t)from->swpout * 12000;
	mthp->swpout_fallback = (uint64_t)from->swpout_fallback * 9600;
	mthp->swpin = (uint64_t)from->swpin * 9000;
	mthp->swpin_fallback = mthp->swpin_fallback_charge = 0;
	mthp->shmem_alloc = mthp->shmem_fallback = 0;
	mthp->shmem_fallback_charge = 0;
	mthp->split = (uint64_t)from->split * 16000;
	mthp->split_failed = 3;
	mthp->split_deferred = mthp->split;
	mthp_finish(mthp);
}

void scripted_mthp(struct snapshot *s, const struct scripted_knobs *knobs)
{
	struct list *list = scripted_list(s, ENTITY_MTHP);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct mthp *mthp = scripted_must(list_add(&list));

		mthp->block = mthp->stats_block = list->block;
		fill_size(&sizes[i], knobs->busy ? 1 : 0, mthp);
	}
	snapshot_set_list(s, list);
}

static void add_pool(struct list **list, const char *name, const char *node,
		     uint64_t size, uint64_t total, uint64_t free)
{
	struct hugetlb *pool = scripted_must(list_add(list));

	pool->block = (*list)->block;
	pool->name = scripted_text(name);
	snprintf(pool->node, sizeof(pool->node), "%s", node);
	pool->size = size;
	pool->total = total;
	pool->free = free;
	pool->surplus = 0;
	if (strcmp(node, "all") == 0)
		pool->reserved = pool->overcommit = 0;
	hugetlb_finish(pool);
}

void scripted_hugetlb(struct snapshot *s)
{
	struct list *list = scripted_list(s, ENTITY_HUGETLB);

	add_pool(&list, "2048kB", "all", mib(2), 1024, 461);
	add_pool(&list, "2048kB node 0", "0", mib(2), 512, 230);
	add_pool(&list, "2048kB node 1", "1", mib(2), 512, 231);
	add_pool(&list, "1048576kB", "all", mib(1024), 0, 0);
	add_pool(&list, "1048576kB node 0", "0", mib(1024), 0, 0);
	add_pool(&list, "1048576kB node 1", "1", mib(1024), 0, 0);
	snapshot_set_list(s, list);
}

/* Of lists, as the first reading leaves them. */
void scripted_forget_list_rates(struct snapshot *s)
{
	for (int i = 0; i < LIST_COUNT; i++) {
		const struct list *list = s->lists[i];
		const struct entity *entity;

		for (size_t r = 0; r < list_count(list); r++) {
			entity = &entities[list->entity];
			for (size_t f = 0; f < entity->nfields; f++)
				if (entity->fields[f].counter)
					*(double *)((char *)list_row(list, r) +
						    entity->fields[f].offset) =
						NAN;
		}
	}
}
