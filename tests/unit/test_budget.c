/* SPDX-License-Identifier: MIT
 *
 * The ceiling of the expensive lane, over minutes that pass at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/collect/budget.h"
#include "memtop/base.h"

/* CPU time spent in `seconds` when every read costs `cost_ns` and there is
 * always another one. */
static uint64_t spend(struct budget *budget, uint64_t seconds, uint64_t cost_ns)
{
	uint64_t now = budget->filled_ns, end = now + seconds * NS_PER_S;
	uint64_t spent = 0;

	while (now < end) {
		uint64_t wait = budget_wait(budget, now);

		if (wait) {
			now += wait;
			continue;
		}
		budget_spend(budget, cost_ns);
		spent += cost_ns;
		now += cost_ns;
	}
	return spent;
}

static void test_ceiling(void **state)
{
	static const double percents[] = { 0.5, 1, 2, 10 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(percents); i++) {
		/* small reads, and reads of 5 ms */
		for (uint64_t cost = 30 * NS_PER_US; cost <= 5 * NS_PER_MS;
		     cost += 4970 * NS_PER_US) {
			struct budget b = budget_new(percents[i], NS_PER_S);
			double allowed = percents[i] / 100 * 60 * NS_PER_S;
			double spent = (double)spend(&b, 60, cost);

			assert_true(spent <= allowed * 1.1 + 0.06 * NS_PER_S);
			assert_true(spent >= allowed * 0.8);
		}
	}
}

static void test_long_read_is_paid_back(void **state)
{
	struct budget b = budget_new(1, NS_PER_S);

	(void)state;
	assert_true(budget_wait(&b, 2 * NS_PER_S) == 0);
	budget_spend(&b, NS_PER_S);
	/* a second of CPU at 1 %: more than a minute of rest */
	assert_true(budget_wait(&b, 2 * NS_PER_S) > 60 * NS_PER_S);
	assert_true(budget_wait(&b, 200 * NS_PER_S) == 0);
}

static void test_careful(void **state)
{
	struct budget b = budget_new(4, NS_PER_S);

	(void)state;
	budget_set_mood(&b, true, false, NS_PER_S);

	uint64_t spent = spend(&b, 60, NS_PER_MS);

	assert_in_range(spent, 60 * NS_PER_S / 100 * 9 / 10,
			60 * NS_PER_S / 100 * 11 / 10);
}

static void test_hurry_ends(void **state)
{
	struct budget b = budget_new(1, NS_PER_S);
	uint64_t first;

	(void)state;
	budget_set_mood(&b, false, true, NS_PER_S);
	first = spend(&b, 5, NS_PER_MS);
	assert_in_range(first, NS_PER_S, 13 * NS_PER_S / 10);
	/* the allowance is used up, whatever is still to read */
	assert_true(spend(&b, 60, NS_PER_MS) < 12 * 60 * NS_PER_S / 1000);
}

static void test_no_ceiling(void **state)
{
	struct budget b = budget_new(0, NS_PER_S);

	(void)state;
	budget_spend(&b, 1000 * NS_PER_S);
	assert_true(budget_wait(&b, NS_PER_S) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_long_read_is_paid_back),
		cmocka_unit_test(test_careful),
		cmocka_unit_test(test_hurry_ends),
		cmocka_unit_test(test_no_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
