/* SPDX-License-Identifier: MIT
 *
 * memtop's pure parts, each driven over a fixed input, so that callgrind can
 * count their instructions: those repeat where times don't.  Without an
 * argument it lists the parts; with one it runs that part once, in
 * count_from_here(), which is where counting is switched on.
 */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/collect/collect.h"
#include "../../src/ui/mappings.h"
#include "memtop/base.h"
#include "memtop/format.h"
#include "memtop/history.h"
#include "memtop/judges.h"
#include "memtop/output.h"
#include "memtop/rates.h"
#include "memtop/rows.h"
#include "memtop/text.h"
#include "memtop/verdict.h"
#include "sample.h"

#define TREE	  "tests/proc/linux-6.18/"
#define PROCESSES 2000
#define TURNS	  1000
#define SAMPLES	  600

/* The inputs; set up before counting. */
static struct tree tree;
static struct snapshot *snapshot, *next;
static struct history *history, *long_history;
static char statm[4096], stat[4096], status[8192], smaps[8192], meminfo[8192];
static size_t stat_len;

static void load(const char *path, char *buf, size_t size, size_t *ret_len)
{
	FILE *stream = fopen(path, "re");
	size_t len;

	if (!stream) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	len = fread(buf, 1, size - 1, stream);
	buf[len] = '\0';
	fclose(stream);
	if (ret_len)
		*ret_len = len;
}

/* Sizes in no order, a few users and commands, parents above. */
static const struct process *make_process(unsigned i)
{
	static const char *const commands[] = { "postgres: writer",
						"/usr/bin/java -Xmx4g",
						"nginx: worker process" };
	struct process *process = sample_process((pid_t)(i + 1), (pid_t)(i / 8),
						 i % 3 ? "postgres" : "java");
	uint64_t size = (i * UINT64_C(2654435761)) % (64 * MIB);

	process->rss = process->smaps_rss = size;
	process->anon = process->uss = size / 2;
	process->pss = size / 4 * 3;
	process->swap = i % 7 ? 0 : size / 8;
	process->oom_score = size / MIB;
	process->uid = i % 5;
	process->command = sample_text(commands[i % 3]);
	process->cgroup = sample_text(i % 2 ? "/system.slice/a.service"
					    : "/user.slice/user-0.slice");
	return process;
}

/* The second shares nine of ten processes with the first. */
static void make_snapshots(void)
{
	snapshot = sample_snapshot(1);
	next = sample_snapshot(2);
	for (unsigned i = 0; i < PROCESSES; i++) {
		const struct process *process = make_process(i);

		sample_add(snapshot, process);
		sample_add(next, i % 10 ? process_ref(process)
					: process_copy(process));
	}
	snapshot_count_coverage(snapshot);
	snapshot_count_coverage(next);
}

static void set_up(void)
{
	const struct history_limits limits = { 3600 * NS_PER_S, GIB };

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	if (tree_open(TREE "proc", TREE "sys", &tree) < 0 ||
	    history_new(&limits, &history) < 0 ||
	    history_new(&limits, &long_history) < 0) {
		fputs("pure: must be run where tests/ is\n", stderr);
		exit(EXIT_FAILURE);
	}
	load(TREE "proc/4242/statm", statm, sizeof(statm), NULL);
	load(TREE "proc/4242/stat", stat, sizeof(stat), &stat_len);
	load(TREE "proc/4242/status", status, sizeof(status), NULL);
	load(TREE "proc/4242/smaps_rollup", smaps, sizeof(smaps), NULL);
	load(TREE "proc/meminfo", meminfo, sizeof(meminfo), NULL);
	make_snapshots();
	for (unsigned i = 1; i <= SAMPLES; i++) {
		struct snapshot *sample = sample_snapshot(i);

		collect_vmstat.read(&tree, sample);
		history_push(long_history, sample);
	}
}

static void part_parse_statm(void)
{
	struct process process = { 0 };

	for (int i = 0; i < TURNS; i++)
		parse_statm(statm, &tree, &process);
}

static void part_parse_stat(void)
{
	struct process process = { 0 };

	for (int i = 0; i < TURNS; i++)
		parse_stat(stat, stat_len, &tree, &process);
}

static void part_parse_status(void)
{
	struct process process = { 0 };

	for (int i = 0; i < TURNS; i++)
		parse_status(status, &process);
}

static void part_parse_smaps(void)
{
	struct process process = { 0 };

	for (int i = 0; i < TURNS; i++)
		parse_smaps_rollup(smaps, &process);
}

static void part_key_values(void)
{
	struct kv kv;

	for (int i = 0; i < TURNS; i++) {
		const char *cursor = meminfo;

		while (kv_next(&cursor, &kv))
			;
	}
}

