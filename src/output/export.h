/* SPDX-License-Identifier: MIT
 *
 * Private to output/: what the formats share.
 */
#ifndef OUTPUT_EXPORT_H
#define OUTPUT_EXPORT_H

#include <stdio.h>

#include "memtop/field.h"
#include "memtop/output.h"

/* The columns in force: the chosen ones, else those of the view. */
size_t export_columns(const struct output_options *options,
		      const uint8_t **ret);

/* The rows of a list of a view, in order and as many as asked for. */
struct export_rows {
	const struct list *list; /* a reference; NULL: not read */
	size_t *order;		 /* indexes into it */
	size_t count;
};
/* 0 or -ENOMEM. */
int export_rows_make(const struct output_options *options,
		     const struct view_list *of,
		     const struct snapshot *snapshot, struct export_rows *ret);
const void *export_row(const struct export_rows *rows, size_t i);
void export_rows_done(struct export_rows *rows);

/*
 * A figure for machines: no unit, no grouping, a point whatever the locale
 * says, at most three digits behind it.  "" for what is not known, or is a
 * text.
 */
#define EXPORT_NUMBER_SIZE 48
char *export_number(char buf[EXPORT_NUMBER_SIZE], const struct value *value);
char *export_double(char buf[EXPORT_NUMBER_SIZE], double number);
/* Its decimal digits, which end before end (20 at most): where they begin. */
char *export_digits(char *end, uint64_t number);

/* A limit that is known not to be set: "max", as the kernel writes it. */
bool export_no_limit(const struct value *value);

/* -errno of a stream that failed, else 0.  Asked often, since errno is only
 * that of the failure as long as little else has happened. */
int export_status(FILE *stream);

/*
 * Appends src to the growing *buf as valid UTF-8, with U+FFFD for every byte
 * that belongs to no character.  For machines, so the locale does not matter.
 * 0 or -ENOMEM.
 */
struct export_text {
	char *bytes;
	size_t len, size;
};
int export_utf8(struct export_text *buf, const char *src, size_t len);
/* Room for so many bytes more.  0 or -ENOMEM. */
int export_reserve(struct export_text *buf, size_t more);

/*
 * Bytes of the character at s (valid UTF-8, not its end) when it is one that
 * is obeyed instead of shown: C0, DEL, C1, separators of lines, and what turns
 * the direction of writing.  Else 0.
 */
size_t export_control(const char *s, unsigned *ret_code);

#endif
