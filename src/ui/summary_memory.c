/* SPDX-License-Identifier: MIT
 *
 * The figures on the Summary page: what the process has of memory now, what of
 * it is a GPU's, and what it does with it.
 */
#include "summary_memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "memtop/history.h"
#include "memtop/swap_users.h"
#include "page.h"

#define NOTE_COLUMN 27

enum share { SHARE_NONE, SHARE_RAM, SHARE_ANON, SHARE_RSS, SHARE_OWN };

/* clang-format off */
struct figure {
	const char *label;
	uint8_t field;
	enum share share; /* what its percentage is of */
	const char *note;
};

static const struct figure memory_rows[] = {
	{ "PSS", PROCESS_PSS, SHARE_RAM,
	  "fair share, sums to real RAM" },
	{ "USS", PROCESS_USS, SHARE_RAM,
	  "its alone: freed when it exits" },
	{ "RSS", PROCESS_RSS, SHARE_RAM,
	  "all it maps; shared count full" },
	{ "  anon", PROCESS_ANON, SHARE_NONE, "heap, stacks, private pages" },
	{ "  file", PROCESS_FILE, SHARE_NONE, "mapped files, can be dropped" },
	{ "  shmem", PROCESS_SHMEM, SHARE_NONE, "tmpfs, SysV, shared anon" },
	{ "Swap", PROCESS_SWAP, SHARE_OWN, "of its own pages are on swap" },
	{ "SwapPss", PROCESS_SWAP_PSS, SHARE_NONE, "fair share of swap" },
	{ "THP", PROCESS_THP, SHARE_ANON, "of anon is in huge pages" },
	{ "Referenced", PROCESS_REFERENCED, SHARE_RSS,
	  "touched lately; rest looks cold" },
	{ "Dirty", PROCESS_PSS_DIRTY, SHARE_NONE,
	  "only swap or writing frees it" },
	{ "Locked", PROCESS_LOCKED, SHARE_NONE, "mlock: never swapped" },
	{ "Page tables", PROCESS_PAGE_TABLES, SHARE_NONE,
	  "kernel memory for its mappings" },
	{ "Virtual", PROCESS_VSIZE, SHARE_NONE, "address space, not memory" },
};

static const struct figure fault_rows[] = {
	{ "majflt/s", PROCESS_MAJOR_FAULT_RATE, SHARE_NONE,
	  "waits: swap-in or file read" },
	{ "minflt/s", PROCESS_MINOR_FAULT_RATE, SHARE_NONE,
	  "first touch or remap, no I/O" },
	{ "growth/min", PROCESS_GROWTH_RATE, SHARE_NONE,
	  "anon, shmem and swap together" },
	{ "waits", PROCESS_WAIT, SHARE_NONE,
	  "for memory, threads added up" },
};
/* clang-format on */

static double share_of(const struct ui *ui, const struct process *p,
		       enum share share, uint64_t part)
{
	switch (share) {
	case SHARE_RAM:
		return percent_of(part, ui_ram_total(ui));
	case SHARE_ANON:
		return percent_of(part, page_bytes(p, PROCESS_ANON));
	case SHARE_RSS:
		return percent_of(part, page_bytes(p, PROCESS_SMAPS_RSS));
	case SHARE_OWN:
		if (p->rss == UNKNOWN || part == UNKNOWN)
			return NAN;
		return percent_of(part, p->rss + part);
	case SHARE_NONE:
		break;
	}
	return NAN;
}

static void draw_figure(const struct ui *ui, const struct canvas *c, int row,
			const struct process *p, const struct figure *figure)
{
	double percent =
		share_of(ui, p, figure->share, page_bytes(p, figure->field));
	char cell[PAGE_CELL_SIZE], text[FORMAT_SIZE];

	draw_text(c, row, 0, STYLE_NORMAL, figure->label);
	page_draw_cell(c, row, 12, 8, page_cell(ui, p, figure->field, cell));
	if (!isnan(percent))
		draw_right(c, row, 20, STYLE_NORMAL, 5,
			   format_percent(text, percent));
	if (c->cols > NOTE_COLUMN + 20)
		draw_name(c, row, NOTE_COLUMN, STYLE_DIM, c->cols - NOTE_COLUMN,
			  figure->note, strlen(figure->note));
}

/* One row for each kind of GPU memory it has: "GPU vram  512M  amdgpu …".  It
 * is in none of the figures above.  Returns the row below. */
