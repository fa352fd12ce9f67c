/* SPDX-License-Identifier: MIT
 *
 * A listing on a canvas: title row, column titles, rows.  Only reads what
 * listing.c keeps, but for the scroll position and the rows that fit.
 */
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "layout.h"
#include "listing.h"
#include "memtop/text.h"

/* The first column holds the cursor's mark. */
#define MARK_CELLS 1
/* A first column of texts is never narrower. */
#define FIRST_MIN 8

struct spread {
	struct {
		const struct field *field;
		uint8_t id;
		int col, width;
	} slots[LISTING_COLUMNS_MAX];
	size_t count;
	int tail; /* where the tail begins; 0: there is none */
};

static void make_cell(const struct ui *ui, const struct listing *listing,
		      const struct field *field, const void *row, int cells,
		      char *buf, size_t size)
{
	struct value value = field_get(listing->entity, field, row);
	const struct cell_context context = {
		.now_ns = ui->snapshot->monotonic_ns,
		.boottime_ns = ui->snapshot->boottime_ns,
		.realtime_ns = ui->snapshot->realtime_ns,
		.unit = ui->unit,
		.max_cells = cells,
	};

	value_cell(buf, size, field, &value, &context);
}

/* What stands in the first column: its value, or a label in a tree. */
static bool row_label(const struct listing *listing,
		      const struct listing_row *row, const char **ret_bytes,
		      size_t *ret_len)
{
	const struct field *field =
		listing_field_at(listing, listing->columns[0]);
	struct value value = field_get(listing->entity, field, row->row);

	if (row->depth && listing->spec->label) {
		listing->spec->label(row->row, ret_bytes, ret_len);
		return true;
	}
	if (value.state != STATE_OK || value.kind != KIND_TEXT)
		return false;
	*ret_bytes = value.text.bytes;
	*ret_len = value.text.len;
	return true;
}

/* How wide its longest text is. */
static int first_wants(const struct listing *listing)
{
	const struct field *field =
		listing_field_at(listing, listing->columns[0]);
	int most = field->width;

	if (!field->left)
		return most;
	for (size_t i = 0; i < listing->count; i++) {
		const struct listing_row *row = &listing->rows[i];
		const char *bytes;
		size_t len;
		int cells = 3 * row->depth + (row->collapsed ? 4 : 0);

		if (row_label(listing, row, &bytes, &len))
			cells += (int)min_u64(len, 1024);
		if (cells > most)
			most = cells;
	}
	return most;
}

static const char *column_title(const struct ui *ui,
				const struct listing *listing,
				const struct field *field)
{
	const char *title = listing->spec->heading
				    ? listing->spec->heading(ui, field)
				    : NULL;

	return title ? title : field->title;
}

