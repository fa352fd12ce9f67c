/* SPDX-License-Identifier: MIT
 *
 * The rows of a list of a view as text and CSV print them: which, and in which
 * order.  Writes nothing.
 */
#include "export.h"

#include <errno.h>
#include <stdlib.h>

#include "memtop/list.h"

struct order {
	const struct list *list;
	const struct field *field; /* NULL: as they come */
	bool reverse;
};

static int compare_rows(const void *left, const void *right, void *context)
{
	const struct order *order = context;
	const struct entity *entity = &entities[order->list->entity];
	size_t i = *(const size_t *)left, j = *(const size_t *)right;
	struct value a, b;
	int r;

	if (!order->field)
		return order->reverse ? (i < j) - (i > j) : (i > j) - (i < j);
	a = field_get(entity, order->field, list_row(order->list, i));
	b = field_get(entity, order->field, list_row(order->list, j));
	r = value_compare(&a, &b, order->reverse);
	return r ? r : (i > j) - (i < j);
}

/* The one asked for is of the main list. */
static const struct field *order_field(const struct output_options *options,
				       const struct view_list *of)
{
	const struct entity *entity = &entities[of->entity];

	if (entity == view_entity(options->view) &&
	    options->query.sort != NO_FIELD)
		return &entity->fields[options->query.sort];
	return of->sort ? field_find(entity, of->sort) : NULL;
}

/* Those of the main list that match; in place. */
static size_t filter_rows(const struct output_options *options,
			  const struct view_list *of, struct export_rows *rows)
{
	size_t kept = 0;

	if (options->view->ncolumns ||
	    &entities[of->entity] != view_entity(options->view))
		return rows->count;
	for (size_t i = 0; i < rows->count; i++)
		if (filter_match_row(options->query.filter,
				     list_row(rows->list, rows->order[i])))
			rows->order[kept++] = rows->order[i];
	return kept;
}

int export_rows_make(const struct output_options *options,
		     const struct view_list *of,
		     const struct snapshot *snapshot, struct export_rows *ret)
{
	struct order order = { .reverse = options->query.reverse };
	struct export_rows rows = { 0 };

	if (of->entity == ENTITY_EVENT && options->events)
		rows.list = list_ref(options->events);
	else
		rows.list = view_list_rows(of, snapshot);
	rows.count = list_count(rows.list);
	if (rows.count) {
		rows.order = reallocarray(NULL, rows.count, sizeof(size_t));
		if (!rows.order) {
			list_unref(rows.list);
			return -ENOMEM;
		}
		for (size_t i = 0; i < rows.count; i++)
			rows.order[i] = i;
		rows.count = filter_rows(options, of, &rows);
		order.list = rows.list;
		order.field = order_field(options, of);
		qsort_r(rows.order, rows.count, sizeof(size_t), compare_rows,
			&order);
	}
	if (!options->view->ncolumns && options->query.top &&
	    rows.count > options->query.top)
		rows.count = options->query.top;
	*ret = rows;
	return 0;
}

const void *export_row(const struct export_rows *rows, size_t i)
{
	return list_row(rows->list, rows->order[i]);
}

void export_rows_done(struct export_rows *rows)
{
	list_unref(rows->list);
	free(rows->order);
}
