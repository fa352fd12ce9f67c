/* SPDX-License-Identifier: MIT
 *
 * Numbers for people, at the borders between units above all; and back.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/format.h"

#define TIB (GIB * 1024)

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 1, "1K" },
		{ 1023, "1K" },
		{ 4096, "4K" },
		{ 1535, "1K" },
		{ 1536, "2K" },
		{ 999 * KIB, "999K" },
		{ 999 * KIB + 511, "999K" },
		{ 999 * KIB + 512, "1.0M" }, /* not 1000K */
		{ 1000 * KIB, "1.0M" },
		{ MIB, "1.0M" },
		{ 98 * MIB / 10, "9.8M" },
		{ 9 * MIB + 943 * KIB, "9.9M" },
		{ 9 * MIB + 993 * KIB, "10M" }, /* not 10.0M */
		{ 10 * MIB, "10M" },
		{ 412 * MIB, "412M" },
		{ 999 * MIB + 511 * KIB, "999M" },
		{ 999 * MIB + 512 * KIB, "1.0G" },
		{ 1200 * MIB, "1.2G" },
		{ 312 * GIB / 10, "31.2G" },
		{ 99 * GIB + 972 * MIB, "99.9G" },
		{ 99 * GIB + 973 * MIB, "100G" }, /* not 100.0G */
		{ 412 * GIB, "412G" },
		{ 999 * GIB + 512 * MIB, "1.0T" },
		{ 12 * TIB / 10, "1.2T" },
		{ 999 * TIB, "999T" },
		{ 1000 * TIB, "1.0P" },
		{ UNKNOWN - 1, "16.0E" },
		{ UNKNOWN, "n/a" },
	};
	char buf[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(
			format_bytes(buf, cases[i].bytes, FORMAT_AUTO),
			cases[i].text);
}

static void test_bytes_never_wide(void **state)
{
	char buf[FORMAT_SIZE];

	(void)state;
	srand(1);
	for (int i = 0; i < 200000; i++) {
		uint64_t bytes = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 3;

		bytes >>= rand() % 64;
		format_bytes(buf, bytes, FORMAT_AUTO);
		assert_true(strlen(buf) <= 5);
		assert_true(strspn(buf, "0123456789") < 4);
		assert_true(bytes == 0 || atof(buf) >= 1);
		assert_true(strlen(format_count(buf, bytes)) <= 5);
		assert_true(strlen(format_duration(buf, bytes)) <= 6);
	}
}

static void test_forced_unit(void **state)
{
	char buf[FORMAT_SIZE];

	(void)state;
	assert_string_equal(format_bytes(buf, 31 * GIB, FORMAT_K), "32505856K");
	assert_string_equal(format_bytes(buf, 31 * GIB, FORMAT_M), "31744M");
	assert_string_equal(format_bytes(buf, 31 * GIB, FORMAT_G), "31.0G");
	assert_string_equal(format_bytes(buf, 4096, FORMAT_G), "0.0G");
	assert_string_equal(format_bytes(buf, 0, FORMAT_G), "0");
	assert_string_equal(format_gib(buf, 400 * MIB), "0.4G");
	assert_string_equal(format_gib(buf, 6260 * GIB / 100), "62.6G");
	assert_string_equal(format_gib(buf, 1500 * GIB), "1500.0G");
	assert_string_equal(format_gib(buf, UNKNOWN), "n/a");
}

static void test_signed(void **state)
{
	char buf[FORMAT_SIZE];

	(void)state;
	assert_string_equal(format_bytes_signed(buf, 276.0 * MIB, FORMAT_AUTO),
			    "+276M");
	assert_string_equal(format_bytes_signed(buf, -31.0 * MIB, FORMAT_AUTO),
			    "-31M");
	assert_string_equal(format_bytes_signed(buf, 0, FORMAT_AUTO), "0");
	assert_string_equal(format_bytes_signed(buf, -0.2, FORMAT_AUTO), "0");
	assert_string_equal(format_bytes_signed(buf, NAN, FORMAT_AUTO), "n/a");
	format_bytes_signed(buf, -INFINITY, FORMAT_AUTO);
	assert_string_equal(buf, "-16.0E");
}

