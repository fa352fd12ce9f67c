/* SPDX-License-Identifier: MIT
 *
 * The test for steady growth on synthetic series: an hour of readings five
 * seconds apart, windows of half an hour.  A hundred seeds each; the table is
 * printed.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/judge/leak.h"
#include "memtop/base.h"

#define SEEDS	 100
#define STEP_S	 5.0
#define HOUR_S	 3600.0
#define WINDOW_S 1800.0
#define BIN_NS	 ((uint64_t)(WINDOW_S / LEAK_BINS) * NS_PER_S)
#define START	 400.0 /* MiB, about */
#define LEAST	 (16.0 * (double)MIB)

/* ---- chance -------------------------------------------------------------- */

static uint64_t seed_state;

static double chance(void)
{
	seed_state ^= seed_state << 13;
	seed_state ^= seed_state >> 7;
	seed_state ^= seed_state << 17;
	return (double)(seed_state >> 11) / 9007199254740992.0;
}

static double between(double low, double high)
{
	return low + (high - low) * chance();
}

static double noise(void)
{
	double sum = 0;

	for (int i = 0; i < 12; i++)
		sum += chance();
	return sum - 6;
}

/* ---- series, in MiB ------------------------------------------------------ */

struct shape {
	double start, leak, tooth, tooth_s, offset_s, phase, length;
	double tau_s, amount, at_s[3], level;
};

static struct shape any_shape(uint64_t seed)
{
	struct shape s;

	seed_state = seed * 2654435761u + 88172645463325252u;
	for (int i = 0; i < 8; i++)
		chance();
	s.start = START * between(0.5, 2);
	s.leak = 0;
	s.tooth = s.start * between(0.05, 0.4);
	s.tooth_s = between(20, 300);
	s.offset_s = between(0, 300);
	s.phase = between(0, 6.28);
	s.length = between(2400, 9000);
	s.tau_s = between(300, 1500);
	s.amount = s.start * between(0.2, 1);
	for (int i = 0; i < 3; i++)
		s.at_s[i] = between(0, HOUR_S);
	s.level = 0;
	return s;
}

static double tooth(const struct shape *s, double t)
{
	return s->tooth * fmod(t + s->offset_s, s->tooth_s) / s->tooth_s;
}

static double leaking(struct shape *s, double t, double share, double teeth)
{
	s->tooth = s->start * teeth;
	return s->start * (1 + share * t / WINDOW_S) + tooth(s, t);
}

static double leak_20(struct shape *s, double t)
{
	return leaking(s, t, 0.2, 0);
}

static double leak_20_tooth_5(struct shape *s, double t)
{
	return leaking(s, t, 0.2, 0.05);
}

static double leak_20_tooth_10(struct shape *s, double t)
{
	return leaking(s, t, 0.2, 0.1);
}

static double leak_40_tooth_10(struct shape *s, double t)
{
	return leaking(s, t, 0.4, 0.1);
}

static double saw_tooth(struct shape *s, double t)
{
	return s->start + tooth(s, t);
}

static double warm_up(struct shape *s, double t)
{
	return s->start + s->amount * (1 - exp(-t / s->tau_s));
}

static double one_step(struct shape *s, double t)
{
	return s->start + (t > s->at_s[0] ? s->amount : 0);
}

static double three_steps(struct shape *s, double t)
{
	double sum = s->start;

	for (int i = 0; i < 3; i++)
		sum += t > s->at_s[i] ? s->amount / 3 : 0;
	return sum;
}

static double slow_wave(struct shape *s, double t)
{
	return s->start +
	       s->amount * (1 + sin(s->phase + 6.28 * t / s->length));
}

static double wandering(struct shape *s, double t)
{
	(void)t;
	s->level += noise() * s->start * 0.002;
	return s->start + s->level;
}

static double reverting(struct shape *s, double t)
{
	(void)t;
	s->level += noise() * s->start * 0.02 - s->level * 0.05;
	return s->start + s->level;
}

/* ---- the table ----------------------------------------------------------- */

/* clang-format off */
static const struct series {
	const char *name;
	double (*value)(struct shape *s, double t);
	int found_min, confirmed_max; /* of a hundred */
} all_series[] = {
	{ "leak 20 % a window",			leak_20,	  99, 100 },
	{ "leak 20 %, saw-tooth 5 %",		leak_20_tooth_5,  80, 100 },
	{ "leak 20 %, saw-tooth 10 %",		leak_20_tooth_10, 80, 100 },
	{ "leak 40 %, saw-tooth 10 %",		leak_40_tooth_10, 80, 100 },
	{ "saw-tooth of 5 to 40 %",		saw_tooth,	   0, 0 },
	{ "warm-up",				warm_up,	   0, 0 },
	{ "one step",				one_step,	   0, 0 },
	{ "three steps",			three_steps,	   0, 0 },
	{ "slow wave",				slow_wave,	   0, 7 },
	{ "mean-reverting load",		reverting,	   0, 0 },
	{ "random walk",			wandering,	   0, 2 },
};
/* clang-format on */