/* Times of other days need more: those of the first or the last do, if any. */
static int times_want(const struct ui *ui, const struct listing *listing,
		      const struct field *field)
{
	uint64_t ends[] = { UNKNOWN, UNKNOWN };
	char buf[FORMAT_SIZE];
	int most = 0;

	for (size_t i = 0; i < listing->count; i++) {
		struct value value =
			field_get(listing->entity, field, listing->rows[i].row);

		if (value.state != STATE_OK || value.kind != KIND_U64)
			continue;
		ends[0] = min_u64(ends[0], value.u64);
		if (ends[1] == UNKNOWN || value.u64 > ends[1])
			ends[1] = value.u64;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		most = (int)max_u64(
			(uint64_t)most,
			strlen(format_when(buf, ends[i],
					   ui->snapshot->realtime_ns, true)));
	return most;
}

static int slot_width(const struct ui *ui, const struct listing *listing,
		      const struct field *field)
{
	int title = text_cells(field->title) + (field->mark ? 1 : 0);
	int width = field->width > title ? field->width : title;
	int wants =
		field->unit == UNIT_TIME ? times_want(ui, listing, field) : 0;

	return wants > width ? wants : width;
}

static int spread_cells(const struct spread *spread)
{
	int cells = MARK_CELLS;

	for (size_t i = 0; i < spread->count; i++)
		cells += spread->slots[i].width + (i ? 1 : 0);
	return cells;
}

static void drop_slot(struct spread *spread, size_t at)
{
	memmove(&spread->slots[at], &spread->slots[at + 1],
		(spread->count - at - 1) * sizeof(spread->slots[0]));
	spread->count--;
}

static bool drop_named(const struct listing *listing, struct spread *spread,
		       const char *name)
{
	const struct field *field = field_find(listing->entity, name);

	for (size_t i = 1; i < spread->count; i++)
		if (spread->slots[i].field == field) {
			drop_slot(spread, i);
			return true;
		}
	return false;
}

/* Gives columns up until the rest fits. */
static void narrow(const struct listing *listing, struct spread *spread,
		   int cols)
{
	const struct listing_spec *spec = listing->spec;
	const char *const *drop = spec->drop;
	int room = cols - (spec->tail_first ? spec->tail_width + 1 : 0);

	for (; drop && *drop && spread_cells(spread) > room; drop++)
		drop_named(listing, spread, *drop);
	while (spread->count > 1 && spread_cells(spread) > cols)
		drop_slot(spread, spread->count - 1);
}

static int first_min(const struct listing_spec *spec)
{
	return spec->first_min ? spec->first_min : FIRST_MIN;
}

/* How wide the longest text of that column is. */
static int slot_wants(const struct listing *listing, const struct field *field)
{
	int most = 0;

	for (size_t i = 0; i < listing->count; i++) {
		struct value value =
			field_get(listing->entity, field, listing->rows[i].row);

		if (value.state == STATE_OK && value.kind == KIND_TEXT)
			most = (int)max_u64((uint64_t)most,
					    min_u64(value.text.len, 1024));
	}
	return most;
}

/* What the tail has no need of. */
static void widen(const struct listing *listing, struct spread *spread,
		  int spare)
{
	const struct listing_spec *spec = listing->spec;

	spare -= spec->tail_rich;
	for (size_t i = 0; spec->wide && i < spread->count; i++) {
		const struct field *field = spread->slots[i].field;
		int more;

		if (strcmp(field->name, spec->wide) != 0)
			continue;
		more = slot_wants(listing, field) - spread->slots[i].width;
		more = more < spare ? more : spare;
		if (more > 0)
			spread->slots[i].width += more;
	}
}

static void spread_make(const struct ui *ui, const struct listing *listing,
			int cols, struct spread *ret)
{
	const struct listing_spec *spec = listing->spec;
	int first, spare, col = MARK_CELLS;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < listing->ncolumns; i++) {
		uint8_t id = listing->columns[i];
		const struct field *field = listing_field_at(listing, id);

		ret->slots[i].field = field;
		ret->slots[i].id = id;
		/* the last cell of a title is for the mark of the order */
		ret->slots[i].width = slot_width(ui, listing, field) +
				      (id == listing->sort && !field->mark);
	}
	ret->count = listing->ncolumns;
	first = ret->slots[0].width;
	if (ret->slots[0].field->left &&
	    (spec->first_min || first > first_min(spec)))
		ret->slots[0].width = first_min(spec);
	narrow(listing, ret, cols);
	spare = cols - spread_cells(ret);
	first = first_wants(listing) > first ? first_wants(listing) : first;
	first -= ret->slots[0].width;
	if (first > 0 && spare > 0)
		ret->slots[0].width += first < spare ? first : spare;
	if (spec->tail)
		widen(listing, ret, cols - spread_cells(ret) - 1);
	for (size_t i = 0; i < ret->count; i++) {
		ret->slots[i].col = col;
		col += ret->slots[i].width + 1;
	}
	if (spec->tail && cols - col >= spec->tail_width)
		ret->tail = col;
}

/* ---- drawing ------------------------------------------------------------- */

