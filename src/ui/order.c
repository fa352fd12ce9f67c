/* SPDX-License-Identifier: MIT
 *
 * See order.h.  All of it is linear in the number of rows and looks at rows
 * only, not at what they point to: it runs after each sample, and a key that
 * comes meanwhile waits.
 */
#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT32_MAX

struct process_key order_identity(const struct row *row)
{
	if (row->label)
		return (struct process_key){ .pid = -1,
					     .start_ns = row->label_hash };
	return row->key;
}

static uint32_t bucket_of(const struct order *order, struct process_key key)
{
	uint64_t mixed = (key.start_ns ^ (uint64_t)(uint32_t)key.pid << 32 ^
			  (uint32_t)key.pid) *
			 UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(mixed >> 32) & order->mask;
}

/* The bucket of that identity, or the empty one where it belongs. */
static uint32_t find_bucket(const struct order *order, struct process_key key)
{
	uint32_t at = bucket_of(order, key);

	while (order->buckets[at] &&
	       !process_key_equal(order->list[order->buckets[at] - 1], key))
		at = (at + 1) & order->mask;
	return at;
}

void order_done(struct order *order)
{
	free(order->list);
	free(order->buckets);
	free(order->where);
	free(order->fresh);
	free(order->from);
	order->list = NULL;
	order->buckets = order->where = order->fresh = order->from = NULL;
	order->count = order->room = 0;
}

/* What was noted is lost when there has to be more room. */
static int reserve(struct order *order, size_t count)
{
	size_t room = count + count / 4 + 16, size = 64;

	if (order->room >= count)
		return 0;
	while (size < room * 2)
		size *= 2;
	order_done(order);
	order->list = malloc(room * sizeof(*order->list));
	order->buckets = malloc(size * sizeof(*order->buckets));
	order->where = malloc(room * sizeof(*order->where));
	order->fresh = malloc(room * sizeof(*order->fresh));
	order->from = malloc(room * sizeof(*order->from));
	if (!order->list || !order->buckets || !order->where || !order->fresh ||
	    !order->from) {
		order_done(order);
		return -ENOMEM;
	}
	order->room = room;
	order->mask = (uint32_t)size - 1;
	return 0;
}

void order_save(struct order *order, const struct rows *rows, uint64_t now)
{
	order->count = 0; /* without memory every refresh sorts */
	if (!rows->count || reserve(order, rows->count) < 0)
		return;
	memset(order->buckets, 0,
	       ((size_t)order->mask + 1) * sizeof(*order->buckets));
	for (size_t i = 0; i < rows->count; i++) {
		struct process_key key = order_identity(&rows->list[i]);

		order->list[i] = key;
		order->buckets[find_bucket(order, key)] = (uint32_t)i + 1;
	}
	order->count = rows->count;
	order->sorted_ns = now;
}

/* Where it stood; not for one that has no memory any more, and for nobody a
 * second time. */
static uint32_t place_of(const struct order *order, const struct row *row)
{
	uint32_t place;

	if (row->has_none)
		return NOWHERE;
	place = order->buckets[find_bucket(order, order_identity(row))];
	if (place == 0 || order->where[place - 1] != NOWHERE)
		return NOWHERE;
	return place - 1;
}

/* Puts in each place the row that stands at its number in from, which is used
 * up.  Round one circle of rows after the other, because a second list of them
 * would be the largest thing of this file. */
static void move(struct row *list, uint32_t *from, size_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct row first;
		uint32_t at = i;

		if (from[i] == i)
			continue;
		first = list[i];
		while (from[at] != i) {
			uint32_t next = from[at];

			list[at] = list[next];
			from[at] = at;
			at = next;
		}
		list[at] = first;
		from[at] = at;
	}
}

void order_apply(struct order *order, struct rows *rows)
{
	size_t nfresh = 0, next = 0, place = 0;

	/* more of them than were noted, by a lot: as they come */
	if (!order->count || order->room < rows->count)
		return;
	memset(order->where, 0xff, order->count * sizeof(*order->where));
	for (size_t i = 0; i < rows->count; i++) {
		uint32_t at = place_of(order, &rows->list[i]);

		if (at == NOWHERE)
			order->fresh[nfresh++] = (uint32_t)i;
		else
			order->where[at] = (uint32_t)i;
	}
	for (size_t i = 0; i < rows->count; i++) {
		while (place < order->count && order->where[place] == NOWHERE)
			place++;
		if (place == order->count ||
		    (next < nfresh && order->fresh[next] < order->where[place]))
			order->from[i] = order->fresh[next++];
		else
			order->from[i] = order->where[place++];
	}
	move(rows->list, order->from, rows->count);
}
