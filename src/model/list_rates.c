/* SPDX-License-Identifier: MIT
 *
 * Rates of lists: which figure is the rate of which counter stands in the
 * table of fields.  Separate from list.c, which knows nothing of time.
 */
#include <math.h>
#include <string.h>

#include "memtop/list.h"
#include "memtop/rates.h"
#include "model.h"

/* Rows of one list and the next by their key. */
static bool same_key(const struct list *list, const void *a, const void *b)
{
	const struct entity *entity = &entities[list->entity];
	struct value x = field_get(entity, &entity->fields[0], a);
	struct value y = field_get(entity, &entity->fields[0], b);

	if (x.state != STATE_OK || y.state != STATE_OK)
		return false;
	if (x.kind == KIND_TEXT)
		return x.text.len == y.text.len &&
		       memcmp(x.text.bytes, y.text.bytes, x.text.len) == 0;
	return x.u64 == y.u64;
}

const void *list_row_before(const struct list *list, size_t i,
			    const struct list *before)
{
	const void *row = list_row(list, i);

	/* the same place nearly always */
	if (i < list_count(before) && same_key(list, row, list_row(before, i)))
		return list_row(before, i);
	for (size_t k = 0; k < list_count(before); k++)
		if (same_key(list, row, list_row(before, k)))
			return list_row(before, k);
	return NULL;
}

static double field_rate(const struct field *field, const void *before,
			 const void *row)
{
	const struct block *then =
		(const void *)((const char *)before + field->block);
	const struct block *now =
		(const void *)((const char *)row + field->block);
	double rate;

	if (then->state != STATE_OK || now->state != STATE_OK)
		return NAN;
	rate = rate_between(
		*(const uint64_t *)((const char *)before + field->counter),
		then->read_ns,
		*(const uint64_t *)((const char *)row + field->counter),
		now->read_ns);
	return field->unit == UNIT_PERCENT ? rate / (double)NS_PER_S * 100
					   : rate;
}

void list_rates(struct list *list, const struct list *before)
{
	const struct entity *entity = &entities[list->entity];

	for (size_t i = 0; i < list->count; i++) {
		char *row = (char *)list->rows + i * list->row_size;
		const void *then = list_row_before(list, i, before);

		for (size_t f = 0; then != NULL && f < entity->nfields; f++) {
			const struct field *field = &entity->fields[f];

			if (field->counter != 0)
				*(double *)(row + field->offset) =
					field_rate(field, then, row);
		}
	}
}
