/* SPDX-License-Identifier: MIT
 *
 * What systemd-oomd was told in its files and by units, from the rows that
 * the tunables have of them: limits, and "oomd: user@.service" with "stall 50%
 * swap" for each unit that asked for it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "killer_private.h"
#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/list.h"

#define STALL_LIMIT 60
#define STALL_LASTS (30 * NS_PER_S)
#define UNITS	    "oomd: " /* begins the name of a unit's row */

const struct tunable *killer_setting(const struct snapshot *snapshot,
				     const char *name)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);

		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

bool killer_oomd_known(const struct snapshot *snapshot)
{
	return killer_setting(snapshot, "oomd.SwapUsedLimit") != NULL;
}

static const char *unit_of(const struct tunable *row)
{
	return strncmp(row->name, UNITS, strlen(UNITS)) == 0
		       ? row->name + strlen(UNITS)
		       : NULL;
}

bool killer_swap_asked(const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);

	if (!killer_oomd_known(snapshot))
		return true;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);

		if (unit_of(row) != NULL && strstr(row->value, "swap") != NULL)
			return true;
	}
	return false;
}

/* "20s", "1min 30s", "45": systemd.time(7), as far as anybody would go. */
static uint64_t parse_lasts(const char *text)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = {
		{ "ms", 0.001 }, { "min", 60 }, { "m", 60 },
		{ "h", 3600 },	 { "s", 1 },
	};
	double sum = 0;
	char *end;

	for (;;) {
		double value = strtod(text, &end), seconds = 1;

		if (end == text)
			break;
		end += strspn(end, " ");
		for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
			if (strncmp(end, units[i].unit,
				    strlen(units[i].unit)) != 0)
				continue;
			seconds = units[i].seconds;
			break;
		}
		end += strspn(end, "abcdefghijklmnopqrstuvwxyz ");
		sum += value * seconds;
		text = end;
	}
	return sum > 0 && sum < 86400 ? (uint64_t)(sum * (double)NS_PER_S)
				      : STALL_LASTS;
}

void killer_stalls(const struct snapshot *snapshot, struct killer_stalls *ret)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);
	const struct tunable *row;
	double limit;

	*ret = (struct killer_stalls){ .limit = STALL_LIMIT,
				       .lasts_ns = STALL_LASTS };
	row = killer_setting(snapshot, "oomd.DefaultMemoryPressureLimit");
	limit = row != NULL ? killer_share(row->value) : NAN;
	if (limit > 0)
		ret->limit = limit;
	row = killer_setting(snapshot, "oomd.DefaultMemoryPressureDurationSec");
	if (row != NULL)
		ret->lasts_ns = parse_lasts(row->value);
	for (size_t i = 0; i < list_count(list); i++) {
		row = list_row(list, i);
		if (unit_of(row) != NULL &&
		    strstr(row->value, "stall") != NULL &&
		    ret->count < KILLER_UNITS_MAX)
			ret->units[ret->count++] = row;
	}
}

/* "user@.service" is of user@1000.service, "user-.slice" of user-1000.slice,
 * "-.slice" of all. */
static bool is_of(const char *unit, const char *path)
{
	const char *name = strrchr(path, '/'), *at = strpbrk(unit, "@-");
	size_t head, tail;

	name = name != NULL ? name + 1 : path;
	if (strcmp(unit, "-.slice") == 0)
		return *name == '\0';
	if (strcmp(unit, name) == 0)
		return true;
	if (at == NULL || at[1] != '.')
		return false;
	head = (size_t)(at + 1 - unit);
	tail = strlen(at + 1);
	return strncmp(name, unit, head) == 0 && strlen(name) > head + tail &&
	       strcmp(name + strlen(name) - tail, at + 1) == 0;
}

double killer_stalls_limit(const struct killer_stalls *stalls,
			   const struct cgroup *row)
{
	const char *path = text_str(row->path);

	for (size_t i = 0; i < stalls->count; i++) {
		const char *value = stalls->units[i]->value;
		double own;

		if (!is_of(unit_of(stalls->units[i]), path))
			continue;
		own = killer_share(strstr(value, "stall") + strlen("stall"));
		return own > 0 ? own : stalls->limit;
	}
	return NAN;
}

bool killer_stalls_has(const struct killer_stalls *stalls, const char *unit)
{
	for (size_t i = 0; i < stalls->count; i++)
		if (strcmp(unit_of(stalls->units[i]), unit) == 0)
			return true;
	return false;
}
