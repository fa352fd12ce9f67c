/* SPDX-License-Identifier: MIT
 *
 * Figures about huge pages that follow from others.  Pure arithmetic.
 */
#include "memtop/thp.h"

/* How many pages of that size, in bytes. */
static uint64_t in_bytes(uint64_t pages, uint64_t size)
{
	uint64_t bytes;

	if (pages == UNKNOWN || size == UNKNOWN ||
	    __builtin_mul_overflow(pages, size, &bytes))
		return UNKNOWN;
	return bytes;
}

double fail_percent(double alloc, double fallback)
{
	double attempts = alloc + fallback;

	return attempts > 0 ? fallback / attempts * 100 : NAN;
}

static double known(uint64_t counter)
{
	return counter == UNKNOWN ? NAN : (double)counter;
}

void mthp_finish(struct mthp *mthp)
{
	mthp->anon = in_bytes(mthp->nr_anon, mthp->size);
	mthp->partial = in_bytes(mthp->nr_partial, mthp->size);
	mthp->fail_percent =
		fail_percent(mthp->alloc_rate, mthp->fallback_rate);
	if (isnan(mthp->fail_percent))
		mthp->fail_percent =
			fail_percent(known(mthp->alloc), known(mthp->fallback));
}

void hugetlb_finish(struct hugetlb *pool)
{
	pool->bytes = in_bytes(pool->total, pool->size);
	/* the reserved ones are among the free */
	pool->idle = pool->free == UNKNOWN || pool->reserved == UNKNOWN
			     ? UNKNOWN
			     : in_bytes(sub_floor(pool->free, pool->reserved),
					pool->size);
}
