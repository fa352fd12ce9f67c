/* SPDX-License-Identifier: MIT
 *
 * Private to the text format: lines of limited width, and the tables on them.
 */
#ifndef OUTPUT_TEXT_TABLE_H
#define OUTPUT_TEXT_TABLE_H

#include <inttypes.h>
#include <stdio.h>

#include "memtop/output.h"

/* One line is gathered, then made printable, cut and written: nothing reaches
 * the stream in any other way.  Zero-initialise; the owner frees bytes. */
struct text_lines {
	FILE *stream;
	int width; /* cells; 0: no limit */
	char *bytes;
	size_t len, size;
	int error; /* the first -errno */
};

void text_lines_add(struct text_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* To the column behind `cells` cells from mark on. */
void text_lines_pad(struct text_lines *lines, int cells);
/* Takes trailing blanks back, at most max. */
void text_lines_unpad(struct text_lines *lines, size_t max);
/* Writes the line, empty or not, without its trailing blanks. */
void text_lines_end(struct text_lines *lines);

/* The table of the view.  0, -ENOMEM. */
int text_table(struct text_lines *lines, const struct output_options *options,
	       const struct snapshot *snapshot);

/* What a pane shows beside processes: swap devices, cgroups.  0, -ENOMEM. */
int text_lists(struct text_lines *lines, const struct output_options *options,
	       const struct snapshot *snapshot);

#endif
