/* SPDX-License-Identifier: MIT
 *
 * The tables of a recording, made from the tables of fields, so that a new
 * field is recorded without a line here.  Text only: nothing in this file
 * opens or runs anything.
 *
 * Values stand only in rows of the samples in which they changed, and all of
 * them in a keyframe.  A process is spread over the kernel's files, because
 * those change at very different rates.
 */
#include "schema.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/event.h"
#include "memtop/kernel.h"
#include "memtop/kill.h"
#include "memtop/ramfiles.h"
#include "memtop/readers.h"
#include "memtop/swap.h"
#include "memtop/thp.h"
#include "memtop/trend.h"

#define SINGLE(name, which, member)                                 \
	.table = name, .entity = which, .key = KEY_SAMPLE,          \
	.block = offsetof(struct member, block), .has_block = true, \
	.only = NO_FIELD, .without = NO_FIELD
#define STALLS(name, member)                                           \
	.table = name, .entity = ENTITY_PRESSURE, .key = KEY_SAMPLE,   \
	.block = offsetof(struct pressure, member), .has_block = true, \
	.only = NO_FIELD, .without = NO_FIELD
#define OF_PROCESS(name, member)                                     \
	.table = name, .entity = ENTITY_PROCESS, .key = KEY_PROCESS, \
	.block = offsetof(struct process, member)
#define OF_LIST(name, which, type, member)                \
	.table = name, .entity = which, .key = KEY_PLACE, \
	.block = offsetof(struct type, member), WHOLE
#define WHOLE .has_block = true, .only = NO_FIELD, .without = NO_FIELD

