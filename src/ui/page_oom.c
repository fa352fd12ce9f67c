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
	draw_heading(c, 0, "OOM", "");
}

const struct page page_oom = {
	.title = "OOM",
	.where = WHERE_DETAILS,
	.draw = draw,
};
