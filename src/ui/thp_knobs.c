/* SPDX-License-Identifier: MIT
 *
 * The knobs of transparent huge pages with what their value means in a few
 * words ("!" is worth a look), and the kernel's counters of how often one was
 * wanted and had.
 */
#include "thp_knobs.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "memtop/thp.h"
#include "sparks.h"

/* Widths that counters beside the knobs, and notes behind them, take. */
#define COUNTERS_FROM 78
#define KNOB_CELLS    42
#define NOTES_FROM    59
#define VALUE_COL     27
#define NOTE_COL      41
#define SPARK_COL     34

/* ---- knobs --------------------------------------------------------------- */

struct note {
	const char *value, *text;
};

/* clang-format off */
#define WORD(name_, member, ...) { .name = name_, \
	.offset = offsetof(struct thp, member), .word = true, \
	.notes = (const struct note[]){ __VA_ARGS__, { NULL, NULL } } }
#define NUMBER(name_, member, ...) { .name = name_, \
	.offset = offsetof(struct thp, member), \
	.notes = (const struct note[]){ __VA_ARGS__, { NULL, NULL } } }
static const struct knob {
	const char *name;
	size_t offset;
	bool word;
	const struct note *notes; /* by value */
} knobs[] = {
	WORD("enabled", enabled,
	     { "always", "! for databases" }, { "madvise", "who asks for it" },
	     { "never", "nobody has any" }),
	WORD("defrag", defrag,
	     { "always", "! faults wait" }, { "defer", "kcompactd, later" },
	     { "defer+madvise", "who asks may wait" },
	     { "madvise", "who asks may wait" }, { "never", "nobody waits" }),
	WORD("shmem_enabled", shmem_enabled,
	     { "always", "tmpfs has them" }, { "never", "tmpfs has none" },
	     { "advise", "who asks for it" },
	     { "within_size", "whole in the file" },
	     { "deny", "! for tests" }, { "force", "! for tests" }),
	NUMBER("khugepaged/max_ptes_none", max_ptes_none,
	       { "511", "! makes RSS grow" }, { "0", "full areas only" }),
	NUMBER("use_zero_page", use_zero_page,
	       { "1", "reads share one" }, { "0", "reads take memory" }),
	NUMBER("shrink_underused", shrink_underused,
	       { "1", "splits empty ones" }, { "0", "keeps empty ones" }),
	NUMBER("khugepaged/pages_to_scan", pages_to_scan, { "", "" }),
};
/* clang-format on */
static_assert(ARRAY_SIZE(knobs) == THP_KNOBS_ALL, "all of them");

static void knob_text(const struct thp *thp, const struct knob *knob, char *buf,
		      size_t size)
{
	const char *at = (const char *)thp + knob->offset;
	uint64_t number;

	if (thp->block.state != STATE_OK) {
		snprintf(buf, size, "%s", state_mark(thp->block.state));
		return;
	}
	if (knob->word) {
		snprintf(buf, size, "%s", *at ? at : "n/a");
		return;
	}
	memcpy(&number, at, sizeof(number));
	if (number == UNKNOWN)
		snprintf(buf, size, "n/a");
	else
		snprintf(buf, size, "%llu", (unsigned long long)number);
}

static void draw_note(const struct thp *thp, const struct knob *knob,
		      const char *value, const struct canvas *c, int row)
{
	char every[FORMAT_SIZE];

	if (knob->offset == offsetof(struct thp, pages_to_scan) &&
	    thp->scan_sleep_ms != UNKNOWN) {
		format_duration(every, thp->scan_sleep_ms * NS_PER_MS);
		draw_format(c, row, NOTE_COL, STYLE_DIM, "pages every %s",
			    every);
		return;
	}
	for (const struct note *note = knob->notes; note->value; note++)
		if (strcmp(note->value, value) == 0)
			draw_text(c, row, NOTE_COL, STYLE_DIM, note->text);
}

static void draw_knobs(const struct thp *thp, const struct canvas *c)
{
	bool notes = c->cols >= NOTES_FROM;

	draw_text(c, 0, 2, STYLE_HEADING, "KNOB");
	draw_text(c, 0, VALUE_COL, STYLE_HEADING, "VALUE");
	if (notes)
		draw_text(c, 0, NOTE_COL, STYLE_HEADING, "NOTE");
	for (int i = 0; i + 1 < c->rows && i < THP_KNOBS_ALL; i++) {
		char value[32];

		knob_text(thp, &knobs[i], value, sizeof(value));
		draw_text(c, i + 1, 2, STYLE_NORMAL, knobs[i].name);
		draw_text(c, i + 1, VALUE_COL, STYLE_NORMAL, value);
		if (notes)
			draw_note(thp, &knobs[i], value, c, i + 1);
	}
}