static void part_read_vmstat(void)
{
	for (int i = 0; i < TURNS / 10; i++) {
		struct snapshot *fresh = sample_snapshot(1);

		collect_vmstat.read(&tree, fresh);
		snapshot_unref(fresh);
	}
}

static void part_format(void)
{
	char buf[FORMAT_SIZE];

	for (uint64_t i = 0; i < TURNS; i++) {
		format_bytes(buf, i * i * i * 977, FORMAT_AUTO);
		format_bytes_signed(buf, (double)(i * 77777), FORMAT_AUTO);
		format_count(buf, i * 997);
		format_rate(buf, (double)i * 1.37);
		format_duration(buf, i * i * NS_PER_MS);
		format_percent(buf, (double)i / 10);
	}
}

static void part_printable(void)
{
	static const char name[] = "postgres: w\xc3\xa9rk\x1b[31m worker";
	char buf[128];

	for (int i = 0; i < TURNS; i++)
		text_printable(buf, sizeof(buf), name, sizeof(name) - 1, 20);
}

static void part_growth(void)
{
	struct growth growth = { 0 };

	for (uint64_t i = 1; i <= TURNS; i++) {
		growth_add(&growth, i * NS_PER_S, i * MIB);
		growth_rate(&growth, i * NS_PER_S, i * MIB);
	}
}

static void build(struct rows_query query)
{
	struct rows rows = { 0 };

	query.active = NO_FIELD;
	rows_build(snapshot, &query, &rows);
	rows_build(next, &query, &rows); /* memory is there already */
	rows_done(&rows);
}

static void part_rows_by_pss(void)
{
	build((struct rows_query){ .sort = PROCESS_PSS });
}

static void part_rows_first(void)
{
	build((struct rows_query){ .sort = PROCESS_OOM_SCORE, .top = 128 });
}

static void part_rows_by_command(void)
{
	build((struct rows_query){ .sort = PROCESS_COMMAND });
}

static void part_rows_filtered(void)
{
	struct rows_query query = { .sort = PROCESS_PSS };
	struct filter_error error;
	struct filter *filter;

	if (filter_parse("cg:system rss>8M !java", &filter, &error) < 0)
		abort();
	query.filter = filter;
	build(query);
	filter_free(filter);
}

static void part_rows_groups(void)
{
	build((struct rows_query){ .sort = PROCESS_PSS,
				   .group = GROUP_COMMAND });
}

/* Rows of one sample after the other, most of which is the same. */
static void follow(struct rows_query query)
{
	struct rows rows = { 0 };

	query.active = NO_FIELD;
	for (int i = 0; i < 20; i++)
		rows_build(i % 2 ? next : snapshot, &query, &rows);
	rows_done(&rows);
}

static void part_rows_follow(void)
{
	follow((struct rows_query){ .sort = PROCESS_PSS });
}

static void part_rows_follow_groups(void)
{
	follow((struct rows_query){ .sort = PROCESS_PSS,
				    .group = GROUP_COMMAND });
}

static void part_rows_tree(void)
{
	build((struct rows_query){ .sort = PROCESS_PSS, .tree = true });
}

static void part_history(void)
{
	const struct snapshot *found;

	history_push(history, snapshot);
	history_push(history, next);
	for (int i = 0; i < TURNS; i++) {
		history_at(history, 0, &found);
		snapshot_unref(found);
	}
}

/* What a screen with four trends asks for at each sample; two of them are
 * counters. */
static void part_series(void)
{
	static struct series_point points[SAMPLES];
	const struct series_query counter = { .counter = "pswpout" };
	const struct series_query field = {
		.entity = &entities[ENTITY_MEMORY],
		.field = field_find(&entities[ENTITY_MEMORY], "available"),
	};

	history_series(long_history, &counter, points, SAMPLES);
	history_series(long_history, &field, points, SAMPLES);
}

static void part_coverage(void)
{
	snapshot_count_coverage(snapshot);
}

static void part_verdict(void)
{
	struct verdict_judge *judge = verdict_judge_new();

	verdict_judge_step(judge, snapshot);
	verdict_judge_step(judge, next);
	verdict_judge_free(judge);
}

/* A minute of a machine, a tenth of whose processes change each second; what
 * its files say stands still.  The count by 60 is what a sample costs. */
#define JUDGED 60
static struct snapshot *minute[JUDGED];

