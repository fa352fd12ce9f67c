/* SPDX-License-Identifier: MIT
 *
 * Private to model/: what its files share of the tables of fields.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "memtop/cgroup.h"
#include "memtop/field.h"

struct list;

/* The table of ENTITY_PROCESS, by enum process_field. */
extern const struct field process_fields[PROCESS_FIELD_COUNT];

/* The table of ENTITY_CGROUP, by enum cgroup_field. */
extern const struct field cgroup_fields[CGROUP_FIELD_COUNT];
/* Tables that stand in files of their own. */
extern const struct field tmpfs_fields[7], shared_fields[10];
extern const struct field ledger_fields[5], swap_held_fields[4];
/* The table of ENTITY_TREND, in fields_trend.c. */
#define TREND_FIELD_COUNT 27
extern const struct field trend_fields[TREND_FIELD_COUNT];

/* The table of ENTITY_KILL, in fields_kill.c. */
#define KILL_FIELD_COUNT 16
extern const struct field kill_fields[KILL_FIELD_COUNT];

#define PAGE_FAILURE_FIELD_COUNT 8
extern const struct field page_failure_fields[PAGE_FAILURE_FIELD_COUNT];

/* The table of ENTITY_READER, in fields_reader.c. */
#define READER_FIELD_COUNT 6
extern const struct field reader_fields[READER_FIELD_COUNT];

/* The table of ENTITY_EVENT, in fields_event.c. */
#define EVENT_FIELD_COUNT 23
extern const struct field event_fields[EVENT_FIELD_COUNT];

/* Where a field is in its struct; for the tables. */
#define MEMBER(type, member_)                     \
	.offset = offsetof(struct type, member_), \
	.size = sizeof(((struct type *)NULL)->member_)

static inline bool field_is_text(const struct field *field)
{
	return field->kind == KIND_TEXT || field->kind == KIND_CHARS ||
	       field->kind == KIND_CHAR;
}

/* Every number of row to UNKNOWN or NAN, and its blocks to PENDING. */
void field_reset(const struct entity *entity, void *row);

/* Does its first field read like that?  See list_find(). */
bool field_key_reads(const struct entity *entity, const void *row,
		     const char *key);

/* The row of before that has the key of row i of list; NULL: none. */
const void *list_row_before(const struct list *list, size_t i,
			    const struct list *before);

/* Tables that are kept in files of their own. */
#define SWAP_FIELDS    15
#define ZRAM_FIELDS    22
#define ZSWAP_FIELDS   19
#define MTHP_FIELDS    32
#define HUGETLB_FIELDS 10
extern const struct field swap_fields[SWAP_FIELDS];
extern const struct field zram_fields[ZRAM_FIELDS];
extern const struct field zswap_fields[ZSWAP_FIELDS];
extern const struct field mthp_fields[MTHP_FIELDS];
extern const struct field hugetlb_fields[HUGETLB_FIELDS];

#endif
