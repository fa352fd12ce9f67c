/* SPDX-License-Identifier: MIT
 *
 * The order of rows at the last sort, so that they stay where they are while
 * the screen holds still.
 */
#ifndef UI_ORDER_H
#define UI_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "memtop/rows.h"

struct order {
	struct process_key *list; /* what stood at each place */
	uint32_t *buckets;	  /* finds them: a place plus 1; 0: empty */
	uint32_t *where, *fresh, *from; /* room for arranging */
	size_t count, room;
	uint32_t mask;	    /* of buckets */
	uint64_t sorted_ns; /* 0: sort at the next refresh */
};

/* What names a row across samples: the process, or the group by its label. */
struct process_key order_identity(const struct row *row);

/* Notes the order that rows are in; without memory, none. */
void order_save(struct order *order, const struct rows *rows, uint64_t now);
/* Moves rows to their places of then.  New ones go where they belong by the
 * order that they come in: before the first that sorts behind them. */
void order_apply(struct order *order, struct rows *rows);
void order_done(struct order *order);

#endif
