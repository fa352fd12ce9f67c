/* SPDX-License-Identifier: MIT
 *
 * Figures that a reader adds: one unit, five cells, nothing shown as nothing,
 * on machines of any size; and the head's rows, which are made of them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../src/ui/explain.h"
#include "../../src/ui/figures.h"
#include "memtop/field.h"
#include "stage.h"

static void expect(uint64_t bytes, uint64_t total, const char *text)
{
	char buf[FIGURE_SIZE];

	assert_string_equal(figure_shared(buf, bytes, total), text);
}

static void test_one_unit_suits_the_total(void **state)
{
	(void)state;
	expect(64 * MIB, 64 * MIB, "64.0M");
	expect(0, 64 * GIB, "0");
	expect(1, 64 * GIB, "<0.1G");
	expect(400 * MIB, 64 * GIB, "0.4G");
	expect(64 * GIB, 64 * GIB, "64.0G");
	expect(400 * MIB, 3 * GIB, "400M");
	expect(3 * GIB, 188 * GIB, "3G");
	expect(1, 188 * GIB, "<1G");
	expect(2191 * GIB, 2191 * GIB, "2191G");
	expect(24 * 1024 * GIB, 24 * 1024 * GIB, "24.0T");
	expect(UNKNOWN, 64 * GIB, "n/a");
}

static void test_five_cells_hold_it(void **state)
{
	char buf[FIGURE_SIZE];

	(void)state;
	for (uint64_t total = 8 * MIB; total < 4000 * 1024 * GIB; total *= 3)
		for (uint64_t part = total; part; part /= 7)
			if (strlen(figure_shared(buf, part, total)) > 5)
				fail_msg("%s", buf);
}

/* The scripted machine, so many times as large. */
static void push_scaled(struct stage *stage, uint64_t times)
{
	struct snapshot *s = scripted_snapshot(SCRIPTED_THRASH, 5);
	struct memory *m = &s->memory;
	uint64_t *const sizes[] = {
		&m->total,	&m->free,	  &m->available,
		&m->cached,	&m->buffers,	  &m->anon_pages,
		&m->shmem,	&m->page_tables,  &m->slab_reclaimable,
		&m->swap_total, &m->swap_free,	  &m->slab_unreclaimable,
		&m->hugetlb,	&m->kernel_stack,
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (*sizes[i] != UNKNOWN)
			*sizes[i] *= times;
	assert_int_equal(history_push(stage->history, s), 0);
	ui_update(&stage->ui);
	ui_paint(&stage->ui);
}

static void test_the_head_of_a_large_machine(void **state)
{
	static struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 2, 36, 80);
	push_scaled(&stage, 3);
	assert_true(stage_shows(&stage, "RAM   188G ["));
	assert_true(stage_shows(
		&stage, "] avail 4.8G  3%  procs 152 kern 24 cache 10"));
	assert_true(stage_shows(&stage, "SWAP 48.0G ["));
	push_scaled(&stage, 400);
	assert_true(stage_shows(&stage, "RAM  24.5T ["));
	assert_true(stage_shows(
		&stage, "] avail 640G  3%  procs 19.8 kern 3.2 cache 1.3"));
	stage_end(&stage);
}

/* What has no room is left out, never cut. */
static void test_the_head_of_a_narrow_screen(void **state)
{
	static struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 2, 36, 40);
	assert_true(stage_shows(&stage, "SWAP free  1.5G of 16.0G  9%\n"));
	assert_true(stage_shows(&stage, "full 23 17 10\n"));
	stage_end(&stage);
	stage_begin(&stage, SCRIPTED_THRASH, 2, 36, 119);
	assert_true(stage_shows(&stage, "procs 50.8 kern 8.1 cache 3.3"));
	stage_end(&stage);
}

/* Beside a limit: 0.5 % is neither 0 nor 1, what is below zero is no zero, and
 * a recording may hold any number. */
static void test_evidence(void **state)
{
	static const struct {
		double value;
		enum unit unit;
		const char *text;
	} cases[] = {
		{ 0, UNIT_PERCENT, "0%" },     { .01, UNIT_PERCENT, "<1%" },
		{ .5, UNIT_PERCENT, "0.5%" },  { 5, UNIT_PERCENT, "5%" },
		{ 9.96, UNIT_PERCENT, "10%" }, { 41.2, UNIT_PERCENT, "41%" },
		{ -1000, UNIT_NONE, "-1000" }, { -999, UNIT_NONE, "-999" },
		{ 300, UNIT_NONE, "300" },     { 1e300, UNIT_COUNT, "18.4e" },
		{ 1e300, UNIT_NS, "584y" },    { NAN, UNIT_BYTES, "not known" },
	};
	char buf[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		evidence_figure(buf, cases[i].value, cases[i].unit);
		assert_string_equal(buf, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_unit_suits_the_total),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_five_cells_hold_it),
		cmocka_unit_test(test_the_head_of_a_large_machine),
		cmocka_unit_test(test_the_head_of_a_narrow_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
