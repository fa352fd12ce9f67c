/* SPDX-License-Identifier: MIT
 *
 * What is known of a trend: one row per field; and finding one.
 */
#include <stddef.h>
#include <string.h>

#include "memtop/trend.h"
#include "model.h"

#define ROW(name_, title_, width_, member, unit_, kind_, help_)                \
	{                                                                      \
		.name = name_, .title = title_, .width = width_,               \
		.help = help_, .unit = unit_, .kind = kind_,                   \
		.left = kind_ == KIND_TEXT || kind_ == KIND_CHARS,             \
		MEMBER(trend, member), .block = offsetof(struct trend, block), \
		.bound = NO_FIELD,                                             \
	}

#define BIN(n)                                                \
	ROW("bin" #n, NULL, 0, bins[n], UNIT_BYTES, KIND_U64, \
	    "floor of that twelfth of the window, 0 is the oldest")

/* clang-format off */
const struct field trend_fields[TREND_FIELD_COUNT] = {
	ROW("subject", "SUBJECT", 24, subject, UNIT_NONE, KIND_TEXT,
	    "a process, a cgroup, or a kind of kernel memory"),
	ROW("kind", "KIND", 7, kind, UNIT_NONE, KIND_CHARS,
	    "process, cgroup or kernel"),
	ROW("pid", "PID", 7, pid, UNIT_NONE, KIND_U64, "the process"),
	ROW("start_time", NULL, 0, start_ns, UNIT_NS, KIND_U64,
	    "when that process started, after boot"),
	ROW("verdict", "LEAK", 9, verdict, UNIT_NONE, KIND_CHARS,
	    "no, load, suspect, confirmed, or filling"),
	ROW("why", "WHY", 30, why, UNIT_NONE, KIND_TEXT,
	    "which condition is not met"),
	ROW("window", "OVER", 5, window_ns, UNIT_NS, KIND_U64,
	    "the time that was looked at"),
	ROW("floor", "FLOOR", 5, floor, UNIT_BYTES, KIND_U64,
	    "the least of the last bin"),
	ROW("rise", "RISE", 8, rise, UNIT_NONE, KIND_DOUBLE,
	    "of the floor over that time, bytes"),
	ROW("rate", "GROW/m", 6, rate, UNIT_BYTES_PER_MINUTE, KIND_DOUBLE,
	    "of the floor"),
	ROW("tau", "TAU", 5, tau, UNIT_NONE, KIND_DOUBLE,
	    "rank correlation of the floor with time"),
	ROW("step", "STEP", 4, step, UNIT_PERCENT, KIND_DOUBLE,
	    "the largest step of all that was gained; a leak: at most 35%"),
	ROW("least_third", "FLAT", 4, least_third, UNIT_PERCENT, KIND_DOUBLE,
	    "slope of the flattest third of the whole; a leak: at least 25%"),
	ROW("last_third", "LAST", 4, last_third, UNIT_PERCENT, KIND_DOUBLE,
	    "slope of the last third of the steepest; a leak: at least 50%"),
	ROW("eta", "FULL", 5, eta_ns, UNIT_ETA, KIND_U64,
	    "until the limit of that cgroup is reached"),
	BIN(0), BIN(1), BIN(2), BIN(3), BIN(4), BIN(5), BIN(6), BIN(7),
	BIN(8), BIN(9), BIN(10), BIN(11),
};
/* clang-format on */

int trend_sure(const struct trend *trend)
{
	return strcmp(trend->verdict, "confirmed") == 0 ? 2
	       : strcmp(trend->verdict, "suspect") == 0 || trend_is_load(trend)
		       ? 1
		       : 0;
}

bool trend_is_load(const struct trend *trend)
{
	return strcmp(trend->verdict, "load") == 0;
}

const struct trend *trend_find(const struct list *trends,
			       struct process_key key)
{
	for (size_t i = 0; i < list_count(trends); i++) {
		const struct trend *trend = list_row(trends, i);

		if (trend->pid == (uint64_t)key.pid &&
		    trend->start_ns == key.start_ns)
			return trend;
	}
	return NULL;
}

const struct trend *trend_find_cgroup(const struct list *trends,
				      const struct text *path)
{
	for (size_t i = 0; i < list_count(trends); i++) {
		const struct trend *trend = list_row(trends, i);

		if (strcmp(trend->kind, "cgroup") == 0 &&
		    text_equal(trend->subject, path))
			return trend;
	}
	return NULL;
}
