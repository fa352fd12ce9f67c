/* SPDX-License-Identifier: MIT
 *
 * Numbers as a person reads them.  Separate so that a size looks the same on
 * every screen and in every batch line.  Knows nothing of what is measured.
 */
#include "memtop/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "memtop/base.h"

/*
 * value / unit with one decimal below `decimals_below`, else whole; rounded
 * once, in integers, so that no border yields a fourth digit.  Returns false
 * when it needs the next unit.
 */
static bool scale(char buf[FORMAT_SIZE], uint64_t value, uint64_t unit,
		  unsigned decimals_below, char letter)
{
	uint64_t whole = value / unit, rest = value % unit;
	/* unit is at most 2^60, so ten times the rest still fits */
	uint64_t tenths = whole * 10 + (rest * 10 + unit / 2) / unit;

	if (tenths < decimals_below * UINT64_C(10)) {
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 ".%" PRIu64 "%c",
			 tenths / 10, tenths % 10, letter);
		return true;
	}
	whole += rest >= unit - unit / 2;
	snprintf(buf, FORMAT_SIZE, "%" PRIu64 "%c", whole, letter);
	return whole < 1000;
}

/* clang-format off */
static const struct {
	char letter;
	unsigned decimals_below;
} byte_units[] = {
	{ 'K', 0 }, { 'M', 10 }, { 'G', 100 },
	{ 'T', 100 }, { 'P', 100 }, { 'E', 100 },
};
/* clang-format on */

char *format_bytes(char buf[FORMAT_SIZE], uint64_t bytes, enum format_unit unit)
{
	size_t first = unit == FORMAT_AUTO ? 0 : (size_t)unit - FORMAT_K;
	size_t last = unit == FORMAT_AUTO ? ARRAY_SIZE(byte_units) - 1 : first;

	if (bytes == UNKNOWN)
		return strcpy(buf, "n/a");
	if (bytes == 0)
		return strcpy(buf, "0");
	/* something is never shown as nothing: at least one K; a forced M or
	 * G shows a small rest as 0.0, which is not the 0 of zero */
	if (bytes < KIB)
		bytes = KIB;
	for (size_t i = first; i <= last; i++)
		if (scale(buf, bytes, UINT64_C(1) << (10 * (i + 1)),
			  byte_units[i].decimals_below, byte_units[i].letter))
			break;
	return buf;
}

char *format_bytes_signed(char buf[FORMAT_SIZE], double bytes,
			  enum format_unit unit)
{
	char number[FORMAT_SIZE];
	double size = fabs(bytes);

	if (isnan(bytes))
		return strcpy(buf, "n/a");
	if (size < 0.5)
		return strcpy(buf, "0");
	/* 2^64: not a size any more, and out of range for the conversion */
	if (size >= 18446744073709551615.0)
		size = 18446744073709549568.0;
	format_bytes(number, (uint64_t)(size + 0.5), unit);
	buf[0] = bytes < 0 ? '-' : '+';
	strcpy(buf + 1, number);
	return buf;
}

char *format_gib(char buf[FORMAT_SIZE], uint64_t bytes)
{
	if (bytes == UNKNOWN)
		return strcpy(buf, "n/a");
	if (bytes == 0)
		return strcpy(buf, "0");
	scale(buf, bytes, GIB, UINT32_MAX, 'G');
	return buf;
}

char *format_count(char buf[FORMAT_SIZE], uint64_t count)
{
	static const char letters[] = "kmgtpe";
	uint64_t unit = 1000;

	if (count == UNKNOWN)
		return strcpy(buf, "n/a");
	if (count < 1000) {
		snprintf(buf, FORMAT_SIZE, "%" PRIu64, count);
		return buf;
	}
	for (size_t i = 0; letters[i] != '\0'; i++, unit *= 1000)
		if (scale(buf, count, unit, 100, letters[i]))
			break;
	return buf;
}

char *format_rate(char buf[FORMAT_SIZE], double per_second)
{
	char number[FORMAT_SIZE];

	if (isnan(per_second))
		return strcpy(buf, "n/a");
	if (per_second != 0 && fabs(per_second) < 0.5)
		return strcpy(buf, "~0");
	if (per_second < 0) {
		format_count(number, (uint64_t)(fmin(-per_second, 1e18) + 0.5));
		snprintf(buf, FORMAT_SIZE, "-%.30s", number);
		return buf;
	}
	return format_count(buf, (uint64_t)(fmin(per_second, 1e18) + 0.5));
}