static void test_counts(void **state)
{
	char buf[FORMAT_SIZE];

	(void)state;
	assert_string_equal(format_count(buf, 0), "0");
	assert_string_equal(format_count(buf, 810), "810");
	assert_string_equal(format_count(buf, 999), "999");
	assert_string_equal(format_count(buf, 1000), "1.0k");
	assert_string_equal(format_count(buf, 9149), "9.1k");
	assert_string_equal(format_count(buf, 12940), "12.9k");
	assert_string_equal(format_count(buf, 99949), "99.9k");
	assert_string_equal(format_count(buf, 99950), "100k");
	assert_string_equal(format_count(buf, 210000), "210k");
	assert_string_equal(format_count(buf, 999499), "999k");
	assert_string_equal(format_count(buf, 999500), "1.0m");
	assert_string_equal(format_count(buf, 1600000), "1.6m");
	assert_string_equal(format_count(buf, UNKNOWN), "n/a");
	assert_string_equal(format_rate(buf, 0), "0");
	assert_string_equal(format_rate(buf, 0.3), "~0");
	assert_string_equal(format_rate(buf, 0.5), "1");
	assert_string_equal(format_rate(buf, 2500), "2.5k");
	assert_string_equal(format_rate(buf, -2500), "-2.5k");
	assert_string_equal(format_rate(buf, -0.3), "~0");
	assert_string_equal(format_rate(buf, NAN), "n/a");
	assert_string_equal(format_rate(buf, INFINITY), "1.0e");
}

static void test_durations(void **state)
{
	const uint64_t m = 60 * NS_PER_S, h = 60 * m, d = 24 * h;
	char buf[FORMAT_SIZE];

	(void)state;
	assert_string_equal(format_duration(buf, 0), "0s");
	assert_string_equal(format_duration(buf, 1), "1us");
	assert_string_equal(format_duration(buf, 38 * NS_PER_MS), "38ms");
	assert_string_equal(format_duration(buf, NS_PER_S), "1s");
	assert_string_equal(format_duration(buf, 39 * NS_PER_S), "39s");
	assert_string_equal(format_duration(buf, m - 1), "59s");
	assert_string_equal(format_duration(buf, 5 * m + 18 * NS_PER_S),
			    "5m18");
	assert_string_equal(format_duration(buf, 9 * m + 5 * NS_PER_S), "9m05");
	assert_string_equal(format_duration(buf, 14 * m + 27 * NS_PER_S),
			    "14m");
	assert_string_equal(format_duration(buf, 3 * h + 12 * m), "3h12");
	assert_string_equal(format_duration(buf, d - 1), "23h59");
	assert_string_equal(format_duration(buf, 41 * d + 2 * h), "41d02h");
	assert_string_equal(format_duration(buf, 100 * d + 23 * h), "100d");
	assert_string_equal(format_duration(buf, 20000 * d), "54y");
	assert_string_equal(format_duration(buf, UNKNOWN), "n/a");
}

static void test_percent(void **state)
{
	char buf[FORMAT_SIZE];

	(void)state;
	assert_string_equal(format_percent(buf, 0), "0%");
	assert_string_equal(format_percent(buf, 0.4), "<1%");
	assert_string_equal(format_percent(buf, 0.5), "1%");
	assert_string_equal(format_percent(buf, 45.3), "45%");
	assert_string_equal(format_percent(buf, -24.9), "-25%");
	assert_string_equal(format_percent(buf, -0.1), "0%");
	assert_string_equal(format_percent(buf, NAN), "-");
	format_percent(buf, INFINITY);
	assert_true(strlen(buf) < FORMAT_SIZE);
}