static int draw_gpus(const struct ui *ui, const struct canvas *c, int row)
{
	const struct reply *reply = ui->details_reply;
	char label[32], size[FORMAT_SIZE], note[80], total[FORMAT_SIZE];

	for (size_t i = 0; reply && i < reply->ngpus; i++) {
		const struct gpu_memory *gpu = &reply->gpus[i];
		bool resident = gpu->resident != UNKNOWN;

		snprintf(label, sizeof(label), "GPU %s", gpu->region);
		draw_name(c, row, 0, STYLE_NORMAL, 12, label, strlen(label));
		draw_right(c, row, 12, STYLE_NORMAL, 8,
			   format_bytes(size,
					resident ? gpu->resident : gpu->total,
					ui->unit));
		snprintf(note, sizeof(note), "%s %s%s%s", gpu->driver,
			 gpu->device, gpu->total != UNKNOWN ? ", of " : "",
			 gpu->total != UNKNOWN
				 ? format_bytes(total, gpu->total, ui->unit)
				 : "");
		if (c->cols > NOTE_COLUMN + 20)
			draw_name(c, row, NOTE_COLUMN, STYLE_DIM,
				  c->cols - NOTE_COLUMN, note, strlen(note));
		row++;
	}
	if (reply && reply->gpus_more)
		draw_format(c, row++, 0, STYLE_DIM,
			    "GPU: %zu clients of further regions",
			    reply->gpus_more);
	if (reply && !reply->ngpus && reply->gpu_state == STATE_DENIED) {
		draw_text(c, row, 0, STYLE_NORMAL, "GPU");
		draw_right(c, row, 12, STYLE_DIM, 8, "?");
		if (c->cols > NOTE_COLUMN + 20)
			draw_text(c, row, NOTE_COLUMN, STYLE_DIM,
				  "its descriptors may not be read");
		row++;
	}
	return row;
}

/* Since when it has hardly had a major fault, as far back as the ring goes and
 * five minutes tell; UNKNOWN: not known. */
static uint64_t quiet_ns(const struct ui *ui, const struct process *p)
{
	struct series_query query = {
		.entity = &entities[ENTITY_PROCESS],
		.field = &entities[ENTITY_PROCESS]
				  .fields[PROCESS_MAJOR_FAULT_RATE],
		.key = p->key,
		.to_seq = ui->snapshot->seq,
	};
	size_t max = SWAP_QUIET_NS / max_u64(ui->delay_ns, NS_PER_S / 10) + 2;
	struct series_point *points = calloc(max, sizeof(*points));
	uint64_t quiet = UNKNOWN;
	size_t count;

	if (!points)
		return UNKNOWN;
	count = history_series(ui->history, &query, points, max);
	for (size_t i = count; i-- > 0;) {
		if (!(points[i].value < SWAP_QUIET_FAULTS))
			break;
		quiet = sub_floor(points[count - 1].monotonic_ns,
				  points[i].monotonic_ns);
	}
	free(points);
	return quiet;
}

/* Mostly on swap: is it the slower for it?  Rule R36, which no line of the
 * machine would be right for.  Returns the row below. */
static int draw_sleep(const struct ui *ui, const struct canvas *c, int row,
		      const struct process *p)
{
	static const char *const words[] = {
		[SWAP_SLEEP_ASLEEP] = "not needed for",
		[SWAP_SLEEP_SHORT] = "not needed for only",
		[SWAP_SLEEP_BLOCKED] = "blocked (D), quiet for",
		[SWAP_SLEEP_READING] = "reads some of it back",
		[SWAP_SLEEP_SUFFERS] = "waits for it: slow",
	};
	enum swap_sleep sleep;
	uint64_t quiet;
	char lasts[FORMAT_SIZE] = "", size[FORMAT_SIZE], part[FORMAT_SIZE];

	/* before the ring is asked: can it be at all? */
	if (swap_sleep(p, 0) == SWAP_SLEEP_NONE || !ui->snapshot)
		return row;
	quiet = quiet_ns(ui, p);
	sleep = swap_sleep(p, quiet);
	if (sleep == SWAP_SLEEP_NONE)
		return row;
	if (sleep != SWAP_SLEEP_READING && sleep != SWAP_SLEEP_SUFFERS)
		format_duration(lasts, quiet);
	draw_format(c, row, 0,
		    sleep == SWAP_SLEEP_SUFFERS ? STYLE_BOLD : STYLE_NORMAL,
		    "Mostly on swap (%s, %s), %s %s",
		    format_bytes(size, p->swap, ui->unit),
		    format_percent(part, swap_share(p)), words[sleep], lasts);
	return row + 1;
}

int summary_memory_draw(const struct ui *ui, const struct canvas *c,
			const struct process *p)
{
	char age[FORMAT_SIZE], measured[64] = "";
	int row = 0;

	if (p->smaps.state == STATE_OK && ui->snapshot)
		snprintf(measured, sizeof(measured), "measured %s ago",
			 format_duration(age,
					 sub_floor(ui->snapshot->monotonic_ns,
						   p->smaps.read_ns)));
	else if (p->smaps.state != STATE_OK)
		snprintf(measured, sizeof(measured), "PSS %s",
			 state_words(p->smaps.state));
	draw_heading(c, row++, "Memory now", measured);
	for (size_t i = 0; i < ARRAY_SIZE(memory_rows); i++)
		draw_figure(ui, c, row++, p, &memory_rows[i]);
	row = draw_gpus(ui, c, row);
	draw_heading(c, row++, "Faults and growth", "");
	for (size_t i = 0; i < ARRAY_SIZE(fault_rows); i++)
		draw_figure(ui, c, row++, p, &fault_rows[i]);
	return draw_sleep(ui, c, row, p);
}
