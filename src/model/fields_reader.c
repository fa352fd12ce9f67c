/* SPDX-License-Identifier: MIT
 *
 * Who reads from disks: one row per field.  A table and nothing else.
 */
#include <stddef.h>

#include "memtop/readers.h"
#include "model.h"

#define ROW(name_, title_, width_, member, from, unit_, kind_, help_)      \
	{                                                                  \
		.name = name_, .title = title_, .width = width_,           \
		.help = help_, .unit = unit_, .kind = kind_,               \
		.left = kind_ == KIND_CHARS, MEMBER(reader, member),       \
		.block = offsetof(struct reader, from), .bound = NO_FIELD, \
	}

/* clang-format off */
const struct field reader_fields[READER_FIELD_COUNT] = {
	ROW("pid", "PID", 7, pid, block, UNIT_NONE, KIND_U64,
	    "the process"),
	ROW("start_time", "AGE", 6, start_ns, block, UNIT_START, KIND_U64,
	    "how long ago it started"),
	ROW("comm", "COMM", 15, comm, block, UNIT_NONE, KIND_CHARS,
	    "its name"),
	ROW("read_bytes", "READ", 5, read_bytes, io, UNIT_BYTES, KIND_U64,
	    "read from disks since it started"),
	ROW("rate", "READ/s", 6, rate, io, UNIT_BYTES_PER_SECOND, KIND_DOUBLE,
	    "read from disks a second"),
	ROW("share", "SHARE", 5, share, io, UNIT_PERCENT, KIND_DOUBLE,
	    "of all that was read from disks"),
};
/* clang-format on */
