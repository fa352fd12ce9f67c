/* SPDX-License-Identifier: MIT
 *
 * The test for steady growth, see leak.h.  A line through all readings calls
 * any warm-up a leak, and ranks alone any slow wave; so each condition here
 * takes one kind of harmless rise away.
 */
#include "leak.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "memtop/base.h"

#define THIRD	  (LEAK_BINS / 3)
#define PAIRS_MAX (LEAK_BINS * (LEAK_BINS - 1) / 2)

/* clang-format off */
static const char *const words[] = {
	[LEAK_RISES] = "its floor rises steadily",
	[LEAK_SHORT] = "not watched long enough",
	[LEAK_FALLS] = "its floor goes up and down",
	[LEAK_SMALL] = "its floor hardly rises",
	[LEAK_JUMPS] = "one step is most of the rise",
	[LEAK_PAUSES] = "it pauses in between",
	[LEAK_LEVELS] = "it levels off",
	[LEAK_BELOW] = "its floor has been higher",
};
/* clang-format on */
static_assert(ARRAY_SIZE(words) == LEAK_TEST_COUNT, "words for every result");

const char *leak_words(enum leak_test test)
{
	return words[test];
}

static void insert(double *sorted, size_t count, double value)
{
	while (count > 0 && sorted[count - 1] > value) {
		sorted[count] = sorted[count - 1];
		count--;
	}
	sorted[count] = value;
}

/* Median of all slopes between count values (at most LEAK_BINS), per step. */
static double median_slope(const double *values, size_t count)
{
	double slopes[PAIRS_MAX];
	size_t n = 0;

	assert(count > 1 && count <= LEAK_BINS);
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			insert(slopes, n++,
			       (values[k] - values[i]) / (double)(k - i));
	return n % 2 ? slopes[n / 2] : (slopes[n / 2 - 1] + slopes[n / 2]) / 2;
}

/* Pairs that rise less those that fall, as a share of all. */
static double correlation(const double *values, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			sum += (values[k] > values[i]) -
			       (values[k] < values[i]);
	return sum / (double)(count * (count - 1) / 2);
}

static double percent(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : NAN;
}

static double largest_step(const double *floors)
{
	double most = 0;

	for (size_t i = 1; i < LEAK_BINS; i++)
		most = fmax(most, floors[i] - floors[i - 1]);
	return percent(most, floors[LEAK_BINS - 1] - floors[0]);
}

static void measure_thirds(const double *floors, struct leak *leak)
{
	double most = -INFINITY, least = INFINITY, last = 0;

	for (size_t i = 0; i < LEAK_BINS; i += THIRD) {
		last = median_slope(floors + i, THIRD);
		most = fmax(most, last);
		least = fmin(least, last);
	}
	leak->least_third = percent(least, leak->slope);
	leak->last_third = percent(last, most);
}

static enum leak_test judge(const double *floors, double least,
			    const struct leak *leak)
{
	if (leak->tau < LEAK_TAU)
		return LEAK_FALLS;
	if (leak->rise < fmax(least, 0.05 * floors[0]))
		return LEAK_SMALL;
	if (leak->step > LEAK_STEP)
		return LEAK_JUMPS;
	if (leak->least_third < LEAK_LEAST_THIRD)
		return LEAK_PAUSES;
	if (leak->last_third < LEAK_LAST_THIRD)
		return LEAK_LEVELS;
	for (size_t i = 0; i + 1 < LEAK_BINS; i++)
		if (floors[i] > floors[LEAK_BINS - 1])
			return LEAK_BELOW;
	return LEAK_RISES;
}

void leak_judge(const double floors[LEAK_BINS], double least, struct leak *ret)
{
	*ret = (struct leak){ LEAK_SHORT, NAN, NAN, NAN, NAN, NAN, NAN };
	for (size_t i = 0; i < LEAK_BINS; i++)
		if (isnan(floors[i]))
			return;
	ret->slope = median_slope(floors, LEAK_BINS);
	ret->tau = correlation(floors, LEAK_BINS);
	ret->rise = ret->slope * LEAK_BINS;
	ret->step = largest_step(floors);
	measure_thirds(floors, ret);
	ret->test = judge(floors, least, ret);
}

bool leak_confirmed(const struct leak *before, const struct leak *now)
{
	return before->test == LEAK_RISES && now->test == LEAK_RISES &&
	       now->slope <= 2 * before->slope &&
	       before->slope <= 2 * now->slope;
}

/* ---- bins ---------------------------------------------------------------- */

static void close_bin(struct floors *floors)
{
	floors->bins[floors->next] = floors->least;
	floors->next = (uint8_t)((floors->next + 1) % (2 * LEAK_BINS));
	if (floors->count < 2 * LEAK_BINS)
		floors->count++;
	floors->least = NAN;
}

bool floors_add(struct floors *floors, uint64_t now_ns, uint64_t bin_ns,
		uint64_t bytes)
{
	float kib = (float)(bytes / KIB);
	bool is_whole = false;

	if (!floors->bin_ends_ns || now_ns > floors->bin_ends_ns + bin_ns) {
		memset(floors, 0, sizeof(*floors));
		floors->bin_ends_ns = now_ns + bin_ns;
		floors->least = NAN;
	} else if (now_ns >= floors->bin_ends_ns) {
		close_bin(floors);
		floors->bin_ends_ns += bin_ns;
		is_whole = true;
	}
	if (bytes != UNKNOWN && !(floors->least <= kib))
		floors->least = kib;
	return is_whole;
}

void floors_window(const struct floors *floors, unsigned back,
		   double ret[LEAK_BINS])
{
	for (unsigned i = 0; i < LEAK_BINS; i++) {
		/* counted from the newest */
		unsigned age = back * LEAK_BINS + (LEAK_BINS - 1 - i);
		unsigned at = (floors->next + 4 * LEAK_BINS - 1 - age) %
			      (2 * LEAK_BINS);

		ret[i] = age < floors->count
				 ? (double)floors->bins[at] * (double)KIB
				 : NAN;
	}
}
