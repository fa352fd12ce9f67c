/* SPDX-License-Identifier: MIT
 *
 * Private to the head and the panes: figures of the whole machine as texts.
 */
#ifndef UI_FIGURES_H
#define UI_FIGURES_H

#include "ui.h"

/* Room for a size with a mark or "/s" behind it. */
#define FIGURE_SIZE 40

/* RAM in parts that add up to the total: the ledger (ledger.h) in fewer
 * rows. */
struct ram_part {
	const char *name;
	char freed[24]; /* can it be freed? */
	uint64_t bytes; /* UNKNOWN: not known at all */
	enum glyph glyph;
	enum style style;
};
enum {
	RAM_ANON,
	RAM_SHMEM,
	RAM_PAGE_CACHE,
	RAM_SLAB_FREEABLE,
	RAM_SLAB_FIXED,
	RAM_COMPRESSED,
	RAM_HUGETLB,
	RAM_KERNEL,
	RAM_UNACCOUNTED,
	RAM_FREE,
	RAM_PARTS
};
void ram_parts(const struct snapshot *snapshot, struct ram_part ret[RAM_PARTS]);

/* The same in the four kinds of the bar. */
struct ram_kinds {
	uint64_t processes, kernel, cache, free;
};
void ram_kinds(const struct snapshot *snapshot, struct ram_kinds *ret);

/* Sizes that a reader adds share one unit; this one suits the total and keeps
 * each of them within five cells. */
char *figure_shared(char buf[FIGURE_SIZE], uint64_t bytes, uint64_t total);
/* A size, or why there is none: "..", "?", "n/a". */
char *figure_bytes(const struct ui *ui, char buf[FIGURE_SIZE], uint64_t bytes,
		   const struct block *block);
/* "61M/s"; ".." before the first rate. */
char *figure_flow(const struct ui *ui, char buf[FIGURE_SIZE],
		  const char *counter);
/* part of whole as "45%", or "-". */
char *figure_percent(char buf[FIGURE_SIZE], uint64_t part, uint64_t whole);

/* Bytes per second of a counter of pages; NAN when not known. */
double flow_rate(const struct snapshot *snapshot, const char *counter);
/* Used bytes on zram devices and on all others. */
void swap_kinds(const struct snapshot *snapshot, uint64_t *ret_zram,
		uint64_t *ret_disk);

/* What stands where a block has no figure. */
const char *state_mark(enum state state);

#endif
