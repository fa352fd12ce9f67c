/* SPDX-License-Identifier: MIT
 *
 * What keeps growing: floors of processes and of kernel memory over windows of
 * ten and of thirty minutes and of four hours.  Readings are taken every five
 * seconds, of processes of some size only, and judged when a bin is whole; so
 * the list is made anew about once a minute.  The floors are kept here,
 * outside the history.
 */
#include "memtop/trend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "leak.h"
#include "memtop/base.h"
#include "memtop/ledger.h"

#define EVERY_NS (5 * NS_PER_S)
/* Smaller ones are not watched. */
#define WATCH_FROM (16 * MIB)
#define WATCHED_MAX 512
#define ROWS_MAX    64

/* clang-format off */
static const uint64_t bin_ns[] = {
	600 * NS_PER_S / LEAK_BINS,	/* a first look: never confirms */
	1800 * NS_PER_S / LEAK_BINS,
	14400 * NS_PER_S / LEAK_BINS,
};
/* clang-format on */
#define SCALES	     ARRAY_SIZE(bin_ns)
#define SCALE_FIRST  0

/* One process or kind of memory. */
struct watched {
	struct process_key key; /* pid 0: kernel memory, start_ns says which */
	uint64_t seen_ns;
	struct floors floors[SCALES];
	struct leak now[SCALES];
	bool confirmed[SCALES];
};

enum { KERNEL_SLAB, KERNEL_UNACCOUNTED, KERNEL_COUNT };

struct trends_judge {
	struct watched *watched; /* by pid and start */
	size_t count;
	uint64_t read_ns;	 /* monotonic, of the last readings */
	const struct list *list; /* the last one made, a reference */
};

/* ---- who is watched ------------------------------------------------------ */

static int compare(struct process_key a, struct process_key b)
{
	if (a.pid != b.pid)
		return a.pid < b.pid ? -1 : 1;
	return (a.start_ns > b.start_ns) - (a.start_ns < b.start_ns);
}

