/* SPDX-License-Identifier: MIT
 *
 * Events as a fold: what fires each kind, what must not, and what is told of
 * it.  Kills are in test_events_kills.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/trend.h"
#include "world.h"

/* ---- silence ------------------------------------------------------------- */

static void quiet_machine(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	w.kills = 3; /* before memtop */
	world_step(&w, 30);
	assert_int_equal(world_told(&w, EVENT_MEMTOP, &event), 1);
	assert_non_null(strstr(text_str(event.what), "3 OOM kills"));
	assert_int_equal(world_told_others(&w, EVENT_MEMTOP), 0);
	world_teardown(&w);
}

/* ---- ends, beginnings, bias ---------------------------------------------- */

static void large_exit(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "worker", 500);
	world_step(&w, 5);
	world_remove(&w, 5);
	w.available += 490 * MIB;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_EXIT, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_int_equal(event.freed, 490 * MIB);
	assert_int_equal(world_told_others(&w, EVENT_EXIT), 0);
	world_teardown(&w);
}

static void small_exit_is_none(void **state)
{
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "worker", 200);
	world_step(&w, 5);
	world_remove(&w, 5);
	world_step(&w, 8);
	assert_int_equal(world_told_others(&w, EVENT_MEMTOP), 0);
	world_teardown(&w);
}

static void little_came_back(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "worker", 700);
	world_step(&w, 5);
	world_remove(&w, 5);
	w.available += 10 * MIB;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_EXIT, &event), 1);
	assert_non_null(strstr(text_str(event.what), "but only"));
	world_teardown(&w);
}

static void exits_are_merged(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	for (int i = 0; i < 4; i++)
		world_add(&w, 5 + i, 200 + i, "worker", 400);
	world_step(&w, 5);
	for (int i = 0; i < 4; i++) {
		world_remove(&w, 5 + i);
		world_step(&w, 1);
	}
	world_step(&w, 12);
	assert_int_equal(world_told(&w, EVENT_EXIT, &event), 1);
	assert_int_equal(event.count, 4);
	assert_string_equal(text_str(event.who), "worker[200] +3");
	assert_non_null(strstr(text_str(event.what), "1.6G"));
	world_teardown(&w);
}

static void large_start(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	world_add(&w, 5, 200, "batch", 10);
	w.processes[5].started = w.second + 1;
	world_step(&w, 2);
	assert_int_equal(world_told(&w, EVENT_START, NULL), 0);
	w.processes[5].mib = 600;
	world_step(&w, 3);
	assert_int_equal(world_told(&w, EVENT_START, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_int_equal(event.count, 1);
	/* what was there and grows slowly is no start */
	world_add(&w, 6, 201, "old", 600);
	world_step(&w, 3);
	assert_int_equal(world_told(&w, EVENT_START, NULL), 1);
	world_teardown(&w);
}

static void bias_changes(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.processes[2].adj = 500;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_ADJ, &event), 1);
	assert_int_equal(event.pid, 102);
	assert_true(event.adj == 500);
	assert_string_equal(event.severity, "NOTE");
	w.processes[1].adj = -1000;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_ADJ, &event), 2);
	assert_string_equal(event.severity, "WARN");
	world_teardown(&w);
}

static void young_ones_set_their_bias(void **state)
{
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	world_add(&w, 5, 200, "young", 10);
	w.processes[5].started = w.second + 1;
	world_step(&w, 2);
	w.processes[5].adj = 300;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_ADJ, NULL), 0);
	world_teardown(&w);
}

/* ---- the machine --------------------------------------------------------- */

static void steps(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 10);
	w.available -= GIB; /* a sixteenth */
	w.processes[3].mib += 1000;
	world_step(&w, 10);
	assert_int_equal(world_told(&w, EVENT_STEP, &event), 1);
	assert_int_equal(event.pid, 103);
	assert_non_null(strstr(text_str(event.what), "rose by 1.0G"));
	/* the same over a minute is none */
	for (int i = 0; i < 60; i++) {
		w.available += GIB / 60;
		world_step(&w, 1);
	}
	assert_int_equal(world_told(&w, EVENT_STEP, NULL), 1);
	world_teardown(&w);
}

/* What a pool of huge pages takes is no step of programs. */
static void pools(void **state)
{
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 10);
	w.hugetlb = 2 * GIB;
	w.available -= 2 * GIB;
	world_step(&w, 10);
	assert_int_equal(world_told(&w, EVENT_HUGE, NULL), 1);
	assert_int_equal(world_told_others(&w, EVENT_HUGE), 0);
	world_teardown(&w);
}

