/* SPDX-License-Identifier: MIT
 *
 * The time that a control group has left: the slope of what can't be freed in
 * it, when that stands out of its scatter, against what is left of the limit it
 * would hit first.  Usage at a limit means nothing, so usage is not looked at.
 */
#include "paces.h"

#include <math.h>
#include <string.h>

#include "memtop/base.h"

/* Nearer than this to the point before it a point tells nothing new. */
#define APART_NS (NS_PER_S - NS_PER_S / 10)
/* With fewer points the scatter is not known. */
#define POINTS_LEAST 4
/* A forecast reaches so many times as far as was watched, as for the
 * machine. */
#define REACH 4
/* Whoever gave a tenth back collects garbage: within that time it does not fill
 * until it has clearly more than it had then. */
#define RELEASED 0.9
#define TOOTH	 1.05
#define TOOTH_NS (300 * NS_PER_S)

static void forget(struct pace *pace)
{
	text_unref(pace->path);
	*pace = (struct pace){ .rate = NAN, .eta_ns = UNKNOWN };
}

static bool is_near(const struct cgroup *row)
{
	return row->path && row->room.state == STATE_OK &&
	       row->hard != UNKNOWN && row->effective_limit != UNKNOWN &&
	       row->max <= row->effective_limit &&
	       row->hard >= row->effective_limit / 2;
}

static struct pace *find(struct paces *paces, const struct text *path)
{
	struct pace *unused = NULL;

	for (size_t i = 0; i < PACES_MAX; i++) {
		struct pace *pace = &paces->list[i];

		if (pace->path && text_equal(pace->path, path))
			return pace;
		if (pace->path && pace->seen_ns == paces->read_ns)
			continue;
		if (!unused || !pace->path || pace->seen_ns < unused->seen_ns)
			unused = pace;
	}
	if (unused) {
		forget(unused);
		unused->path = text_ref(path);
	}
	return unused;
}

static void add_point(struct pace *pace, const struct cgroup *row)
{
	struct points *p = &pace->points;

	if (p->count && row->stat.read_ns < pace->read_ns + APART_NS)
		return;
	if (p->count == SLOPE_POINTS) {
		p->count--;
		memmove(p->at, p->at + 1, p->count * sizeof(*p->at));
		memmove(p->value, p->value + 1, p->count * sizeof(*p->value));
	}
	p->at[p->count] = (double)row->stat.read_ns / (double)NS_PER_S;
	p->value[p->count++] = (double)row->hard;
	pace->read_ns = row->stat.read_ns;
}

static bool is_tooth(struct pace *pace, const struct cgroup *row)
{
	uint64_t now_ns = row->stat.read_ns;

	if (now_ns >= pace->tooth_ns + TOOTH_NS)
		pace->tooth = 0;
	if ((double)row->hard < RELEASED * (double)pace->most) {
		pace->tooth = max_u64(pace->tooth, pace->most);
		pace->tooth_ns = now_ns;
		pace->most = 0;
	}
	pace->most = max_u64(pace->most, row->hard);
	return (double)row->hard <= TOOTH * (double)pace->tooth;
}

static void judge(struct pace *pace, const struct cgroup *row)
{
	const struct points *p = &pace->points;
	double left, seconds;

	pace->eta_ns = UNKNOWN;
	if (is_tooth(pace, row))
		return;
	pace->rate = p->count >= POINTS_LEAST ? slope_steady(p) : NAN;
	if (!(pace->rate > 0))
		return;
	left = (double)row->effective_limit - (double)row->hard;
	seconds = fmax(left, 0) / pace->rate;
	if (seconds <= REACH * (p->at[p->count - 1] - p->at[0]))
		pace->eta_ns = (uint64_t)(seconds * (double)NS_PER_S);
}

static bool any_fills(const struct paces *paces)
{
	for (size_t i = 0; i < PACES_MAX; i++)
		if (paces->list[i].path && paces->list[i].eta_ns != UNKNOWN)
			return true;
	return false;
}

static void write_etas(const struct paces *paces, struct snapshot *snapshot)
{
	const struct list *before = snapshot_list(snapshot, ENTITY_CGROUP);
	struct list *list = any_fills(paces) ? list_copy(before) : NULL;

	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++) {
		struct cgroup *row = (struct cgroup *)list_row(list, i);
		const struct pace *pace =
			row->path ? paces_find(paces, row->path) : NULL;

		if (!pace)
			continue;
		row->pace.state = STATE_OK;
		row->eta_ns = pace->eta_ns;
	}
	snapshot_set_list(snapshot, list);
}

bool paces_step(struct paces *paces, struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	bool changed = false;

	if (list_state(list) != STATE_OK ||
	    list->block.read_ns == paces->read_ns)
		return false;
	paces->read_ns = list->block.read_ns;
	for (size_t i = 0; i < list->count; i++) {
		const struct cgroup *row = list_row(list, i);
		struct pace *pace =
			is_near(row) ? find(paces, row->path) : NULL;
		uint64_t before;

		if (!pace)
			continue;
		before = pace->eta_ns;
		pace->seen_ns = paces->read_ns;
		add_point(pace, row);
		judge(pace, row);
		changed = changed || pace->eta_ns != before;
	}
	for (size_t i = 0; i < PACES_MAX; i++) {
		struct pace *pace = &paces->list[i];

		if (!pace->path || pace->seen_ns == paces->read_ns)
			continue;
		changed = changed || pace->eta_ns != UNKNOWN;
		pace->eta_ns = UNKNOWN;
		pace->points.count = 0;
		if (paces->read_ns >= pace->seen_ns + TOOTH_NS)
			forget(pace);
	}
	write_etas(paces, snapshot);
	return changed;
}

void paces_done(struct paces *paces)
{
	for (size_t i = 0; i < PACES_MAX; i++)
		text_unref(paces->list[i].path);
}

const struct pace *paces_find(const struct paces *paces,
			      const struct text *path)
{
	for (size_t i = 0; i < PACES_MAX; i++) {
		const struct pace *pace = &paces->list[i];

		if (pace->path && pace->eta_ns != UNKNOWN &&
		    text_equal(pace->path, path))
			return pace;
	}
	return NULL;
}
