/* SPDX-License-Identifier: MIT
 *
 * Who is watched for growth and has a row: whoever leaks is not left out where
 * very many are large or have just become so, and what was found before a gap is
 * not said after it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/trend.h"
#include "sample.h"

#define LEAKER 9999
#define STEP_S 5

struct world {
	struct trends_judge *judge;
	uint64_t second, gap;
	int others;
	uint64_t other_mib;
	bool others_rise;
	uint64_t base_mib;		/* of the leaker, beyond 100 */
	uint64_t threads, more_threads; /* of the leaker, and an hour later */
	uint64_t files, more_files;
	bool files_denied;
	uint64_t faults, more_faults; /* a second */
	uint64_t faulted;
	struct trend leaker; /* its row, with no texts; pid 0: none */
	char why[64];
};

static void add(struct snapshot *s, pid_t pid, uint64_t bytes)
{
	struct process *p = sample_process(pid, 1, "p");

	p->rss = p->anon = bytes;
	sample_add(s, p);
}

static void add_leaker(struct world *w, struct snapshot *s)
{
	struct process *p = sample_process(LEAKER, 1, "p");

	p->rss = p->anon = (100 + w->base_mib) * MIB + w->second * MIB / 4;
	p->threads = w->threads + w->more_threads * w->second / 3600;
	p->open_files = w->files + w->more_files * w->second / 3600;
	if (w->files_denied)
		p->files.state = STATE_DENIED;
	w->faulted += (w->faults + w->more_faults * w->second / 3600) * STEP_S;
	p->minor_faults = 1 + w->faulted;
	sample_add(s, p);
}

static void step(struct world *w)
{
	struct snapshot *s = sample_snapshot(w->second);
	const struct trend *row;
	uint64_t rise = w->others_rise ? min_u64(w->second, 300) * MIB : 0;

	s->monotonic_ns = (w->second + w->gap) * NS_PER_S;
	s->memory.total = 16 * GIB;
	for (int i = 0; i < w->others; i++)
		add(s, 100 + i, w->other_mib * MIB + rise);
	add_leaker(w, s);
	trends_judge_step(w->judge, s);
	row = trend_find(snapshot_list(s, ENTITY_TREND),
			 s->processes[s->nprocesses - 1]->key);
	w->leaker = row ? *row : (struct trend){ .pid = 0 };
	snprintf(w->why, sizeof(w->why), "%s", row ? text_str(row->why) : "");
	w->second += STEP_S;
	snapshot_unref(s);
}

static void run(struct world *w, uint64_t seconds)
{
	for (uint64_t end = w->second + seconds; w->second < end;)
		step(w);
}

static void begin(struct world *w)
{
	w->judge = trends_judge_new();
	assert_non_null(w->judge);
	w->second = STEP_S;
}

/* Those that rose once come first by their numbers. */
static void among_those_that_rose(void **state)
{
	struct world w = { .others = 100,
			   .other_mib = 20,
			   .others_rise = true };

	(void)state;
	begin(&w);
	run(&w, 700);
	assert_string_equal(w.leaker.verdict, "suspect");
	trends_judge_free(w.judge);
}

static void among_many(void **state)
{
	struct world w = { .others = 1200, .other_mib = 20 };

	(void)state;
	begin(&w);
	run(&w, 700);
	assert_string_equal(w.leaker.verdict, "suspect");
	trends_judge_free(w.judge);
}

/* 100 MiB and 0.25 MiB a second: in an hour ten times as much. */
static void with_its_load(void **state)
{
	struct world w = {
		.others = 1, .other_mib = 20, .threads = 10, .more_threads = 90
	};

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "load");
	assert_string_equal(w.why, "its threads rise alike");
	assert_int_equal(trend_sure(&w.leaker), 1);
	trends_judge_free(w.judge);
}

static void with_its_files(void **state)
{
	struct world w = { .others = 1,
			   .other_mib = 20,
			   .threads = 10,
			   .files = 20,
			   .more_files = 180 };

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "load");
	assert_string_equal(w.why, "its open files rise alike");
	assert_int_equal(trend_sure(&w.leaker), 1);
	trends_judge_free(w.judge);
}

/* What stands behind a refusal is no figure. */
static void with_files_unseen(void **state)
{
	struct world w = { .others = 1,
			   .other_mib = 20,
			   .threads = 10,
			   .files = 20,
			   .more_files = 180,
			   .files_denied = true };

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "confirmed");
	trends_judge_free(w.judge);
}

static void with_its_faults(void **state)
{
	struct world w = { .others = 1,
			   .other_mib = 20,
			   .threads = 10,
			   .faults = 100,
			   .more_faults = 900 };

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "load");
	assert_string_equal(w.why, "its page faults rise alike");
	trends_judge_free(w.judge);
}

/* Much more memory and a little more load. */
static void beyond_its_load(void **state)
{
	struct world w = { .others = 1,
			   .other_mib = 20,
			   .threads = 100,
			   .more_threads = 20,
			   .files = 100,
			   .more_files = 20,
			   .faults = 1000,
			   .more_faults = 200 };

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "confirmed");
	trends_judge_free(w.judge);
}

/* In the half hour: files a seventh more, memory three quarters. */
static void out_of_proportion(void **state)
{
	struct world w = { .others = 1,
			   .other_mib = 20,
			   .threads = 10,
			   .files = 1000,
			   .more_files = 510 };

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "confirmed");
	trends_judge_free(w.judge);
}

/* In proportion, but not a tenth more. */
static void hardly_more_files(void **state)
{
	struct world w = { .others = 1,
			   .other_mib = 20,
			   .base_mib = 2900,
			   .threads = 10,
			   .files = 1000,
			   .more_files = 270 };

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "confirmed");
	trends_judge_free(w.judge);
}

static void after_a_gap(void **state)
{
	struct world w = { .others = 1, .other_mib = 20 };

	(void)state;
	begin(&w);
	run(&w, 3800);
	assert_string_equal(w.leaker.verdict, "confirmed");
	w.gap = 3600;
	step(&w);
	assert_int_equal(w.leaker.pid, 0);
	trends_judge_free(w.judge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(among_those_that_rose),
		cmocka_unit_test(among_many),
		cmocka_unit_test(with_its_load),
		cmocka_unit_test(with_its_files),
		cmocka_unit_test(with_files_unseen),
		cmocka_unit_test(with_its_faults),
		cmocka_unit_test(beyond_its_load),
		cmocka_unit_test(out_of_proportion),
		cmocka_unit_test(hardly_more_files),
		cmocka_unit_test(after_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
