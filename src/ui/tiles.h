/* SPDX-License-Identifier: MIT
 *
 * A pane of listings, each in a box: two columns of them where the screen is
 * wide, else one.  Left and Right go from box to box, Enter gives one the
 * whole pane, Esc takes that back; in a box that is alone Left and Right go
 * from column to column.  Where rows are short a box is its title row only,
 * but never the one that has the keys.
 *
 * A pane of this kind names its boxes in its descriptor and has no table of
 * processes: ui_selected() is nobody there.
 */
#ifndef UI_TILES_H
#define UI_TILES_H

#include "listing.h"

struct tile {
	const struct listing_spec *listing;
	uint8_t column; /* 0 left, 1 right, where there are two */
	uint8_t rows;	/* what it likes to have at least, with its titles */
};

struct tiles {
	const struct tile *tile;
	size_t count;
	struct listing *listings; /* one each */
	size_t focus;
	bool zoomed;
};

/* options: by entity.  NULL: no memory. */
struct tiles *tiles_new(const struct tile *tile, size_t count,
			const struct table_options *options);
void tiles_free(struct tiles *tiles);

/* Those of the pane on screen; NULL: it has a table of processes. */
struct tiles *ui_tiles(const struct ui *ui);
/* The listing that has the keys; NULL as above. */
struct listing *tiles_listing(const struct ui *ui);

/* After a new sample, and when the pane comes up. */
void tiles_refresh(struct ui *ui, struct tiles *tiles);
void tiles_release(struct tiles *tiles);
void tiles_draw(struct ui *ui, const struct canvas *c);
/* false: the action is none of a listing's. */
bool tiles_act(struct ui *ui, const struct action *action);
/* The row under the cursor in words, or what is hidden. */
void tiles_status(struct ui *ui, char *buf, size_t size);

#endif
