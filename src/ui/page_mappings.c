/* SPDX-License-Identifier: MIT
 *
 * To come.
 */
#include "page.h"

static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	(void)ui;
	(void)process;
	draw_heading(c, 0, "Mappings", "");
}

const struct page page_mappings = {
	.title = "Mappings",
	.where = WHERE_DETAILS | WHERE_MAPPINGS,
	.draw = draw,
};