char *format_duration(char buf[FORMAT_SIZE], uint64_t ns)
{
	uint64_t s = ns / NS_PER_S, m = s / 60, h = m / 60, d = h / 24;

	if (ns == UNKNOWN)
		return strcpy(buf, "n/a");
	if (ns > 0 && ns < NS_PER_MS)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "us",
			 (ns + NS_PER_US - 1) / NS_PER_US);
	else if (ns > 0 && s == 0)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "ms", ns / NS_PER_MS);
	else if (m == 0)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "s", s);
	else if (m < 10)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "m%02" PRIu64, m, s % 60);
	else if (h == 0)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "m", m);
	else if (d == 0)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "h%02" PRIu64, h, m % 60);
	else if (d < 100)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "d%02" PRIu64 "h", d,
			 h % 24);
	else if (d < 10000)
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "d", d);
	else
		snprintf(buf, FORMAT_SIZE, "%" PRIu64 "y", d / 365);
	return buf;
}

/* Never digits: a forecast is not as sure as those look. */
static const struct {
	unsigned below_s;
	const char *text, *brief;
} eta_bands[] = {
	{ 7, "~5 s", "~5s" },	     { 12, "~10 s", "~10s" },
	{ 30, "~20 s", "~20s" },     { 50, "~40 s", "~40s" },
	{ 90, "~1 min", "~1m" },     { 150, "~2 min", "~2m" },
	{ 240, "~3 min", "~3m" },    { 420, "~5 min", "~5m" },
	{ 780, "~10 min", "~10m" },  { 1500, "~20 min", "~20m" },
	{ 2700, "~30 min", "~30m" }, { 3600, "under an hour", "<1h" },
};

static size_t eta_band(double ns)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(eta_bands) &&
	       !(ns < (double)eta_bands[i].below_s * (double)NS_PER_S))
		i++;
	return i;
}

const char *format_eta(double ns)
{
	size_t i = eta_band(ns);

	return i < ARRAY_SIZE(eta_bands) ? eta_bands[i].text : "over an hour";
}

const char *format_eta_brief(double ns)
{
	size_t i = eta_band(ns);

	return i < ARRAY_SIZE(eta_bands) ? eta_bands[i].brief : ">1h";
}

char *format_percent(char buf[FORMAT_SIZE], double percent)
{
	if (isnan(percent))
		return strcpy(buf, "-");
	if (percent > 0 && percent < 0.5)
		return strcpy(buf, "<1%");
	percent = fmax(fmin(percent, 1e9), -1e9);
	snprintf(buf, FORMAT_SIZE, "%ld%%", lround(percent));
	return buf;
}

char *format_clock(char buf[FORMAT_SIZE], uint64_t realtime_ns, bool with_date)
{
	time_t s = (time_t)(realtime_ns / NS_PER_S);
	struct tm tm;

	if (realtime_ns == UNKNOWN || localtime_r(&s, &tm) == NULL)
		return strcpy(buf, "n/a");
	if (with_date)
		strftime(buf, FORMAT_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
	else
		strftime(buf, FORMAT_SIZE, "%H:%M:%S", &tm);
	return buf;
}

char *format_when(char buf[FORMAT_SIZE], uint64_t realtime_ns, uint64_t now_ns,
		  bool seconds)
{
	enum { FAR_DAYS = 180 };
	time_t s = (time_t)(realtime_ns / NS_PER_S);
	time_t now = (time_t)(now_ns / NS_PER_S);
	uint64_t apart =
		max_u64(realtime_ns, now_ns) - min_u64(realtime_ns, now_ns);
	struct tm tm, today;

	if (realtime_ns == UNKNOWN || localtime_r(&s, &tm) == NULL)
		return strcpy(buf, "n/a");
	/* not by 24 hours: days differ when clocks are set */
	if (now_ns == UNKNOWN || localtime_r(&now, &today) == NULL ||
	    (tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year))
		strftime(buf, FORMAT_SIZE, seconds ? "%H:%M:%S" : "%H:%M", &tm);
	else if (apart / NS_PER_S > FAR_DAYS * 86400)
		strftime(buf, FORMAT_SIZE, "%Y-%m-%d", &tm);
	else
		strftime(buf, FORMAT_SIZE, "%m-%d %H:%M", &tm);
	return buf;
}

char *format_rfc3339(char buf[FORMAT_SIZE], uint64_t realtime_ns)
{
	time_t s = (time_t)(realtime_ns / NS_PER_S);
	unsigned ms = (unsigned)(realtime_ns % NS_PER_S / NS_PER_MS);
	char day[20], zone[8];
	struct tm tm;

	if (realtime_ns == UNKNOWN || localtime_r(&s, &tm) == NULL)
		return strcpy(buf, "n/a");
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm); /* "+0100" */
	snprintf(buf, FORMAT_SIZE, "%s.%03u%.3s:%.2s", day, ms, zone, zone + 3);
	return buf;
}
