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

/* At most so many columns; no entity has more fields. */
#define OUTPUT_COLUMNS 128

struct output_options {
	const struct view *view;
	const uint8_t *columns; /* fields of view_entity(); NULL: the view's
				   own */
	size_t ncolumns;
	/* sort is a field of view_entity() too; NO_FIELD: the view's own */
	struct rows_query query;
	/* The list of events to print; NULL: those of the sample. */
	const struct list *events;
	int width; /* of text lines; 0: as wide as needed */
};

/* An output format: one file each, ends in its descriptor. */
struct output_format {
	const char *name;    /* "text", "csv", "json" */
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

/* "pid,user,pss": names or aliases of entity's fields into indexes; -EINVAL and *ret_bad points
 * at the unknown one (into list), -E2BIG at the first that is too many. */
int output_parse_columns(const struct entity *entity, const char *list,
			 uint8_t *ret, size_t max, size_t *ret_count,
			 const char **ret_bad);

#endif
