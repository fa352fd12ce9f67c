/* SPDX-License-Identifier: MIT
 *
 * What is known of a trend: one row per field; and finding one.
 */
#include <stddef.h>
#include <string.h>

#include "memtop/trend.h"
#include "model.h"

#define ROW(name_, title_, width_, member, unit_, kind_, help_)            \
	{                                                                  \
		.name = name_, .title = title_, .width = width_,           \
		.help = help_, .unit = unit_, .kind = kind_,               \
		.left = kind_ == KIND_TEXT || kind_ == KIND_CHARS,         \
		MEMBER(trend, member),                                     \
		.block = offsetof(struct trend, block), .bound = NO_FIELD, \
	}

/* clang-format off */
const struct field trend_fields[TREND_FIELD_COUNT] = {
	ROW("subject", "SUBJECT", 24, subject, UNIT_NONE, KIND_TEXT,
	    "a process, or a kind of kernel memory"),
	ROW("kind", "KIND", 7, kind, UNIT_NONE, KIND_CHARS,
	    "process or kernel"),
	ROW("pid", "PID", 7, pid, UNIT_NONE, KIND_U64, "the process"),
	ROW("start_time", NULL, 0, start_ns, UNIT_NS, KIND_U64,
	    "when that process started, after boot"),
	ROW("verdict", "LEAK", 9, verdict, UNIT_NONE, KIND_CHARS,
	    "no, suspect or confirmed"),
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
};
/* clang-format on */

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
