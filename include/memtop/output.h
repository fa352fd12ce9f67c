/* SPDX-License-Identifier: MIT
 *
 * The faces that are not a screen: text, CSV and JSON lines on a stream.
 * They see snapshots only.
 */
#ifndef MEMTOP_OUTPUT_H
#define MEMTOP_OUTPUT_H

#include <stdio.h>

#include "memtop/rows.h"
#include "memtop/snapshot.h"

struct output_options {
	const struct view *view;
	const uint8_t *columns; /* enum process_field; NULL: the view's own */
	size_t ncolumns;
	struct rows_query query;
	int width; /* of text lines; 0: as wide as needed */
};

/* An output format: one file each, ends in its descriptor. */
struct output_format {
	const char *name; /* "text", "csv", "json" */
	const char *between; /* written between two samples, or NULL */
	/* Once before the first sample (CSV header); may be NULL. */
	int (*begin)(FILE *stream, const struct output_options *options);
	/* One sample.  0 or -errno; -EPIPE ends quietly. */
	int (*sample)(FILE *stream, const struct output_options *options,
		      const struct snapshot *snapshot);
};

extern const struct output_format output_text;
extern const struct output_format output_csv;
extern const struct output_format output_json;

/* "pid,user,pss": names or aliases into indexes; -EINVAL and *ret_bad points
 * at the unknown one (into list), -E2BIG at the first that is too many. */
int output_parse_columns(const char *list, uint8_t *ret, size_t max,
			 size_t *ret_count, const char **ret_bad);

#endif
