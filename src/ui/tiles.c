/* SPDX-License-Identifier: MIT
 *
 * Boxes of listings: who has the keys, who gets how many rows.  Knows nothing
 * of what is in them.
 */
#include "tiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"

/* From here on there are two columns. */
#define TWO_COLUMNS_FROM 110
#define GAP		 2
/* A box with fewer rows is its title only. */
#define OPEN_FROM 3

struct tiles *tiles_new(const struct tile *tile, size_t count,
			const struct table_options *options)
{
	struct tiles *tiles = malloc(sizeof(*tiles));

	if (!tiles)
		return NULL;
	*tiles = (struct tiles){ .tile = tile, .count = count };
	tiles->listings = calloc(count, sizeof(*tiles->listings));
	if (!tiles->listings) {
		free(tiles);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		listing_init(&tiles->listings[i], tile[i].listing);
		listing_set_up(&tiles->listings[i],
			       &options[tile[i].listing->entity]);
	}
	return tiles;
}

void tiles_free(struct tiles *tiles)
{
	if (!tiles)
		return;
	for (size_t i = 0; i < tiles->count; i++)
		listing_done(&tiles->listings[i]);
	free(tiles->listings);
	free(tiles);
}

struct tiles *ui_tiles(const struct ui *ui)
{
	return ui->tiles[ui->pane];
}

struct listing *tiles_listing(const struct ui *ui)
{
	struct tiles *tiles = ui_tiles(ui);

	return tiles ? &tiles->listings[tiles->focus] : NULL;
}

void tiles_refresh(struct ui *ui, struct tiles *tiles)
{
	for (size_t i = 0; i < tiles->count; i++)
		listing_refresh(ui, &tiles->listings[i]);
}

void tiles_release(struct tiles *tiles)
{
	for (size_t i = 0; i < tiles->count; i++)
		listing_release(&tiles->listings[i]);
}

static bool is_alone(const struct tiles *tiles)
{
	return tiles->count == 1 || tiles->zoomed;
}

/* ---- room ---------------------------------------------------------------- */

/* Rows that i gets on top of what it has, at most `most`. */
static void give(int *rows, int most, int *spare)
{
	int more = most - *rows;

	if (more > *spare)
		more = *spare;
	if (more <= 0)
		return;
	*rows += more;
	*spare -= more;
}

static bool is_in(const struct tiles *tiles, size_t i, int column)
{
	return column < 0 || tiles->tile[i].column == column;
}

/* Small tables are whole before a long one gets longer: what lacks least
 * goes first. */
static void complete(const struct tiles *tiles, int column, int *spare,
		     int *rows)
{
	for (;;) {
		size_t best = tiles->count;
		int least = *spare + 1;

		for (size_t i = 0; i < tiles->count; i++) {
			int lacks =
				listing_wants(&tiles->listings[i]) - rows[i];

			if (!is_in(tiles, i, column) || rows[i] < OPEN_FROM ||
			    lacks <= 0 || lacks >= least)
				continue;
			best = i;
			least = lacks;
		}
		if (best == tiles->count)
			return;
		give(&rows[best], rows[best] + least, spare);
	}
}

/* Shares the rows of a column: a title for each, then the one with the keys,
 * then each what it likes to have, then each what it can use. */