/* clang-format off */
const struct part parts[] = {
	[PART_MEMORY] = { SINGLE("memory", ENTITY_MEMORY, memory) },
	[PART_PRESSURE_MEMORY] = { STALLS("pressure_memory", memory_block) },
	[PART_PRESSURE_IO] = { STALLS("pressure_io", io_block) },
	[PART_THP] = { SINGLE("thp", ENTITY_THP, thp) },
	[PART_ZSWAP] = { SINGLE("zswap", ENTITY_ZSWAP, zswap) },
	[PART_ZSWAP_DEBUG] = { .table = "zswap_debug", .entity = ENTITY_ZSWAP,
		.key = KEY_SAMPLE,
		.block = offsetof(struct zswap, debug_block), WHOLE },
	[PART_LOAD] = { SINGLE("load", ENTITY_LOAD, load) },
	[PART_SOCKETS] = { SINGLE("sockets", ENTITY_SOCKETS, sockets) },
	[PART_KSM] = { SINGLE("ksm", ENTITY_KSM, ksm) },
	[PART_SELF] = { SINGLE("memtop", ENTITY_SELF, self) },
	[PART_COVERAGE] = { .table = "coverage", .entity = ENTITY_COVERAGE,
		.key = KEY_SAMPLE, .block = NO_BLOCK, .only = NO_FIELD,
		.without = NO_FIELD },
	[PART_ARC] = { SINGLE("arc", ENTITY_ARC, arc) },
	[PART_SWAPS] = { OF_LIST("swaps", ENTITY_SWAP, swap, block) },
	[PART_SLABS] = { OF_LIST("slabs", ENTITY_SLAB, slab, block) },
	[PART_ZONES] = { OF_LIST("zones", ENTITY_ZONE, zone, block) },
	[PART_BLOCKS] = { OF_LIST("free_blocks", ENTITY_BLOCKS, free_blocks,
				  block) },
	[PART_NODES] = { OF_LIST("nodes", ENTITY_NODE, node, block) },
	[PART_NUMASTAT] = { OF_LIST("numastat", ENTITY_NODE, node, numastat) },
	[PART_PROTOCOLS] = { OF_LIST("protocols", ENTITY_PROTOCOL, protocol,
				     block) },
	[PART_TUNABLES] = { OF_LIST("tunables", ENTITY_TUNABLE, tunable,
				    block) },
	[PART_SWAP_IO] = { OF_LIST("swap_io", ENTITY_SWAP, swap, io_block) },
	[PART_ZRAM] = { OF_LIST("zram", ENTITY_ZRAM, zram, block) },
	[PART_ZRAM_IO] = { OF_LIST("zram_io", ENTITY_ZRAM, zram, io_block) },
	[PART_ZRAM_WRITEBACK] = { OF_LIST("zram_writeback", ENTITY_ZRAM, zram,
		writeback_block) },
	[PART_MTHP] = { OF_LIST("mthp", ENTITY_MTHP, mthp, block) },
	[PART_MTHP_STATS] = { OF_LIST("mthp_stats", ENTITY_MTHP, mthp,
		stats_block) },
	[PART_HUGETLB] = { OF_LIST("hugetlb", ENTITY_HUGETLB, hugetlb,
		block) },
	[PART_CGROUPS] = { OF_LIST("cgroups", ENTITY_CGROUP, cgroup,
		block) },
	[PART_CGROUP_MEMBERS] = { OF_LIST("cgroup_members", ENTITY_CGROUP, cgroup,
		members) },
	[PART_CGROUP_USAGE] = { OF_LIST("cgroup_usage", ENTITY_CGROUP, cgroup,
		usage) },
	[PART_CGROUP_LIMIT] = { OF_LIST("cgroup_limit", ENTITY_CGROUP, cgroup,
		limit) },
	[PART_CGROUP_KNOBS] = { OF_LIST("cgroup_knobs", ENTITY_CGROUP, cgroup,
		knobs) },
	[PART_CGROUP_MARKS] = { OF_LIST("cgroup_marks", ENTITY_CGROUP, cgroup,
		marks) },
	[PART_CGROUP_STAT] = { OF_LIST("cgroup_stat", ENTITY_CGROUP, cgroup,
		stat) },
	[PART_CGROUP_STAT_V2] = { OF_LIST("cgroup_stat_v2", ENTITY_CGROUP, cgroup,
		stat_v2) },
	[PART_CGROUP_EVENTS] = { OF_LIST("cgroup_events", ENTITY_CGROUP, cgroup,
		events) },
	[PART_CGROUP_PRESSURE] = { OF_LIST("cgroup_pressure", ENTITY_CGROUP, cgroup,
		pressure) },
	[PART_CGROUP_V1] = { OF_LIST("cgroup_v1", ENTITY_CGROUP, cgroup,
		v1) },
	[PART_CGROUP_SHARE] = { OF_LIST("cgroup_share", ENTITY_CGROUP, cgroup,
		share) },
	[PART_CGROUP_ROOM] = { OF_LIST("cgroup_room", ENTITY_CGROUP, cgroup,
		room) },
	[PART_CGROUP_PACE] = { OF_LIST("cgroup_pace", ENTITY_CGROUP, cgroup,
		pace) },
	[PART_TMPFS] = { OF_LIST("tmpfs", ENTITY_TMPFS, tmpfs, block) },
	[PART_SHARED] = { OF_LIST("shared_memory", ENTITY_SHARED, shared,
				  block) },
	[PART_TYPE_BLOCKS] = { OF_LIST("free_blocks_by_type",
		ENTITY_TYPE_BLOCKS, free_blocks, block) },
	[PART_ALLOCATIONS] = { OF_LIST("allocations", ENTITY_ALLOCATION,
		allocation, block) },
	[PART_KILLS] = { OF_LIST("kills", ENTITY_KILL, log_kill, block) },
	[PART_PAGE_FAILURES] = { OF_LIST("page_failures", ENTITY_PAGE_FAILURE,
		page_failure, block) },
	[PART_READERS] = { OF_LIST("readers", ENTITY_READER, reader, block) },
	[PART_READER_IO] = { OF_LIST("reader_io", ENTITY_READER, reader, io) },
	[PART_EVENTS] = { OF_LIST("events", ENTITY_EVENT, event, block) },
	[PART_TRENDS] = { OF_LIST("trends", ENTITY_TREND, trend, block) },
	[PART_IDENTITY] = { OF_PROCESS("process_identity", identity), WHOLE },
	[PART_NAMES] = { OF_PROCESS("process_names", names), WHOLE },
	[PART_GROUP] = { OF_PROCESS("process_cgroup", group), WHOLE },
	[PART_STATM] = { OF_PROCESS("process_statm", statm), WHOLE },
	[PART_STATUS] = { OF_PROCESS("process_status", status), WHOLE },
	[PART_STAT] = { OF_PROCESS("process_stat", stat), WHOLE },
	[PART_OOM] = { OF_PROCESS("process_oom", oom), WHOLE },
	[PART_OPEN_FILES] = { OF_PROCESS("process_open_files", files), WHOLE },
	[PART_DELAYS] = { OF_PROCESS("process_delays", delays), WHOLE },
	/* most reads of smaps find what was there before: the cost and time
	 * of a read are kept apart from what it found */
	[PART_SMAPS_READS] = { OF_PROCESS("process_smaps_reads", smaps),
		.has_block = true, .only = PROCESS_SMAPS_COST,
		.without = NO_FIELD },
	[PART_SMAPS] = { OF_PROCESS("process_smaps", smaps),
		.only = NO_FIELD, .without = PROCESS_SMAPS_COST },
};
static_assert(ARRAY_SIZE(parts) == PART_COUNT, "a row for each part");