static void draw_titles(const struct ui *ui, const struct listing *listing,
			const struct spread *spread, const struct canvas *c,
			bool focused)
{
	const struct listing_spec *spec = listing->spec;

	for (size_t i = 0; i < spread->count; i++) {
		const struct field *field = spread->slots[i].field;
		int col = spread->slots[i].col;
		const char *title = column_title(ui, listing, field);
		int cells = text_cells(title);
		bool sorted = spread->slots[i].id == listing->sort;

		if (!field->left)
			col += spread->slots[i].width - cells -
			       (sorted || field->mark ? 1 : 0);
		draw_text(c, 0, col, STYLE_HEADING, title);
		if (sorted)
			draw_text(c, 0, col + cells, STYLE_HEADING,
				  listing->reverse ? "^" : "v");
		if (focused && field == listing_field(listing))
			draw_restyle(c, 0, col, cells, STYLE_CURSOR);
	}
	if (spread->tail)
		draw_text(c, 0, spread->tail, STYLE_HEADING,
			  spec->tail_heading
				  ? spec->tail_heading(c->cols - spread->tail)
				  : spec->tail_title);
}

static void draw_first(const struct listing *listing,
		       const struct listing_row *row, const struct canvas *c,
		       int line, int col, int width, const char *bytes,
		       size_t len)
{
	struct canvas part = canvas_part(c, line, col, 1, width);
	const struct branch branch = { .rails = row->rails,
				       .depth = row->depth,
				       .last = row->last,
				       .collapsed = row->collapsed };
	int at = listing->tree ? draw_branch(&part, 0, 0, &branch) : 0;

	draw_name(&part, 0, at, STYLE_NORMAL, width - at, bytes, len);
}

static void draw_cell(const struct ui *ui, const struct listing *listing,
		      const struct listing_row *row,
		      const struct spread *spread, size_t slot,
		      const struct canvas *c, int line)
{
	const struct field *field = spread->slots[slot].field;
	int col = spread->slots[slot].col, width = spread->slots[slot].width;
	char buf[CELL_SIZE * 4];
	const char *bytes;
	size_t len;
	enum style style;

	if (slot == 0 && field->left && row_label(listing, row, &bytes, &len)) {
		draw_first(listing, row, c, line, col, width, bytes, len);
		return;
	}
	make_cell(ui, listing, field, row->row, width, buf, sizeof(buf));
	style = cell_is_dim(buf) ? STYLE_DIM : STYLE_NORMAL;
	if (field->left) {
		draw_name(c, line, col, style, width, buf, strlen(buf));
		return;
	}
	/* the cell below the mark of the order stays blank */
	if (spread->slots[slot].id == listing->sort && !field->mark)
		width--;
	draw_right(c, line, col, style, width, buf);
}

static void draw_row(struct ui *ui, const struct listing *listing, size_t at,
		     const struct spread *spread, const struct canvas *c,
		     int line, bool focused)
{
	const struct listing_row *row = &listing->rows[at];
	bool cursor = focused && listing->cursor_row == (ptrdiff_t)at;

	if (cursor)
		draw_text(c, line, 0, STYLE_NORMAL, ">");
	for (size_t i = 0; i < spread->count; i++)
		draw_cell(ui, listing, row, spread, i, c, line);
	if (spread->tail) {
		struct canvas tail = canvas_part(c, line, spread->tail, 1, -1);

		listing->spec->tail(ui, row->row, &tail);
	}
	if (cursor) {
		draw_restyle(c, line, 0, c->cols, STYLE_CURSOR);
		draw_park(c, line, 0);
	}
}

static void draw_empty(const struct listing *listing, const struct canvas *c)
{
	enum state state = list_state(listing->of);
	const char *text = listing->spec->empty;
	char words[96];

	if (state != STATE_OK) {
		snprintf(words, sizeof(words), "%s: %s", listing->spec->noun,
			 state_words(state));
		text = words;
	} else if (listing->total) {
		snprintf(words, sizeof(words), "%s",
			 listing->filter ? "Nothing matches the filter (Esc "
					   "clears it)."
					 : "Nothing is active (a shows all).");
		text = words;
	} else if (!text) {
		snprintf(words, sizeof(words), "There are no %s here.",
			 listing->spec->noun);
		text = words;
	}
	draw_name(c, 0, 2, STYLE_DIM, c->cols - 2, text, strlen(text));
}

