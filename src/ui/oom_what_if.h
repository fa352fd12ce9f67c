/* SPDX-License-Identifier: MIT
 *
 * Private to the OOM pane, its page and its dialog: the kill order as if one
 * process had another oom_score_adj.  Nothing is changed by it.
 */
#ifndef UI_OOM_WHAT_IF_H
#define UI_OOM_WHAT_IF_H

#include "memtop/forecast.h"
#include "ui.h"

#define ADJ_STEP 50

int64_t adj_clamp(int64_t adj);

/* The adj that is tried for that process; its own where none is. */
int64_t what_if_adj(const struct ui *ui, const struct process *process);

/* Action: the adj of the selected process up or down by `arg`. */
void act_what_if(struct ui *ui, int arg);

/* "java[48213]", or "nobody". */
void what_if_name(const struct process *process, char *buf, size_t size);
/* ", frees 31.0G + 4.1G": RAM and swap; "" where not known. */
void what_if_frees(const struct process *process, char *buf, size_t size);
/* "45.3%" of RAM + swap, or "never". */
void what_if_badness(const struct oom_place *place, uint64_t total, char *buf,
		     size_t size);
/* "rank 1 of 307", or "never". */
void what_if_rank(const struct oom_place *place, char *buf, size_t size);

/* The box of the pane, about the selected process. */
#define WHAT_IF_ROWS 4
void what_if_draw(const struct ui *ui, const struct canvas *c);

/* The table of the page; returns the rows it took. */
int what_if_table(const struct ui *ui, const struct canvas *c,
		  const struct process *process);

#endif
