/* SPDX-License-Identifier: MIT
 *
 * What the expensive lane reads next.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/collect/schedule.h"
#include "memtop/base.h"

#define NOW_NS (10000 * NS_PER_S)

static const struct interest nothing;

/* One process as the cheap lane knows it; nothing of it was read by the
 * other lane. */
struct one {
	struct process *process;
	struct tracked tracked;
	struct tick tick;
};

static struct one one(uint64_t rss)
{
	struct one one = { .process = process_new() };

	assert_non_null(one.process);
	one.process->key = (struct process_key){ 5, NS_PER_S };
	one.process->rss = rss;
	one.process->statm.state = STATE_OK;
	one.process->identity.state = STATE_OK;
	one.tracked.process = one.process;
	one.tracked.since_ns = NOW_NS - NS_PER_S;
	one.tick = (struct tick){ .now_ns = NOW_NS, .interest = &nothing };
	return one;
}

/* … or read so long ago, at that cost, and grown since. */
static struct one known(uint64_t rss, uint64_t age_ns, uint64_t cost_ns,
			uint64_t grown)
{
	struct one it = one(rss);

	it.process->smaps =
		(struct block){ .state = STATE_OK, .read_ns = NOW_NS - age_ns };
	it.process->names = it.process->smaps;
	it.process->smaps_cost_ns = cost_ns;
	it.tracked.since_ns = NS_PER_S;
	it.tracked.smaps_rss = rss - grown;
	it.tracked.smaps_bytes = UNKNOWN;
	return it;
}

static bool ask(struct one *one, struct probe_task *ret)
{
	bool due = schedule_task(&one->tracked, &one->tick, ret);

	process_unref(one->process);
	return due;
}

static uint64_t rank(struct one one)
{
	struct probe_task task;

	return ask(&one, &task) ? task.rank : 0;
}

static void test_new(void **state)
{
	struct one it = one(MIB);
	struct probe_task task;

	(void)state;
	assert_true(ask(&it, &task));
	assert_true(task.names);
	assert_true(task.smaps);
	it = one(MIB);
	it.tick.careful = true;
	assert_true(ask(&it, &task));
	assert_false(task.names); /* reading them would swap pages in */
	assert_true(task.smaps);
}

/* Every read of a stuck process takes a thread, and there are three. */
static void test_stuck(void **state)
{
	struct one it = one(MIB);
	struct probe_task task;

	(void)state;
	it.process->smaps.state = STATE_STUCK;
	assert_false(ask(&it, &task));
}

static void test_hidden(void **state)
{
	struct one it = one(MIB);
	struct probe_task task;

	(void)state;
	it.process->identity.state = STATE_DENIED;
	assert_false(ask(&it, &task));
}

/* It came in after this tick had begun. */
static void test_just_read(void **state)
{
	struct one it = known(MIB, 0, 50 * NS_PER_US, 0);
	struct probe_task task;

	(void)state;
	it.process->smaps.read_ns = NOW_NS + NS_PER_MS;
	assert_false(ask(&it, &task));
}

static void test_cost(void **state)
{
	(void)state;
	/* half a second of CPU: not again before 50 s */
	assert_true(rank(known(32 * GIB, 40 * NS_PER_S, NS_PER_S / 2, GIB)) ==
		    0);
	assert_true(rank(known(32 * GIB, 51 * NS_PER_S, NS_PER_S / 2, GIB)) >
		    0);
}

static struct one resting_on_screen(uint64_t age_ns, uint64_t cost_ns)
{
	struct one it = known(4 * GIB, age_ns, cost_ns, 0);

	it.tracked.visible = true;
	return it;
}

/* Who has not changed is held up for a thousandth of its time at most. */
static void test_cost_at_rest(void **state)
{
	uint64_t cost = 40 * NS_PER_MS;

	(void)state;
	assert_true(rank(resting_on_screen(39 * NS_PER_S, cost)) == 0);
	assert_true(rank(resting_on_screen(41 * NS_PER_S, cost)) > 0);
	assert_true(rank(resting_on_screen(10 * NS_PER_S, NS_PER_MS)) > 0);
}

static void test_rescan_denied(void **state)
{
	struct one it = known(MIB, 5 * NS_PER_S, 50 * NS_PER_US, 0);
	struct probe_task task;

	(void)state;
	it.process->smaps.state = STATE_DENIED;
	it.tracked.rescan = true;
	assert_true(ask(&it, &task));
}

/* Large processes that change all the time keep nobody from being read. */
static void test_order(void **state)
{
	struct one first = one(MIB), late = one(MIB), young = one(MIB);
	uint64_t large =
		rank(known(8 * GIB, 30 * NS_PER_S, 100 * NS_PER_MS, GIB));
	uint64_t rests = rank(known(MIB, 61 * NS_PER_S, 50 * NS_PER_US, 0));

	(void)state;
	first.tracked.initial = true;
	late.tracked.since_ns = NOW_NS - 11 * NS_PER_S;
	assert_true(large > rank(young));
	assert_true(rank(late) > large);
	assert_true(rank(first) > large);
	assert_true(large > rests);
	assert_true(rests > 0);
	/* twice the usual time */
	assert_true(rank(known(MIB, 121 * NS_PER_S, 50 * NS_PER_US, 0)) >
		    large);
	/* one that costs much keeps its place */
	assert_true(rank(known(8 * GIB, 121 * NS_PER_S, 100 * NS_PER_MS, 0)) <
		    large);
}

static void test_on_screen(void **state)
{
	struct one shown = known(GIB, 10 * NS_PER_S, 10 * NS_PER_MS, 0);
	struct one selected = known(GIB, 10 * NS_PER_S, 10 * NS_PER_MS, 0);
	struct interest interest = { .selected = selected.process->key };
	struct one first = one(GIB);
	uint64_t rank_shown;

	(void)state;
	first.tracked.initial = true;
	shown.tracked.visible = true;
	rank_shown = rank(shown);
	selected.tick.interest = &interest;
	assert_true(rank(selected) > rank_shown);
	assert_true(rank_shown > rank(first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_just_read),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_cost_at_rest),
		cmocka_unit_test(test_rescan_denied),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_on_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
