/* SPDX-License-Identifier: MIT
 *
 * Programs that kill before the kernel has to: what their files and command
 * lines say, how far they are by their own test, and whom they would take.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/background.h"
#include "../../src/collect/killers.h"
#include "judged.h"
#include "kernel_tree.h"
#include "memtop/base.h"
#include "memtop/kernel.h"
#include "sample.h"

/* ---- what they are told -------------------------------------------------- */

static const char *value_of(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);

		if (strcmp(row->name, name) == 0)
			return row->value;
	}
	return "";
}

static void make_folders(const struct temporary_tree *temporary)
{
	static const char *const folders[] = {
		"../usr",
		"../usr/lib",
		"../usr/lib/systemd",
		"../usr/lib/systemd/system",
		"../usr/lib/systemd/system/user@.service.d",
		"../usr/lib/systemd/system/empty.service.d",
		"../etc",
		"../etc/nohang",
		"../etc/systemd",
		"../etc/systemd/oomd.conf.d",
		"../etc/systemd/system",
		"../etc/systemd/system/user@.service.d",
		"../run",
		"../run/systemd",
		"../run/systemd/oom",
	};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		kernel_tree_mkdir(temporary, folders[i]);
}

static struct list *read_all(struct tree *tree)
{
	struct list *list = list_new(ENTITY_TUNABLE);

	assert_non_null(list);
	list->block =
		(struct block){ .read_ns = tree_now(), .state = STATE_OK };
	assert_int_equal(killers_add(tree, &list), 0);
	return list;
}

static void test_oomd_files(void **state)
{
	struct temporary_tree temporary;
	struct tree tree;
	struct list *list;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	make_folders(&temporary);
	kernel_tree_write(&temporary, "../etc/systemd/oomd.conf",
			  "[OOM]\n#SwapUsedLimit=70%\nSwapUsedLimit = 80%\n"
			  "DefaultMemoryPressureDurationSec=20s\n");
	kernel_tree_write(&temporary, "../etc/systemd/oomd.conf.d/a.conf",
			  "[OOM]\nDefaultMemoryPressureLimit=40%\n");
	kernel_tree_write(&temporary, "../usr/lib/systemd/system/-.slice",
			  "[Slice]\nManagedOOMSwap=kill\n");
	kernel_tree_write(&temporary, "../usr/lib/systemd/system/a.service",
			  "[Service]\nManagedOOMMemoryPressure=auto\n");
	kernel_tree_write(&temporary, "../usr/lib/systemd/system/b.mount",
			  "ManagedOOMMemoryPressure=kill\n");
	kernel_tree_write(&temporary,
			  "../usr/lib/systemd/system/user@.service.d/1.conf",
			  "[Service]\nManagedOOMMemoryPressure=kill\n"
			  "ManagedOOMMemoryPressureLimit=80%\n");
	kernel_tree_write(&temporary,
			  "../etc/systemd/system/user@.service.d/2.conf",
			  "[Service]\nManagedOOMMemoryPressureLimit=50%\n");

	/* while it does not run its files are nobody's */
	list = read_all(&tree);
	assert_int_equal(list->count, 0);
	list_unref(list);

	kernel_tree_write(&temporary,
			  "../run/systemd/oom/io.systemd.ManagedOOM", "");
	list = read_all(&tree);
	assert_int_equal(list->count, 5);
	assert_string_equal(value_of(list, "oomd.SwapUsedLimit"), "80%");
	assert_string_equal(value_of(list, "oomd.DefaultMemoryPressureLimit"),
			    "40%");
	assert_string_equal(
		value_of(list, "oomd.DefaultMemoryPressureDurationSec"), "20s");
	assert_string_equal(value_of(list, "oomd: -.slice"), "swap");
	assert_string_equal(value_of(list, "oomd: user@.service"), "stall 50%");
	list_unref(list);
	kernel_tree_remove(&temporary, &tree);
}

