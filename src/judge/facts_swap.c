/* SPDX-License-Identifier: MIT
 *
 * Figures of compressed swap and of zones: what zram and zswap take and hold,
 * how far the kernel is from giving up.
 */
#include <string.h>

#include "facts_private.h"
#include "memtop/base.h"
#include "memtop/kernel.h"
#include "memtop/list.h"
#include "memtop/swap.h"

void facts_compressed(double *v, const struct snapshot *snapshot)
{
	const struct list *zrams = snapshot_list(snapshot, ENTITY_ZRAM);
	const struct zswap *zswap = &snapshot->zswap;
	double used = 0, stored = 0, fullest = NAN;
	bool known_any = false;

	for (size_t i = 0; i < list_count(zrams); i++) {
		const struct zram *zram = list_row(zrams, i);

		if (zram->used == UNKNOWN || zram->original == UNKNOWN)
			continue;
		used += (double)zram->used;
		/* 0: it may grow as it likes */
		if (zram->limit != UNKNOWN && zram->limit)
			fullest = fmax(fullest, percent((double)zram->used,
							(double)zram->limit));
		/* pages of one value take no RAM and prove nothing */
		stored += (double)(zram->same == UNKNOWN
					   ? zram->original
					   : sub_floor(zram->original,
						       zram->same));
		known_any = true;
	}
	if (zswap->block.state == STATE_OK && zswap->pool != UNKNOWN &&
	    zswap->stored != UNKNOWN) {
		used += (double)zswap->pool;
		stored += (double)zswap->stored;
		known_any = true;
	}
	if (zswap->block.state == STATE_OK)
		v[FACT_ZSWAP_LIMIT_PERCENT] =
			percent(known(zswap->pool), known(zswap->limit));
	v[FACT_ZRAM_LIMIT_PERCENT] = fullest;
	if (!known_any)
		return;
	v[FACT_POOL_PERCENT] = percent(used, v[FACT_TOTAL]);
	v[FACT_POOL_STORED] = stored;
	v[FACT_POOL_RATIO] = percent(stored, used);
}

/* The allocator gives up when even reclaiming all that could be would not
 * reach the min watermark.  What is free of the area for contiguous memory is
 * not for everybody. */
void facts_watermarks(double *v, const struct snapshot *snapshot)
{
	const struct watermarks marks = watermarks_sum(snapshot);
	const struct memory *m = &snapshot->memory;
	double reach = known(m->free) + known(m->active_file) +
		       known(m->inactive_file) - known(marks.min);

	if (m->swap_free > 0 && m->swap_free != UNKNOWN)
		reach += known(m->active_anon) + known(m->inactive_anon);
	if (m->cma_free != UNKNOWN)
		reach -= (double)m->cma_free;
	v[FACT_LOW_WATERMARK] = known(marks.low);
	v[FACT_OOM_DISTANCE] = reach;
}