static void share(const struct tiles *tiles, int column, int spare, int *rows)
{
	size_t focus = tiles->focus;
	bool here = is_in(tiles, focus, column);
	int titles = 0;

	for (size_t i = 0; i < tiles->count; i++)
		titles += is_in(tiles, i, column);
	/* not even room for the titles: the one with the keys */
	if (spare < titles + OPEN_FROM && here) {
		give(&rows[focus], spare, &spare);
		return;
	}
	for (size_t i = 0; i < tiles->count; i++)
		if (is_in(tiles, i, column))
			give(&rows[i], 1, &spare);
	if (here)
		give(&rows[focus],
		     (int)min_u64(
			     (uint64_t)listing_wants(&tiles->listings[focus]),
			     tiles->tile[focus].rows),
		     &spare);
	for (size_t i = 0; i < tiles->count; i++) {
		int wants = listing_wants(&tiles->listings[i]);

		if (!is_in(tiles, i, column))
			continue;
		if (wants > tiles->tile[i].rows)
			wants = tiles->tile[i].rows;
		if (spare + rows[i] >= OPEN_FROM)
			give(&rows[i], wants, &spare);
	}
	complete(tiles, column, &spare, rows);
	if (here)
		give(&rows[focus], listing_wants(&tiles->listings[focus]),
		     &spare);
	for (size_t i = 0; i < tiles->count; i++)
		if (is_in(tiles, i, column) && rows[i] >= OPEN_FROM)
			give(&rows[i], listing_wants(&tiles->listings[i]),
			     &spare);
}

static void draw_column(struct ui *ui, struct tiles *tiles, int column,
			const struct canvas *c)
{
	int rows[32] = { 0 }, row = 0;

	share(tiles, column, c->rows, rows);
	for (size_t i = 0; i < tiles->count; i++) {
		struct canvas part = canvas_part(c, row, 0, rows[i], -1);

		if (!rows[i])
			continue;
		listing_draw(ui, &tiles->listings[i], &part, i == tiles->focus);
		row += rows[i];
	}
}

void tiles_draw(struct ui *ui, const struct canvas *c)
{
	struct tiles *tiles = ui_tiles(ui);
	struct canvas left, right;

	if (is_alone(tiles)) {
		listing_draw(ui, tiles_listing(ui), c, true);
		return;
	}
	if (c->cols < TWO_COLUMNS_FROM) {
		draw_column(ui, tiles, -1, c);
		return;
	}
	left = canvas_part(c, 0, 0, -1, (c->cols - GAP) / 2);
	right = canvas_part(c, 0, left.cols + GAP, -1, -1);
	draw_column(ui, tiles, 0, &left);
	draw_column(ui, tiles, 1, &right);
}

/* ---- keys ---------------------------------------------------------------- */

static void step(struct tiles *tiles, int direction)
{
	size_t last = tiles->count - 1;

	if (direction < 0)
		tiles->focus = tiles->focus ? tiles->focus - 1 : last;
	else
		tiles->focus = tiles->focus < last ? tiles->focus + 1 : 0;
	tiles->listings[tiles->focus].show_cursor = true;
}

static bool close_zoom(struct tiles *tiles)
{
	bool zoomed = tiles->zoomed;

	tiles->zoomed = false;
	tiles->listings[tiles->focus].show_cursor = true;
	return zoomed;
}

bool tiles_act(struct ui *ui, const struct action *action)
{
	struct tiles *tiles = ui_tiles(ui);
	struct listing *listing = tiles_listing(ui);

	if (action->run == act_column && !is_alone(tiles)) {
		step(tiles, action->arg);
		return true;
	}
	if (action->run == act_open && !is_alone(tiles)) {
		tiles->zoomed = listing->show_cursor = true;
		return true;
	}
	if (action->run == act_back) {
		if (!listing_clear(ui, listing))
			close_zoom(tiles);
		return true;
	}
	/* at the bottom it quits, as everywhere */
	if (action->run == act_close)
		return close_zoom(tiles);
	return listing_act(ui, listing, action);
}

void tiles_status(struct ui *ui, char *buf, size_t size)
{
	const struct listing *listing = tiles_listing(ui);

	if (listing->filter)
		snprintf(buf, size,
			 "filter %.60s: %zu of %zu %s  Esc shows all",
			 listing->filter_text, listing->matched, listing->total,
			 listing->spec->noun);
	else if (listing->cursor_row < 0 && listing->count)
		snprintf(buf, size, "the selected one is not there any more");
	else if (!is_alone(ui_tiles(ui)))
		snprintf(buf, size,
			 "Left Right box to box, Enter zooms one, Esc back");
	else
		snprintf(buf, size, "%zu of %zu %s", listing->matched,
			 listing->total, listing->spec->noun);
}
