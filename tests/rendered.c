/* SPDX-License-Identifier: MIT
 *
 * Output formats written into a string, for tests.
 */
#include "rendered.h"

#include <stdlib.h>

#include "scripted_private.h"

struct output_options rendered_options(enum view_id view)
{
	return (struct output_options){
		.view = &views[view],
		.query = { .sort = views[view].sort,
			   .group = (enum group_by)views[view].group,
			   .active = NO_FIELD },
	};
}

char *rendered_snapshot(const struct output_format *format,
			const struct output_options *options,
			const struct snapshot *snapshot)
{
	char *text = NULL;
	size_t size;
	FILE *stream = scripted_must(open_memstream(&text, &size));

	if (format->begin && format->begin(stream, options) < 0)
		abort();
	if (format->sample(stream, options, snapshot) < 0)
		abort();
	fclose(stream);
	return scripted_must(text);
}

char *rendered(const struct output_format *format,
	       const struct output_options *options, enum scripted_case which,
	       unsigned step)
{
	struct snapshot *snapshot = scripted_snapshot(which, step);
	char *text = rendered_snapshot(format, options, snapshot);

	snapshot_unref(snapshot);
	return text;
}
