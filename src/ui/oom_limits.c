/* SPDX-License-Identifier: MIT
 *
 * The box of the OOM pane about limits of cgroups: each kills before the
 * machine does, by an order of its own.
 */
#include "oom_limits.h"

#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/format.h"
#include "memtop/text.h"

#define HEAD_ROWS 2
#define ROWS_MAX  4
/* "  6.1G/ 6.5G  94% yes   " */
#define FIGURES 25
#define VICTIM	26
/* " full in under an hour" */
#define ETA_CELLS 22

int oom_limits_rows(const struct ui *ui)
{
	struct oom_limit limits[OOM_LIMITS_MAX];
	size_t count = oom_limits(ui->snapshot, limits);

	return count ? HEAD_ROWS + (int)min_u64(count, ROWS_MAX) : 0;
}

/* Who, or why nobody can be named. */
static void draw_victim(const struct canvas *c, int row, int col,
			const struct snapshot *snapshot,
			const struct oom_domain *domain)
{
	const struct process *victim;
	struct oom_ranking ranking;
	char pid[16];

	if (oom_ranking_make(snapshot, domain, NULL, &ranking) < 0 ||
	    ranking.count == 0) {
		draw_text(c, row, col, STYLE_DIM, "not known");
		return;
	}
	victim = ranking.list[0].process;
	snprintf(pid, sizeof(pid), "[%d]", (int)victim->key.pid);
	col = draw_name(c, row, col, STYLE_NORMAL, VICTIM - text_cells(pid),
			victim->comm, strlen(victim->comm));
	draw_text(c, row, col, STYLE_NORMAL, pid);
}

static void draw_limit(const struct ui *ui, const struct canvas *c, int row,
		       int name, const struct oom_limit *limit)
{
	const struct cgroup *cgroup = limit->cgroup;
	const struct text *title = cgroup_title(cgroup);
	char now[FORMAT_SIZE], max[FORMAT_SIZE], percent[FORMAT_SIZE];

	draw_name(c, row, 0, STYLE_NORMAL, name, text_str(title),
		  text_len(title));
	draw_format(c, row, name, STYLE_NORMAL, "%6s/%5s %4s %s",
		    format_bytes(now, cgroup->current, FORMAT_AUTO),
		    format_bytes(max, cgroup->max, FORMAT_AUTO),
		    format_percent(percent, cgroup->max_percent),
		    cgroup->knobs.state != STATE_OK ? "-"
		    : cgroup->oom_group == 1	    ? "yes"
						    : "no");
	draw_victim(c, row, name + FIGURES, ui->snapshot, &limit->domain);
	if (cgroup->pace.state == STATE_OK &&
	    name + FIGURES + VICTIM + ETA_CELLS <= c->cols)
		draw_format(c, row, name + FIGURES + VICTIM + 1, STYLE_BOLD,
			    "full in %s", format_eta((double)cgroup->eta_ns));
}

void oom_limits_draw(const struct ui *ui, const struct canvas *c)
{
	struct oom_limit limits[OOM_LIMITS_MAX];
	size_t count = oom_limits(ui->snapshot, limits);
	int name = c->cols - FIGURES - VICTIM;

	name = name < 12 ? 12 : name > 40 ? 40 : name;
	draw_heading(c, 0, "Cgroup limits that kill first", "");
	draw_text(c, 1, 0, STYLE_HEADING, "CGROUP");
	draw_text(c, 1, name, STYLE_HEADING, "   NOW/MAX      % GROUP");
	draw_text(c, 1, name + FIGURES, STYLE_HEADING, "WOULD KILL");
	for (size_t i = 0; i < count && HEAD_ROWS + (int)i < c->rows; i++)
		draw_limit(ui, c, HEAD_ROWS + (int)i, name, &limits[i]);
}
