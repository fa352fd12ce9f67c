/* SPDX-License-Identifier: MIT
 *
 * Events of OOM kills: by the counter and by who vanished, by the counters of
 * cgroups, by the kernel's log, and by killers that are programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "world.h"

static void kill_of_the_first(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "hog", 4000);
	w.available = 200 * MIB;
	world_step(&w, 5);
	w.kills = 1;
	world_step(&w, 1); /* the counter moves, the victim is still there */
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, UNKNOWN);
	world_remove(&w, 5);
	w.available = 4 * GIB;
	world_step(&w, 10);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_string_equal(event.comm, "hog");
	assert_string_equal(event.severity, "CRIT");
	assert_string_equal(event.sure, "probably");
	assert_string_equal(event.scope, "global");
	assert_int_equal(event.rss, 4000 * MIB);
	assert_int_equal(event.freed, 4 * GIB - 200 * MIB);
	assert_string_equal(text_str(event.who), "hog[200]");
	/* no exit of the same one */
	assert_int_equal(world_told(&w, EVENT_EXIT, NULL), 0);
	world_teardown(&w);
}

/* It vanishes before the counter was read, and a small one with it. */
static void kill_seen_late(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "hog", 4000);
	world_step(&w, 5);
	world_remove(&w, 5);
	world_remove(&w, 3);
	world_step(&w, 1);
	w.kills = 1;
	world_step(&w, 10);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_string_equal(event.scope, "cgroup"); /* half of RAM was left */
	world_teardown(&w);
}

/* Somebody small exits as the counter moves; the victim takes its time. */
static void kill_waits_for_somebody_likely(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "hog", 4000);
	world_step(&w, 5);
	w.kills = 1;
	world_remove(&w, 0);
	world_step(&w, 1);
	w.processes[5].state = 'Z';
	w.processes[5].mib = 0;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 200);
	world_teardown(&w);
}

static void two_kills_two_events(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "one", 4000);
	world_add(&w, 6, 201, "two", 3900);
	world_step(&w, 5);
	w.kills = 2;
	world_remove(&w, 5);
	world_remove(&w, 6);
	world_step(&w, 10);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 2);
	assert_int_equal(event.pid, 201);
	world_teardown(&w);
}

/* More at once than can be looked into: none is dropped. */
static void many_kills_are_counted(void **state)
{
	const struct list *events;
	struct world w;
	uint64_t count = 0;

	(void)state;
	world_setup(&w);
	world_step(&w, 5);
	w.kills = 40;
	world_step(&w, 10);
	events = history_events(w.history);
	for (size_t i = 0; i < list_count(events); i++) {
		const struct event *event = list_row(events, i);

		if (!strcmp(event->kind, "OOMKILL"))
			count += event->count;
	}
	list_unref(events);
	assert_int_equal(count, 40);
	world_teardown(&w);
}

/* The last place stands for those that there was no room for. */
static void one_of_many(void **state)
{
	const struct list *events;
	struct world w;
	bool found = false;

	(void)state;
	world_setup(&w);
	for (int i = 0; i < 17; i++)
		world_add(&w, 5 + i, 200 + i, "hog", 400);
	world_step(&w, 5);
	w.kills = 17;
	for (int i = 0; i < 17; i++)
		world_remove(&w, 5 + i);
	world_step(&w, 10);
	events = history_events(w.history);
	for (size_t i = 0; i < list_count(events); i++) {
		const struct event *event = list_row(events, i);

		if (event->count != 2 || event->pid == UNKNOWN)
			continue;
		found = true;
		assert_int_equal(strncmp(text_str(event->what),
					 "one of 2 killed by the kernel (", 31),
				 0);
	}
	list_unref(events);
	assert_true(found);
	world_teardown(&w);
}

/* A counter that goes back is no kill, nor is its way up again to there. */
static void counter_reset(void **state)
{
	struct world w;

	(void)state;
	world_setup(&w);
	w.kills = 7;
	world_step(&w, 3);
	w.kills = 0;
	world_step(&w, 3);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, NULL), 0);
	w.kills = 1;
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, NULL), 1);
	world_teardown(&w);
}

