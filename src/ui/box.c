/* SPDX-License-Identifier: MIT
 *
 * A listing that nobody acts on: it is made for one frame, so that it needs no
 * place to be kept.  For a few rows only.
 */
#include "box.h"

int box_draw(struct ui *ui, const struct listing_spec *spec,
	     const struct canvas *c, int rows, bool active)
{
	struct listing listing;
	struct canvas part;

	if (rows < 1)
		return 0;
	listing_init(&listing, spec);
	listing.active = active;
	listing_refresh(ui, &listing);
	if (listing_wants(&listing) < rows)
		rows = listing_wants(&listing);
	part = canvas_part(c, 0, 0, rows, -1);
	listing_draw(ui, &listing, &part, false);
	listing_done(&listing);
	return rows;
}
