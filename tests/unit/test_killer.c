/* SPDX-License-Identifier: MIT
 *
 * Programs that kill before the kernel has to, as one sample tells of them:
 * what they were told, how far they are, whom they would choose.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/kernel.h"
#include "memtop/killer.h"
#include "sample.h"

/* 10 GiB of RAM and 4 GiB of swap; 4 GiB anonymous, 1 GiB available. */
static struct snapshot *machine(const char *comm, const char *command)
{
	struct snapshot *s = sample_snapshot(1000);
	struct process *p = sample_process(9, 1, comm);

	s->memory.total = 10 * GIB;
	s->memory.available = GIB;
	s->memory.anon_pages = 4 * GIB;
	s->memory.swap_total = 4 * GIB;
	s->memory.swap_free = 2 * GIB;
	p->oom_score = 600;
	if (command)
		p->command = sample_text(command);
	sample_add(s, p);
	return s;
}

static void tell(struct snapshot *s, const char *const rows[][2], size_t count)
{
	struct list *list = list_new(ENTITY_TUNABLE);

	for (size_t i = 0; i < count; i++) {
		struct tunable *row = list_add(&list);

		snprintf(row->name, sizeof(row->name), "%s", rows[i][0]);
		snprintf(row->value, sizeof(row->value), "%s", rows[i][1]);
	}
	snapshot_set_list(s, list);
}

static struct cgroup *add_group(struct list **list, const char *path,
				uint64_t depth, double full, double scan)
{
	struct cgroup *row = list_add(list);

	row->path = sample_text(path);
	row->depth = depth;
	row->block.state = row->usage.state = row->pressure.state = STATE_OK;
	row->current = GIB;
	row->swap = UNKNOWN;
	row->full.avg10 = full;
	row->scan_rate = scan;
	return row;
}

static void expect_near(double value, double expected)
{
	if (!(value > expected - 0.01 && value < expected + 0.01))
		fail_msg("%g, not %g", value, expected);
}

/* Of what a kill gives back, and the bytes until then of the same. */
static void earlyoom_limits(void **state)
{
	struct snapshot *s = machine("earlyoom", "earlyoom -m 5,2 -s 60");
	struct killer_test test = killer_test(s, s->processes[0]);

	(void)state;
	expect_near(test.memory, 20);
	expect_near(test.memory_limit, 5);
	expect_near(test.swap, 50);
	expect_near(test.swap_limit, 60);
	expect_near(test.way, 25);
	expect_near(test.room / (double)GIB, .75);
	s->memory.anon_pages = UNKNOWN;
	assert_true(isnan(killer_test(s, s->processes[0]).way));
	snapshot_unref(s);
}

/* Percent, or MiB; without any file the defaults.  What ZFS caches is no
 * business of theirs. */
static void nohang_limits(void **state)
{
	static const char *const rows[][2] = {
		{ "nohang.soft_threshold_min_mem", "512 M" },
		{ "nohang.soft_threshold_min_swap", "30 %" },
	};
	struct snapshot *s = machine("nohang", NULL);
	struct killer_test test;

	(void)state;
	s->arc.block.state = STATE_OK;
	s->arc.size = 4 * GIB;
	s->arc.min = 0;
	test = killer_test(s, s->processes[0]);
	expect_near(test.memory, 10);
	expect_near(test.memory_limit, 5);
	expect_near(test.swap_limit, 10);
	tell(s, rows, ARRAY_SIZE(rows));
	test = killer_test(s, s->processes[0]);
	expect_near(test.memory_limit, 5);
	expect_near(test.swap_limit, 30);
	expect_near(test.room / (double)GIB, .5);
	snapshot_unref(s);
}