/* ---- counters ------------------------------------------------------------ */

/* clang-format off */
static const struct shown {
	const char *name, *label; /* NULL: the name */
	const char *tried; /* what a failure is one of; its share stands
			      behind it */
} counters[] = {
	{ .name = "thp_fault_alloc" },
	{ .name = "thp_fault_fallback", .tried = "thp_fault_alloc" },
	{ .name = "compact_stall" },
	{ .name = "thp_collapse_alloc" }, /* by khugepaged */
	{ .name = "thp_collapse_alloc_failed", .label = "thp_collapse fails",
	  .tried = "thp_collapse_alloc" },
	{ .name = "thp_split_page" },
};
/* clang-format on */
static_assert(ARRAY_SIZE(counters) + 1 == THP_KNOBS_ALL, "as many rows");

/* Of the attempts in the last interval, or of all when there was none. */
static double failing(const struct ui *ui, const struct counter *failed,
		      const char *tried)
{
	const struct counter *had = snapshot_counter(ui->snapshot, tried);
	double now;

	if (!had)
		return NAN;
	now = fail_percent(had->rate, failed->rate);
	return isnan(now)
		       ? fail_percent((double)had->value, (double)failed->value)
		       : now;
}

static void draw_counter(struct ui *ui, const struct canvas *c, int row,
			 const struct shown *of)
{
	const struct counter *counter =
		snapshot_counter(ui->snapshot, of->name);
	char now[FORMAT_SIZE], rate[FORMAT_SIZE], share[FORMAT_SIZE];
	const char *const names[] = { of->name, NULL };
	double percent;

	draw_text(c, row, 0, STYLE_NORMAL, of->label ? of->label : of->name);
	if (!counter) {
		draw_right(c, row, 19, STYLE_DIM, 6, "n/a");
		return;
	}
	draw_format(c, row, 19, STYLE_NORMAL, "%6s %7s",
		    format_count(now, counter->value),
		    isnan(counter->rate) ? ".."
					 : format_rate(rate, counter->rate));
	if (c->cols < NOTES_FROM)
		return;
	spark_draw(ui, c, row, SPARK_COL, names);
	percent = of->tried ? failing(ui, counter, of->tried) : NAN;
	if (!isnan(percent)) {
		format_percent(share, percent);
		draw_format(c, row, SPARK_COL + SPARK_CELLS + 1,
			    percent >= 10 ? STYLE_NEAR : STYLE_DIM, "%s fail",
			    share);
	}
}

static void draw_counters(struct ui *ui, const struct canvas *c)
{
	const struct memory *m = &ui->snapshot->memory;
	char huge[FIGURE_SIZE], share[FIGURE_SIZE];
	bool wide = c->cols >= NOTES_FROM;

	draw_text(c, 0, 0, STYLE_HEADING,
		  wide ? "COUNTER               NOW  RATE/s LAST 2 MIN"
		       : "COUNTER               NOW  RATE/s");
	draw_format(c, 1, 0, STYLE_NORMAL, "AnonHugePages      %6s",
		    figure_bytes(ui, huge, m->anon_huge, &m->block));
	if (wide)
		draw_format(c, 1, SPARK_COL, STYLE_DIM,
			    "%s of anonymous memory",
			    figure_percent(share, m->anon_huge, m->anon_pages));
	for (int i = 0; i + 2 < c->rows && i < (int)ARRAY_SIZE(counters); i++)
		draw_counter(ui, c, i + 2, &counters[i]);
}

int thp_knobs_draw(struct ui *ui, const struct canvas *c, int most)
{
	const struct thp *thp = &ui->snapshot->thp;
	int half = c->cols >= 2 * NOTES_FROM ? (c->cols - 2) / 2 : KNOB_CELLS;
	bool both = c->cols >= COUNTERS_FROM;
	struct canvas left = canvas_part(c, 1, 0, most + 1, both ? half : -1);
	struct canvas right = canvas_part(c, 1, half + 2, most + 1, -1);

	draw_heading(c, 0, "Knobs",
		     c->cols >= 2 * NOTES_FROM ? "! is worth a look" : "");
	if (thp->block.state == STATE_ABSENT) {
		draw_text(c, 1, 2, STYLE_NORMAL,
			  "This kernel has no transparent huge pages.");
		return 2;
	}
	draw_knobs(thp, &left);
	if (both)
		draw_counters(ui, &right);
	return most + 2;
}