/* Memory was short everywhere, yet it was a limit: the counters know. */
static void scope_by_counters(void **state)
{
	static const struct {
		uint64_t above, own, elsewhere, group;
		const char *scope, *sure, *words;
	} cases[] = {
		{ 1, 0, 0, 0, "cgroup", "probably",
		  "at the limit of app.slice" },
		{ 0, 1, 0, 0, "cgroup", "probably", "limit of hog.service (" },
		{ 0, 1, 0, 1, "group", "probably", "limit of hog.service" },
		{ 0, 0, 0, 0, "global", "probably", "by the kernel (" },
		/* whoever died there was never seen */
		{ 0, 0, 1, 0, "cgroup", "", "limit of other.service, not" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event event;
		struct world w;

		world_setup(&w);
		world_add(&w, 5, 200, "hog", 4000);
		w.available = cases[i].scope[0] == 'g' ? 8 * GIB : 200 * MIB;
		w.cgroups[0].path = "/app.slice";
		w.cgroups[1].path = "/app.slice/hog.service";
		w.cgroups[2].path = "/other.service";
		w.cgroups[0].oom = w.cgroups[1].killed = 7; /* long ago */
		world_step(&w, 5);
		w.kills = 1;
		world_remove(&w, 5);
		world_step(&w, 1);
		w.cgroups[0].oom += cases[i].above;
		w.cgroups[1].oom += cases[i].own;
		w.cgroups[1].group += cases[i].group;
		w.cgroups[2].oom += cases[i].elsewhere;
		w.cgroups[cases[i].elsewhere ? 2 : 1].killed++;
		world_step(&w, 8);
		assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
		assert_int_equal(event.pid, cases[i].elsewhere ? UNKNOWN : 200);
		assert_string_equal(event.scope, cases[i].scope);
		assert_string_equal(event.sure, cases[i].sure);
		assert_non_null(strstr(text_str(event.what), cases[i].words));
		world_teardown(&w);
	}
}

/* The one with most points is another than the one of the limit. */
static void victim_of_a_limit(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "outside", 900);
	world_add(&w, 6, 201, "inside", 1100);
	w.cgroups[0].path = "/app.slice/hog.service";
	world_step(&w, 5);
	w.kills = 1;
	w.cgroups[0].oom = w.cgroups[0].killed = 1;
	world_remove(&w, 5);
	world_remove(&w, 6);
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 201);
	assert_string_equal(event.sure, "probably");
	assert_int_equal(world_told(&w, EVENT_EXIT, &event), 1);
	assert_int_equal(event.pid, 200);
	world_teardown(&w);
}

/* What the log says holds, whoever else went at that time. */
static void log_names_the_victim(void **state)
{
	static const struct {
		unsigned log_after, counter_after, gone_after;
	} orders[] = {
		{ 0, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 },
		{ 0, 0, 2 }, { 1, 0, 1 }, { 0, 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct event event;
		struct world w;

		world_setup(&w);
		world_add(&w, 5, 200, "large", 4000);
		world_add(&w, 6, 201, "victim", 300);
		w.has_log = true;
		world_step(&w, 5);
		for (unsigned k = 0; k < 10; k++) {
			if (k == orders[i].counter_after)
				w.kills = 1;
			if (k == orders[i].log_after) {
				w.log[0].pid = 201;
				w.log[0].comm = "victim";
				w.log[0].mib = 310;
				w.log[0].sequence = 77;
				w.log[0].limit = "/box";
			}
			if (k == 0)
				world_remove(&w, 5);
			if (k == orders[i].gone_after)
				world_remove(&w, 6);
			world_step(&w, 1);
		}
		assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
		assert_int_equal(event.pid, 201);
		assert_int_equal(event.count, 1);
		assert_int_equal(event.log_us, 77000);
		assert_int_equal(event.rss, 310 * MIB);
		assert_int_equal(event.start_ns, 10 * NS_PER_S);
		assert_string_equal(event.sure, "certain");
		assert_string_equal(event.scope, "cgroup");
		assert_non_null(strstr(text_str(event.what), "limit of /box"));
		/* the other one ended by itself */
		assert_int_equal(world_told(&w, EVENT_EXIT, &event), 1);
		assert_int_equal(event.pid, 200);
		world_teardown(&w);
	}
}

static void log_of_the_past(void **state)
{
	const struct list *events;
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	w.kills = 2;
	world_step(&w, 1); /* the log has not been read yet */
	w.has_log = true;
	for (int i = 0; i < 2; i++) {
		w.log[i].pid = 50 + i;
		w.log[i].comm = "old";
		w.log[i].mib = 700;
		w.log[i].sequence = (uint64_t)i + 1;
		w.log[i].ago = 500 - 100 * i;
		w.log[i].error_s = 9;
	}
	world_step(&w, 1);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 2);
	assert_int_equal(event.pid, 51);
	assert_string_equal(event.sure, "certain");
	assert_int_equal(event.begin_ns,
			 (1790000000 + w.second - 400) * NS_PER_S);
	assert_non_null(strstr(text_str(event.what), "may be off by 9s"));
	w.log[0].ago += 3;
	w.log[1].ago += 3;
	world_step(&w, 3);
	/* told once, and in the order of their times */
	assert_int_equal(world_told(&w, EVENT_OOMKILL, NULL), 2);
	events = history_events(w.history);
	assert_string_equal(((const struct event *)list_row(events, 0))->kind,
			    "OOMKILL");
	list_unref(events);
	/* the next one is told as ever */
	w.kills = 3;
	w.log[2].pid = 100;
	w.log[2].comm = "small";
	w.log[2].mib = 10;
	w.log[2].sequence = 9;
	world_remove(&w, 0);
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 3);
	assert_int_equal(event.pid, 100);
	assert_int_equal(event.log_us, 9000);
	world_teardown(&w);
}

