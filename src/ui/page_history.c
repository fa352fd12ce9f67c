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
	draw_heading(c, 0, "History", "");
}

const struct page page_history = {
	.title = "History",
	.where = WHERE_DETAILS | WHERE_HISTORY,
	.draw = draw,
};
