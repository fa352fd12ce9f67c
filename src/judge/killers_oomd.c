/* SPDX-License-Identifier: MIT
 *
 * systemd-oomd's test of stalls: a unit that asked for it, all of whose tasks
 * waited longer than a limit, for so long, while memory was reclaimed from it;
 * and the cgroup in it that it would end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "killers_private.h"
#include "memtop/cgroup.h"
#include "memtop/list.h"
#include "words.h"

#define STALL_LIMIT   60
#define STALL_LASTS_S 30
#define RECLAIMED_NS  (30 * NS_PER_S)
#define SWAP_LEAST    5	       /* percent of swap: less is not worth a kill */
#define UNITS	      "oomd: " /* begins the name of a unit's row */
/* Where the limit is reached, and only the time has to pass. */
#define WAY_AT_LIMIT 80

/* ---- who asked ----------------------------------------------------------- */

static const char *unit_of(const struct tunable *row)
{
	return strncmp(row->name, UNITS, strlen(UNITS)) == 0
		       ? row->name + strlen(UNITS)
		       : NULL;
}

bool killers_asked(const struct snapshot *snapshot, const char *what)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);

	if (!killers_row(list, "oomd.SwapUsedLimit"))
		return true;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);

		if (unit_of(row) && strstr(row->value, what))
			return true;
	}
	return false;
}

bool killers_watch(const struct snapshot *snapshot, const char *unit)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);
		const char *name = unit_of(row);

		if (name && strcmp(name, unit) == 0 &&
		    strstr(row->value, "stall"))
			return true;
	}
	return false;
}

/* "user@.service" is of user@1000.service, "user-.slice" of user-1000.slice,
 * "-.slice" of all. */
static bool is_of(const char *unit, const char *path)
{
	const char *name = strrchr(path, '/'), *at = strpbrk(unit, "@-");
	size_t head, tail;

	name = name ? name + 1 : path;
	if (strcmp(unit, "-.slice") == 0)
		return !*name;
	if (strcmp(unit, name) == 0)
		return true;
	if (!at || at[1] != '.')
		return false;
	head = (size_t)(at + 1 - unit);
	tail = strlen(at + 1);
	return strncmp(name, unit, head) == 0 && strlen(name) > head + tail &&
	       strcmp(name + strlen(name) - tail, at + 1) == 0;
}

/* "stall 50% swap": its own limit, else that of all; NAN: not followed. */
static double limit_for(const struct snapshot *snapshot, const char *path)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);
		const char *unit = unit_of(row);
		const char *stall = unit ? strstr(row->value, "stall") : NULL;
		double own;

		if (!stall || !is_of(unit, path))
			continue;
		own = strtod(stall + strlen("stall"), NULL);
		return own > 0 ? own
			       : killers_setting(
					 snapshot,
					 "oomd.DefaultMemoryPressureLimit",
					 STALL_LIMIT);
	}
	return NAN;
}

/* ---- whom it would end --------------------------------------------------- */

static bool is_below(const char *path, const char *above)
{
	size_t len = strlen(above);

	if (strcmp(above, "/") == 0)
		return strcmp(path, "/") != 0;
	return strncmp(path, above, len) == 0 && path[len] == '/';
}

/* One with others below it is ended only if it asked for that. */
static bool can_end(const struct list *list, const struct cgroup *row)
{
	if (row->depth == 0)
		return false;
	if (row->knobs.state == STATE_OK && row->oom_group == 1)
		return true;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *other = list_row(list, i);

		if (is_below(text_str(other->path), text_str(row->path)))
			return false;
	}
	return true;
}

/* Of equals the larger. */
static bool is_more(double value, const struct cgroup *row, double most,
		    const struct cgroup *best)
{
	return !best || value > most ||
	       (value == most && row->current > best->current);
}

static void put_name(const struct cgroup *row, char *buf, size_t size)
{
	const struct text *name = row->name ? row->name : row->path;

	text_printable(buf, size, text_str(name), text_len(name), 40);
}

void killers_pick_swap(const struct snapshot *snapshot, char *buf, size_t size)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	double least = (double)snapshot->memory.swap_total * SWAP_LEAST / 100;
	const struct cgroup *best = NULL;
	double most = 0;

	*buf = '\0';
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (row->usage.state != STATE_OK || row->swap == UNKNOWN ||
		    !((double)row->swap > least) ||
		    !is_more((double)row->swap, row, most, best) ||
		    !can_end(list, row))
			continue;
		best = row;
		most = (double)row->swap;
	}
	if (best)
		put_name(best, buf, size);
}

