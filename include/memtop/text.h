/* SPDX-License-Identifier: MIT
 *
 * Immutable strings that snapshots share, and the way from untrusted bytes to
 * something a terminal may be given.
 *
 * Names that come from other processes (comm, command lines, cgroup paths,
 * mapping paths) are kept as the bytes they are; they pass through
 * text_printable() at the moment they are drawn or written as text.
 */
#ifndef MEMTOP_TEXT_H
#define MEMTOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Reference-counted; the count is atomic, so that any thread may hold one. */
struct text;

/* Copies len bytes; NUL bytes inside stay.  NULL when memory is short. */
struct text *text_new(const char *bytes, size_t len);

/* Takes one more reference and returns its argument; NULL is passed through. */
struct text *text_ref(const struct text *text);

/* Gives a reference back; NULL is fine. */
void text_unref(const struct text *text);

/* The bytes, NUL-terminated; "" for NULL.  Valid as long as the reference. */
const char *text_str(const struct text *text);

/* Number of bytes without the terminator; 0 for NULL. */
size_t text_len(const struct text *text);

/* Same bytes?  Two NULLs are equal. */
bool text_equal(const struct text *a, const struct text *b);

/*
 * Writes src (len bytes, untrusted) to dst as text that moves no cursor:
 * every control character (C0, DEL, C1), every invalid byte and everything
 * without a printable width becomes '?', at most max_cells terminal cells in
 * all.  A combining character stays only behind a character it can sit on.
 * Follows the locale: in a locale without UTF-8 whatever is not ASCII is '?'.
 * Text that does not fit ends with '+' in its last cell.
 * dst is always NUL-terminated within size (size > 0).
 * Returns the number of cells used.
 */
int text_printable(char *dst, size_t size, const char *src, size_t len,
		   int max_cells);

/* Takes off the beginning of a UTF-8 character at the end of what was printable
 * text until it was cut at a number of bytes. */
void text_mend_end(char *s);

/* Terminal cells of a trusted, valid string in the current locale. */
int text_cells(const char *s);

#endif
