/* SPDX-License-Identifier: MIT
 *
 * Numbers as a person reads them.  One place, so that every screen, every
 * batch line and every test writes a size the same way.
 *
 * Every function writes a NUL-terminated text into buf and returns buf, so
 * that calls nest in argument lists.  FORMAT_SIZE always suffices.
 */
#ifndef MEMTOP_FORMAT_H
#define MEMTOP_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#define FORMAT_SIZE 32

/* 'a' lets the value choose its unit, 'K', 'M', 'G' force one. */
enum format_unit { FORMAT_AUTO, FORMAT_K, FORMAT_M, FORMAT_G };

/*
 * Binary units, at most 5 cells under FORMAT_AUTO: "0", "4K", "9.8M", "412M",
 * "31.2G", "1.2T".  K whole; M one decimal below 10; G and T one decimal
 * below 100; the next unit from 1000 on.  Anything below 1K that is not 0 is
 * "1K": something is never shown as nothing; in a forced M or G it is "0.0M",
 * "0.0G", and only zero is "0".  UNKNOWN is "n/a".
 */
char *format_bytes(char buf[FORMAT_SIZE], uint64_t bytes,
		   enum format_unit unit);

/* With a sign, for changes: "+276M", "-31M", "0". */
char *format_bytes_signed(char buf[FORMAT_SIZE], double bytes,
			  enum format_unit unit);

/* Always gigabytes with one decimal ("0.4G"), for numbers that are added. */
char *format_gib(char buf[FORMAT_SIZE], uint64_t bytes);

/* Decimal, lower case, at most 5 cells, one decimal below 100 of a unit:
 * "810", "9.1k", "12.9k", "210k", "1.6m". */
char *format_count(char buf[FORMAT_SIZE], uint64_t count);

/* The same for a rate, also "-810"; what is not 0 but within 0.5 of it is
 * "~0". */
char *format_rate(char buf[FORMAT_SIZE], double per_second);

/* "38ms" "39s" "5m18" "14m" "3h12" "41d02h" "120d": no finer than matters,
 * rounded down, at most 6 cells */
char *format_duration(char buf[FORMAT_SIZE], uint64_t ns);

/* A time that was extrapolated, in bands, because no digit of it is sure:
 * "~40 s" "~20 min" "over an hour" */
const char *format_eta(double ns);
/* The same within 5 cells: "~20s", "<1h". */
const char *format_eta_brief(double ns);

/* Whole percent: "45%"; above 0 and below 0.5 "<1%".  NAN is "-". */
char *format_percent(char buf[FORMAT_SIZE], double percent);

/* "14:02:37", local time; with_date puts "2026-11-22 " before it. */
char *format_clock(char buf[FORMAT_SIZE], uint64_t realtime_ns, bool with_date);

/*
 * When it was, seen from now_ns: "14:02:37", or without seconds "14:02", on
 * the same day in local time; "11-22 14:02" on another one; "2024-11-22" where
 * month and day alone could be those of a year that is nearer.
 */
char *format_when(char buf[FORMAT_SIZE], uint64_t realtime_ns, uint64_t now_ns,
		  bool seconds);

/* RFC 3339 with milliseconds and offset: "2026-11-22T14:02:37.123+01:00". */
char *format_rfc3339(char buf[FORMAT_SIZE], uint64_t realtime_ns);

/*
 * Reads a size ("100M", "1.5g", "4096", "64K"; binary units, optional "B" or
 * "iB") into bytes.  0, or -EINVAL, -ERANGE.
 */
int parse_size(const char *s, uint64_t *ret);

/*
 * Reads a decimal number without sign ("12", "2.5"; always with a point,
 * whatever the locale) at *s and leaves *s behind it.  0, -EINVAL, -ERANGE.
 */
int parse_decimal(const char **s, double *ret);

/*
 * Reads a moment, in local time: "13:48" or "13:48:10" on the day of last_ns,
 * or the day before when that would be later; "2026-11-22 13:48:10";
 * "-10m", so long before last_ns.  A clock means the end of its second.
 * 0 or -EINVAL.
 */
int parse_moment(const char *s, uint64_t last_ns, uint64_t *ret);

/* Reads a duration ("90", "5m", "1h30m", "2.5s", "3d") into nanoseconds. */
int parse_duration(const char *s, uint64_t *ret);

#endif
