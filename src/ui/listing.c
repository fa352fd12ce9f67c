/* SPDX-License-Identifier: MIT
 *
 * The state of a listing: which rows, in which order, where the cursor is.
 * Knows rows by their table of fields only, and nothing of drawing and keys.
 */
#include "listing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Rows may change places this often, so that they can be read. */
#define SORT_EVERY_NS (2 * NS_PER_S)

static uint8_t field_id(const struct entity *entity, const char *name)
{
	const struct field *field = field_find(entity, name);

	assert(field);
	return (uint8_t)(field - entity->fields);
}

void listing_init(struct listing *listing, const struct listing_spec *spec)
{
	const struct entity *entity = &entities[spec->entity];

	*listing = (struct listing){
		.spec = spec,
		.entity = entity,
		.sort = field_id(entity, spec->sort),
		.reverse = spec->reverse,
		.active = spec->active_only,
		.tree = spec->parent != NULL,
	};
	listing_default_columns(listing);
}

/* Rows are known by what stands in the first column: that one stays. */
static void set_columns(struct listing *listing, const uint8_t *columns,
			size_t count)
{
	listing->ncolumns = 1;
	for (size_t i = 0; i < count && listing->ncolumns < LISTING_COLUMNS_MAX;
	     i++)
		if (columns[i] != listing->columns[0])
			listing->columns[listing->ncolumns++] = columns[i];
	listing->column = 0;
	for (size_t i = 0; i < listing->ncolumns; i++)
		if (listing->columns[i] == listing->sort)
			listing->column = i;
}

void listing_set_up(struct listing *listing,
		    const struct table_options *options)
{
	if (options->has_sort)
		listing->sort = options->sort;
	if (options->has_reverse)
		listing->reverse = options->reverse;
	listing_default_columns(listing);
	if (options->columns)
		set_columns(listing, options->columns, options->ncolumns);
}

bool listing_is_default(const struct listing *listing)
{
	const struct listing_spec *spec = listing->spec;
	const struct entity *entity = listing->entity;
	size_t i = 0;

	while (i < listing->ncolumns && spec->columns[i] &&
	       listing->columns[i] == field_id(entity, spec->columns[i]))
		i++;
	return i == listing->ncolumns && !spec->columns[i] &&
	       listing->sort == field_id(entity, spec->sort) &&
	       listing->reverse == spec->reverse;
}

void listing_default_columns(struct listing *listing)
{
	const char *const *names = listing->spec->columns;

	listing->ncolumns = listing->column = 0;
	for (; names[listing->ncolumns]; listing->ncolumns++) {
		size_t i = listing->ncolumns;

		assert(i < LISTING_COLUMNS_MAX);
		listing->columns[i] = field_id(listing->entity, names[i]);
		if (listing->columns[i] == listing->sort)
			listing->column = i;
	}
}

void listing_release(struct listing *listing)
{
	listing->count = 0;
	list_unref(listing->of);
	listing->of = NULL;
}

void listing_done(struct listing *listing)
{
	listing_release(listing);
	filter_free(listing->filter);
	free(listing->rows);
	free(listing->spare);
	free(listing->places);
	free(listing->collapsed);
}

/* FNV-1a */
uint64_t listing_hash(const char *bytes, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) *
		       UINT64_C(0x100000001b3);
	return hash ? hash : 1;
}

static uint64_t row_id(const struct listing *listing, const void *row)
{
	struct value value =
		field_get(listing->entity, &listing->entity->fields[0], row);

	if (value.kind == KIND_TEXT && value.text.bytes)
		return listing_hash(value.text.bytes, value.text.len);
	if (value.kind != KIND_TEXT)
		return listing_hash((const char *)&value.u64,
				    sizeof(value.u64));
	return 1;
}

const struct field *listing_field_at(const struct listing *listing, uint8_t id)
{
	return &listing->entity->fields[id];
}

const struct field *listing_field(const struct listing *listing)
{
	return listing_field_at(listing, listing->columns[listing->column]);
}

static bool reserve(struct listing *listing, size_t count)
{
	size_t room = count + count / 4 + 16;
	struct listing_row *rows, *spare;
	struct listing_place *places;

	if (listing->room >= count)
		return true;
	rows = realloc(listing->rows, room * sizeof(*rows));
	if (rows)
		listing->rows = rows;
	spare = realloc(listing->spare, room * sizeof(*spare));
	if (spare)
		listing->spare = spare;
	places = realloc(listing->places, room * sizeof(*places));
	if (places)
		listing->places = places;
	if (!rows || !spare || !places)
		return false;
	listing->room = room;
	return true;
}