static void scroll(struct listing *listing, size_t fit)
{
	size_t cursor = listing->cursor_row >= 0 ? (size_t)listing->cursor_row
						 : listing->gone_row;

	if (listing->show_cursor && fit) {
		if (cursor < listing->top)
			listing->top = cursor;
		else if (cursor >= listing->top + fit)
			listing->top = cursor - fit + 1;
		listing->show_cursor = false;
	}
	if (listing->top + fit > listing->count)
		listing->top = listing->count > fit ? listing->count - fit : 0;
}

/* "-- Slab caches (2.9G) ---------- 12 of 196, active, sort SIZE v --" */
static void draw_head(const struct ui *ui, const struct listing *listing,
		      const struct canvas *c)
{
	const struct field *sort = listing_field_at(listing, listing->sort);
	char note[96] = "", title[160], right[160] = "";
	size_t at = 0;
	int room;

	if (listing->spec->note)
		listing->spec->note(ui, listing, note, sizeof(note));
	snprintf(title, sizeof(title), "%s%s%s%s", listing->spec->title,
		 *note ? " (" : "", note, *note ? ")" : "");
	room = c->cols - text_cells(title) - 12;
	if (listing->filter)
		at += (size_t)snprintf(right, sizeof(right),
				       "& %.60s: ", listing->filter_text);
	if (listing->matched != listing->total)
		snprintf(right + at, sizeof(right) - at, "%zu of %zu%s",
			 listing->matched, listing->total,
			 listing->active ? " active" : "");
	else
		snprintf(right + at, sizeof(right) - at, "%zu, sort %s %c",
			 listing->total, sort->title,
			 listing->reverse ? '^' : 'v');
	draw_heading(c, 0, title, text_cells(right) <= room ? right : "");
}

int listing_wants(const struct listing *listing)
{
	return 2 + (int)min_u64(listing->count ? listing->count : 1, 1000);
}

void listing_draw(struct ui *ui, struct listing *listing,
		  const struct canvas *c, bool focused)
{
	struct spread spread;
	struct canvas body;

	if (c->rows <= 0 || c->cols <= 0 || !ui->snapshot)
		return;
	draw_head(ui, listing, c);
	body = canvas_part(c, 1, 0, -1, -1);
	if (body.rows > 1) {
		spread_make(ui, listing, c->cols, &spread);
		draw_titles(ui, listing, &spread, &body, focused);
		body = canvas_part(&body, 1, 0, -1, -1);
	} else {
		spread_make(ui, listing, c->cols, &spread);
	}
	listing->visible = (size_t)body.rows;
	scroll(listing, listing->visible);
	if (!listing->count && body.rows)
		draw_empty(listing, &body);
	for (int line = 0; line < body.rows; line++) {
		size_t at = listing->top + (size_t)line;

		if (at < listing->count)
			draw_row(ui, listing, at, &spread, &body, line,
				 focused);
	}
}

void listing_write(struct ui *ui, struct listing *listing, FILE *file)
{
	char buf[CELL_SIZE * 4];

	for (size_t i = 0; i < listing->ncolumns; i++)
		fprintf(file, "%s%s", i ? "\t" : "",
			listing_field_at(listing, listing->columns[i])->title);
	fputc('\n', file);
	for (size_t r = 0; r < listing->count; r++) {
		for (size_t i = 0; i < listing->ncolumns; i++) {
			make_cell(
				ui, listing,
				listing_field_at(listing, listing->columns[i]),
				listing->rows[r].row, CELL_SIZE, buf,
				sizeof(buf));
			fprintf(file, "%s%s", i ? "\t" : "", buf);
		}
		fputc('\n', file);
	}
}
