/* SPDX-License-Identifier: MIT
 *
 * Output formats written into a string, for tests.
 */
#ifndef RENDERED_H
#define RENDERED_H

#include "memtop/output.h"
#include "scripted.h"

/* The options of a view as the command line would give them. */
struct output_options rendered_options(enum view_id view);

/* begin() and one sample of a scripted case, malloc'ed. */
char *rendered(const struct output_format *format,
	       const struct output_options *options, enum scripted_case which,
	       unsigned step);

/* The same of any snapshot. */
char *rendered_snapshot(const struct output_format *format,
			const struct output_options *options,
			const struct snapshot *snapshot);

#endif
