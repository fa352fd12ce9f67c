/* SPDX-License-Identifier: MIT
 *
 * A recording in which anything may stand: it is refused or read, and what is
 * read can be printed.  The first byte of the input says what the others are,
 * changes to a good file so that most inputs get past the first page: bytes
 * (where, and what for), or values in rows, which no damage would make and
 * somebody might.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/record/writer.h"
#include "memtop/base.h"
#include "memtop/list.h"
#include "memtop/output.h"
#include "memtop/swap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char path[64];
static unsigned char good[1 << 19];
static size_t good_size;

enum { SECONDS = 6 };

static void *must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

/* ---- the good file ------------------------------------------------------- */

static const struct text *make_text(const char *string)
{
	return must(text_new(string, strlen(string)));
}

static struct process *make_process(pid_t pid, uint64_t second)
{
	const struct block read = { second * NS_PER_S, STATE_OK };
	struct process *process = must(process_new());

	process->key = (struct process_key){ pid, NS_PER_S };
	process->identity = process->names = process->statm = process->status =
		process->stat = process->oom = process->smaps = read;
	process->state = 'S';
	strcpy(process->comm, "comm");
	process->command = make_text("a command");
	process->cgroup = make_text("/a.slice");
	process->rss = process->pss = process->swap = second * 4096;
	process->minor_faults = second * 7;
	process->minor_fault_rate = 7;
	process->oom_score = 600;
	process->oom_score_adj = 0;
	return process;
}

static struct host *make_host(void)
{
	struct host *host = must(host_new());

	strcpy(host->name, "host");
	host->uid = 0;
	host->page_size = 4096;
	return host;
}

static void add_lists(struct snapshot *snapshot, uint64_t second)
{
	static const char *const names[] = { "pswpin", "oom_kill" };
	const struct block read = { second * NS_PER_S, STATE_OK };
	struct list *list;

	snapshot->vmstat_names = must(counter_names_new(names, 2));
	snapshot->vmstat = must(calloc(2, sizeof(*snapshot->vmstat)));
	snapshot->vmstat[0] = (struct counter){ second * 10, 10 };
	snapshot->vmstat[1] = (struct counter){ second / 4, NAN };
	list = must(list_new(ENTITY_SWAP));
	list->block = read;
	*(struct swap *)must(list_add(&list)) = (struct swap){
		.block = read,
		.name = make_text("/swapfile"),
		.type = "file",
		.size = GIB,
		.used = second * MIB,
	};
	snapshot_set_list(snapshot, list);
	snapshot->vmstat_block = snapshot->processes_block = read;
}

/* Somebody is born at 3 and somebody exits at 5. */
static struct snapshot *make_snapshot(uint64_t second)
{
	struct snapshot *snapshot = must(snapshot_new());

	snapshot->realtime_ns = snapshot->monotonic_ns = second * NS_PER_S;
	snapshot->memory.block = (struct block){ second * NS_PER_S, STATE_OK };
	snapshot->memory.total = GIB;
	snapshot->verdict.rule = "healthy";
	snapshot->verdict.text = make_text("all is well");
	snapshot->host = make_host();
	add_lists(snapshot, second);
	snapshot->processes = must(calloc(3, sizeof(struct process *)));
	for (pid_t pid = 7; pid <= 9; pid++)
		if ((pid != 8 || second >= 3) && (pid != 7 || second < 5))
			snapshot->processes[snapshot->nprocesses++] =
				make_process(pid, second);
	return snapshot;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct record_options options = { .path = path };
	struct writer writer;
	char why[256];
	FILE *file;

	(void)argc, (void)argv;
	snprintf(path, sizeof(path), "/tmp/memtop-fuzz-%d", (int)getpid());
	if (writer_open(&writer, &options, why, sizeof(why)) < 0)
		abort();
	for (uint64_t second = 1; second <= SECONDS; second++) {
		struct snapshot *snapshot = make_snapshot(second);

		if (writer_sample(&writer, snapshot, 0) < 0)
			abort();
		snapshot_unref(snapshot);
	}
	writer_close(&writer);
	file = must(fopen(path, "r"));
	good_size = fread(good, 1, sizeof(good), file);
	fclose(file);
	unlink(path);
	return 0;
}