/* The tables that hold the parts together: columns behind the key. */
static const struct {
	const char *name;
	enum table_key key;
	const char *columns;
} fixed_tables[] = {
	[TABLE_SEGMENTS - PART_COUNT] = { "segments", KEY_ID,
		"first_sample INTEGER, first_process INTEGER, "
		"first_text INTEGER, host TEXT, kernel TEXT, boot_id TEXT, "
		"user TEXT, uid INTEGER, sees_all INTEGER, psi INTEGER, "
		"hidepid INTEGER, container INTEGER, page_size INTEGER, "
		"cpus INTEGER, realtime_ns INTEGER, monotonic_ns INTEGER, "
		"boottime_ns INTEGER, program TEXT" },
	[TABLE_SAMPLES - PART_COUNT] = { "samples", KEY_SAMPLE,
		"segment INTEGER, keyframe INTEGER, time TEXT, "
		"realtime_ns INTEGER, monotonic_ns INTEGER, "
		"boottime_ns INTEGER, interval_ns INTEGER, "
		"period_ns INTEGER, complete INTEGER, lost INTEGER, "
		"vmstat_state INTEGER, vmstat_age_ns INTEGER, "
		"processes_state INTEGER, processes_age_ns INTEGER" },
	[TABLE_VERDICTS - PART_COUNT] = { "verdicts", KEY_SAMPLE,
		"severity INTEGER, rule TEXT, text TEXT, brief TEXT, "
		"since_realtime_ns INTEGER, at_least INTEGER, who TEXT, "
		"who_brief TEXT, next TEXT, next_brief TEXT, todo TEXT, "
		"todo_brief TEXT, advice TEXT" },
	[TABLE_EVIDENCE - PART_COUNT] = { "evidence", KEY_PLACE,
		"name TEXT, unit INTEGER, comparison INTEGER, value REAL, "
		"bound REAL" },
	[TABLE_SUBJECTS - PART_COUNT] = { "subjects", KEY_PLACE,
		"name TEXT, pid INTEGER, start_time INTEGER, role INTEGER, "
		"certainty INTEGER" },
	[TABLE_ALSO - PART_COUNT] = { "also", KEY_PLACE,
		"rule TEXT, text TEXT, severity INTEGER, at_least INTEGER, "
		"since_realtime_ns INTEGER" },
	[TABLE_VMSTAT - PART_COUNT] = { "vmstat", KEY_NAME,
		"value INTEGER, rate REAL" },
	[TABLE_LISTS - PART_COUNT] = { "lists", KEY_NAME,
		"state INTEGER, age_ns INTEGER, rows INTEGER" },
	[TABLE_PROCESSES - PART_COUNT] = { "processes", KEY_ID,
		"pid INTEGER, start_time INTEGER, kernel INTEGER, "
		"first_sample INTEGER, last_sample INTEGER, user INTEGER, "
		"comm INTEGER, command INTEGER, cgroup INTEGER, "
		"unit INTEGER" },
	[TABLE_TEXTS - PART_COUNT] = { "texts", KEY_ID, "text TEXT" },
};
static_assert(ARRAY_SIZE(fixed_tables) == TABLE_COUNT - PART_COUNT,
	      "a row for each table");

/* How a table's text begins and ends around its columns. */
static const struct {
	const char *begin, *end;
} key_texts[] = {
	[KEY_ID] = { "id INTEGER PRIMARY KEY", ")" },
	[KEY_SAMPLE] = { "sample INTEGER PRIMARY KEY", ")" },
	[KEY_PROCESS] = { "sample INTEGER, process INTEGER",
			  ", PRIMARY KEY(sample, process)) WITHOUT ROWID" },
	[KEY_PLACE] = { "sample INTEGER, place INTEGER",
			", PRIMARY KEY(sample, place)) WITHOUT ROWID" },
	[KEY_NAME] = { "sample INTEGER, name INTEGER",
		       ", PRIMARY KEY(sample, name)) WITHOUT ROWID" },
};
/* clang-format on */