static int compare_place(const void *a, const void *b)
{
	const struct listing_place *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static size_t place_of(const struct listing *listing, uint64_t id)
{
	const struct listing_place key = { .id = id }, *found = NULL;

	if (listing->nplaces)
		found = bsearch(&key, listing->places, listing->nplaces,
				sizeof(key), compare_place);
	return found ? found->place : SIZE_MAX;
}

static void save_places(struct listing *listing, uint64_t now)
{
	for (size_t i = 0; i < listing->count; i++)
		listing->places[i] =
			(struct listing_place){ .id = listing->rows[i].id,
						.place = i };
	listing->nplaces = listing->count;
	listing->sorted_ns = now;
	if (listing->nplaces)
		qsort(listing->places, listing->nplaces,
		      sizeof(*listing->places), compare_place);
}

static bool is_active(const struct listing *listing, const void *row)
{
	const struct field *field =
		field_find(listing->entity, listing->spec->active);
	struct value value = field_get(listing->entity, field, row);
	double number = value_number(&value);

	return !(number == 0);
}

/* A tree keeps the way up to what is shown: that is settled there. */
static bool is_shown(const struct listing *listing, const void *row)
{
	if (listing->active && listing->spec->active &&
	    !is_active(listing, row))
		return false;
	return filter_match_row(listing->filter, row);
}

static void collect(struct listing *listing)
{
	size_t total = 0, n = 0;

	for (size_t i = 0; i < list_count(listing->of); i++) {
		const void *row = list_row(listing->of, i);

		if (listing->spec->keep && !listing->spec->keep(row))
			continue;
		total++;
		if (!is_shown(listing, row))
			continue;
		listing->rows[n++] =
			(struct listing_row){ .row = row,
					      .id = row_id(listing, row) };
	}
	listing->count = listing->matched = n;
	listing->total = total;
}

static int compare_rows(const void *a, const void *b, void *data)
{
	const struct listing_row *x = a, *y = b;
	const struct listing *listing = data;
	const struct field *field = listing_field_at(listing, listing->sort);
	struct value v = field_get(listing->entity, field, x->row);
	struct value w = field_get(listing->entity, field, y->row);
	int order = value_compare(&v, &w, listing->reverse);

	if (order)
		return order;
	/* both in the list's own order */
	return x->row < y->row ? -1 : x->row > y->row;
}

static int compare_kept(const void *a, const void *b)
{
	const struct listing_row *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

/* Rows that were there stand as they stood; new ones where they sort. */
static void hold_still(struct listing *listing)
{
	size_t kept = 0, next = 0;

	for (size_t i = 0; i < listing->count; i++) {
		struct listing_row *row = &listing->rows[i];

		row->place = place_of(listing, row->id);
		if (row->place != SIZE_MAX)
			listing->spare[kept++] = *row;
	}
	qsort(listing->spare, kept, sizeof(*listing->spare), compare_kept);
	for (size_t i = 0; i < listing->count; i++)
		if (listing->rows[i].place != SIZE_MAX)
			listing->rows[i] = listing->spare[next++];
}

static void arrange(struct ui *ui, struct listing *listing)
{
	uint64_t now = ui_now(ui);
	bool hold = listing->sorted_ns && listing->nplaces && !ui->paused &&
		    (now < ui->hold_until_ns ||
		     now - listing->sorted_ns < SORT_EVERY_NS);

	if (listing->count > 1)
		qsort_r(listing->rows, listing->count, sizeof(*listing->rows),
			compare_rows, listing);
	if (hold)
		hold_still(listing);
	else
		save_places(listing, now);
	if (listing->tree && listing->spec->parent)
		listing_arrange_tree(listing);
}

void listing_select(struct listing *listing, ptrdiff_t row)
{
	if (row < 0 || (size_t)row >= listing->count)
		return;
	listing->cursor_row = row;
	listing->cursor = listing->rows[row].id;
	listing->show_cursor = true;
}

const void *listing_selected(const struct listing *listing)
{
	if (listing->cursor_row < 0 ||
	    (size_t)listing->cursor_row >= listing->count)
		return NULL;
	return listing->rows[listing->cursor_row].row;
}

/* In the list, though not shown: filtered away or below a closed branch. */
static bool is_listed(const struct listing *listing, uint64_t id)
{
	for (size_t i = 0; i < list_count(listing->of); i++)
		if (row_id(listing, list_row(listing->of, i)) == id)
			return true;
	return false;
}

static void find_cursor(struct listing *listing)
{
	ptrdiff_t before = listing->cursor_row;

	listing->cursor_row = listing->count ? 0 : -1;
	if (!listing->cursor || !listing->count)
		return;
	for (size_t i = 0; i < listing->count; i++)
		if (listing->rows[i].id == listing->cursor) {
			listing->cursor_row = (ptrdiff_t)i;
			listing->show_cursor |= listing->follow;
			return;
		}
	if (before >= 0)
		listing->gone_row = (size_t)before;
	listing->cursor_row = -1;
	/* what is gone leaves nothing selected: no key may hit another row */
	if (is_listed(listing, listing->cursor))
		listing_select(listing, (ptrdiff_t)min_u64(listing->gone_row,
							   listing->count - 1));
}

static void build(struct ui *ui, struct listing *listing, bool again)
{
	const struct listing_spec *spec = listing->spec;
	const struct list *list;

	if (!ui->snapshot)
		return;
	if (spec->derive)
		list = spec->derive(ui, listing);
	else
		list = list_ref(snapshot_list(ui->snapshot, spec->entity));
	if (list == listing->of && !again && listing->count) {
		list_unref(list);
		return; /* nothing was read anew */
	}
	if (!reserve(listing, list_count(list))) {
		list_unref(list);
		return; /* the rows of before, and their list, stand */
	}
	list_unref(listing->of);
	listing->of = list;
	collect(listing);
	arrange(ui, listing);
	find_cursor(listing);
}

void listing_refresh(struct ui *ui, struct listing *listing)
{
	build(ui, listing, false);
}

void listing_rebuild(struct ui *ui, struct listing *listing)
{
	listing->sorted_ns = 0;
	build(ui, listing, true);
	ui->dirty = true;
}
