/* SPDX-License-Identifier: MIT
 *
 * The fields of RAM that is files.  Tables and nothing else.
 */
#include "memtop/ramfiles.h"

#include "model.h"

/* clang-format off */
#define TMPFS(member)  MEMBER(tmpfs, member), \
	.block = offsetof(struct tmpfs, block), .bound = NO_FIELD
#define SHARED(member) MEMBER(shared, member), \
	.block = offsetof(struct shared, block), .bound = NO_FIELD
#define NAME(title_, width_)          \
	.title = title_, .width = width_, .left = true, .kind = KIND_TEXT
#define WORD(title_, width_)          \
	.title = title_, .width = width_, .left = true, .kind = KIND_CHARS
#define NUMBER(title_, width_, unit_) \
	.title = title_, .width = width_, .unit = unit_, .kind = KIND_U64

const struct field tmpfs_fields[7] = {
	{ .name = "path", NAME("MOUNT", 24), TMPFS(path),
	  .help = "where it is mounted" },
	{ .name = "type", WORD("TYPE", 9), TMPFS(type),
	  .help = "kind of file system" },
	{ .name = "used", NUMBER("USED", 5, UNIT_BYTES), TMPFS(used),
	  .aggregate = AGGREGATE_SUM, .help = "RAM and swap its files take" },
	{ .name = "size", NUMBER("SIZE", 5, UNIT_BYTES), TMPFS(size),
	  .help = "what it may grow to" },
	{ .name = "files", NUMBER("FILES", 6, UNIT_COUNT), TMPFS(files),
	  .help = "files and directories in it" },
	{ .name = "via_pid", .alias = "pid",
	  NUMBER("PID", 7, UNIT_NONE), TMPFS(via_pid),
	  .help = "process in whose namespace it is" },
	{ .name = "source", NAME("SOURCE", 12), TMPFS(source),
	  .help = "what it was called when mounted" },
};

const struct field shared_fields[10] = {
	{ .name = "name", NAME("NAME", 32), SHARED(name),
	  .help = "segment, file or memfd" },
	{ .name = "kind", WORD("KIND", 7), SHARED(kind),
	  .help = "sysv, file, memfd, or deleted and still open" },
	{ .name = "bytes", NUMBER("BYTES", 5, UNIT_BYTES), SHARED(bytes),
	  .aggregate = AGGREGATE_SUM, .help = "RAM and swap it takes" },
	{ .name = "swap", NUMBER("SWAP", 5, UNIT_BYTES), SHARED(swap),
	  .aggregate = AGGREGATE_SUM, .help = "of it, on swap" },
	{ .name = "size", NUMBER("SIZE", 5, UNIT_BYTES), SHARED(size),
	  .help = "how large it was made" },
	{ .name = "attached", NUMBER("ATT", 4, UNIT_COUNT), SHARED(attached),
	  .help = "mappings of a segment" },
	{ .name = "holders", NUMBER("FDS", 4, UNIT_COUNT), SHARED(holders),
	  .help = "descriptors that keep it" },
	{ .name = "uid", NUMBER("UID", 7, UNIT_NONE), SHARED(uid),
	  .help = "whose it is" },
	{ .name = "pid", NUMBER("PID", 7, UNIT_NONE), SHARED(pid),
	  .help = "who made the segment or holds the file" },
	{ .name = "command", NAME("COMMAND", 15), SHARED(command),
	  .help = "name of that process" },
};
/* clang-format on */
