/* SPDX-License-Identifier: MIT
 *
 * The details of one process: the title row with the names of its pages, and
 * the page that is open.  Knows no page's content.
 */
#include "details.h"

#include <stdio.h>

#include "page.h"

const struct page *const pages[PAGE_COUNT] = {
	[PAGE_SUMMARY] = &page_summary,
	[PAGE_MAPPINGS] = &page_mappings,
	[PAGE_HISTORY] = &page_history,
	[PAGE_OOM] = &page_oom,
	[PAGE_LIMITS] = &page_limits,
};

void details_update(struct ui *ui)
{
	const struct process *now = NULL;

	if (!ui->details)
		return;
	if (ui->snapshot)
		now = snapshot_find(ui->snapshot, ui->subject);
	ui->subject_gone = !now;
	if (!now)
		return;
	process_unref(ui->last_seen);
	ui->last_seen = process_ref(now);
}

void details_draw(struct ui *ui, const struct canvas *c)
{
	struct canvas body = canvas_part(c, 1, 0, -1, -1);

	if (ui->last_seen)
		pages[ui->page]->draw(ui, &body, ui->last_seen);
}

void details_status(struct ui *ui, char *buf, size_t size)
{
	(void)ui;
	snprintf(buf, size, "%s", "");
}
