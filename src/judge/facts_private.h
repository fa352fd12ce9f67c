/* SPDX-License-Identifier: MIT
 *
 * Private to the files that compute facts.
 */
#ifndef JUDGE_FACTS_PRIVATE_H
#define JUDGE_FACTS_PRIVATE_H

#include "facts.h"
#include "memtop/base.h"

static inline double known(uint64_t value)
{
	return value == UNKNOWN ? NAN : (double)value;
}

/* NAN unless the whole is above 0. */
static inline double percent(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : NAN;
}

static inline double page_size(const struct snapshot *snapshot)
{
	uint64_t size = snapshot->host ? snapshot->host->page_size : UNKNOWN;

	return size == UNKNOWN || !size ? NAN : (double)size;
}

/* facts_rates.c */
void facts_stalls(double *value, struct fact_memory *memory,
		  const struct window *window, const struct snapshot *snapshot);
void facts_reclaim(double *value, const struct window *window,
		   const struct snapshot *snapshot);
void facts_growth(double *value, struct fact_memory *memory,
		  const struct window *window, const struct snapshot *snapshot);
/* facts_lists.c: what follows from lists of the snapshot */
struct node;
struct tmpfs;
/* Percent of its low mark. */
double facts_node_free(const struct snapshot *snapshot,
		       const struct node *node);
/* The node that is nearest to its low mark, and of the others the one with most
 * to spare; NULL: not known, or there is one only. */
void facts_nodes(const struct snapshot *snapshot,
		 const struct node **ret_shortest,
		 const struct node **ret_other);
/* Of those that are large enough to matter; NULL: none is. */
const struct tmpfs *facts_fullest_mount(const struct snapshot *snapshot);
void facts_leaks(double *value, const struct snapshot *snapshot);
void facts_structure(double *value, struct fact_memory *memory,
		     const struct window *window,
		     const struct snapshot *snapshot);
/* facts_swap.c */
void facts_compressed(double *value, const struct snapshot *snapshot);
void facts_watermarks(double *value, const struct snapshot *snapshot);

#endif