/* Two runs into one recording read the same log. */
static void log_is_told_once(void **state)
{
	struct list *first = list_new(ENTITY_EVENT);
	struct list *second = list_new(ENTITY_EVENT), *both;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct event *row = list_add(i == 0 ? &first : &second);

		row->id = 10 + (uint64_t)i;
		row->pid = 7;
		row->log_us = i == 2 ? 200 : 100;
	}
	both = events_merge(first, second);
	assert_int_equal(both->count, 2);
	assert_int_equal(((const struct event *)list_row(both, 0))->id, 10);
	assert_int_equal(((const struct event *)list_row(both, 1))->id, 12);
	list_unref(both);
	list_unref(first);
	list_unref(second);
}

static void killed_by_earlyoom(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	world_add(&w, 5, 200, "hog", 4000);
	world_add(&w, 6, 201, "earlyoom", 2);
	w.available = 500 * MIB;
	world_step(&w, 5);
	world_remove(&w, 5);
	w.available = 700 * MIB;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
	assert_string_equal(event.scope, "user");
	assert_string_equal(event.sure, "perhaps");
	assert_string_equal(event.severity, "WARN");
	assert_non_null(strstr(text_str(event.what), "earlyoom"));
	world_teardown(&w);
}

/* What stood there at first is no news, and neither is what was not known. */
static void killed_by_systemd_oomd(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	world_setup(&w);
	w.cgroups[0].path = "/app.slice";
	w.cgroups[1].path = "/app.slice/hog.service";
	w.cgroups[1].oomd = 3;
	world_add(&w, 5, 200, "hog", 4000);
	world_step(&w, 5);
	w.cgroups[0].oomd = UNKNOWN;
	world_step(&w, 2);
	w.cgroups[0].oomd = 1;
	world_step(&w, 2);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, NULL), 0);
	world_remove(&w, 5);
	w.cgroups[1].oomd = 5;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 1);
	assert_string_equal(event.scope, "user");
	assert_string_equal(event.sure, "certain");
	assert_int_equal(event.count, 2);
	assert_string_equal(text_str(event.cgroup), "/app.slice/hog.service");
	assert_string_equal(text_str(event.who), "hog.service");
	assert_non_null(strstr(text_str(event.what), "by systemd-oomd"));
	/* no exit of the same one */
	assert_int_equal(world_told(&w, EVENT_EXIT, NULL), 0);
	/* whoever owns it may have written that */
	w.cgroups[1].owner = 1000;
	w.cgroups[1].oomd = 6;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, &event), 2);
	assert_string_equal(event.sure, "probably");
	/* it was made anew */
	w.cgroups[1].oomd = 0;
	world_step(&w, 8);
	assert_int_equal(world_told(&w, EVENT_OOMKILL, NULL), 2);
	world_teardown(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kill_of_the_first),
		cmocka_unit_test(kill_seen_late),
		cmocka_unit_test(kill_waits_for_somebody_likely),
		cmocka_unit_test(two_kills_two_events),
		cmocka_unit_test(many_kills_are_counted),
		cmocka_unit_test(one_of_many),
		cmocka_unit_test(counter_reset),
		cmocka_unit_test(scope_by_counters),
		cmocka_unit_test(victim_of_a_limit),
		cmocka_unit_test(log_names_the_victim),
		cmocka_unit_test(log_of_the_past),
		cmocka_unit_test(log_is_told_once),
		cmocka_unit_test(killed_by_earlyoom),
		cmocka_unit_test(killed_by_systemd_oomd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
