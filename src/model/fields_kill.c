/* SPDX-License-Identifier: MIT
 *
 * What the kernel's log says of an OOM kill, and of an allocation that failed:
 * one row per field.
 */
#include <stddef.h>

#include "memtop/kill.h"
#include "model.h"

#define OF(type, name_, title_, width_, member, unit_, kind_, help_)         \
	{                                                                    \
		.name = name_, .title = title_, .width = width_,             \
		.help = help_, .unit = unit_, .kind = kind_,                 \
		.left = kind_ == KIND_TEXT || kind_ == KIND_CHARS,           \
		MEMBER(type, member), .block = offsetof(struct type, block), \
		.bound = NO_FIELD,                                           \
	}
#define ROW(...)     OF(log_kill, __VA_ARGS__)
#define FAILURE(...) OF(page_failure, __VA_ARGS__)

/* clang-format off */
const struct field kill_fields[KILL_FIELD_COUNT] = {
	ROW("sequence", NULL, 0, sequence, UNIT_NONE, KIND_U64,
	    "number of its record in the kernel's log"),
	ROW("time", "TIME", 8, time_ns, UNIT_TIME, KIND_U64,
	    "when it happened, about"),
	ROW("time_error", "ERROR", 5, time_error, UNIT_NS, KIND_U64,
	    "how far off that may be"),
	ROW("log_us", NULL, 0, log_us, UNIT_MICROSECONDS, KIND_U64,
	    "time stamp of the record"),
	ROW("pid", "PID", 7, pid, UNIT_NONE, KIND_U64, "the victim"),
	ROW("comm", "COMM", 15, comm, UNIT_NONE, KIND_CHARS, "its name"),
	ROW("uid", "UID", 6, uid, UNIT_NONE, KIND_U64, "its user"),
	ROW("oom_score_adj", "ADJ", 5, adj, UNIT_NONE, KIND_DOUBLE,
	    "its bias"),
	ROW("vsize", "VIRT", 5, vsize, UNIT_BYTES, KIND_U64,
	    "its address space"),
	ROW("anon", "ANON", 5, anon, UNIT_BYTES, KIND_U64,
	    "its anonymous memory in RAM"),
	ROW("file", "FILE", 5, file, UNIT_BYTES, KIND_U64,
	    "pages of files that it had mapped"),
	ROW("shmem", "SHMEM", 5, shmem, UNIT_BYTES, KIND_U64,
	    "shared memory that it had mapped"),
	ROW("page_tables", "PTE", 5, page_tables, UNIT_BYTES, KIND_U64,
	    "its page tables"),
	ROW("scope", "SCOPE", 6, scope, UNIT_NONE, KIND_CHARS,
	    "where memory ran out: global, cgroup, group, cpuset, policy"),
	ROW("limit_path", "LIMIT", 24, limit, UNIT_NONE, KIND_TEXT,
	    "the control group whose limit was hit"),
	ROW("cgroup", "CGROUP", 24, cgroup, UNIT_NONE, KIND_TEXT,
	    "the control group of the victim"),
};

const struct field page_failure_fields[PAGE_FAILURE_FIELD_COUNT] = {
	FAILURE("sequence", NULL, 0, sequence, UNIT_NONE, KIND_U64,
	    "number of its record in the kernel's log"),
	FAILURE("time", "TIME", 8, time_ns, UNIT_TIME, KIND_U64,
	    "when it happened, about"),
	FAILURE("time_error", "ERROR", 5, time_error, UNIT_NS, KIND_U64,
	    "how far off that may be"),
	FAILURE("log_us", NULL, 0, log_us, UNIT_MICROSECONDS, KIND_U64,
	    "time stamp of the record"),
	FAILURE("comm", "COMM", 15, comm, UNIT_NONE, KIND_CHARS,
	    "what ran when the kernel asked"),
	FAILURE("block_order", "ORDER", 5, order, UNIT_COUNT, KIND_U64,
	    "2 to the power of it pages in a row were asked for"),
	FAILURE("size", "SIZE", 5, size, UNIT_BYTES, KIND_U64,
	    "the same in bytes"),
	FAILURE("mode", "MODE", 24, mode, UNIT_NONE, KIND_CHARS,
	    "how it asked: GFP_ATOMIC may not wait"),
};
/* clang-format on */

uint64_t log_kill_rss(const struct log_kill *kill)
{
	if (kill->anon == UNKNOWN || kill->file == UNKNOWN)
		return UNKNOWN;
	return kill->anon + kill->file +
	       (kill->shmem == UNKNOWN ? 0 : kill->shmem);
}
