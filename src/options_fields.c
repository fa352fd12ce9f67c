/* SPDX-License-Identifier: MIT
 *
 * Options that name fields.  Separate from the table of options, because what
 * rows they speak of is known when all have been read.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "options_private.h"

static int find_sort(struct options *o, const struct entity *entity,
		     char *error, size_t size)
{
	const char *s = o->sort_text;
	const struct field *field = field_find(entity, s);

	if (!field)
		return option_fail_unknown(error, size, "field", s,
					   (int)strlen(s), VALUES_FIELDS,
					   entity);
	o->query.sort = (uint8_t)(field - entity->fields);
	return 0;
}

static int find_columns(struct options *o, const struct entity *entity,
			char *error, size_t size)
{
	const char *bad;
	int r = output_parse_columns(entity, o->columns_text, o->columns,
				     entity->nfields, &o->ncolumns, &bad);

	if (r == 0)
		return 0;
	if (r == -E2BIG)
		return option_fail(error, size,
				   "more columns than there are fields");
	if (!bad[strspn(bad, ", \t")])
		return option_fail(error, size, "no field is named");
	return option_fail_unknown(error, size, "field", bad,
				   (int)strcspn(bad, ", \t"), VALUES_FIELDS,
				   entity);
}

static int find_filter(struct options *o, const struct entity *entity,
		       char *error, size_t size)
{
	const char *s = o->filter_text;
	struct filter_error why;
	struct filter *filter;
	int r = filter_parse_for(entity, s, &filter, &why);

	if (r == -EINVAL)
		return option_fail(error, size, "%s, at '%s'", why.what,
				   s + min_u64(why.at, strlen(s)));
	if (r < 0)
		return r;
	o->query.filter = o->filter = filter;
	if (!filter)
		o->filter_text = NULL;
	return 0;
}

int options_find_fields(struct options *o, char *error, size_t size)
{
	const struct entity *entity = view_entity(o->view);
	static const char sort[] = "--sort: ", columns[] = "--columns: ";
	static const char filter[] = "--filter: ";
	int r = 0;

	if (o->sort_text) {
		snprintf(error, size, sort);
		r = find_sort(o, entity, error + strlen(sort),
			      size - strlen(sort));
	}
	if (r == 0 && o->columns_text) {
		snprintf(error, size, columns);
		r = find_columns(o, entity, error + strlen(columns),
				 size - strlen(columns));
	}
	if (r == 0 && o->filter_text) {
		snprintf(error, size, filter);
		r = find_filter(o, entity, error + strlen(filter),
				size - strlen(filter));
	}
	return r;
}
