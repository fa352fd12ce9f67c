/* SPDX-License-Identifier: MIT
 *
 * Private to record/: what a recording looks like.  One table for each entity
 * and file it is read from, made from the tables of fields; a few more that
 * hold it together.
 */
#ifndef RECORD_SCHEMA_H
#define RECORD_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/field.h"

/* "memt", in the header of the file; file(1) shows it. */
#define RECORD_APPLICATION_ID 0x6d656d74
/* Raised when an older memtop would misread the file.  New columns and
 * tables do not raise it. */
#define RECORD_VERSION 2

/* The rate of a counter that is not known.  Pages that become fewer by just
 * that, where it does not follow from the sample before, are taken for it. */
#define RATE_UNKNOWN (-1.0)

/* What a row of a table belongs to besides its sample. */
enum table_key {
	KEY_ID,	     /* an id of its own */
	KEY_SAMPLE,  /* nothing */
	KEY_PROCESS, /* sample and process */
	KEY_PLACE,   /* sample and place in its list */
	KEY_NAME,    /* sample and name */
};

/* ---- parts: tables made of fields --------------------------------------- */

#define PART_FIELDS_MAX 64

/* The fields of an entity that are read together. */
struct part {
	const char *table;
	enum entity_id entity;
	enum table_key key;
	uint16_t block;	 /* of these fields, or NO_BLOCK */
	bool has_block;	 /* the table says how and when the block was read */
	uint8_t only;	 /* this field of the block alone, or NO_FIELD */
	uint8_t without; /* all but this one, or NO_FIELD */
};

enum part_id {
	PART_MEMORY,
	PART_PRESSURE_MEMORY,
	PART_PRESSURE_IO,
	PART_THP,
	PART_ZSWAP,
	PART_ZSWAP_DEBUG,
	PART_LOAD,
	PART_SOCKETS,
	PART_KSM,
	PART_SELF,
	PART_COVERAGE,
	PART_ARC,
	PART_SWAPS, /* the first of a list */
	PART_SLABS,
	PART_ZONES,
	PART_BLOCKS,
	PART_NODES,
	PART_NUMASTAT,
	PART_PROTOCOLS,
	PART_TUNABLES,
	PART_SWAP_IO,
	PART_ZRAM,
	PART_ZRAM_IO,
	PART_ZRAM_WRITEBACK,
	PART_MTHP,
	PART_MTHP_STATS,
	PART_HUGETLB,
	PART_CGROUPS,
	PART_CGROUP_MEMBERS,
	PART_CGROUP_USAGE,
	PART_CGROUP_LIMIT,
	PART_CGROUP_KNOBS,
	PART_CGROUP_MARKS,
	PART_CGROUP_STAT,
	PART_CGROUP_STAT_V2,
	PART_CGROUP_EVENTS,
	PART_CGROUP_PRESSURE,
	PART_CGROUP_V1,
	PART_CGROUP_SHARE,
	PART_CGROUP_ROOM,
	PART_CGROUP_PACE,
	PART_TMPFS,
	PART_SHARED,
	PART_TYPE_BLOCKS,
	PART_ALLOCATIONS,
	PART_KILLS,
	PART_PAGE_FAILURES,
	PART_READERS,
	PART_READER_IO,
	PART_EVENTS,
	PART_TRENDS,
	PART_IDENTITY, /* the first of a process: births and exits */
	PART_NAMES,
	PART_GROUP,
	PART_STATM,
	PART_STATUS,
	PART_STAT,
	PART_OOM,
	PART_OPEN_FILES,
	PART_DELAYS,
	PART_SMAPS_READS,
	PART_SMAPS,
	PART_COUNT,
	PART_SINGLE_END = PART_SWAPS,
	PART_LIST_FIRST = PART_SWAPS,
	PART_LIST_END = PART_IDENTITY,
};
extern const struct part parts[PART_COUNT];

/* The fields of a part, in the order of its columns; at most
 * PART_FIELDS_MAX.  Returns how many. */
size_t part_fields(const struct part *part, const struct field **ret);

/* Both clocks of a block that is not NO_BLOCK. */
static inline struct block *part_block(const struct part *part, const void *row)
{
	return (struct block *)((const char *)row + part->block);
}

/* ---- tables -------------------------------------------------------------- */

#define COLUMNS_MAX	 96
#define COLUMN_NAME_SIZE 40

/* Columns behind the key: those of a part, or of a fixed table. */
struct column {
	char name[COLUMN_NAME_SIZE];
	char type[8];
};

enum table_id {
	TABLE_SEGMENTS = PART_COUNT,
	TABLE_SAMPLES,
	TABLE_VERDICTS,
	TABLE_EVIDENCE, /* these three: rows of a verdict */
	TABLE_SUBJECTS,
	TABLE_ALSO,
	TABLE_VMSTAT,
	TABLE_LISTS,
	TABLE_PROCESSES,
	TABLE_TEXTS,
	TABLE_COUNT,
};

const char *table_name(unsigned table);
enum table_key table_key(unsigned table);
/* Returns how many; at most COLUMNS_MAX. */
size_t table_columns(unsigned table, struct column *ret);

/* "CREATE TABLE …" of a table with those columns; sqlite3_free(); NULL: no
 * memory. */
char *schema_table_sql(unsigned table, const struct column *columns,
		       size_t count);

/* Reads the columns behind the key from a stored CREATE TABLE that could be
 * ours, of this or of another version.  -EBADMSG for any other text. */
int schema_parse(unsigned table, const char *sql, struct column *ret,
		 size_t *ret_count);

struct schema_view {
	const char *name;
	const char *sql; /* whole */
};
extern const struct schema_view schema_views[];
extern const size_t schema_view_count;

#endif