static size_t place_of(const struct trends_judge *judge, struct process_key key)
{
	size_t low = 0, high = judge->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare(judge->watched[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* NULL: there is no room for one more. */
static struct watched *watch(struct trends_judge *judge, struct process_key key)
{
	size_t place = place_of(judge, key);
	struct watched *w = &judge->watched[place];

	if (place < judge->count && !compare(w->key, key))
		return w;
	if (judge->count == WATCHED_MAX)
		return NULL;
	memmove(w + 1, w, (judge->count - place) * sizeof(*w));
	judge->count++;
	*w = (struct watched){ .key = key };
	return w;
}

/* Who was not seen in this reading is gone, or small by now. */
static void forget_gone(struct trends_judge *judge, uint64_t now_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < judge->count; i++)
		if (judge->watched[i].seen_ns == now_ns)
			judge->watched[kept++] = judge->watched[i];
	judge->count = kept;
}

/* ---- reading and judging ------------------------------------------------- */

/* A rise below this does not matter. */
static double least_rise(const struct snapshot *snapshot, bool is_kernel)
{
	double total = snapshot->memory.total == UNKNOWN
			       ? 0
			       : (double)snapshot->memory.total;

	return is_kernel ? fmax(64.0 * (double)MIB, 0.01 * total)
			 : fmax(16.0 * (double)MIB, 0.001 * total);
}

static bool judge_one(struct watched *w, size_t scale, double least)
{
	double floors[LEAK_BINS];
	struct leak before;

	floors_window(&w->floors[scale], 0, floors);
	leak_judge(floors, least, &w->now[scale]);
	floors_window(&w->floors[scale], 1, floors);
	leak_judge(floors, least, &before);
	w->confirmed[scale] = scale != SCALE_FIRST &&
			      leak_confirmed(&before, &w->now[scale]);
	return w->now[scale].test != LEAK_SHORT;
}

/* true: something was judged. */
static bool read_one(struct trends_judge *judge, struct process_key key,
		     uint64_t bytes, const struct snapshot *snapshot)
{
	struct watched *w = watch(judge, key);
	uint64_t now_ns = snapshot->monotonic_ns;
	bool judged = false;

	if (!w)
		return false;
	w->seen_ns = now_ns;
	for (size_t i = 0; i < SCALES; i++)
		if (floors_add(&w->floors[i], now_ns, bin_ns[i], bytes))
			judged |= judge_one(w, i,
					    least_rise(snapshot, !key.pid));
	return judged;
}

/* Never RSS: file pages come and go, and what is swapped out is still held. */
static uint64_t held(const struct process *p)
{
	if (p->kernel || p->state == 'Z' || p->status.state != STATE_OK ||
	    p->anon == UNKNOWN)
		return UNKNOWN;
	return p->anon + (p->swap == UNKNOWN ? 0 : p->swap);
}

static bool read_all(struct trends_judge *judge,
		     const struct snapshot *snapshot)
{
	struct ledger ledger;
	bool judged = false;

	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		uint64_t bytes = held(p);

		if (bytes != UNKNOWN && bytes >= WATCH_FROM)
			judged |= read_one(judge, p->key, bytes, snapshot);
	}
	judged |= read_one(judge, (struct process_key){ 0, KERNEL_SLAB },
			   snapshot->memory.slab_unreclaimable, snapshot);
	if (ledger_make(snapshot, &ledger) == 0)
		judged |= read_one(
			judge, (struct process_key){ 0, KERNEL_UNACCOUNTED },
			ledger.bytes[LEDGER_UNACCOUNTED], snapshot);
	return judged;
}

/* ---- rows ---------------------------------------------------------------- */

/* The scale that says most: confirmed, suspected, or else the longest that is
 * known; SCALES: none rose. */
static size_t best_scale(const struct watched *w, double least)
{
	size_t best = SCALES;

	for (size_t i = SCALES; i-- > 0;)
		if (w->confirmed[i])
			return i;
	for (size_t i = SCALES; i-- > 0;)
		if (w->now[i].test == LEAK_RISES && w->floors[i].count)
			return i;
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

	if (!w->key.pid) {
		snprintf(buf, sizeof(buf), "%s", kernel[w->key.start_ns]);
	} else {
		p = snapshot_find(snapshot, w->key);
		snprintf(buf, sizeof(buf), "%s[%d]", p ? p->comm : "?",
			 (int)w->key.pid);
	}
	return text_new(buf, strlen(buf));
}

static void fill_row(struct trend *row, const struct watched *w, size_t scale,
		     const struct snapshot *snapshot)
{
	const struct leak *leak = &w->now[scale];
	const char *why = leak_words(leak->test);
	double floors[LEAK_BINS];

	floors_window(&w->floors[scale], 0, floors);
	row->subject = subject_of(w, snapshot);
	row->why = text_new(why, strlen(why));
	snprintf(row->kind, sizeof(row->kind), "%s",
		 w->key.pid ? "process" : "kernel");
	snprintf(row->verdict, sizeof(row->verdict), "%s",
		 w->confirmed[scale]		? "confirmed"
		 : leak->test == LEAK_RISES ? "suspect"
						: "no");
	if (w->key.pid) {
		row->pid = (uint64_t)w->key.pid;
		row->start_ns = w->key.start_ns;
	}
	row->window_ns = bin_ns[scale] * LEAK_BINS;
	row->floor = (uint64_t)floors[LEAK_BINS - 1];
	row->rise = leak->rise;
	row->rate = leak->slope * (double)NS_PER_S / (double)bin_ns[scale];
	row->tau = leak->tau;
}

static void make_list(struct trends_judge *judge,
		      const struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_TREND);

	if (!list)
		return;
	list->block = (struct block){ .state = STATE_OK,
				      .read_ns = snapshot->monotonic_ns };
	for (size_t i = 0; i < judge->count && list->count < ROWS_MAX; i++) {
		const struct watched *w = &judge->watched[i];
		size_t scale =
			best_scale(w, least_rise(snapshot, !w->key.pid));
		struct trend *row;

		if (scale == SCALES)
			continue;
		row = list_add(&list);
		if (!row)
			break;
		row->block = list->block;
		fill_row(row, w, scale, snapshot);
	}
	list_unref(judge->list);
	judge->list = list;
}

/* ---- the fold ------------------------------------------------------------ */

void trends_judge_step(void *state, struct snapshot *snapshot)
{
	struct trends_judge *judge = state;
	uint64_t now_ns = snapshot->monotonic_ns;

	if (now_ns < judge->read_ns) { /* another boot */
		judge->count = 0;
		judge->read_ns = 0;
	}
	if (!judge->list || now_ns >= judge->read_ns + EVERY_NS) {
		bool judged = read_all(judge, snapshot);

		judge->read_ns = now_ns;
		forget_gone(judge, now_ns);
		if (judged || !judge->list)
			make_list(judge, snapshot);
	}
	if (judge->list)
		snapshot_set_list(snapshot,
				  (struct list *)list_ref(judge->list));
}

struct trends_judge *trends_judge_new(void)
{
	struct trends_judge *judge = calloc(1, sizeof(*judge));

	if (!judge)
		return NULL;
	judge->watched = calloc(WATCHED_MAX, sizeof(*judge->watched));
	if (judge->watched)
		return judge;
	free(judge);
	return NULL;
}

void trends_judge_free(struct trends_judge *judge)
{
	if (!judge)
		return;
	list_unref(judge->list);
	free(judge->watched);
	free(judge);
}