static void oomd_limits(void **state)
{
	static const char *const rows[][2] = {
		{ "oomd.SwapUsedLimit", "800\u2030" },
		{ "oomd.DefaultMemoryPressureLimit", "40%" },
		{ "oomd.DefaultMemoryPressureDurationSec", "1min 30s" },
		{ "oomd: user@.service", "stall" },
		{ "oomd: a.service", "stall 20%" },
	};
	struct snapshot *s = machine("systemd-oomd", NULL);
	struct cgroup row = { .path = sample_text("/user@1.service") };
	struct killer_stalls stalls;

	(void)state;
	expect_near(killer_test(s, s->processes[0]).memory_limit, 10);
	tell(s, rows, ARRAY_SIZE(rows));
	/* nobody asked for swap */
	assert_true(isnan(killer_test(s, s->processes[0]).way));
	killer_stalls(s, &stalls);
	assert_int_equal(stalls.count, 2);
	assert_int_equal(stalls.lasts_ns, 90 * NS_PER_S);
	expect_near(killer_stalls_limit(&stalls, &row), 40);
	text_unref(row.path);
	row.path = sample_text("/system.slice/a.service");
	expect_near(killer_stalls_limit(&stalls, &row), 20);
	text_unref(row.path);
	row.path = sample_text("/system.slice/b.service");
	assert_true(isnan(killer_stalls_limit(&stalls, &row)));
	assert_true(killer_stalls_has(&stalls, "user@.service"));
	assert_false(killer_stalls_has(&stalls, "b.service"));
	text_unref(row.path);
	tell(s,
	     (const char *const[][2]){ { "oomd.SwapUsedLimit", "800\u2030" },
				       { "oomd: -.slice", "swap" } },
	     2);
	expect_near(killer_test(s, s->processes[0]).memory_limit, 20);
	snapshot_unref(s);
}

/* Names count for more than scores, as far as they go. */
static void taste(void **state)
{
	struct snapshot *s = machine("earlyoom", "earlyoom --avoid ^java$ "
						 "--prefer=^(web|mail)$");
	struct process *java = sample_process(10, 1, "java");
	struct process *web = sample_process(11, 1, "web");
	struct process *mail = sample_process(12, 1, "mail");

	(void)state;
	java->oom_score = 950;
	web->oom_score = 700;
	mail->oom_score = 800;
	mail->oom_score_adj = -1000;
	sample_add(s, java);
	sample_add(s, web);
	sample_add(s, mail);
	assert_ptr_equal(killer_choice(s, s->processes[0]).process, web);
	web->oom_score = 300; /* and 300 are less than 950 - 300 */
	assert_ptr_equal(killer_choice(s, s->processes[0]).process, java);
	snapshot_unref(s);
}

/* A pattern that could cost more than it tells is not even compiled. */
static void wild_taste(void **state)
{
	struct snapshot *s =
		machine("earlyoom", "earlyoom --avoid ((java{1,2}){1,2})");
	struct process *java = sample_process(10, 1, "java");
	struct process *web = sample_process(11, 1, "web");

	(void)state;
	java->oom_score = 800;
	web->oom_score = 700;
	sample_add(s, java);
	sample_add(s, web);
	assert_ptr_equal(killer_choice(s, s->processes[0]).process, java);
	snapshot_unref(s);
}

/* What a person calls earlyoom is none; a user made for a service is nobody. */
static void persons(void **state)
{
	static const struct {
		uint64_t uid;
		bool is;
	} cases[] = {
		{ 0, true },	  { 999, true },     { 1000, false },
		{ 61183, false }, { 61184, true },   { 65519, true },
		{ 65534, false }, { UNKNOWN, true },
	};
	struct process *killer = sample_process(9, 1, "earlyoom");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		killer->uid = cases[i].uid;
		assert_int_equal(killer_is(killer), cases[i].is);
	}
	process_unref(killer);
}