struct found {
	bool suspect, confirmed;
};

static struct found run(const struct series *series, uint64_t seed)
{
	struct shape shape = any_shape(seed);
	struct floors floors = { .count = 0 };
	struct found found = { false, false };

	for (double t = 0; t <= HOUR_S; t += STEP_S) {
		double mib = series->value(&shape, t) + noise() * 0.3;
		double window[LEAK_BINS], earlier[LEAK_BINS];
		struct leak now, before;

		if (!floors_add(&floors, (uint64_t)((t + 1000) * 1e9), BIN_NS,
				(uint64_t)(mib * (double)MIB)))
			continue;
		floors_window(&floors, 0, window);
		floors_window(&floors, 1, earlier);
		leak_judge(window, LEAST, &now);
		leak_judge(earlier, LEAST, &before);
		found.suspect |= now.test == LEAK_RISES;
		found.confirmed |= leak_confirmed(&before, &now);
	}
	return found;
}

static void table(void **state)
{
	(void)state;
	printf("%-28s %9s %9s\n", "of 100 seeds", "suspected", "confirmed");
	for (size_t i = 0; i < ARRAY_SIZE(all_series); i++) {
		int suspected = 0, confirmed = 0;

		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct found found = run(&all_series[i], seed);

			suspected += found.suspect;
			confirmed += found.confirmed;
		}
		printf("%-28s %9d %9d\n", all_series[i].name, suspected,
		       confirmed);
		assert_true(suspected >= all_series[i].found_min);
		assert_true(confirmed <= all_series[i].confirmed_max);
	}
}

/* ---- one condition each -------------------------------------------------- */

static enum leak_test judge(const double mib[LEAK_BINS])
{
	double floors[LEAK_BINS];
	struct leak leak;

	for (size_t i = 0; i < LEAK_BINS; i++)
		floors[i] = mib[i] * (double)MIB;
	leak_judge(floors, LEAST, &leak);
	return leak.test;
}

static void conditions(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		double mib[LEAK_BINS];
		enum leak_test test;
	} cases[] = {
		{ { 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200,
		    210 }, LEAK_RISES },
		{ { 100, 120, 90, 130, 110, 140, 100, 150, 120, 160, 110,
		    170 }, LEAK_FALLS },
		{ { 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110,
		    111 }, LEAK_SMALL },
		{ { 100, 101, 102, 103, 104, 180, 186, 192, 198, 204, 206,
		    208 }, LEAK_JUMPS },
		{ { 100, 120, 140, 160, 161, 161, 162, 162, 180, 200, 220,
		    240 }, LEAK_PAUSES },
		{ { 100, 120, 140, 160, 175, 190, 205, 220, 227, 233, 239,
		    245 }, LEAK_LEVELS },
		{ { 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 206,
		    205 }, LEAK_BELOW },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(judge(cases[i].mib), cases[i].test);
}

static void bins(void **state)
{
	struct floors floors = { .count = 0 };
	double window[LEAK_BINS];
	uint64_t t = 1000;

	(void)state;
	for (int bin = 0; bin < 13; bin++)
		for (int i = 0; i < 10; i++, t++)
			floors_add(&floors, t * NS_PER_S, 10 * NS_PER_S,
				   (uint64_t)(100 + bin + (i != 5)) * MIB);
	assert_int_equal(floors.count, 12);
	floors_window(&floors, 0, window);
	assert_true(window[0] == 100.0 * (double)MIB);
	assert_true(window[11] == 111.0 * (double)MIB);
	floors_window(&floors, 1, window);
	assert_true(isnan(window[11]));
	/* a gap of more than a bin: what was before is not compared */
	floors_add(&floors, (t + 30) * NS_PER_S, 10 * NS_PER_S, 5 * MIB);
	assert_int_equal(floors.count, 0);
	/* unknown is no reading */
	floors_add(&floors, (t + 41) * NS_PER_S, 10 * NS_PER_S, UNKNOWN);
	floors_add(&floors, (t + 51) * NS_PER_S, 10 * NS_PER_S, UNKNOWN);
	floors_window(&floors, 0, window);
	assert_true(isnan(window[11]));
	assert_true(window[10] == 5.0 * (double)MIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(conditions),
		cmocka_unit_test(bins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