/* Somebody's own program of that name, and a service whose command line the
 * prober has not come to. */
static struct snapshot *sample_with_nohang(void)
{
	struct snapshot *before = sample_snapshot(1000);
	struct process *p = sample_process(10, 1, "nohang");

	p->uid = 1000;
	p->command = sample_text("nohang --config /opt/own/nohang.conf");
	sample_add(before, p);
	p = sample_process(11, 1, "nohang");
	p->uid = 0;
	sample_add(before, p);
	return before;
}

/* One sample printed is enough: its thread is waited for, and it waits for a
 * sample that shows who runs. */
static void test_nohang_file(void **state)
{
	struct temporary_tree temporary;
	struct background *background;
	struct snapshot *before = sample_with_nohang();
	struct snapshot *first = snapshot_new(), *second = snapshot_new();
	const struct list *list;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	make_folders(&temporary);
	kernel_tree_mkdir(&temporary, "11");
	kernel_tree_write(&temporary, "11/cmdline",
			  "nohang --config /etc/nohang/own.conf");
	kernel_tree_write(&temporary, "../etc/nohang/own.conf",
			  "soft_threshold_min_mem = 7 %\n");
	assert_int_equal(background_new(temporary.proc, temporary.proc, 0, 0,
					&background),
			 0);
	background_take(background, NULL, first);
	usleep(50000); /* what may be read without a sample is read by now */
	background_await(background, before, tree_now() + 10 * NS_PER_S,
			 second);
	list = snapshot_list(second, ENTITY_TUNABLE);
	assert_string_equal(value_of(list, "nohang.soft_threshold_min_mem"),
			    "7 %");
	background_close(background);
	snapshot_unref(first);
	snapshot_unref(second);
	snapshot_unref(before);
	kernel_tree_remove(&temporary, &tree);
}

/* ---- how far they are ---------------------------------------------------- */

static void add_killer(const char *comm, const char *command)
{
	static uint64_t started = 5; /* another one each time */

	m.processes[4] = (struct machine_process){
		.comm = comm,
		.pid = 900, /* behind the others */
		.start_s = started++,
		.ppid = 1,
		.anon = 2,
		.adj = -1000,
		.command = command,
	};
}

/* A kernel that has just killed would not: R12 says more than R44 then. */
static int says_killer(const char *rule)
{
	machine_run(&m, 15);
	return machine_says(&m, rule);
}

/* 20 GiB of anonymous memory: 1 GiB left is 5 % of both together. */
static void leave(double gib)
{
	m.available = gib;
	m.anon = 20;
	m.swap_free = 0;
}

static void test_earlyoom(void **state)
{
	(void)state;
	add_killer("earlyoom", "/usr/bin/earlyoom -r 3600");
	leave(6);
	assert_true(says_killer("R44-earlyoom") < 0);
	leave(4.5);
	assert_int_equal(says_killer("R44-earlyoom"), SEVERITY_WARN);
	leave(2.6);
	assert_int_equal(says_killer("R44-earlyoom"), SEVERITY_CRIT);
}

/* Files in RAM are no part of what it goes by. */
static void test_earlyoom_counts(void **state)
{
	(void)state;
	m.available = 6;
	machine_run(&m, 30);
	assert_leads("R03-available-low", SEVERITY_NOTE);
	assert_null(strstr(judged_line(), "earlyoom"));
	add_killer("earlyoom", "/usr/bin/earlyoom -m 8");
	machine_run(&m, 15);
	assert_leads("R03-available-low", SEVERITY_NOTE);
	assert_part(m.verdict.text,
		    "(9%; earlyoom counts 23%, its limit is 8%)");
}