/* The one that most is reclaimed from. */
static void pick_scanned(const struct snapshot *snapshot, const char *above,
			 char *buf, size_t size)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct cgroup *best = NULL;
	double most = 0;

	*buf = '\0';
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		const char *path = text_str(row->path);

		if ((strcmp(path, above) != 0 && !is_below(path, above)) ||
		    row->stat_v2.state != STATE_OK || !(row->scan_rate > 0) ||
		    !is_more(row->scan_rate, row, most, best) ||
		    !can_end(list, row))
			continue;
		best = row;
		most = row->scan_rate;
	}
	if (best)
		put_name(best, buf, size);
}

/* ---- how far ------------------------------------------------------------- */

static uint64_t hash_of(const char *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return hash ? hash : 1;
}

/* NULL: all places are taken. */
static struct watched *find_watched(struct killers *killers, uint64_t group)
{
	struct watched *place = NULL;

	for (size_t i = 0; i < WATCHED_MAX; i++) {
		if (killers->watched[i].group == group)
			return &killers->watched[i];
		if (!place && !killers->watched[i].group)
			place = &killers->watched[i];
	}
	if (place)
		*place = (struct watched){ .group = group, .scan = UNKNOWN };
	return place;
}

static void watch(struct watched *watched, const struct cgroup *row,
		  double limit, uint64_t now_ns)
{
	bool is_above = row->full.avg10 > limit;

	if (row->stat_v2.state == STATE_OK && row->scan != UNKNOWN) {
		/* fewer: it was made anew */
		if (watched->scan != UNKNOWN && row->scan > watched->scan)
			watched->scanned_ns = now_ns;
		watched->scan = row->scan;
	}
	if (!is_above)
		watched->above_ns = 0;
	else if (!watched->above_ns)
		watched->above_ns = now_ns;
	watched->seen_ns = now_ns;
}

static double way_of(const struct watched *watched, double value, double limit,
		     uint64_t lasts_ns, uint64_t now_ns)
{
	double passed;

	if (!watched->scanned_ns || now_ns > watched->scanned_ns + RECLAIMED_NS)
		return 0;
	if (!watched->above_ns)
		return fmin(100 * value / limit, WAY_AT_LIMIT - 1);
	passed = (double)(now_ns - watched->above_ns) / (double)lasts_ns;
	return WAY_AT_LIMIT + (100 - WAY_AT_LIMIT) * fmin(passed, 1);
}

static void take_watched(struct killers *killers,
			 const struct snapshot *snapshot,
			 const struct cgroup *row, double limit,
			 uint64_t lasts_ns)
{
	const char *path = text_str(row->path);
	struct watched *watched = find_watched(killers, hash_of(path));
	uint64_t now_ns = snapshot->monotonic_ns, end_ns;
	double way;

	if (!watched)
		return;
	watch(watched, row, limit, now_ns);
	way = way_of(watched, row->full.avg10, limit, lasts_ns, now_ns);
	if (way <= killers->stall.way)
		return;
	end_ns = watched->above_ns + lasts_ns;
	killers->stall.way = way;
	killers->stall.value = row->full.avg10;
	killers->stall.limit = limit;
	killers->stall.lasts_ns = lasts_ns;
	killers->stall.left_ns =
		watched->above_ns ? sub_floor(end_ns, now_ns) : UNKNOWN;
	put_name(row, killers->stall.group, sizeof(killers->stall.group));
	if (way >= 50)
		pick_scanned(snapshot, path, killers->stall.pick,
			     sizeof(killers->stall.pick));
}

static void forget_gone(struct killers *killers, uint64_t now_ns)
{
	for (size_t i = 0; i < WATCHED_MAX; i++)
		if (killers->watched[i].seen_ns != now_ns)
			killers->watched[i] = (struct watched){ 0 };
}

void killers_stalls(struct killers *killers, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	double lasts_s = killers_setting(
		snapshot, "oomd.DefaultMemoryPressureDurationSec",
		STALL_LASTS_S);

	killers->stall.way = NAN;
	killers->stall.pick[0] = '\0';
	if (!killers->oomd.is_there)
		return;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		double limit;

		if (row->pressure.state != STATE_OK)
			continue;
		limit = limit_for(snapshot, text_str(row->path));
		if (limit > 0)
			take_watched(killers, snapshot, row, limit,
				     (uint64_t)(lasts_s * (double)NS_PER_S));
	}
	forget_gone(killers, snapshot->monotonic_ns);
}
