/* SPDX-License-Identifier: MIT
 *
 * Details, page 5: the limits of the process and of the control groups above
 * it against what is used, and where it may run and allocate.
 */
#include "page_limits.h"

#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "memtop/list.h"
#include "memtop/text.h"
#include "page.h"

#define TWO_COLUMNS 100 /* from that width on */

static const char *or_unknown(const char *s)
{
	return *s ? s : "?";
}

static bool has_one_node(const struct ui *ui)
{
	return ui->snapshot &&
	       list_count(snapshot_list(ui->snapshot, ENTITY_NODE)) == 1;
}

static int draw_placement(const struct ui *ui, const struct canvas *c,
			  const struct process *p)
{
	const struct reply *reply = ui->details_reply;
	char allowed[PAGE_CELL_SIZE], ksm[PAGE_CELL_SIZE];
	int row = 0;

	draw_heading(c, row++, "Placement", "");
	if (reply && reply->state == STATE_OK) {
		draw_format(c, row++, 0, STYLE_NORMAL, "NUMA    %s",
			    has_one_node(ui) ? "one node only"
					     : or_unknown(reply->numa));
		draw_format(c, row++, 0, STYLE_NORMAL,
			    "cpuset  cpus %s  memory nodes %s",
			    or_unknown(reply->cpus_allowed),
			    or_unknown(reply->mems_allowed));
	}
	draw_format(c, row++, 0, STYLE_NORMAL,
		    "THP     allowed %s; merged by KSM %s",
		    page_cell(ui, p, PROCESS_THP_ENABLED, allowed),
		    page_cell(ui, p, PROCESS_KSM, ksm));
	if (reply && reply->exe)
		row = page_text(c, row, "exe", reply->exe, 3);
	if (p->cgroup)
		row = page_text(c, row, "cgroup", p->cgroup, 3);
	return row;
}

/* Beside each other: the groups right, all else left; else one below the
 * other. */
static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	struct canvas first = page_first(c, TWO_COLUMNS), second, third;
	int rows = limits_own_draw(ui, &first, process) + 1, below;

	if (c->cols >= TWO_COLUMNS) {
		second = page_second(c, TWO_COLUMNS, 0);
		below = limits_cgroups_draw(ui, &second, process);
		third = canvas_part(&first, rows, 0, -1, -1);
	} else {
		second = canvas_part(c, rows, 0, -1, -1);
		rows += limits_cgroups_draw(ui, &second, process) + 1;
		third = canvas_part(c, rows, 0, -1, -1);
		below = rows;
	}
	rows += draw_placement(ui, &third, process);
	page_used(ui, rows > below ? rows : below);
}

static int rows_wanted(const struct ui *ui, int cols)
{
	(void)ui;
	(void)cols;
	return PAGE_TALL;
}

static bool act(struct ui *ui, const char *action)
{
	if (strcmp(action, "rescan-row") != 0)
		return false;
	if (!ui->details_id && !ui->subject_gone)
		ui->details_id = ui->source->ops->request(
			ui->source, REQUEST_DETAILS, ui->subject);
	return true;
}

static void status(struct ui *ui, char *buf, size_t size)
{
	const struct reply *reply = ui->details_reply;
	char age[FORMAT_SIZE];

	if (!reply || reply->state != STATE_OK)
		return;
	snprintf(buf, size, "limits read %s ago (r = read again)",
		 format_duration(age, sub_floor(ui_now(ui), reply->read_ns)));
}

const struct page page_limits = {
	.title = "Limits",
	.where = WHERE_DETAILS | WHERE_SCROLLS,
	.rows = rows_wanted,
	.open = page_ask_details,
	.draw = draw,
	.act = act,
	.status = status,
};