/* Its own limits, and its taste. */
static void test_earlyoom_options(void **state)
{
	(void)state;
	add_killer("earlyoom", "/usr/bin/earlyoom -m5,2 -s 100 --avoid "
			       "^(java|cron)$ --prefer=postgres");
	m.swap_free = 16; /* -s 100: swap counts for nothing */
	m.anon = 20;
	m.available = 2.6;
	assert_true(says_killer("R44-earlyoom") < 0);
	m.available = 1.6;
	assert_int_equal(says_killer("R44-earlyoom"), SEVERITY_WARN);
	assert_part(m.verdict.text, "it would end postgres[200]");
	add_killer("earlyoom", "/usr/bin/earlyoom -M 5242880");
	leave(3.3);
	assert_int_equal(says_killer("R44-earlyoom"), SEVERITY_WARN);
}

/* Swap that is left keeps it from acting, and nobody else's name does. */
static void test_earlyoom_silent(void **state)
{
	(void)state;
	add_killer("earlyoom", "earlyoom");
	leave(1.4);
	m.swap_free = 10;
	assert_true(says_killer("R44-earlyoom") < 0);
	add_killer("earlyworm", "earlyoom");
	leave(1.4);
	assert_true(says_killer("R44-earlyoom") < 0);
}

static void test_nohang(void **state)
{
	(void)state;
	add_killer("nohang", "nohang --monitor");
	leave(7);
	assert_true(says_killer("R44-nohang") < 0);
	leave(6);
	assert_int_equal(says_killer("R44-nohang"), SEVERITY_WARN);
	m.tunables[0] =
		(struct machine_tunable){ "nohang.soft_threshold_min_mem",
					  "2 %" };
	machine_run(&m, 60);
	assert_true(says_killer("R44-nohang") < 0);
}

static void test_oomd_swap(void **state)
{
	(void)state;
	add_killer("systemd-oomd", "/usr/lib/systemd/systemd-oomd");
	m.groups[0] = (struct machine_group){ .path = "/system.slice" };
	m.groups[1] = (struct machine_group){ .path = "/system.slice/db",
					      .anon = 900,
					      .swap = 9000 };
	m.groups[2] = (struct machine_group){ .path = "/system.slice/web",
					      .anon = 9000,
					      .swap = 2000 };
	m.available = 12; /* 81 % used: half of the way from 90 */
	m.swap_free = 3;
	assert_int_equal(says_killer("R44-systemd-oomd"), SEVERITY_WARN);
	assert_part(m.verdict.text, "it would end /system.slice/db");
	m.available = 6.6;
	m.swap_free = 1.6;
	assert_int_equal(says_killer("R44-systemd-oomd"), SEVERITY_CRIT);
	/* its files say that nobody asked for it */
	m.tunables[0] = (struct machine_tunable){ "oomd.SwapUsedLimit", "90%" };
	machine_run(&m, 60);
	assert_true(says_killer("R44-systemd-oomd") < 0);
	m.tunables[1] = (struct machine_tunable){ "oomd: -.slice", "swap" };
	assert_int_equal(says_killer("R44-systemd-oomd"), SEVERITY_CRIT);
}

#define USER "/user@1000.service"

static struct machine_group *add_session(void)
{
	m.tunables[0] = (struct machine_tunable){ "oomd.SwapUsedLimit", "90%" };
	m.tunables[1] =
		(struct machine_tunable){ "oomd: user@.service", "stall 50%" };
	m.groups[0] = (struct machine_group){ .path = USER, .scan = 1000 };
	m.groups[1] = (struct machine_group){ .path = USER "/a.scope",
					      .anon = 9000,
					      .scan = 100 };
	m.groups[2] = (struct machine_group){ .path = USER "/b.scope",
					      .anon = 900,
					      .scan = 900 };
	m.groups[3] = (struct machine_group){ .path = "/system.slice",
					      .full = 90,
					      .scan = 9000 };
	return &m.groups[0];
}