static void set_up_judges(void)
{
	for (unsigned i = 0; i < JUDGED; i++) {
		struct snapshot *s = minute[i] = sample_snapshot(i + 1);
		const struct snapshot *from = i % 2 ? next : snapshot;

		s->period_ns = NS_PER_S;
		if (collect_meminfo.read(&tree, s) < 0 ||
		    collect_pressure.read(&tree, s) < 0 ||
		    collect_vmstat.read(&tree, s) < 0) {
			fputs("pure: no files to judge\n", stderr);
			exit(EXIT_FAILURE);
		}
		s->processes_block.state = STATE_OK;
		for (size_t k = 0; k < from->nprocesses; k++)
			sample_add(s, process_ref(from->processes[k]));
	}
}

static void part_judges(void)
{
	struct judges *judges = judges_new();

	for (unsigned i = 0; i < JUDGED; i++)
		judges_step(judges, minute[i]);
	judges_free(judges);
}

static void write_sample(const struct output_format *format)
{
	const struct output_options options = {
		.view = &views[VIEW_PROCESSES],
		.query = { .sort = PROCESS_PSS, .active = NO_FIELD },
	};
	FILE *null = fopen("/dev/null", "we");

	format->sample(null, &options, snapshot);
	fclose(null);
}

static void part_json(void)
{
	write_sample(&output_json);
}

static void part_csv(void)
{
	write_sample(&output_csv);
}

/* ---- 200,000 mappings of one process ------------------------------------- */

#define MAPPINGS 200000

static struct reply *make_mappings(void)
{
	struct reply *reply = calloc(1, sizeof(*reply));
	const struct text *files[64];

	reply->mappings = calloc(MAPPINGS, sizeof(*reply->mappings));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/var/lib/db/base/16384/%zu", i);
		files[i] = sample_text(path);
	}
	for (uint64_t i = 0; i < MAPPINGS; i++) {
		struct mapping *m = &reply->mappings[reply->nmappings++];

		*m = (struct mapping){
			.start = i << 13,
			.end = (i << 13) + 4096,
			.perms = "rw-p",
			.path = i % 3 ? NULL : text_ref(files[i / 7 % 64]),
			.pss = i * UINT64_C(2654435761) % (64 * MIB) & ~4095ull,
		};
	}
	mapping_classify(reply->mappings, reply->nmappings);
	return reply;
}

static struct reply *mappings;
static struct map_list mapping_list;
static struct map_query mapping_query = { .group = MAP_SINGLE };

/* A key that sorts, with all of them in one list. */
static void part_mappings_sort(void)
{
	map_list_build(mappings, NULL, true, &mapping_query, &mapping_list);
}

/* A key that groups them anew. */
static void part_mappings_group(void)
{
	struct map_query query = { .group = MAP_BY_FILE };

	map_list_build(mappings, NULL, true, &query, &mapping_list);
}

/* A letter of a search that finds nothing. */
static void part_mappings_search(void)
{
	map_list_find(&mapping_list, "nowhere", 0, 1);
}

static void set_up_mappings(void)
{
	mappings = make_mappings();
	map_list_build(mappings, NULL, false, &mapping_query, &mapping_list);
}

/* clang-format off */
static const struct part {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "parse_statm", part_parse_statm },
	{ "parse_stat", part_parse_stat },
	{ "parse_status", part_parse_status },
	{ "parse_smaps", part_parse_smaps },
	{ "key_values", part_key_values },
	{ "read_vmstat", part_read_vmstat },
	{ "format", part_format },
	{ "printable", part_printable },
	{ "growth", part_growth },
	{ "rows_by_pss", part_rows_by_pss },
	{ "rows_first", part_rows_first },
	{ "rows_by_command", part_rows_by_command },
	{ "rows_filtered", part_rows_filtered },
	{ "rows_groups", part_rows_groups },
	{ "rows_follow", part_rows_follow },
	{ "rows_follow_groups", part_rows_follow_groups },
	{ "rows_tree", part_rows_tree },
	{ "history", part_history },
	{ "series", part_series },
	{ "coverage", part_coverage },
	{ "judges", part_judges },
	{ "verdict", part_verdict },
	{ "json", part_json },
	{ "csv", part_csv },
	{ "mappings_sort", part_mappings_sort },
	{ "mappings_group", part_mappings_group },
	{ "mappings_search", part_mappings_search },
};
/* clang-format on */

/* Known to callgrind by its name; so it must stay a function of its own. */
void count_from_here(const struct part *part);
__attribute__((noinline)) void count_from_here(const struct part *part)
{
	part->run();
}

int main(int argc, char *argv[])
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (argc < 2) {
			puts(parts[i].name);
		} else if (!strcmp(argv[1], parts[i].name)) {
			set_up();
			if (!strncmp(argv[1], "mappings", 8))
				set_up_mappings();
			if (!strcmp(argv[1], "judges"))
				set_up_judges();
			count_from_here(&parts[i]);
			return 0;
		}
	}
	return argc < 2 ? 0 : 2;
}
