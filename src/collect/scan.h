/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: small steps over the text of kernel files that are not
 * "key value" lines.  Numbers are read without the locale, which may write a
 * comma where the kernel writes a point.
 */
#ifndef COLLECT_SCAN_H
#define COLLECT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/text.h"

/* A path as /proc/swaps and mountinfo have it: blanks, tabs, newlines and
 * backslashes are written as \\ooo.  NULL: no memory. */
struct text *scan_unescape(const char *s, size_t len);

/* Behind blanks and tabs; never behind a newline. */
const char *scan_blanks(const char *s);

/* Behind the word at s: at the blank, newline or end that follows it. */
const char *scan_word(const char *s);

/* At the start of the next line, or at the end of the text. */
const char *scan_line(const char *s);

/* "Node 0, zone   Normal" as "N0 Normal"; behind it, or NULL: it is none. */
const char *scan_zone(const char *s, char *name, size_t size);

/* "-12", "12" at s; false: no number, or too large. */
bool scan_i64(const char *s, const char **end, int64_t *ret);

/* "0.42", "12" at s, never negative. */
bool scan_decimal(const char *s, const char **end, double *ret);

/* Lower-case hexadecimal at s, as in the addresses of maps. */
bool scan_hex(const char *s, const char **end, uint64_t *ret);

#endif