static void test_oomd_stall(void **state)
{
	struct machine_group *g = add_session();

	(void)state;
	add_killer("systemd-oomd", "/usr/lib/systemd/systemd-oomd");
	g->full = 20;
	assert_true(says_killer("R44-systemd-oomd") < 0);
	g->full = 30; /* half of its unit's own limit */
	assert_int_equal(says_killer("R44-systemd-oomd"), SEVERITY_WARN);
	g->full = 55;
	machine_run(&m, 10);
	assert_int_equal(machine_says(&m, "R44-systemd-oomd"), SEVERITY_CRIT);
	assert_part(m.verdict.text, "acts in 2");
	assert_part(m.verdict.text, "user@1000");
	assert_part(m.verdict.text, "limit is 50% for 30s");
	assert_part(m.verdict.text, "it would end " USER "/b.scope");
}

/* What it waits for is said of the stalls themselves, too. */
static void test_oomd_limit(void **state)
{
	struct machine_group *g = add_session();

	(void)state;
	m.tunables[2] = (struct machine_tunable){
		"oomd.DefaultMemoryPressureDurationSec", "2min"
	};
	m.mem_some = m.mem_full = g->full = 12;
	m.groups[3].full = 0;
	m.flow[FLOW_SCAN_DIRECT] = 100;
	machine_run(&m, 30);
	assert_leads("R05-stall", SEVERITY_WARN);
	assert_null(strstr(judged_line(), "oomd"));
	add_killer("systemd-oomd", "/usr/lib/systemd/systemd-oomd");
	machine_run(&m, 15);
	assert_leads("R05-stall", SEVERITY_WARN);
	assert_part(m.verdict.text,
		    "; systemd-oomd acts on " USER " at 50% for 2m00, now 12%");
	/* nothing is taken from it: it would not act */
	g->scan = 0;
	machine_run(&m, 60);
	assert_leads("R05-stall", SEVERITY_WARN);
	assert_null(strstr(judged_line(), "oomd"));
}

/* The same of a group that stalls alone, and for how long it has. */
static void test_oomd_limit_of_group(void **state)
{
	struct machine_group *g = add_session();

	(void)state;
	m.tunables[2] = (struct machine_tunable){
		"oomd.DefaultMemoryPressureDurationSec", "2min"
	};
	m.groups[3].full = 0;
	add_killer("systemd-oomd", "/usr/lib/systemd/systemd-oomd");
	machine_run(&m, 15);
	g->full = 60;
	machine_run(&m, 20);
	assert_int_equal(machine_says(&m, "R06-cgroup-stall"), SEVERITY_CRIT);
	for (size_t i = 0; i < VERDICT_ALSO; i++)
		if (m.verdict.also[i].rule &&
		    strcmp(m.verdict.also[i].rule, "R06-cgroup-stall") == 0)
			assert_part(m.verdict.also[i].text,
				    "at 50% for 2m00, now 60% for 1");
}

/* What waits while nothing is reclaimed from it waits for something else. */
static void test_oomd_no_scan(void **state)
{
	struct machine_group *g = add_session();

	(void)state;
	add_killer("systemd-oomd", "/usr/lib/systemd/systemd-oomd");
	g->full = 90;
	g->scan = 0;
	machine_run(&m, 60);
	assert_true(machine_says(&m, "R44-systemd-oomd") < 0);
	g->scan = 100;
	machine_run(&m, 10);
	assert_int_equal(machine_says(&m, "R44-systemd-oomd"), SEVERITY_CRIT);
	g->scan = 0;
	machine_run(&m, 60);
	assert_true(machine_says(&m, "R44-systemd-oomd") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oomd_files),
		cmocka_unit_test(test_nohang_file),
		CASE(test_earlyoom),
		CASE(test_earlyoom_counts),
		CASE(test_earlyoom_options),
		CASE(test_earlyoom_silent),
		CASE(test_nohang),
		CASE(test_oomd_swap),
		CASE(test_oomd_stall),
		CASE(test_oomd_limit),
		CASE(test_oomd_limit_of_group),
		CASE(test_oomd_no_scan),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
