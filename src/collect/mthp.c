/* SPDX-License-Identifier: MIT
 *
 * Transparent huge pages of every size (Linux 6.8, counters 6.10).  Some
 * kernels offer a size to shared memory only: it has no "enabled".
 */
#include <errno.h>
#include <stdio.h>

#include "collect.h"
#include "memtop/thp.h"
#include "numbered.h"
#include "smallfile.h"

#define DIRECTORY "kernel/mm/transparent_hugepage"
#define SIZES_MAX 32

/* clang-format off */
static const struct {
	const char *name;
	size_t offset;
} counters[] = {
#define COUNTER(file, member) { file, offsetof(struct mthp, member) }
	COUNTER("anon_fault_alloc", alloc),
	COUNTER("anon_fault_fallback", fallback),
	COUNTER("anon_fault_fallback_charge", fallback_charge),
	COUNTER("swpout", swpout),
	COUNTER("swpout_fallback", swpout_fallback),
	COUNTER("swpin", swpin),
	COUNTER("swpin_fallback", swpin_fallback),
	COUNTER("swpin_fallback_charge", swpin_fallback_charge),
	COUNTER("zswpout", zswpout),
	COUNTER("shmem_alloc", shmem_alloc),
	COUNTER("shmem_fallback", shmem_fallback),
	COUNTER("shmem_fallback_charge", shmem_fallback_charge),
	COUNTER("split", split),
	COUNTER("split_failed", split_failed),
	COUNTER("split_deferred", split_deferred),
	COUNTER("nr_anon", nr_anon),
	COUNTER("nr_anon_partially_mapped", nr_partial),
};
/* clang-format on */

static void read_size(struct tree *tree, uint64_t kib, struct mthp *mthp)
{
	char path[128];
	int base = snprintf(path, sizeof(path), DIRECTORY "/hugepages-%jukB/",
			    (uintmax_t)kib);
	size_t room = sizeof(path) - (size_t)base, found = 0;
	char *file = path + base;

	mthp->size = kib * KIB;
	snprintf(file, room, "enabled");
	smallfile_choice(tree->sys, path, mthp->enabled, sizeof(mthp->enabled));
	snprintf(file, room, "shmem_enabled");
	smallfile_choice(tree->sys, path, mthp->shmem_enabled,
			 sizeof(mthp->shmem_enabled));
	mthp->block.state = STATE_OK;
	mthp->block.read_ns = tree_now();
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		uint64_t value;

		snprintf(file, room, "stats/%s", counters[i].name);
		value = smallfile_number(tree->sys, path);
		*(uint64_t *)((char *)mthp + counters[i].offset) = value;
		found += value != UNKNOWN;
	}
	mthp->stats_block.state = found ? STATE_OK : STATE_ABSENT;
	mthp->stats_block.read_ns = tree_now();
}

static int mthp_read(struct tree *tree, struct snapshot *snapshot)
{
	uint64_t sizes[SIZES_MAX];
	ssize_t n = numbered_list(tree->sys, DIRECTORY, "hugepages-", "kB",
				  sizes, ARRAY_SIZE(sizes));
	struct list *list = list_new(ENTITY_MTHP);

	if (!list)
		return -ENOMEM;
	/* a kernel before 6.8 has the directory without sizes */
	list->block = (struct block){
		.read_ns = tree_now(),
		.state = n > 0 ? STATE_OK : STATE_ABSENT,
	};
	for (ssize_t i = 0; i < n; i++) {
		struct mthp *mthp = list_add(&list);

		if (!mthp) {
			list_unref(list);
			return -ENOMEM;
		}
		read_size(tree, sizes[i], mthp);
	}
	list_rates(list, tree_before(tree, ENTITY_MTHP));
	for (size_t i = 0; i < list->count; i++)
		mthp_finish((void *)(list->rows + i * list->row_size));
	snapshot_set_list(snapshot, list);
	return 0;
}

/* clang-format off */
const struct collector collect_mthp = {
	.name = "mthp",
	.files = "/sys/kernel/mm/transparent_hugepage/hugepages-*kB",
	.lane = LANE_CHEAP,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 700 * NS_PER_US, /* some 180 small files */
	.read = mthp_read,
	.gives = GIVES(ENTITY_MTHP),
};
/* clang-format on */
