/* SPDX-License-Identifier: MIT
 *
 * What stands in a cell: one field as the model writes it, or a figure made
 * of several.  Apart from the columns, which only know widths.
 */
#include "layout.h"

#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "memtop/oom.h"
#include "memtop/swap_users.h"
#include "memtop/text.h"

void field_cell(const struct ui *ui, const struct field *field,
		const struct process *process, char *buf, size_t size)
{
	const struct snapshot *snapshot = ui->snapshot;
	struct value value =
		field_get(&entities[ENTITY_PROCESS], field, process);
	struct cell_context context = {
		.now_ns = snapshot->monotonic_ns,
		.boottime_ns = snapshot->boottime_ns,
		.realtime_ns = snapshot->realtime_ns,
		.unit = ui->unit,
		.max_cells = field->width,
	};

	value_cell(buf, size, field, &value, &context);
}

void layout_cell(const struct cell_input *in, const struct slot *slot,
		 char *buf, size_t size)
{
	const struct process *process = in->row->process;

	if (slot->subtree && in->row->subtree)
		process = in->row->subtree;
	if (slot->cell)
		slot->cell(in, buf, size);
	else
		field_cell(in->ui, slot->field, process, buf, size);
}

bool cell_is_dim(const char *text)
{
	static const char *const dim[] = { "0",	 "0 ", "-",   "- ",  "?",
					   "? ", "..", ".. ", "n/a", "n/a " };
	size_t len = strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(dim); i++)
		if (strcmp(text, dim[i]) == 0)
			return true;
	return len > 0 && strchr("'\"?", text[len - 1]);
}

/* part of whole, or what stands for a figure of that block. */
static void percent_of(double part, double whole, const struct block *block,
		       char *buf, size_t size)
{
	char text[FORMAT_SIZE];
	const char *shown = text;

	if (block->state != STATE_OK)
		shown = state_mark(block->state);
	else if (isnan(part) || isnan(whole))
		shown = "..";
	else if (whole <= 0)
		shown = "-";
	else
		format_percent(text, part / whole * 100);
	snprintf(buf, size, "%s", shown);
}

static double number(uint64_t value)
{
	return value == UNKNOWN ? NAN : (double)value;
}

void cell_count(const struct cell_input *in, char *buf, size_t size)
{
	char text[FORMAT_SIZE];

	snprintf(buf, size, "%s", format_count(text, in->row->count));
}

static void cell_ram_share(const struct cell_input *in, char *buf, size_t size)
{
	percent_of(number(in->row->process->pss),
		   number(in->ui->snapshot->memory.total),
		   &in->row->process->smaps, buf, size);
}

/* How much of its own pages are swapped out. */
static void cell_own_share(const struct cell_input *in, char *buf, size_t size)
{
	double swap = number(in->row->process->swap);

	percent_of(swap, swap + number(in->row->process->rss),
		   &in->row->process->status, buf, size);
}

/* Of all major faults in the system. */
static void cell_fault_share(const struct cell_input *in, char *buf,
			     size_t size)
{
	const struct counter *all =
		snapshot_counter(in->ui->snapshot, "pgmajfault");

	percent_of(in->row->process->major_fault_rate, all ? all->rate : NAN,
		   &in->row->process->stat, buf, size);
}

static void cell_swap_role(const struct cell_input *in, char *buf, size_t size)
{
	snprintf(buf, size, "%s",
		 swap_role_name(swap_role(in->ui->snapshot, in->row->process)));
}

static void cell_swap_out(const struct cell_input *in, char *buf, size_t size)
{
	double rate = swap_out_rate(in->ui->snapshot, in->row->process);
	char text[FORMAT_SIZE];

	if (in->row->process->status.state != STATE_OK)
		snprintf(buf, size, "%s",
			 state_mark(in->row->process->status.state));
	else if (isnan(rate))
		snprintf(buf, size, "..");
	else
		snprintf(buf, size, "%s%s", rate >= 1 ? "~" : "",
			 format_bytes(text, (uint64_t)rate, FORMAT_AUTO));
}

static void cell_anon_share(const struct cell_input *in, char *buf, size_t size)
{
	percent_of(number(in->row->process->thp),
		   number(in->row->process->anon), &in->row->process->smaps,
		   buf, size);
}

#define RANK_CELLS 7

/* Its place in the order of kills; among rows that a filter leaves, theirs.
 * Those that are never killed stand below all others. */
static void cell_rank(const struct cell_input *in, char *buf, size_t size)
{
	if (in->row->process->oom_score == UNKNOWN ||
	    in->table->query.reverse ||
	    in->table->query.sort != PROCESS_OOM_SCORE ||
	    oom_exempt(in->row->process))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%zu", in->index + 1);
}

/* "java[48213] 31.2G": who is the most of a group */
void cell_member(const struct cell_input *in, char *buf, size_t size)
{
	const struct process *largest = in->row->largest;
	char comm[64 * 4], value[CELL_SIZE];

	if (in->row->denied && in->row->count > 1) {
		snprintf(buf, size, "%zu of %zu not permitted", in->row->denied,
			 in->row->count);
		return;
	}
	if (!largest) {
		*buf = '\0';
		return;
	}
	text_printable(comm, sizeof(comm), largest->comm, strlen(largest->comm),
		       16);
	field_cell(in->ui,
		   &entities[ENTITY_PROCESS].fields[in->table->query.sort],
		   largest, value, sizeof(value));
	snprintf(buf, size, "%s[%d] %s", comm, (int)largest->key.pid, value);
}

/* clang-format off */
const struct extra extras[] = {
	{ VIEW_OVERVIEW, PROCESS_PSS, "%RAM", 4, cell_ram_share },
	{ VIEW_SWAP, PROCESS_USER, "ROLE", 7, cell_swap_role },
	{ VIEW_SWAP, PROCESS_SWAP_PSS, "%OWN", 4, cell_own_share },
	{ VIEW_SWAP, PROCESS_MAJOR_FAULT_RATE, "SHARE", 5, cell_fault_share },
	{ VIEW_SWAP, PROCESS_MAJOR_FAULT_RATE, "OUT/s", 6, cell_swap_out },
	{ VIEW_OOM, NO_FIELD, "#", RANK_CELLS, cell_rank },
	{ VIEW_THP, PROCESS_THP, "%ANON", 5, cell_anon_share },
};
/* clang-format on */

const size_t extra_count = ARRAY_SIZE(extras);
