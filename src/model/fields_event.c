/* SPDX-License-Identifier: MIT
 *
 * What is known of an event: one row per field.  A table and nothing else.
 */
#include <stddef.h>

#include "memtop/event.h"
#include "model.h"

/* clang-format off */
#define ROW(name_, title_, width_, member, unit_, kind_, help_)            \
	{                                                                  \
		.name = name_, .title = title_, .width = width_,           \
		.help = help_, .unit = unit_, .kind = kind_,               \
		MEMBER(event, member),                                     \
		.block = offsetof(struct event, block), .bound = NO_FIELD, \
	}
#define WORD(name_, title_, width_, member, kind_, help_)                  \
	{                                                                  \
		.name = name_, .title = title_, .width = width_,           \
		.help = help_, .kind = kind_, .left = true,                \
		MEMBER(event, member),                                     \
		.block = offsetof(struct event, block), .bound = NO_FIELD, \
	}

const struct field event_fields[EVENT_FIELD_COUNT] = {
	ROW("id", NULL, 0, id, UNIT_NONE, KIND_U64,
	    "tells it from all others"),
	ROW("begin", "TIME", 8, begin_ns, UNIT_TIME, KIND_U64,
	    "when it began"),
	ROW("end", "END", 8, end_ns, UNIT_TIME, KIND_U64,
	    "when it ended; not known: it goes on"),
	WORD("severity", "SEV", 4, severity, KIND_CHARS,
	     "INFO, NOTE, WARN or CRIT"),
	WORD("kind", "KIND", 7, kind, KIND_CHARS, "what sort of event"),
	WORD("who", "WHO", 16, who, KIND_TEXT, "whom it is about"),
	WORD("what", "WHAT", 40, what, KIND_TEXT, "what happened"),
	ROW("count", "COUNT", 5, count, UNIT_COUNT, KIND_U64,
	    "how many it stands for"),
	WORD("rule", "RULE", 20, rule, KIND_CHARS,
	     "rule of the verdict that held"),
	WORD("peak", "PEAK", 24, peak, KIND_TEXT, "its worst figure"),
	ROW("pid", "PID", 7, pid, UNIT_NONE, KIND_U64,
	    "the process it is about"),
	ROW("start_time", NULL, 0, start_ns, UNIT_NS, KIND_U64,
	    "when that process started, after boot"),
	WORD("comm", NULL, 0, comm, KIND_CHARS, "its name"),
	ROW("uid", NULL, 0, uid, UNIT_NONE, KIND_U64, "its user"),
	WORD("cgroup", "CGROUP", 20, cgroup, KIND_TEXT,
	     "its cgroup, or the one it is about"),
	ROW("rss", "RSS", 5, rss, UNIT_BYTES, KIND_U64,
	    "its RAM as last seen"),
	ROW("swap", "SWAP", 5, swap, UNIT_BYTES, KIND_U64,
	    "its swap as last seen"),
	ROW("oom_score_adj", "ADJ", 5, adj, UNIT_NONE, KIND_DOUBLE,
	    "its bias as last seen"),
	ROW("growth_rate", "GROW/m", 6, growth_rate, UNIT_BYTES_PER_MINUTE,
	    KIND_DOUBLE, "its growth as last seen"),
	WORD("scope", "SCOPE", 6, scope, KIND_CHARS,
	     "of a kill: global, cgroup, group, user"),
	WORD("sure", "SURE", 8, sure, KIND_CHARS,
	     "how sure it is that it was this one"),
	ROW("freed", "FREED", 5, freed, UNIT_BYTES, KIND_U64,
	    "RAM that came back afterwards"),
	ROW("log_us", NULL, 0, log_us, UNIT_MICROSECONDS, KIND_U64,
	    "time stamp of its line in the kernel log"),
};
/* clang-format on */