size_t part_fields(const struct part *part, const struct field **ret)
{
	const struct entity *entity = &entities[part->entity];
	size_t count = 0;

	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];

		if (field->block != part->block || i == part->without ||
		    (part->only != NO_FIELD && i != part->only))
			continue;
		assert(count < PART_FIELDS_MAX);
		ret[count++] = field;
	}
	return count;
}

const char *table_name(unsigned table)
{
	return table < PART_COUNT ? parts[table].table
				  : fixed_tables[table - PART_COUNT].name;
}

enum table_key table_key(unsigned table)
{
	return table < PART_COUNT ? parts[table].key
				  : fixed_tables[table - PART_COUNT].key;
}

static void add_column(struct column *ret, size_t *count, const char *name,
		       const char *type)
{
	struct column *column = &ret[(*count)++];

	assert(*count <= COLUMNS_MAX && strlen(name) < sizeof(column->name));
	strcpy(column->name, name);
	strcpy(column->type, type);
	/* "some.avg10" would have to be quoted in every query */
	for (char *p = column->name; *p; p++)
		if (*p == '.')
			*p = '_';
}

static const char *field_type(const struct field *field)
{
	if (field->kind == KIND_CHAR)
		return "TEXT";
	return field->kind == KIND_DOUBLE ? "REAL" : "INTEGER";
}

static size_t part_columns(const struct part *part, struct column *ret)
{
	const struct field *fields[PART_FIELDS_MAX];
	size_t count = 0, nfields = part_fields(part, fields);

	if (part->has_block) {
		add_column(ret, &count, "read_state", "INTEGER");
		add_column(ret, &count, "read_age_ns", "INTEGER");
	}
	for (size_t i = 0; i < nfields; i++)
		add_column(ret, &count, fields[i]->name, field_type(fields[i]));
	return count;
}

/* "name TYPE" at *text, as far as the next ", " or the end.  false: it is
 * none. */
static bool next_column(const char **text, struct column *ret)
{
	static const char *const types[] = { "INTEGER", "REAL", "TEXT" };
	size_t len = strspn(*text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (len == 0 || len >= sizeof(ret->name) || (*text)[len] != ' ')
		return false;
	memcpy(ret->name, *text, len);
	ret->name[len] = '\0';
	*text += len + 1;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		len = strlen(types[i]);
		if (strncmp(*text, types[i], len) != 0)
			continue;
		strcpy(ret->type, types[i]);
		*text += len;
		return true;
	}
	return false;
}

size_t table_columns(unsigned table, struct column *ret)
{
	const char *text;
	size_t count = 0;

	if (table < PART_COUNT)
		return part_columns(&parts[table], ret);
	text = fixed_tables[table - PART_COUNT].columns;
	while (next_column(&text, &ret[count])) {
		count++;
		text += strspn(text, ", ");
	}
	return count;
}

char *schema_table_sql(unsigned table, const struct column *columns,
		       size_t count)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	sqlite3_str_appendf(sql, "CREATE TABLE %s(%s", table_name(table),
			    key_texts[table_key(table)].begin);
	for (size_t i = 0; i < count; i++)
		sqlite3_str_appendf(sql, ", %s %s", columns[i].name,
				    columns[i].type);
	sqlite3_str_appendall(sql, key_texts[table_key(table)].end);
	return sqlite3_str_finish(sql);
}

int schema_parse(unsigned table, const char *sql, struct column *ret,
		 size_t *ret_count)
{
	const char *begin = key_texts[table_key(table)].begin;
	const char *end = key_texts[table_key(table)].end;
	char head[128];
	size_t count = 0;

	sqlite3_snprintf(sizeof(head), head, "CREATE TABLE %s(%s",
			 table_name(table), begin);
	if (strncmp(sql, head, strlen(head)) != 0)
		return -EBADMSG;
	sql += strlen(head);
	while (strcmp(sql, end) != 0) {
		if (strncmp(sql, ", ", 2) != 0 || count == COLUMNS_MAX)
			return -EBADMSG;
		sql += 2;
		if (!next_column(&sql, &ret[count]))
			return -EBADMSG;
		count++;
	}
	*ret_count = count;
	return 0;
}
