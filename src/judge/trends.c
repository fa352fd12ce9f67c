/* SPDX-License-Identifier: MIT
 *
 * What keeps growing: floors of processes, control groups and kernel memory over
 * windows of ten and of thirty minutes and of four hours.  Readings are taken
 * every five seconds, of what has some size only, and judged when a bin is
 * whole; so the list is made anew about once a minute, or when some control
 * group comes near its limit.  The floors are kept here, outside the history.
 */
#include "memtop/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/ledger.h"
#include "trends.h"

#define EVERY_NS (5 * NS_PER_S)
/* Smaller ones are not watched; where there are too many, twice as much. */
#define WATCH_FROM	 (16 * MIB)
#define WATCH_GROUP_FROM (64 * MIB)
#define WATCHED_MAX	 512

/* clang-format off */
const uint64_t trend_bin_ns[SCALES] = {
	600 * NS_PER_S / LEAK_BINS,
	1800 * NS_PER_S / LEAK_BINS,
	14400 * NS_PER_S / LEAK_BINS,
};
/* clang-format on */

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

	for (size_t i = 0; i < judge->count; i++) {
		if (judge->watched[i].seen_ns != now_ns) {
			text_unref(judge->watched[i].path);
			continue;
		}
		if (kept != i)
			judge->watched[kept] = judge->watched[i];
		kept++;
	}
	judge->count = kept;
	if (kept < WATCHED_MAX)
		judge->full = false; /* there will be, next time */
}

/* ---- reading and judging ------------------------------------------------- */

double trend_least_rise(const struct snapshot *snapshot, pid_t pid)
{
	double total = snapshot->memory.total == UNKNOWN
			       ? 0
			       : (double)snapshot->memory.total;

	return pid > 0 ? fmax(16.0 * (double)MIB, 0.001 * total)
		       : fmax(64.0 * (double)MIB, 0.01 * total);
}

static bool judge_one(struct watched *w, size_t scale, double least,
		      const struct process *process)
{
	double floors[LEAK_BINS];
	struct leak before;

	floors_window(&w->floors[scale], 0, floors);
	leak_judge(floors, least, &w->now[scale]);
	if (process)
		loads_add(&w->loads[scale],
			  process->status.state == STATE_OK ? process->threads
							    : UNKNOWN,
			  process->files.state == STATE_OK ? process->open_files
							   : UNKNOWN,
			  process->stat.state == STATE_OK
				  ? process->minor_faults
				  : UNKNOWN);
	w->load[scale] =
		loads_rise(&w->loads[scale], w->now[scale].rise / floors[0]);
	floors_window(&w->floors[scale], 1, floors);
	leak_judge(floors, least, &before);
	w->confirmed[scale] =
		scale != SCALE_FIRST && leak_confirmed(&before, &w->now[scale]);
	return w->now[scale].test != LEAK_SHORT;
}

/* What was found before a gap; true: there was something. */
static bool forget_judgement(struct watched *w, size_t scale)
{
	bool had = w->now[scale].rise > 0;

	w->now[scale] = (struct leak){ .test = LEAK_SHORT, .rise = NAN };
	w->loads[scale] = (struct loads){ .count = 0 };
	w->confirmed[scale] = false;
	return had;
}