static void swap_fills(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.swap_free = 0;
	world_step(&w, 5);
	w.swap_free = w.swap_total / 20; /* still */
	world_step(&w, 5);
	w.swap_free = 0;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_SWAP, &event), 1);
	assert_non_null(strstr(text_str(event.what), "is full"));
	w.swap_total = w.swap_free = 0;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_SWAP, &event), 2);
	assert_non_null(strstr(text_str(event.what), "taken away"));
	world_teardown(&w);
}

static void ram_comes(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.total += 4 * GIB;
	w.available += 4 * GIB;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_RAM, &event), 1);
	assert_non_null(strstr(text_str(event.what), "from 16.0G to 20.0G"));
	/* that is no step of programs */
	assert_int_equal(world_told_others(&w, EVENT_RAM), 0);
	world_teardown(&w);
}

static void settings(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5); /* not read yet */
	w.swappiness = "60";
	world_step(&w, 5);
	assert_int_equal(world_told_others(&w, EVENT_MEMTOP), 0);
	w.swappiness = "10";
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_SYSCTL, &event), 1);
	assert_string_equal(text_str(event.who), "vm.swappiness");
	assert_string_equal(text_str(event.what), "was changed from 60 to 10");
	w.swappiness = NULL;
	world_step(&w, 5);
	w.swappiness = "";
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_SYSCTL, NULL), 1);
	world_teardown(&w);
}

static void dropped_caches(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	w.drops = 7; /* before memtop */
	world_step(&w, 5);
	assert_int_equal(world_told_others(&w, EVENT_MEMTOP), 0);
	w.drops++;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_DROP, &event), 1);
	assert_non_null(strstr(text_str(event.what), "the page cache;"));
	w.drops++;
	w.slab_drops++;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_DROP, &event), 2);
	assert_non_null(strstr(text_str(event.what), "names and inodes"));
	world_teardown(&w);
}

/* ---- gaps ---------------------------------------------------------------- */

static void gaps(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	world_step_by(&w, 3); /* late, not missing */
	assert_int_equal(world_told(&w, EVENT_GAP, NULL), 0);
	w.available -= 4 * GIB;
	world_step_by(&w, 20);
	assert_int_equal(world_told(&w, EVENT_GAP, &event), 1);
	assert_non_null(strstr(text_str(event.what), "no sample for 20s"));
	/* over a gap nothing is said of how fast */
	assert_int_equal(world_told_others(&w, EVENT_GAP), 0);
	w.slept += 600;
	world_step_by(&w, 601);
	assert_int_equal(world_told(&w, EVENT_GAP, &event), 2);
	assert_non_null(strstr(text_str(event.what), "slept for 10m"));
	w.clock_set = -3600;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_GAP, &event), 3);
	assert_non_null(strstr(text_str(event.what), "set back by 1h"));
	w.reset = true;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_GAP, &event), 4);
	assert_non_null(strstr(text_str(event.what), "began anew; rates"));
	w.reset = false;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_GAP, NULL), 4);
	world_teardown(&w);
}

/* ---- the verdict --------------------------------------------------------- */

static void verdict_comes_and_goes(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.rule = "thrash";
	w.severity = SEVERITY_WARN;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_THRASH, &event), 1);
	assert_int_equal(event.end_ns, UNKNOWN);
	w.severity = SEVERITY_CRIT;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_THRASH, &event), 1);
	assert_string_equal(event.severity, "CRIT");
	w.rule = "healthy";
	w.severity = SEVERITY_OK;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_THRASH, &event), 1);
	assert_int_equal(event.end_ns - event.begin_ns, 10 * NS_PER_S);
	/* back within a minute: it goes on */
	w.rule = "thrash";
	w.severity = SEVERITY_WARN;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_THRASH, &event), 1);
	assert_int_equal(event.end_ns, UNKNOWN);
	w.rule = "healthy";
	w.severity = SEVERITY_OK;
	world_step(&w, 70);
	w.rule = "thrash";
	w.severity = SEVERITY_WARN;
	world_step(&w, 5);
	assert_int_equal(world_told(&w, EVENT_THRASH, NULL), 2);
	assert_int_equal(world_told_others(&w, EVENT_THRASH), 0);
	world_teardown(&w);
}

