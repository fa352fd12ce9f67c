/* SPDX-License-Identifier: MIT
 *
 * Rows of the list of trends, from what is watched: the window that says most
 * of each, with the figures the test went by, and the control groups that fill.
 * Judges nothing.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "trends.h"

/* Of those that rose; what fills comes besides. */
#define ROWS_MAX 64

/* The scale at which it keeps growing, confirmed before suspected; SCALES:
 * none. */
static size_t growing_scale(const struct watched *w)
{
	for (size_t i = SCALES; i-- > 0;)
		if (w->confirmed[i])
			return i;
	for (size_t i = SCALES; i-- > 0;)
		if (w->now[i].test == LEAK_RISES && w->floors[i].count)
			return i;
	return SCALES;
}

/* The longest that is known of one that does not, but rose; SCALES: none. */
static size_t risen_scale(const struct watched *w, double least)
{
	size_t best = SCALES;

	for (size_t i = 0; i < SCALES; i++)
		if (w->floors[i].count >= LEAK_BINS &&
		    w->now[i].rise > least / 2)
			best = i;
	return best;
}

static const struct text *subject_of(const struct watched *w,
				     const struct snapshot *snapshot)
{
	static const char *const kernel[KERNEL_COUNT] = {
		[KERNEL_SLAB] = "(slab)",
		[KERNEL_UNACCOUNTED] = "(unaccounted)",
	};
	const struct process *p;
	char buf[96];

	if (w->path)
		return text_ref(w->path);
	if (w->key.pid == PID_KERNEL) {
		snprintf(buf, sizeof(buf), "%s", kernel[w->key.start_ns]);
	} else {
		p = snapshot_find(snapshot, w->key);
		snprintf(buf, sizeof(buf), "%s[%d]", p ? p->comm : "?",
			 (int)w->key.pid);
	}
	return text_new(buf, strlen(buf));
}

static void fill_figures(struct trend *row, const struct watched *w,
			 size_t scale)
{
	const struct leak *leak = &w->now[scale];
	const char *why = leak->test == LEAK_RISES && w->load[scale]
				  ? load_words(w->load[scale])
				  : leak_words(leak->test);
	double floors[LEAK_BINS];

	floors_window(&w->floors[scale], 0, floors);
	row->why = text_new(why, strlen(why));
	row->window_ns = trend_bin_ns[scale] * LEAK_BINS;
	row->floor = (uint64_t)floors[LEAK_BINS - 1];
	row->rise = leak->rise;
	row->rate =
		leak->slope * (double)NS_PER_S / (double)trend_bin_ns[scale];
	row->tau = leak->tau;
	row->step = leak->step;
	row->least_third = leak->least_third;
	row->last_third = leak->last_third;
	for (size_t i = 0; i < LEAK_BINS; i++)
		if (!isnan(floors[i]))
			row->bins[i] = (uint64_t)floors[i];
}

static void fill_row(struct trend *row, const struct watched *w, size_t scale,
		     const struct snapshot *snapshot)
{
	row->subject = subject_of(w, snapshot);
	snprintf(row->kind, sizeof(row->kind), "%s",
		 w->path	  ? "cgroup"
		 : w->key.pid > 0 ? "process"
				  : "kernel");
	snprintf(row->verdict, sizeof(row->verdict), "%s",
		 w->now[scale].test != LEAK_RISES ? "no"
		 : w->load[scale]		  ? "load"
		 : w->confirmed[scale]		  ? "confirmed"
						  : "suspect");
	if (w->key.pid > 0) {
		row->pid = (uint64_t)w->key.pid;
		row->start_ns = w->key.start_ns;
	}
	fill_figures(row, w, scale);
}

static void fill_pace(struct trend *row, const struct pace *pace)
{
	const struct points *p = &pace->points;

	row->subject = text_ref(pace->path);
	snprintf(row->kind, sizeof(row->kind), "cgroup");
	snprintf(row->verdict, sizeof(row->verdict), "filling");
	row->window_ns =
		(uint64_t)((p->at[p->count - 1] - p->at[0]) * (double)NS_PER_S);
	row->floor = (uint64_t)p->value[p->count - 1];
	row->rise = p->value[p->count - 1] - p->value[0];
	row->rate = pace->rate;
	row->eta_ns = pace->eta_ns;
}

static struct trend *add_row(struct list **list)
{
	struct trend *row = list_add(list);

	if (row)
		row->block = (*list)->block;
	return row;
}

/* Those that keep growing, or those that only rose. */
static void add_watched(struct list **list, const struct trends_judge *judge,
			const struct snapshot *snapshot, bool growing)
{
	for (size_t i = 0; i < judge->count && (*list)->count < ROWS_MAX; i++) {
		const struct watched *w = &judge->watched[i];
		double least = trend_least_rise(snapshot, w->key.pid);
		size_t scale = growing_scale(w);
		const struct pace *pace;
		struct trend *row;

		if (growing != (scale != SCALES))
			continue;
		if (!growing)
			scale = risen_scale(w, least);
		if (scale == SCALES)
			continue;
		row = add_row(list);
		if (!row)
			return;
		fill_row(row, w, scale, snapshot);
		pace = w->path ? paces_find(&judge->paces, w->path) : NULL;
		if (pace)
			row->eta_ns = pace->eta_ns;
	}
}

/* Those that fill and have no row for their growth. */
static void add_paces(struct list **list, const struct paces *paces)
{
	for (size_t i = 0; i < PACES_MAX; i++) {
		const struct pace *pace = &paces->list[i];
		struct trend *row;

		if (!pace->path || pace->eta_ns == UNKNOWN ||
		    trend_find_cgroup(*list, pace->path))
			continue;
		row = add_row(list);
		if (!row)
			return;
		fill_pace(row, pace);
	}
}

struct list *trend_rows_make(const struct trends_judge *judge,
			     const struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_TREND);

	if (!list)
		return NULL;
	list->block = (struct block){ .state = STATE_OK,
				      .read_ns = snapshot->monotonic_ns };
	add_watched(&list, judge, snapshot, true);
	add_watched(&list, judge, snapshot, false);
	add_paces(&list, &judge->paces);
	return list;
}
