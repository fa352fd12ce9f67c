/* SPDX-License-Identifier: MIT
 *
 * The bucket of budget.h.  Separate from the threads that live on it, so that
 * a test can spend an hour in no time.
 */
#include "budget.h"

#include "memtop/base.h"

#define BURST_NS       (2 * NS_PER_S)
#define HURRY_PERCENT  25.0
#define HURRY_TOTAL_NS (5 * NS_PER_S)

struct budget budget_new(double percent, uint64_t now_ns)
{
	return (struct budget){ .percent = percent,
				.hurry_left_ns = HURRY_TOTAL_NS,
				.filled_ns = now_ns };
}

static double rate(const struct budget *budget)
{
	double percent = budget->percent;

	if (budget->careful)
		percent /= 4;
	else if (budget->hurry && budget->hurry_left_ns > 0 &&
		 percent < HURRY_PERCENT)
		percent = HURRY_PERCENT;
	return percent / 100;
}

static void fill(struct budget *budget, uint64_t now_ns)
{
	uint64_t passed = sub_floor(now_ns, budget->filled_ns);
	double most = BURST_NS * rate(budget);

	budget->level_ns += (double)passed * rate(budget);
	if (budget->level_ns > most)
		budget->level_ns = most;
	if (budget->hurry)
		budget->hurry_left_ns =
			sub_floor(budget->hurry_left_ns, passed);
	budget->filled_ns = now_ns;
}

void budget_set_mood(struct budget *budget, bool careful, bool hurry,
		     uint64_t now_ns)
{
	fill(budget, now_ns);
	budget->careful = careful;
	budget->hurry = hurry;
}

uint64_t budget_wait(struct budget *budget, uint64_t now_ns)
{
	if (budget->percent <= 0)
		return 0;
	fill(budget, now_ns);
	if (budget->level_ns > 0)
		return 0;
	return (uint64_t)(-budget->level_ns / rate(budget)) + NS_PER_MS;
}

void budget_spend(struct budget *budget, uint64_t cpu_ns)
{
	budget->level_ns -= (double)cpu_ns;
}