/* The worst figure of it, told when it is worse by much, and at the end. */
static void peak_of_a_rule(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.rule = "R05-stall";
	w.severity = SEVERITY_WARN;
	w.value = 12;
	world_step(&w, 3);
	assert_int_equal(world_told(&w, EVENT_PSI, &event), 1);
	assert_string_equal(event.rule, "R05-stall");
	assert_string_equal(text_str(event.peak), "figure 12%");
	w.value = 41;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_PSI, &event), 1);
	assert_string_equal(text_str(event.peak), "figure 12%");
	w.value = 15;
	world_step(&w, 2);
	w.severity = SEVERITY_CRIT;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_PSI, &event), 1);
	assert_string_equal(text_str(event.peak), "figure 41%");
	w.value = 60;
	world_step(&w, 15);
	assert_int_equal(world_told(&w, EVENT_PSI, &event), 1);
	assert_string_equal(text_str(event.peak), "figure 60%");
	w.value = 70;
	world_step(&w, 1);
	w.severity = SEVERITY_OK;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_PSI, &event), 1);
	assert_string_equal(text_str(event.peak), "figure 70%");
	assert_int_not_equal(event.end_ns, UNKNOWN);
	world_teardown(&w);
}

/* Each of those that hold has its event, whoever leads the line. */
static void rules_at_once(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.rule = "R10-swap-full";
	w.severity = SEVERITY_NOTE;
	w.starved[0] = "web.service";
	world_step(&w, 10);
	w.rule = "R05-stall";
	world_step(&w, 10);
	assert_int_equal(world_told(&w, EVENT_PSI, &event), 1);
	assert_int_equal(event.end_ns, UNKNOWN);
	assert_int_equal(world_told(&w, EVENT_SWAP, &event), 1);
	assert_int_equal(event.end_ns - event.begin_ns, 10 * NS_PER_S);
	assert_int_equal(world_told(&w, EVENT_CGROUP, &event), 1);
	assert_string_equal(text_str(event.who), "web.service");
	assert_int_equal(event.end_ns, UNKNOWN);
	world_teardown(&w);
}

/* Of one rule no two begin within five seconds; the second is told of then,
 * from its own beginning on, and each goes on by itself. */
static void subjects_of_a_rule(void **state)
{
	struct event first, second;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.starved[0] = "a.service";
	world_step(&w, 1);
	w.starved[1] = "b.service";
	world_step(&w, 4);
	assert_int_equal(world_told(&w, EVENT_CGROUP, &first), 1);
	assert_string_equal(text_str(first.who), "a.service");
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_CGROUP, &second), 2);
	assert_string_equal(text_str(second.who), "b.service");
	assert_int_equal(second.begin_ns - first.begin_ns, NS_PER_S);
	/* one pauses: it is merged with itself, not with the other */
	w.starved[0] = NULL;
	world_step(&w, 30);
	w.starved[0] = "a.service";
	world_step(&w, 3);
	assert_int_equal(world_told(&w, EVENT_CGROUP, NULL), 2);
	w.starved[0] = NULL;
	world_step(&w, 62);
	w.starved[0] = "a.service";
	world_step(&w, 3);
	assert_int_equal(world_told(&w, EVENT_CGROUP, NULL), 3);
	world_teardown(&w);
}

/* Facts are never left out, however many come at once. */
static void facts_are_kept(void **state)
{
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	for (int i = 0; i < 4; i++)
		w.starved[i] = "x.service";
	for (int i = 0; i < 10; i++) {
		w.kills++;
		w.swap_total += GIB;
		w.hugetlb += GIB;
		world_step(&w, 1);
	}
	assert_int_equal(world_told(&w, EVENT_OOMKILL, NULL), 10);
	assert_int_equal(world_told(&w, EVENT_SWAP, NULL), 10);
	assert_int_equal(world_told(&w, EVENT_HUGE, NULL), 10);
	world_teardown(&w);
}

