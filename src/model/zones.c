/* SPDX-License-Identifier: MIT
 *
 * What zones and their free blocks come to: sums of watermarks, states in
 * words, how much of the free memory is in pieces too small.  Arithmetic
 * only; it knows no kernel file.
 */
#include <string.h>

#include "memtop/kernel.h"

/* The kernel promises to find blocks up to this order, by waiting. */
#define COSTLY_ORDER 3

static uint64_t known(uint64_t value)
{
	return value == UNKNOWN ? 0 : value;
}

/* A small zone may be told to keep more than it has. */
static uint64_t kept_free(const struct zone *zone, uint64_t watermark)
{
	return min_u64(known(watermark) + known(zone->protection),
		       zone->managed);
}

struct watermarks watermarks_sum(const struct snapshot *snapshot)
{
	const struct list *zones = snapshot_list(snapshot, ENTITY_ZONE);
	struct watermarks sums = { UNKNOWN, UNKNOWN, UNKNOWN };

	if (list_state(zones) != STATE_OK || !list_count(zones))
		return sums;
	memset(&sums, 0, sizeof(sums));
	for (size_t i = 0; i < list_count(zones); i++) {
		const struct zone *zone = list_row(zones, i);

		sums.min += kept_free(zone, zone->min);
		sums.low += kept_free(zone, zone->low);
		sums.high += kept_free(zone, zone->high);
	}
	return sums;
}

const char *zone_words(const struct zone *zone)
{
	if (zone->free == UNKNOWN || zone->min == UNKNOWN ||
	    zone->low == UNKNOWN || zone->high == UNKNOWN)
		return "";
	if (zone->unreclaimable == 1)
		return "kswapd gave up";
	if (zone->free < zone->min)
		return "below min";
	if (zone->free < zone->low)
		return "kswapd works";
	if (zone->free < zone->high)
		return "kswapd may work";
	if (zone->free < zone->high + known(zone->protection))
		return "ok, kept in reserve";
	return "ok";
}

/* In percent, of the free memory; NAN when there is none. */
static double unusable_for(const struct free_blocks *row, uint64_t page_size,
			   unsigned order)
{
	uint64_t usable = 0;

	for (unsigned o = order; o < ORDERS; o++)
		usable += (known(row->blocks[o]) << o) * page_size;
	if (!row->free)
		return NAN;
	return 100.0 * (double)(row->free - usable) / (double)row->free;
}

void free_blocks_sum(struct free_blocks *row, uint64_t page_size,
		     unsigned huge_order)
{
	row->free = row->largest = 0;
	for (unsigned o = 0; o < ORDERS; o++) {
		uint64_t bytes = page_size << o;

		row->free += known(row->blocks[o]) * bytes;
		if (known(row->blocks[o]))
			row->largest = bytes;
	}
	row->unusable = unusable_for(row, page_size, huge_order);
	row->unusable_costly = unusable_for(row, page_size, COSTLY_ORDER);
}