/* true: something was judged, or is not known any more. */
static bool read_one(struct trends_judge *judge, struct process_key key,
		     uint64_t bytes, const struct snapshot *snapshot,
		     const struct process *process, const struct text *path)
{
	struct watched *w = watch(judge, key);
	uint64_t now_ns = snapshot->monotonic_ns;
	bool judged = false;

	if (!w) {
		judge->full |= key.pid > 0;
		return false;
	}
	w->seen_ns = now_ns;
	if (path && !w->path)
		w->path = text_ref(path);
	for (size_t i = 0; i < SCALES; i++) {
		if (floors_add(&w->floors[i], now_ns, trend_bin_ns[i], bytes))
			judged |= judge_one(w, i,
					    trend_least_rise(snapshot, key.pid),
					    process);
		else if (!w->floors[i].count)
			judged |= forget_judgement(w, i);
	}
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

/* What belongs to a cgroup and can't be dropped.  Slices hold what their
 * services hold: only what has processes of its own is watched. */
static uint64_t held_by(const struct cgroup *row)
{
	if (!row->path || row->depth == 0 || !strcmp(row->kind, "slice") ||
	    row->stat.state != STATE_OK || row->anon == UNKNOWN)
		return UNKNOWN;
	return row->anon + (row->swap == UNKNOWN ? 0 : row->swap) +
	       (row->kernel == UNKNOWN || row->slab_reclaimable == UNKNOWN
			? 0
			: sub_floor(row->kernel, row->slab_reclaimable));
}

static uint64_t hash_of(const struct text *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *s = text_str(path); *s; s++)
		hash = (hash ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return hash;
}

static bool read_groups(struct trends_judge *judge,
			const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	bool judged = false;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		uint64_t bytes = held_by(row);
		struct process_key key = { .pid = PID_CGROUP };

		if (bytes == UNKNOWN || bytes < WATCH_GROUP_FROM)
			continue;
		key.start_ns = hash_of(row->path);
		judged |=
			read_one(judge, key, bytes, snapshot, NULL, row->path);
	}
	return judged;
}

static bool read_kernel(struct trends_judge *judge,
			const struct snapshot *snapshot)
{
	struct process_key key = { PID_KERNEL, KERNEL_SLAB };
	struct ledger ledger;
	bool judged;

	judged = read_one(judge, key, snapshot->memory.slab_unreclaimable,
			  snapshot, NULL, NULL);
	key.start_ns = KERNEL_UNACCOUNTED;
	if (ledger_make(snapshot, &ledger) == 0)
		judged |= read_one(judge, key, ledger.bytes[LEDGER_UNACCOUNTED],
				   snapshot, NULL, NULL);
	return judged;
}

static bool read_all(struct trends_judge *judge,
		     const struct snapshot *snapshot)
{
	bool judged;

	/* so that there is room for the larger ones */
	if (judge->full && judge->from < UINT64_MAX / 4)
		judge->from *= 2;
	judge->full = false;
	judged = read_kernel(judge, snapshot);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		uint64_t bytes = held(p);

		if (bytes != UNKNOWN && bytes >= judge->from)
			judged |= read_one(judge, p->key, bytes, snapshot, p,
					   NULL);
	}
	return judged | read_groups(judge, snapshot);
}

/* ---- the fold ------------------------------------------------------------ */

static void forget_all(struct trends_judge *judge)
{
	for (size_t i = 0; i < judge->count; i++)
		text_unref(judge->watched[i].path);
	judge->count = 0;
	judge->from = WATCH_FROM;
	judge->full = false;
	judge->read_ns = 0;
	paces_done(&judge->paces);
	memset(&judge->paces, 0, sizeof(judge->paces));
}

void trends_judge_step(void *state, struct snapshot *snapshot)
{
	struct trends_judge *judge = state;
	uint64_t now_ns = snapshot->monotonic_ns;
	bool changed = !judge->list;
	struct list *list;

	if (now_ns < judge->read_ns) /* another boot */
		forget_all(judge);
	if (changed || now_ns >= judge->read_ns + EVERY_NS) {
		changed |= read_all(judge, snapshot);
		judge->read_ns = now_ns;
		forget_gone(judge, now_ns);
	}
	changed |= paces_step(&judge->paces, snapshot);
	list = changed ? trend_rows_make(judge, snapshot) : NULL;
	if (list) {
		list_unref(judge->list);
		judge->list = list;
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
	forget_all(judge);
	if (judge->watched)
		return judge;
	free(judge);
	return NULL;
}

void trends_judge_free(struct trends_judge *judge)
{
	if (!judge)
		return;
	forget_all(judge);
	list_unref(judge->list);
	free(judge->watched);
	free(judge);
}
