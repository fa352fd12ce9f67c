/* SPDX-License-Identifier: MIT
 *
 * Words to bytes and back: what every kind of difference takes, and that all
 * of them come back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "../../src/model/pack.h"
#include "memtop/base.h"
#include "wild.h"

enum { WORDS = 700 };

/* Packs, unpacks, compares; how many bytes it took. */
static size_t round_trip(const uint64_t *before, const uint64_t *now,
			 const uint8_t *kinds, size_t n)
{
	uint8_t *packed = malloc(PACK_MAX(n));
	uint64_t *words = malloc(n * sizeof(*words));
	size_t len;

	assert_non_null(packed);
	assert_non_null(words);
	memcpy(words, before, n * sizeof(*words));
	len = pack_words(packed, before, now, kinds, n);
	assert_in_range(len, 0, PACK_MAX(n));
	if (len > 0)
		assert_ptr_equal(
			unpack_words(packed, packed + len, words, kinds),
			packed + len);
	assert_memory_equal(words, now, n * sizeof(*words));
	free(packed);
	free(words);
	return len;
}

/* One word, head and end not counted. */
static size_t bytes_for(enum word kind, uint64_t before, uint64_t now)
{
	uint8_t kinds[] = { (uint8_t)kind };
	size_t len = round_trip(&before, &now, kinds, 1);

	return len == 0 ? 0 : len - 2;
}

static uint64_t bits(double number)
{
	uint64_t ret;

	memcpy(&ret, &number, sizeof(ret));
	return ret;
}

static void test_one_word(void **state)
{
	(void)state;
	assert_int_equal(bytes_for(WORD_NUMBER, 5, 5), 0);
	assert_int_equal(bytes_for(WORD_NUMBER, 5, 6), 1);
	assert_int_equal(bytes_for(WORD_NUMBER, 5, 4), 1);
	assert_int_equal(bytes_for(WORD_NUMBER, 0, 127), 1);
	assert_int_equal(bytes_for(WORD_NUMBER, 0, 128), 2);
	assert_int_equal(bytes_for(WORD_NUMBER, 7, 7 + 100 * KIB), 1);
	assert_int_equal(bytes_for(WORD_NUMBER, GIB, 0), 3);
	assert_int_equal(bytes_for(WORD_NUMBER, 0, UINT64_C(1) << 63), 8);
	assert_int_equal(bytes_for(WORD_NUMBER, 123, UNKNOWN), 0);
	assert_int_equal(bytes_for(WORD_NUMBER, UNKNOWN, 123), 1);
	assert_int_equal(bytes_for(WORD_NUMBER, UNKNOWN, UNKNOWN), 0);
	assert_int_equal(bytes_for(WORD_NUMBER, UNKNOWN - 1, 1), 1);
	assert_int_equal(bytes_for(WORD_DOUBLE, 0, bits(1)), 2);
	assert_int_equal(bytes_for(WORD_DOUBLE, bits(1), 0), 2);
	assert_int_equal(bytes_for(WORD_DOUBLE, 0, bits(0.1)), 8);
	assert_int_equal(bytes_for(WORD_DOUBLE, 0, UNKNOWN), 0);
	assert_int_equal(bytes_for(WORD_TEXT, 0, 1), 1);
}

/* Files that are read one after the other: the second time costs little. */
static void test_times(void **state)
{
	static const uint8_t kinds[] = { WORD_TIME, WORD_NUMBER, WORD_TIME,
					 WORD_TIME };
	const uint64_t before[] = { 50, 1, 60 * NS_PER_S, 70 };
	const uint64_t now[] = { 90 * NS_PER_S, 1, 90 * NS_PER_S + 60,
				 90 * NS_PER_S + 60 };

	(void)state;
	assert_int_equal(round_trip(before, now, kinds, 4),
			 (1 + 5) + (1 + 1) + 1 + 1);
}

/* Each distance between two words that differ. */
static void test_gaps(void **state)
{
	static uint64_t before[WORDS], now[WORDS];
	static uint8_t kinds[WORDS];

	(void)state;
	for (size_t gap = 0; gap < WORDS; gap++) {
		now[gap] = gap + 1;
		round_trip(before, now, kinds, WORDS);
		now[0] = 1;
		round_trip(before, now, kinds, WORDS);
		now[0] = now[gap] = 0;
	}
}

static void test_any_words(void **state)
{
	static uint64_t before[WORDS], now[WORDS];
	static uint8_t kinds[WORDS];

	(void)state;
	wild_seed(4);
	for (int round = 0; round < 2000; round++) {
		size_t n = 1 + wild_below(WORDS);
		size_t rare = 1 + wild_below(100);

		for (size_t i = 0; i < n; i++) {
			uint64_t word;

			kinds[i] = (uint8_t)(WORD_NUMBER + wild_below(4));
			before[i] = now[i];
			if (!wild_one_in(rare))
				continue;
			wild_bytes(&word, sizeof(word));
			now[i] = wild_one_in(5) ? UNKNOWN
						: word >> wild_below(64);
			if (wild_one_in(3))
				now[i] = before[i] + word % 100 * KIB;
		}
		round_trip(before, now, kinds, n);
	}
}

static void test_number(void **state)
{
	static const uint64_t numbers[] = { 0,	   1,	  127,	     128,
					    16383, 16384, UINT64_MAX };
	static const size_t sizes[] = { 1, 1, 1, 2, 2, 3, PACK_NUMBER_MAX };
	uint8_t packed[PACK_NUMBER_MAX];
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(pack_number(packed, numbers[i]), sizes[i]);
		assert_ptr_equal(unpack_number(packed, &number),
				 packed + sizes[i]);
		assert_true(number == numbers[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_word),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_any_words),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