static void test_eta(void **state)
{
	const double s = (double)NS_PER_S;

	(void)state;
	assert_string_equal(format_eta(0), "~5 s");
	assert_string_equal(format_eta(6.9 * s), "~5 s");
	assert_string_equal(format_eta(7 * s), "~10 s");
	assert_string_equal(format_eta(12 * s), "~20 s");
	assert_string_equal(format_eta(61 * s), "~1 min");
	assert_string_equal(format_eta(3599 * s), "under an hour");
	assert_string_equal(format_eta(3600 * s), "over an hour");
	assert_string_equal(format_eta_brief(61 * s), "~1m");
}

static void test_clock(void **state)
{
	const uint64_t ns = UINT64_C(1795352557123) * NS_PER_MS;
	char buf[FORMAT_SIZE];

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(format_clock(buf, ns, false), "13:02:37");
	setenv("TZ", "XXX-5:45", 1);
	tzset();
	assert_string_equal(format_clock(buf, ns, true), "2026-11-22 18:47:37");
	assert_string_equal(format_rfc3339(buf, ns),
			    "2026-11-22T18:47:37.123+05:45");
	setenv("TZ", "XXX+3:30", 1);
	tzset();
	assert_string_equal(format_rfc3339(buf, ns),
			    "2026-11-22T09:32:37.123-03:30");
	assert_string_equal(format_clock(buf, UNKNOWN, true), "n/a");
}

/* Days are those of the local clock, not of 24 hours. */
static void test_when(void **state)
{
	const uint64_t s = NS_PER_S, now = UINT64_C(1795403453) * s;
	const uint64_t short_day = UINT64_C(1806271200) * s;
	char buf[FORMAT_SIZE];

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(format_when(buf, now, now, true), "03:10:53");
	assert_string_equal(format_when(buf, now - 11453 * s, now, true),
			    "00:00:00");
	assert_string_equal(format_when(buf, now - 11454 * s, now, true),
			    "11-22 23:59");
	assert_string_equal(format_when(buf, now - 11454 * s, now, false),
			    "11-22 23:59");
	/* later than what is on screen, too */
	assert_string_equal(format_when(buf, now + 86400 * s, now, false),
			    "11-24 03:10");
	/* a year makes no day the same */
	assert_string_equal(format_when(buf, now - 365 * 86400 * s, now, true),
			    "2025-11-23");
	assert_string_equal(format_when(buf, now, UNKNOWN, true), "03:10:53");
	assert_string_equal(format_when(buf, UNKNOWN, now, true), "n/a");
	/* where it is still the day before */
	setenv("TZ", "XXX+6", 1);
	tzset();
	assert_string_equal(format_when(buf, now - 11454 * s, now, true),
			    "17:59:59");
	/* 2027-03-28 of 23 hours: from midnight to the next */
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	assert_string_equal(format_when(buf, short_day - s, short_day, false),
			    "03-28 23:59");
	assert_string_equal(format_when(buf, short_day - 23 * 3600 * s,
					short_day - s, false),
			    "00:00");
}

static void test_parse_size(void **state)
{
	static const char *const wrong[] = { "",    "M",   "1.M", ".5M",
					     "1.5", "-1",  "1X",  "1MiBs",
					     " 1",  "1 M", "1,5G" };
	uint64_t size = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(parse_size(wrong[i], &size), -EINVAL);
	assert_int_equal(parse_size("16E", &size), -ERANGE);
	assert_int_equal(parse_size("99999999999999999999", &size), -ERANGE);
	assert_int_equal(parse_size("18446744073709551615", &size), -ERANGE);
	assert_int_equal(size, 7);

	assert_int_equal(parse_size("100M", &size), 0);
	assert_int_equal(size, 100 * MIB);
	assert_int_equal(parse_size("1.5g", &size), 0);
	assert_int_equal(size, GIB + GIB / 2);
	assert_int_equal(parse_size("4096", &size), 0);
	assert_int_equal(size, 4096);
	assert_int_equal(parse_size("64KiB", &size), 0);
	assert_int_equal(size, 64 * KIB);
	assert_int_equal(parse_size("2TB", &size), 0);
	assert_int_equal(size, 2 * TIB);
	assert_int_equal(parse_size("12B", &size), 0);
	assert_int_equal(size, 12);
}

