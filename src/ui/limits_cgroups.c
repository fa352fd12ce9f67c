/* SPDX-License-Identifier: MIT
 *
 * The box of the Limits page about control groups: those the process is in,
 * from its own up to the machine, what each has and may have, how much the
 * process can still get before one of them stops it, and the command that would
 * set a limit.  memtop sets none: it says how, and what it would do.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/text.h"
#include "page.h"
#include "page_limits.h"

enum { WAY_MAX = 16, FIGURES = 29 };

/* The groups on the way up, the process's own first. */
static size_t way_up(const struct ui *ui, const struct process *p,
		     const struct cgroup **ret)
{
	const struct list *list =
		ui->snapshot ? snapshot_list(ui->snapshot, ENTITY_CGROUP)
			     : NULL;
	size_t len = text_len(p->cgroup), count = 0;
	char path[4096];

	if (!len || len >= sizeof(path))
		return 0;
	memcpy(path, text_str(p->cgroup), len + 1);
	while (len > 1 && count < WAY_MAX) {
		const struct cgroup *row = list_find(list, path);
		char *slash = strrchr(path, '/');

		if (row)
			ret[count++] = row;
		if (!slash || slash == path)
			break;
		*slash = '\0';
		len = (size_t)(slash - path);
	}
	return count;
}

/* "max": none; "-": this version has no such thing. */
static char *limit_cell(char buf[FORMAT_SIZE], const struct block *block,
			uint64_t limit)
{
	if (block->state != STATE_OK || limit == UNKNOWN)
		snprintf(buf, FORMAT_SIZE, "-");
	else if (limit >= NO_LIMIT)
		snprintf(buf, FORMAT_SIZE, "max");
	else
		format_bytes(buf, limit, FORMAT_AUTO);
	return buf;
}

static void draw_group(const struct ui *ui, const struct canvas *c, int at,
		       const struct cgroup *row, bool tightest)
{
	const struct text *name = cgroup_title(row);
	int figures = c->cols - FIGURES;
	char text[FORMAT_SIZE];

	draw_name(c, at, 0, STYLE_NORMAL, figures - 1, text_str(name),
		  text_len(name));
	draw_right(c, at, figures, STYLE_NORMAL, 7,
		   format_bytes(text, row->current, ui->unit));
	draw_right(c, at, figures + 7, STYLE_NORMAL, 7,
		   limit_cell(text, &row->knobs, row->high));
	draw_right(c, at, figures + 14, tightest ? STYLE_LIMIT : STYLE_NORMAL,
		   7, limit_cell(text, &row->limit, row->max));
	draw_right(c, at, figures + 21, STYLE_NORMAL, 8,
		   limit_cell(text, &row->knobs, row->swap_max));
}

/* The machine itself, which no group can go beyond. */
static void draw_machine(const struct ui *ui, const struct canvas *c, int at)
{
	const struct memory *m = &ui->snapshot->memory;
	int figures = c->cols - FIGURES;
	uint64_t taken = UNKNOWN;
	char text[FORMAT_SIZE];

	if (m->total != UNKNOWN && m->available != UNKNOWN)
		taken = sub_floor(m->total, m->available);
	draw_text(c, at, 0, STYLE_NORMAL, "/ (machine)");
	draw_right(c, at, figures, STYLE_NORMAL, 7,
		   format_bytes(text, taken, ui->unit));
	draw_right(c, at, figures + 7, STYLE_NORMAL, 7, "-");
	draw_right(c, at, figures + 14, STYLE_NORMAL, 7,
		   format_bytes(text, m->total, ui->unit));
	draw_right(c, at, figures + 21, STYLE_NORMAL, 8,
		   format_bytes(text, m->swap_total, ui->unit));
}

/* Is it certain that none of them has a limit?  One that is not below the RAM
 * is none. */
static bool is_free(const struct cgroup *const *way, size_t count,
		    uint64_t total)
{
	for (size_t i = 0; i < count; i++)
		if (way[i]->limit.state != STATE_ABSENT &&
		    way[i]->limit.state != STATE_NOT_APPLICABLE &&
		    (way[i]->max < min_u64(total, NO_LIMIT) ||
		     way[i]->max == UNKNOWN))
			return false;
	return true;
}

