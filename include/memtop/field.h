/* SPDX-License-Identifier: MIT
 *
 * THE tables: one row per thing memtop knows.  A row is the column on the
 * screen, the word of --columns, --sort and filters, the CSV header, the JSON
 * key, the entry of --explain and of the manual.  A new field is one struct
 * member plus one row.  Rows hold no code; arithmetic belongs in the model.
 *
 * Read-only after start; every function here may be called on any thread.
 */
#ifndef MEMTOP_FIELD_H
#define MEMTOP_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/snapshot.h"

/* What a number means: fixes how it is written, and its unit in exports. */
enum unit {
	UNIT_NONE, /* a name, an id: written as it is */
	UNIT_BYTES,
	UNIT_LIMIT, /* bytes; NO_LIMIT (cgroup.h) is shown as "max" */
	UNIT_BYTES_PER_MINUTE, /* shown per minute; held and exported per
				  second */
	UNIT_BYTES_PER_SECOND,
	UNIT_COUNT,
	UNIT_COUNT_PER_SECOND,
	UNIT_PERCENT,
	UNIT_NS,    /* a duration */
	UNIT_ETA,   /* a time that is forecast: shown as about how long */
	UNIT_START, /* nanoseconds after boot; shown as an age */
	UNIT_MICROSECONDS,
	UNIT_YES_NO, /* 0 or 1, shown as "no" or "yes" */
	UNIT_TIME,   /* nanoseconds since 1970, shown as a clock, or a day */
};

/* How the struct member is held. */
enum value_kind {
	KIND_U64,    /* uint64_t, UNKNOWN */
	KIND_I64,    /* int64_t */
	KIND_PID,    /* pid_t */
	KIND_DOUBLE, /* double, NAN */
	KIND_TEXT,   /* const struct text *, untrusted bytes */
	KIND_CHARS,  /* char[] inside the struct, untrusted bytes */
	KIND_CHAR,   /* one char, 0: unknown */
	KIND_BOOL,   /* bool */
};

/* How the figure of a group comes from its members. */
enum aggregate {
	AGGREGATE_NONE, /* "-" for more than one member */
	AGGREGATE_SUM,
	AGGREGATE_MAX,
	AGGREGATE_SAME,	 /* kept while all members agree */
	AGGREGATE_UNION, /* letters: each that a member has */
};

#define NO_BLOCK ((uint16_t)-1)
#define NO_FIELD ((uint8_t)-1)

struct field {
	const char *name;  /* "pss": JSON key, --columns, filters */
	const char *alias; /* a short name accepted everywhere, or NULL */
	const char *title; /* column header: "PSS"; NULL: not a column */
	const char *help;  /* one line, no full stop */
	enum unit unit;
	enum value_kind kind;
	enum aggregate aggregate;
	uint16_t offset;  /* of the value in its struct */
	uint16_t block;	  /* offset of the struct block, or NO_BLOCK */
	uint16_t size;	  /* of a char[] */
	uint16_t counter; /* of a list's rate: offset of the counter whose
			     change it is; else 0.  A percentage is one of
			     time: its counter holds nanoseconds */
	uint8_t width;	  /* of the column, without separators */
	uint8_t bound;	  /* index of the field that is an upper bound where
			    this one is not known (where the bound is not
			    known either: its own bound); for texts the field
			    that stands in; or NO_FIELD */
	bool left;	  /* texts that are left aligned */
	bool blank;	  /* a char[] that may be empty, which is known then */
	bool costly;	  /* from smaps, slow */
	bool mark;	  /* the last cell of width is for the age mark */
};

struct entity {
	const char *name; /* JSON key: "memory", "processes" */
	const char *help;
	bool repeated;
	bool on_demand;	   /* not in snapshots: mappings */
	uint16_t offset;   /* of a single one in struct snapshot */
	uint16_t row_size; /* of its struct */
	const struct field *fields;
	size_t nfields;
};

extern const struct entity entities[ENTITY_COUNT];