/* ---- a bad one ----------------------------------------------------------- */

static void write_file(const unsigned char *bytes)
{
	FILE *file = must(fopen(path, "w"));

	fwrite(bytes, 1, good_size, file);
	fclose(file);
}

/* Four bytes each: where (three), and what for. */
static void change_bytes(const uint8_t *data, size_t size)
{
	unsigned char *bad = must(malloc(good_size));

	memcpy(bad, good, good_size);
	for (; size >= 4; size -= 4, data += 4) {
		size_t at =
			data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16;

		bad[at % good_size] = data[3];
	}
	write_file(bad);
	free(bad);
}

static void bind_any(sqlite3_stmt *stmt, uint8_t kind, const uint8_t *bytes)
{
	int64_t number;
	double real;

	memcpy(&number, bytes, sizeof(number));
	memcpy(&real, bytes, sizeof(real));
	switch (kind % 8) {
	case 0:
		sqlite3_bind_int64(stmt, 1, number);
		break;
	case 1:
		sqlite3_bind_int64(stmt, 1, (int8_t)bytes[0]);
		break;
	case 2:
		sqlite3_bind_double(stmt, 1, real);
		break;
	case 3:
		sqlite3_bind_text(stmt, 1, (const char *)bytes, 8,
				  SQLITE_STATIC);
		break;
	case 4:
		sqlite3_bind_zeroblob(stmt, 1, bytes[0] * 4096);
		break;
	case 5: /* what is near the ends of the clocks */
		sqlite3_bind_int64(stmt, 1, INT64_MAX - bytes[0]);
		break;
	default:
		sqlite3_bind_null(stmt, 1);
	}
}

/* Twelve bytes each: table, column, row, kind of value, value.  What SQLite
 * refuses stays as it was. */
static void change_rows(const uint8_t *data, size_t size)
{
	sqlite3 *db;

	write_file(good);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
		     NULL, NULL, NULL);
	for (; size >= 12; size -= 12, data += 12) {
		unsigned table = data[0] % TABLE_COUNT;
		const char *key = table_key(table) == KEY_ID ? "id" : "sample";
		struct column columns[COLUMNS_MAX];
		size_t count = table_columns(table, columns);
		size_t which = data[1] % (count + 1);
		sqlite3_stmt *stmt = NULL;
		char *sql = must(sqlite3_mprintf(
			"UPDATE OR REPLACE %s SET %s = ?1 WHERE %s = %d",
			table_name(table),
			which < count ? columns[which].name : key, key,
			data[2] % (SECONDS + 4)));

		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
		bind_any(stmt, data[3], data + 4);
		sqlite3_step(stmt);
		sqlite3_finalize(stmt);
		sqlite3_free(sql);
	}
	sqlite3_close(db);
}

static void show(struct history *history)
{
	struct output_options options = { .view = &views[0] };
	const struct series_query query = { .counter = "pswpin" };
	FILE *nowhere = must(fopen("/dev/null", "w"));
	struct series_point points[2 * SECONDS];
	const struct snapshot *snapshot;

	for (uint64_t seq = 1; seq <= SECONDS + 2; seq++) {
		if (history_at(history, seq, &snapshot) < 0)
			continue;
		options.view = &views[seq % VIEW_COUNT];
		output_json.sample(nowhere, &options, snapshot);
		output_text.sample(nowhere, &options, snapshot);
		output_csv.sample(nowhere, &options, snapshot);
		snapshot_unref(snapshot);
	}
	history_series(history, &query, points, ARRAY_SIZE(points));
	fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *source;
	struct history *history;
	char why[256];

	if (size == 0)
		return 0;
	if (*data & 1)
		change_rows(data + 1, size - 1);
	else
		change_bytes(data + 1, size - 1);
	if (replay_open(path, &source, &history, why, sizeof(why)) == 0) {
		show(history);
		source->ops->close(source);
		history_free(history);
	}
	unlink(path);
	return 0;
}