/* Only below a unit that asked, and that is at its limit first. */
static void scope(void **state)
{
	static const char *const rows[][2] = {
		{ "oomd.SwapUsedLimit", "90%" },
		{ "oomd: user@.service", "stall 50%" },
		{ "oomd: a.slice", "stall 80%" },
	};
	struct snapshot *s = machine("systemd-oomd", NULL);
	struct list *list = list_new(ENTITY_CGROUP);

	(void)state;
	add_group(&list, "/user@1.service", 1, 40, 900);
	add_group(&list, "/user@1.service/x", 2, 0, 20);
	add_group(&list, "/user@1.service/y", 2, 0, 10);
	add_group(&list, "/a.slice", 1, 50, 900);
	add_group(&list, "/a.slice/z", 2, 0, 300);
	add_group(&list, "/b", 1, 99, 900);
	snapshot_set_list(s, list);
	assert_string_equal(
		text_str(killer_choice(s, s->processes[0]).cgroup->path), "/b");
	tell(s, rows, ARRAY_SIZE(rows));
	assert_string_equal(
		text_str(killer_choice(s, s->processes[0]).cgroup->path),
		"/user@1.service/x");
	assert_string_equal(text_str(killer_stall_choice(s, "/a.slice")->path),
			    "/a.slice/z");
	snapshot_unref(s);
}

/* For want of swap with root's marks only, for a stall also with those of the
 * owner of what stalls; a mark that is not known is none. */
static void marks(void **state)
{
	/* clang-format off */
	static const struct {
		uint64_t owner, avoid, omit;
		bool unread;
		const char *swap, *stall, *anywhere;
	} cases[] = {
		{ 0, 0, 0, false, "/u/x", "/u/x", "/u/x" },
		{ 0, 1, 0, false, "/u/y", "/u/y", "/u/y" },
		{ 0, 0, 1, false, "/u/y", "/u/y", "/u/y" },
		{ 1000, 1, 0, false, "/u/x", "/u/y", "/u/x" },
		{ 1000, 0, 1, false, "/u/x", "/u/y", "/u/x" },
		{ 1001, 0, 1, false, "/u/x", "/u/x", "/u/x" },
		{ UNKNOWN, 0, 1, false, "/u/x", "/u/x", "/u/x" },
		{ 0, UNKNOWN, UNKNOWN, false, "/u/x", "/u/x", "/u/x" },
		{ 0, 1, 1, true, "/u/x", "/u/x", "/u/x" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot *s = machine("systemd-oomd", NULL);
		struct list *list = list_new(ENTITY_CGROUP);
		struct cgroup *x, *y, *top;

		x = add_group(&list, "/u/x", 2, 0, 20);
		x->swap = 3 * GIB;
		x->marks.state = cases[i].unread ? STATE_DENIED : STATE_OK;
		x->owner = cases[i].owner;
		x->oomd_avoid = cases[i].avoid;
		x->oomd_omit = cases[i].omit;
		y = add_group(&list, "/u/y", 2, 0, 10);
		y->swap = 2 * GIB;
		top = add_group(&list, "/u", 1, 40, 900);
		top->marks.state = STATE_OK;
		top->owner = 1000;
		top = add_group(&list, "/", 0, 40, 900);
		top->marks.state = STATE_OK;
		top->owner = 0;
		snapshot_set_list(s, list);
		assert_string_equal(text_str(killer_swap_choice(s)->path),
				    cases[i].swap);
		assert_string_equal(
			text_str(killer_stall_choice(s, "/u")->path),
			cases[i].stall);
		assert_string_equal(text_str(killer_stall_choice(s, "/")->path),
				    cases[i].anywhere);
		snapshot_unref(s);
	}
}

/* Last is not never; and never is never. */
static void marks_on_all(void **state)
{
	struct snapshot *s = machine("systemd-oomd", NULL);
	struct list *list = list_new(ENTITY_CGROUP);
	struct cgroup *row;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		static const char *const paths[] = { "/a", "/b", "/c" };

		row = add_group(&list, paths[i], 1, 0, 10 + i);
		row->marks.state = STATE_OK;
		row->owner = 0;
		row->oomd_omit = i == 2;
		row->oomd_avoid = 1;
	}
	snapshot_set_list(s, list);
	assert_string_equal(text_str(killer_stall_choice(s, "/")->path), "/b");
	assert_null(killer_stall_choice(s, "/c"));
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(earlyoom_limits),
		cmocka_unit_test(nohang_limits),
		cmocka_unit_test(oomd_limits),
		cmocka_unit_test(taste),
		cmocka_unit_test(wild_taste),
		cmocka_unit_test(persons),
		cmocka_unit_test(scope),
		cmocka_unit_test(marks),
		cmocka_unit_test(marks_on_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