/* Fields that code names.  The table in model/ has them in this order. */
/* clang-format off */
enum process_field {
	PROCESS_PID, PROCESS_PPID, PROCESS_START_TIME, PROCESS_USER,
	PROCESS_UID, PROCESS_STATE, PROCESS_COMM, PROCESS_COMMAND,
	PROCESS_CGROUP, PROCESS_UNIT,
	PROCESS_RSS, PROCESS_VSIZE,
	PROCESS_ANON, PROCESS_FILE, PROCESS_SHMEM, PROCESS_SWAP, PROCESS_HWM,
	PROCESS_PAGE_TABLES, PROCESS_LOCKED, PROCESS_PINNED, PROCESS_DATA,
	PROCESS_STACK, PROCESS_HUGETLB, PROCESS_THREADS, PROCESS_OPEN_FILES,
	PROCESS_THP_ENABLED, PROCESS_NODES,
	PROCESS_MINOR_FAULTS, PROCESS_MAJOR_FAULTS,
	PROCESS_MINOR_FAULT_RATE, PROCESS_MAJOR_FAULT_RATE,
	PROCESS_GROWTH_RATE, PROCESS_SWAP_GROWTH_RATE,
	PROCESS_OOM_SCORE, PROCESS_OOM_SCORE_ADJ, PROCESS_FLAGS,
	PROCESS_WAIT, PROCESS_SWAPIN_DELAY, PROCESS_THRASHING_DELAY,
	PROCESS_RECLAIM_DELAY, PROCESS_COMPACT_DELAY,
	PROCESS_PSS, PROCESS_USS, PROCESS_SWAP_PSS, PROCESS_THP,
	PROCESS_SMAPS_RSS, PROCESS_PSS_ANON, PROCESS_PSS_FILE,
	PROCESS_PSS_SHMEM, PROCESS_PSS_DIRTY, PROCESS_SHMEM_PMD,
	PROCESS_FILE_PMD, PROCESS_REFERENCED, PROCESS_LAZYFREE, PROCESS_KSM,
	PROCESS_PRIVATE_CLEAN, PROCESS_PRIVATE_DIRTY, PROCESS_SHARED_CLEAN,
	PROCESS_SHARED_DIRTY, PROCESS_PRIVATE_HUGETLB, PROCESS_SHARED_HUGETLB,
	PROCESS_SMAPS_COST,
	PROCESS_PSS_BOUND,
	PROCESS_FIELD_COUNT
};
/* clang-format on */

/* By name or alias, case-insensitively; NULL when there is none. */
const struct field *field_find(const struct entity *entity, const char *name);

/* One value, as every face reads it. */
struct value {
	enum state state;     /* only OK carries a figure.  Missing inside an OK
			     block: a rate comes as PENDING (it needs two
			     reads), a text as NOT_APPLICABLE (there is none),
			     any other as ABSENT */
	enum value_kind kind; /* U64, I64 (also for PID), DOUBLE, TEXT (for all
				 texts), BOOL */
	union {
		uint64_t u64;
		int64_t i64;
		double dbl;
		bool boolean;
		struct {
			const char *bytes; /* borrowed from the row */
			size_t len;
		} text;
	};
	uint64_t read_ns; /* of its block; 0 when it has none */
	bool has_bound;
	bool partial;	/* of a group: it bounds the members that are not
			   known and has the others as they are */
	uint64_t bound; /* not OK, but at most this.  Texts: what stands in is
			   text where that is not NULL, else this number */
};

/* Reads field of row (a struct process, struct memory, … as the entity says).
 */
struct value field_get(const struct entity *entity, const struct field *field,
		       const void *row);

/* The figure as a double for sorting; NAN when there is none; the bound where
 * there is only that. */
double value_number(const struct value *value);

/*
 * Order for sorting "largest first": negative when a goes before b.  Numbers
 * by size, upper bounds by the bound, unknown values last whatever `reverse`
 * says; texts alphabetically.
 */
int value_compare(const struct value *a, const struct value *b, bool reverse);

/* A figure by itself, in its unit: "1.6G", "3%", "15.6k/s", "276M/min", into
 * FORMAT_SIZE bytes (format.h); false: it is not known, and buf is empty. */
bool value_figure(char *buf, double value, enum unit unit);

/*
 * What stands in a cell: "31.2G", "..", "?", "-", "n/a"; where there is a
 * bound "<31.4G" for what is pending and "<31.4G?" for what is denied.  Columns
 * with a cell for the mark get ' (older than 5 s at now_ns, monotonic, of the
 * snapshot), " (older than 60 s), ? (a bound: not permitted) or a blank there,
 * so that right-aligned figures stand in line; the '<' of a bound may use the
 * blank before the column.  boottime_ns turns UNIT_START into an age.  Texts
 * are made printable and cut at max_cells; figures never are, but one that
 * does not fit in a forced unit is written in its own.  Returns cells.
 */
struct cell_context {
	uint64_t now_ns, boottime_ns;
	uint64_t realtime_ns; /* times of another day say which */
	int unit;	      /* enum format_unit */
	int max_cells;
};
int value_cell(char *buf, size_t size, const struct field *field,
	       const struct value *value, const struct cell_context *context);

#endif
