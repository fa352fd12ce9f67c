/* SPDX-License-Identifier: MIT
 *
 * The verdict as a fold: snapshots in, one line out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/verdict.h"

struct world {
	uint64_t total, available, swap_total, swap_free;
	double some10, full10, some60, some300;
	uint64_t kills;
	bool psi;
	int64_t clock_set; /* seconds that the wall clock was set by */
};

static const struct world calm = { .total = 64 * GIB,
				   .available = 40 * GIB,
				   .swap_total = 16 * GIB,
				   .swap_free = 16 * GIB,
				   .psi = true };

static const char *const names[] = { "oom_kill" };

/* One step at `second`; the rule's name. */
static const char *step(struct verdict_judge *judge, const struct world *w,
			uint64_t second, char *text, size_t size)
{
	struct snapshot *s = snapshot_new();
	struct counter_names *n = counter_names_new(names, 1);
	const char *rule;

	s->realtime_ns = (1000000 + second + w->clock_set) * NS_PER_S;
	s->boottime_ns = (5000 + second) * NS_PER_S;
	s->memory.block.state = STATE_OK;
	s->memory.total = w->total;
	s->memory.available = w->available;
	s->memory.swap_total = w->swap_total;
	s->memory.swap_free = w->swap_free;
	s->pressure.memory_block.state = w->psi ? STATE_OK : STATE_ABSENT;
	s->pressure.memory_some =
		(struct pressure_line){ w->some10, w->some60, w->some300, 0 };
	s->pressure.memory_full = (struct pressure_line){ w->full10, 0, 0, 0 };
	s->vmstat_block.state = STATE_OK;
	s->vmstat_names = n;
	s->vmstat = calloc(1, sizeof(*s->vmstat));
	s->vmstat[0].value = w->kills;
	verdict_judge_step(judge, s);
	rule = s->verdict.rule;
	if (text)
		strncpy(text, text_str(s->verdict.text), size - 1);
	snapshot_unref(s);
	return rule;
}

static void test_levels(void **state)
{
	struct world w = calm;
	char text[256] = "";
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	assert_string_equal(step(judge, &w, 0, text, sizeof(text)), "healthy");
	assert_non_null(strstr(text, "40.0G available"));
	w.available = 4 * GIB;
	assert_string_equal(step(judge, &w, 1, NULL, 0), "available-low");
	w.available = GIB / 2;
	w.swap_free = 0;
	assert_string_equal(step(judge, &w, 2, text, sizeof(text)),
			    "out-of-memory");
	assert_non_null(strstr(text, "swap is full"));
	w = calm;
	w.some10 = 41.2;
	w.full10 = 22.7;
	assert_string_equal(step(judge, &w, 30, text, sizeof(text)), "stalled");
	assert_non_null(strstr(text, "41% of the time"));
	verdict_judge_free(judge);
}

static void test_unknown_memory(void **state)
{
	struct world w = calm;
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	w.total = w.available = UNKNOWN;
	w.psi = false;
	assert_string_equal(step(judge, &w, 0, NULL, 0), "cannot-tell");
	verdict_judge_free(judge);
}

static void test_no_psi(void **state)
{
	struct world w = calm;
	char text[256] = "";
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	w.psi = false;
	step(judge, &w, 0, text, sizeof(text));
	assert_non_null(strstr(text, "no stall data"));
	assert_null(strstr(text, "nothing waits"));
	verdict_judge_free(judge);
}

/* The averages tell of the time before the first sample. */
static void test_at_least(void **state)
{
	struct world w = calm;
	char text[256] = "";
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	w.some10 = 60;
	w.some300 = 55;
	step(judge, &w, 0, text, sizeof(text));
	assert_non_null(strstr(text, "at least 5m"));
	verdict_judge_free(judge);
}

static void test_kill(void **state)
{
	struct world w = calm;
	char text[256] = "";
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	w.kills = 7; /* old ones are no news */
	assert_string_equal(step(judge, &w, 0, NULL, 0), "healthy");
	w.kills = 9;
	assert_string_equal(step(judge, &w, 10, text, sizeof(text)),
			    "oom-kill");
	assert_non_null(strstr(text, "killed 2 processes"));
	assert_non_null(strstr(text, "9 since boot"));
	assert_string_equal(step(judge, &w, 300, NULL, 0), "oom-kill");
	assert_string_equal(step(judge, &w, 311, NULL, 0), "healthy");
	/* a new one counts by itself */
	w.kills = 10;
	step(judge, &w, 400, text, sizeof(text));
	assert_non_null(strstr(text, "killed 1 process "));
	verdict_judge_free(judge);
}

/* The wall clock is set back by an hour, or on by a day: what has been for a
 * minute has been for a minute. */
static void test_clock_set(void **state)
{
	struct world w = calm;
	char text[256] = "";
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	step(judge, &w, 0, NULL, 0);
	w.kills = 1;
	step(judge, &w, 1, NULL, 0);
	w.clock_set = -3600;
	step(judge, &w, 61, text, sizeof(text));
	assert_non_null(strstr(text, "(1m"));
	assert_string_equal(step(judge, &w, 302, NULL, 0), "healthy");
	w.available = 4 * GIB;
	step(judge, &w, 310, NULL, 0);
	w.clock_set = 86400;
	step(judge, &w, 370, text, sizeof(text));
	assert_non_null(strstr(text, "for 1m"));
	w.available = calm.available;
	assert_string_equal(step(judge, &w, 381, NULL, 0), "healthy");
	verdict_judge_free(judge);
}

/* A recording goes on after the machine was started anew. */
static void test_restart(void **state)
{
	struct world w = calm;
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	w.kills = 3;
	step(judge, &w, 1000, NULL, 0);
	w.available = 4 * GIB;
	assert_string_equal(step(judge, &w, 1001, NULL, 0), "available-low");
	w = calm;
	w.kills = 5;
	assert_string_equal(step(judge, &w, 10, NULL, 0), "healthy");
	verdict_judge_free(judge);
}

/* Kills of before are no news when their counter comes late. */
static void test_counter_late(void **state)
{
	struct world w = calm;
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	w.kills = UNKNOWN;
	step(judge, &w, 0, NULL, 0);
	w.kills = 7;
	assert_string_equal(step(judge, &w, 1, NULL, 0), "healthy");
	w.kills = 8;
	assert_string_equal(step(judge, &w, 2, NULL, 0), "oom-kill");
	verdict_judge_free(judge);
}

/* Around a limit the line stays: half the limit ends it, and only after a
 * while. */
static void test_no_flicker(void **state)
{
	struct world w = calm;
	struct verdict_judge *judge = verdict_judge_new();

	(void)state;
	step(judge, &w, 0, NULL, 0);
	w.some10 = 12;
	assert_string_equal(step(judge, &w, 1, NULL, 0), "stalls");
	w.some10 = 8;
	assert_string_equal(step(judge, &w, 60, NULL, 0), "stalls");
	w.some10 = 0;
	assert_string_equal(step(judge, &w, 61, NULL, 0), "stalls");
	assert_string_equal(step(judge, &w, 75, NULL, 0), "healthy");
	verdict_judge_free(judge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_unknown_memory),
		cmocka_unit_test(test_no_psi),
		cmocka_unit_test(test_at_least),
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_clock_set),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_counter_late),
		cmocka_unit_test(test_no_flicker),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
