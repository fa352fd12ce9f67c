/* SPDX-License-Identifier: MIT
 *
 * The compressed cache in front of swap.  Its knobs are parameters of a
 * module; what it holds is in meminfo, which was read before; why it refused
 * pages is known to debugfs alone, which is root's and may not be mounted.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "memtop/privilege.h"
#include "memtop/swap.h"
#include "smallfile.h"

#define PARAMETERS "module/zswap/parameters/"
#define DEBUG	   "kernel/debug/zswap/"

/* clang-format off */
static const struct {
	const char *name;
	size_t offset;
} counters[] = {
#define COUNTER(name) { #name, offsetof(struct zswap, name) }
	COUNTER(pool_limit_hit),
	COUNTER(reject_reclaim_fail),
	COUNTER(reject_alloc_fail),
	COUNTER(reject_kmemcache_fail),
	COUNTER(reject_compress_poor),
	COUNTER(reject_compress_fail),
	COUNTER(decompress_fail),
};
/* clang-format on */

/* "Y" or "N" */
static uint64_t yes_no(struct tree *tree, const char *path)
{
	char word[16];

	if (smallfile_choice(tree->sys, path, word, sizeof(word)) < 0)
		return UNKNOWN;
	return !strcmp(word, "Y") ? 1 : !strcmp(word, "N") ? 0 : UNKNOWN;
}

static uint64_t pages(const struct tree *tree, uint64_t count)
{
	uint64_t bytes;

	if (count == UNKNOWN ||
	    __builtin_mul_overflow(count, tree->page_size, &bytes))
		return UNKNOWN;
	return bytes;
}

/* A counter of debugfs; UNKNOWN: this kernel has none. */
static uint64_t debug(const struct tree *tree, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s%s", DEBUG, name);
	return smallfile_number(tree->sys, path);
}

static int read_parameters(struct tree *tree, struct zswap *zswap)
{
	char word[16];
	ssize_t r = smallfile_choice(tree->sys, PARAMETERS "enabled", word,
				     sizeof(word));

	if (r < 0)
		return r == -EBADF ? -ENOENT : (int)r;
	zswap->enabled = yes_no(tree, PARAMETERS "enabled");
	zswap->shrinker_enabled = yes_no(tree, PARAMETERS "shrinker_enabled");
	smallfile_choice(tree->sys, PARAMETERS "compressor", zswap->compressor,
			 sizeof(zswap->compressor));
	smallfile_choice(tree->sys, PARAMETERS "zpool", zswap->zpool,
			 sizeof(zswap->zpool));
	zswap->max_pool_percent =
		smallfile_number(tree->sys, PARAMETERS "max_pool_percent");
	zswap->accept_threshold_percent = smallfile_number(
		tree->sys, PARAMETERS "accept_threshold_percent");
	return 0;
}

/* The directory is made when zswap is first enabled. */
static void read_debug(struct tree *tree, struct zswap *zswap)
{
	char word[24];
	ssize_t r;

	privilege_raise();
	r = smallfile_choice(tree->sys, DEBUG "stored_pages", word,
			     sizeof(word));
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(counters); i++)
		*(uint64_t *)((char *)zswap + counters[i].offset) =
			debug(tree, counters[i].name);
	if (r >= 0) {
		zswap->incompressible =
			pages(tree, debug(tree, "stored_incompressible_pages"));
		zswap->written_back =
			pages(tree, debug(tree, "written_back_pages"));
	}
	if (r >= 0 && zswap->pool == UNKNOWN) {
		zswap->pool = debug(tree, "pool_total_size");
		zswap->stored = pages(tree, debug(tree, "stored_pages"));
	}
	privilege_lower();
	zswap->debug_block.read_ns = tree_now();
	zswap->debug_block.state = r < 0 ? state_from_errno((int)r) : STATE_OK;
}

static int zswap_read(struct tree *tree, struct snapshot *snapshot)
{
	struct zswap *zswap = &snapshot->zswap;
	const struct memory *memory = &snapshot->memory;
	const struct counter *counter = snapshot_counter(snapshot, "zswpwb");
	int r = read_parameters(tree, zswap);

	zswap->block.read_ns = tree_now();
	zswap->block.state = r < 0 ? state_from_errno(r) : STATE_OK;
	zswap->debug_block = zswap->block;
	if (r < 0)
		return 0;
	zswap->pool = memory->zswap;
	zswap->stored = memory->zswapped;
	read_debug(tree, zswap);
	if (counter)
		zswap->written_back = pages(tree, counter->value);
	zswap->ratio = compression_ratio(zswap->stored, zswap->pool);
	if (memory->total != UNKNOWN && zswap->max_pool_percent <= 100)
		zswap->limit = memory->total / 100 * zswap->max_pool_percent;
	return 0;
}

/* clang-format off */
const struct collector collect_zswap = {
	.name = "zswap",
	.files = "/sys/module/zswap/parameters, /sys/kernel/debug/zswap",
	.lane = LANE_CHEAP,
	.period_ns = 5 * NS_PER_S, /* meminfo has the pool in every sample */
	.cost_ns = 40 * NS_PER_US,
	.read = zswap_read,
	.gives = GIVES(ENTITY_ZSWAP),
};
/* clang-format on */
