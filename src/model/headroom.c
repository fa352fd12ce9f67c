/* SPDX-License-Identifier: MIT
 *
 * What programs can still get, with what swap is worth: a byte put into zram
 * gives back only what compression saves.
 */
#include <math.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/list.h"
#include "memtop/swap.h"

/* What the kernel's documentation expects of zram, until it holds enough to
 * tell. */
#define RATIO_USUAL 2.0
#define RATIO_FROM  (64 * MIB)

static double gain_of(const struct swap *swap, const struct list *zrams)
{
	const char *name = text_str(swap->name), *base = strrchr(name, '/');
	const struct zram *zram;
	double ratio = RATIO_USUAL;

	if (strcmp(swap->type, "zram") != 0)
		return 1;
	zram = list_find(zrams, base != NULL ? base + 1 : name);
	if (zram != NULL && zram->block.state == STATE_OK &&
	    zram->original != UNKNOWN && zram->original >= RATIO_FROM &&
	    zram->ratio > 0)
		ratio = zram->ratio;
	return fmax(1 - 1 / ratio, 0);
}

double swap_gain(const struct snapshot *snapshot)
{
	const struct list *swaps = snapshot_list(snapshot, ENTITY_SWAP);
	const struct list *zrams = snapshot_list(snapshot, ENTITY_ZRAM);
	double left = 0, gained = 0;

	for (size_t i = 0; i < list_count(swaps); i++) {
		const struct swap *swap = list_row(swaps, i);
		double room;

		if (swap->size == UNKNOWN || swap->used == UNKNOWN)
			continue;
		room = (double)sub_floor(swap->size, swap->used);
		left += room;
		gained += room * gain_of(swap, zrams);
	}
	return left > 0 ? gained / left : 1;
}

uint64_t swap_headroom(const struct snapshot *snapshot)
{
	const struct memory *m = &snapshot->memory;
	const struct arc *arc = &snapshot->arc;
	uint64_t swap = 0, cache = 0;

	if (m->available == UNKNOWN)
		return UNKNOWN;
	/* ZFS gives it back, and it is not in available */
	if (arc->block.state == STATE_OK && arc->size != UNKNOWN &&
	    arc->min != UNKNOWN)
		cache = sub_floor(arc->size, arc->min);
	if (m->swap_free != UNKNOWN && m->active_anon != UNKNOWN &&
	    m->inactive_anon != UNKNOWN)
		swap = min_u64(m->swap_free, m->active_anon + m->inactive_anon);
	return m->available + cache +
	       (uint64_t)((double)swap * swap_gain(snapshot));
}
