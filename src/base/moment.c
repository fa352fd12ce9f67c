/* SPDX-License-Identifier: MIT
 *
 * Moments as people write them: a time of day, a date with it, or so long
 * before the end of what there is.  Apart from the other parsers because this
 * one knows calendars.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "memtop/base.h"
#include "memtop/format.h"

/* "2026-11-22 " or "2026-11-22T" at *text; false: there is no date. */
static bool take_date(const char **text, struct tm *tm)
{
	int year, month, day, end = 0;

	if (sscanf(*text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 ||
	    end != 10 || ((*text)[end] != ' ' && (*text)[end] != 'T'))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	*text += end + 1;
	return true;
}

/* "13:48" or "13:48:10", and nothing behind it */
static bool take_clock(const char *text, struct tm *tm)
{
	int hour, minute, second = 0, end = 0;

	if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) != 2 || !end)
		return false;
	text += end;
	if (*text == ':') {
		end = 0;
		if (sscanf(text, ":%2d%n", &second, &end) != 1 || !end)
			return false;
		text += end;
	}
	if (*text || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 59)
		return false;
	tm->tm_hour = hour;
	tm->tm_min = minute;
	tm->tm_sec = second;
	return true;
}

int parse_moment(const char *text, uint64_t last_ns, uint64_t *ret)
{
	time_t last = (time_t)(last_ns / NS_PER_S), at;
	bool has_date;
	struct tm tm;
	uint64_t ns;

	if (*text == '-') {
		if (parse_duration(text + 1, &ns) < 0)
			return -EINVAL;
		*ret = sub_floor(last_ns, ns);
		return 0;
	}
	if (!localtime_r(&last, &tm))
		return -EINVAL;
	has_date = take_date(&text, &tm);
	if (!take_clock(text, &tm))
		return -EINVAL;
	tm.tm_isdst = -1;
	at = mktime(&tm);
	if (!has_date && at > last) {
		/* not 24 hours less: days differ when clocks are set */
		tm.tm_mday--;
		tm.tm_isdst = -1;
		at = mktime(&tm);
	}
	if (at < 0)
		return -EINVAL;
	/* the whole second */
	*ret = (uint64_t)at * NS_PER_S + NS_PER_S - 1;
	return 0;
}