/* What stops it first, the limit of a group or the end of the RAM. */
static int draw_room(const struct ui *ui, const struct canvas *c, int at,
		     const struct cgroup *const *way, size_t count)
{
	const struct cgroup *own = count ? way[0] : NULL;
	char room[FORMAT_SIZE], left[FORMAT_SIZE];
	int col;

	if (own && own->room.state == STATE_OK) {
		col = draw_format(c, at, 0, STYLE_NORMAL,
				  "Room: %s until the limit of ",
				  format_bytes(room, own->headroom, ui->unit));
		draw_name(c, at++, col, STYLE_NORMAL, c->cols - col,
			  text_str(own->limit_path), text_len(own->limit_path));
	} else if (own) {
		draw_text(c, at++, 0, STYLE_NORMAL,
			  is_free(way, count, ui->snapshot->memory.total)
				  ? "No group on the way up has a limit."
				  : "Room: not known.");
	}
	draw_format(
		c, at++, 0, STYLE_NORMAL,
		"Machine: %s RAM available, %s swap free",
		format_bytes(room, ui->snapshot->memory.available, ui->unit),
		format_bytes(left, ui->snapshot->memory.swap_free, ui->unit));
	return at;
}

uint64_t limits_sensible(const struct cgroup *cgroup)
{
	uint64_t from = cgroup->current;

	if (from == UNKNOWN)
		return UNKNOWN;
	if (cgroup->max < NO_LIMIT && from > cgroup->max / 4 * 3)
		from = cgroup->max;
	return (from + from / 8 + MIB) / MIB * MIB;
}

bool limits_quotable(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~' || *s == '\'')
			return false;
	return true;
}

/* The file that holds the limit, quoted; over as many rows as it takes. */
static int draw_file(const struct canvas *c, int at, const struct cgroup *own)
{
	bool old = own->v1.state == STATE_OK;
	char path[4200];
	const struct text *text;
	int n = snprintf(path, sizeof(path), "'/sys/fs/cgroup%s%s/%s'",
			 old ? "/memory" : "", text_str(own->path),
			 old ? "memory.limit_in_bytes" : "memory.max");

	if (n < 0 || (size_t)n >= sizeof(path))
		return at;
	text = text_new(path, (size_t)n);
	if (!text)
		return at;
	at = page_text(c, at, "", text, 4);
	text_unref(text);
	return at;
}

/* In quotes: systemd writes a - in a name as \x2d. */
static int draw_unit(const struct canvas *c, int at, const char *unit,
		     bool user)
{
	int col = draw_format(c, at, 0, STYLE_NORMAL,
			      "systemctl%s set-property --runtime ",
			      user ? " --user" : "");

	if (col + (int)strlen(unit) + 4 > c->cols) {
		draw_text(c, at++, col, STYLE_NORMAL, "\\");
		col = 4;
	}
	draw_format(c, at, col, STYLE_NORMAL, "'%s' \\", unit);
	return at + 1;
}

static int draw_command(const struct canvas *c, int at,
			const struct cgroup *own)
{
	uint64_t limit = limits_sensible(own);
	char size[FORMAT_SIZE];
	const char *unit;
	bool user;

	draw_heading(c, at++, "To put a limit on it", "memtop does not");
	if (own->v1.state != STATE_OK &&
	    cgroup_unit(text_str(own->path), &unit, &user)) {
		at = draw_unit(c, at, unit, user);
		draw_format(c, at++, 4, STYLE_NORMAL, "MemoryMax=%" PRIu64 "M",
			    limit / MIB);
	} else {
		draw_format(c, at++, 0, STYLE_NORMAL, "echo %" PRIu64 "M > \\",
			    limit / MIB);
		at = draw_file(c, at, own);
	}
	draw_format(c, at++, 0, STYLE_DIM,
		    "%s, what it has and an eighth: beyond that it is",
		    format_bytes(size, limit, FORMAT_AUTO));
	draw_text(c, at++, 0, STYLE_DIM,
		  "reclaimed, swapped, and at last killed. Gone at boot.");
	return at;
}

int limits_cgroups_draw(const struct ui *ui, const struct canvas *c,
			const struct process *p)
{
	const struct cgroup *way[WAY_MAX];
	size_t count = way_up(ui, p, way);
	const struct cgroup *own = count ? way[0] : NULL;
	int at = 0;

	draw_heading(c, at++, "Cgroup limits on the way up", "");
	if (!ui->snapshot)
		return at;
	draw_text(c, at, 0, STYLE_HEADING, "GROUP");
	draw_text(c, at++, c->cols - FIGURES, STYLE_HEADING,
		  "CURRENT   HIGH    MAX SWAPMAX");
	for (size_t i = 0; i < count; i++)
		draw_group(ui, c, at++, way[i],
			   own->limit_path &&
				   text_equal(own->limit_path, way[i]->path));
	draw_machine(ui, c, at++);
	at = draw_room(ui, c, at, way, count);
	if (own && own->current != UNKNOWN && own->depth > 0 &&
	    limits_quotable(text_str(own->path)))
		at = draw_command(c, at, own);
	return at;
}
