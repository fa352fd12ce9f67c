/* SPDX-License-Identifier: MIT
 *
 * Figures about swap devices that follow from others.  Pure arithmetic.
 */
#include "memtop/swap.h"

#include "memtop/list.h"
#include "model.h"

/* A device is filled cluster by cluster: with less room than one it is left
 * for the next. */
#define FULL_WITH MIB

double compression_ratio(uint64_t original, uint64_t used)
{
	if (original == UNKNOWN || used == UNKNOWN || original == 0 ||
	    used == 0)
		return NAN;
	return (double)original / (double)used;
}

/* Sum of two counters of requests; UNKNOWN when either is. */
static uint64_t requests(const struct swap *swap)
{
	return swap->reads == UNKNOWN || swap->writes == UNKNOWN
		       ? UNKNOWN
		       : swap->reads + swap->writes;
}

static uint64_t await_between(const struct swap *before, const struct swap *now)
{
	uint64_t then = requests(before), count = requests(now);

	if (before->io_block.state != STATE_OK ||
	    now->io_block.state != STATE_OK || then == UNKNOWN ||
	    count == UNKNOWN || count <= then || before->wait_ns == UNKNOWN ||
	    now->wait_ns == UNKNOWN || now->wait_ns < before->wait_ns)
		return UNKNOWN;
	return (now->wait_ns - before->wait_ns) / (count - then);
}

void swap_await(struct list *swaps, const struct list *before)
{
	for (size_t i = 0; i < swaps->count; i++) {
		struct swap *swap = (void *)(swaps->rows + i * swaps->row_size);
		const struct swap *then = list_row_before(swaps, i, before);

		if (then)
			swap->await_ns = await_between(then, swap);
	}
}

static bool is_before(const struct swap *a, const struct swap *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	return a->size - a->used > b->size - b->used;
}

const struct swap *swap_in_use(const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_SWAP);
	const struct swap *found = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct swap *swap = list_row(list, i);

		if (swap->size == UNKNOWN || swap->used == UNKNOWN ||
		    swap->size < swap->used + FULL_WITH)
			continue;
		if (!found || is_before(swap, found))
			found = swap;
	}
	return found;
}