static void test_parse_moment(void **state)
{
	/* 2026-11-22 14:02:37 UTC */
	const uint64_t last = UINT64_C(1795356157) * NS_PER_S;
	const uint64_t day = UINT64_C(86400) * NS_PER_S;
	static const struct {
		const char *text;
		int64_t seconds; /* from last to the beginning of its second */
	} good[] = {
		{ "14:02:37", 0 },
		{ "14:02", -37 },
		{ "9:00", -(5 * 3600 + 157) },
		{ "2026-11-22 14:02:30", -7 },
		{ "2026-11-23T14:02:37", 86400 },
	};
	static const char *const wrong[] = {
		"",
		"x",
		"24:00",
		"12:60",
		"12:00:60",
		"12:00:00x",
		"2026-13-01 10:00",
		"12:",
		"-x",
		"2026-11-22",
		"12:00:",
	};
	uint64_t ns = 7;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (parse_moment(wrong[i], last, &ns) != -EINVAL)
			fail_msg("'%s' is a moment", wrong[i]);
		assert_int_equal(ns, 7);
	}
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		uint64_t expected = last +
				    (uint64_t)(good[i].seconds * 1000000000) +
				    NS_PER_S - 1;

		assert_int_equal(parse_moment(good[i].text, last, &ns), 0);
		assert_int_equal(ns, expected);
	}
	/* later than the last: that was yesterday */
	assert_int_equal(parse_moment("14:02:38", last, &ns), 0);
	assert_int_equal(ns, last + NS_PER_S - day + NS_PER_S - 1);
	assert_int_equal(parse_moment("-10m", last, &ns), 0);
	assert_int_equal(ns, last - 600 * NS_PER_S);
}

static void test_parse_duration(void **state)
{
	static const char *const wrong[] = { "",     "s",  "1x",  "1h30",
					     "1m1h", "-5", "5 m", "1h1h" };
	uint64_t ns = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(parse_duration(wrong[i], &ns), -EINVAL);
	assert_int_equal(parse_duration("999999999999d", &ns), -ERANGE);
	assert_int_equal(ns, 7);

	assert_int_equal(parse_duration("90", &ns), 0);
	assert_int_equal(ns, 90 * NS_PER_S);
	assert_int_equal(parse_duration("5m", &ns), 0);
	assert_int_equal(ns, 300 * NS_PER_S);
	assert_int_equal(parse_duration("1h30m", &ns), 0);
	assert_int_equal(ns, 5400 * NS_PER_S);
	assert_int_equal(parse_duration("2.5s", &ns), 0);
	assert_int_equal(ns, 2500 * NS_PER_MS);
	assert_int_equal(parse_duration("3D", &ns), 0);
	assert_int_equal(ns, 3 * 86400 * NS_PER_S);
	assert_int_equal(parse_duration("1s500ms", &ns), 0);
	assert_int_equal(ns, 1500 * NS_PER_MS);
}

static void test_parse_decimal(void **state)
{
	const char *s = "2.25k";
	double number = 0;

	(void)state;
	assert_int_equal(parse_decimal(&s, &number), 0);
	assert_true(fabs(number - 2.25) < 1e-9);
	assert_string_equal(s, "k");
	assert_int_equal(parse_decimal(&s, &number), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_bytes_never_wide),
		cmocka_unit_test(test_forced_unit),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_eta),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_when),
		cmocka_unit_test(test_parse_size),
		cmocka_unit_test(test_parse_moment),
		cmocka_unit_test(test_parse_duration),
		cmocka_unit_test(test_parse_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