/* Each kind that a verdict can be, by the name of its rule. */
static void kinds_of_verdicts(void **state)
{
	static const struct {
		const char *rule;
		enum event_kind kind; /* EVENT_KIND_COUNT: by trends */
	} cases[] = {
		{ "R09-cache-thrash", EVENT_THRASH },
		{ "R07-swap-thrash", EVENT_THRASH },
		{ "R05-stall", EVENT_PSI },
		{ "R04-direct-reclaim", EVENT_PSI },
		{ "R03-available-low", EVENT_LOWMEM },
		{ "R12-out-of-memory", EVENT_LOWMEM },
		{ "R13-cgroup-out-of-memory", EVENT_CGROUP },
		{ "R06-cgroup-stall", EVENT_CGROUP },
		{ "R10-swap-full", EVENT_SWAP },
		{ "R21-filling", EVENT_GROW },
		{ "R19-slab", EVENT_GROW },
		{ "R23-compaction", EVENT_FRAG },
		{ "R24-scattered", EVENT_FRAG },
		{ "R25-idle-huge-pages", EVENT_HUGE },
		{ "R27-commit-limit", EVENT_RULE },
		{ "R17-leak", EVENT_KIND_COUNT },
		{ "R18-cgroup-leak", EVENT_KIND_COUNT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w;

		world_setup(&w);
		world_step(&w, 3);
		w.rule = cases[i].rule;
		w.severity = SEVERITY_WARN;
		world_step(&w, 3);
		assert_int_equal(world_told_others(&w, EVENT_MEMTOP),
				 cases[i].kind != EVENT_KIND_COUNT);
		if (cases[i].kind != EVENT_KIND_COUNT)
			assert_int_equal(world_told(&w, cases[i].kind, NULL),
					 1);
		world_teardown(&w);
	}
}

/* ---- growth -------------------------------------------------------------- */

/* A sample whose list of trends says that of hog[200]; NULL: none. */
static void step_trend(struct world *w, const char *verdict)
{
	struct list *list = list_new(ENTITY_TREND);
	struct snapshot *s;

	w->second++;
	s = world_snapshot(w);
	list->block.state = STATE_OK;
	if (verdict) {
		struct trend *trend = list_add(&list);

		trend->block.state = STATE_OK;
		trend->subject = sample_text("hog[200]");
		trend->pid = 200;
		strcpy(trend->verdict, verdict);
		trend->window_ns = 1800 * NS_PER_S;
		trend->rise = 300.0 * (double)MIB;
		trend->rate = trend->rise / 1800;
	}
	snapshot_set_list(s, list);
	events_judge_step(w->judge, s);
	assert_int_equal(history_push(w->history, s), 0);
}

static void growth(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "hog", 400);
	world_step(&w, 3);
	step_trend(&w, "no");
	assert_int_equal(world_told(&w, EVENT_GROW, NULL), 0);
	step_trend(&w, "suspect");
	assert_int_equal(world_told(&w, EVENT_GROW, &event), 1);
	assert_string_equal(event.severity, "NOTE");
	assert_int_equal(event.pid, 200);
	assert_int_equal(event.end_ns, UNKNOWN);
	assert_non_null(strstr(text_str(event.what), "may leak"));
	step_trend(&w, "confirmed");
	assert_int_equal(world_told(&w, EVENT_GROW, &event), 1);
	assert_string_equal(event.severity, "WARN");
	assert_non_null(strstr(text_str(event.what), "keeps growing"));
	step_trend(&w, NULL);
	assert_int_equal(world_told(&w, EVENT_GROW, &event), 1);
	assert_int_equal(event.end_ns - event.begin_ns, 2 * NS_PER_S);
	world_teardown(&w);
}

/* ---- the log ------------------------------------------------------------- */

static void log_is_bounded(void **state)
{
	const struct list *events;
	uint64_t last = 0;
	struct world w;

	(void)state;
	world_setup(&w);
	world_step(&w, 1);
	for (int i = 0; i < HISTORY_EVENTS + 50; i++) {
		w.kills++;
		world_step(&w, 1);
	}
	events = history_events(w.history);
	assert_int_equal(list_count(events), HISTORY_EVENTS);
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = list_row(events, i);

		assert_true(event->id > last);
		last = event->id;
		assert_string_equal(event->kind, "OOMKILL");
	}
	list_unref(events);
	world_teardown(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quiet_machine),
		cmocka_unit_test(large_exit),
		cmocka_unit_test(small_exit_is_none),
		cmocka_unit_test(little_came_back),
		cmocka_unit_test(exits_are_merged),
		cmocka_unit_test(large_start),
		cmocka_unit_test(bias_changes),
		cmocka_unit_test(young_ones_set_their_bias),
		cmocka_unit_test(steps),
		cmocka_unit_test(pools),
		cmocka_unit_test(swap_fills),
		cmocka_unit_test(ram_comes),
		cmocka_unit_test(settings),
		cmocka_unit_test(dropped_caches),
		cmocka_unit_test(gaps),
		cmocka_unit_test(verdict_comes_and_goes),
		cmocka_unit_test(kinds_of_verdicts),
		cmocka_unit_test(peak_of_a_rule),
		cmocka_unit_test(rules_at_once),
		cmocka_unit_test(subjects_of_a_rule),
		cmocka_unit_test(facts_are_kept),
		cmocka_unit_test(growth),
		cmocka_unit_test(log_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
