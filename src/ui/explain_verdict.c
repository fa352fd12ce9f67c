/* SPDX-License-Identifier: MIT
 *
 * `?` on the verdict line: the rule that leads, its figures beside their
 * limits, and a setting worth trying.  All of it is in the snapshot; what the
 * rule means is in the glossary.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "memtop/field.h"
#include "memtop/format.h"
#include "memtop/glossary.h"
#include "memtop/text.h"
#include "popup.h"

/* A limit of 0.5 % is none of 1 %. */
void evidence_figure(char buf[FORMAT_SIZE], double value, uint32_t unit)
{
	if (unit == UNIT_PERCENT && value >= 0.05 && value < 9.95)
		snprintf(buf, FORMAT_SIZE, "%.3g%%", round(value * 10) / 10);
	else if (!value_figure(buf, value, (enum unit)unit))
		snprintf(buf, FORMAT_SIZE, "not known");
}

static void add_evidence(struct sheet *sheet, int width,
			 const struct evidence *e, const char *heading)
{
	char value[FORMAT_SIZE], limit[FORMAT_SIZE], line[192];

	evidence_figure(value, e->value, e->unit);
	evidence_figure(limit, e->limit, e->unit);
	if (e->comparison == COMPARE_NONE)
		snprintf(line, sizeof(line), "%s %s", e->name, value);
	else
		snprintf(line, sizeof(line), "%s %s (asked for: %s %s)",
			 e->name, value,
			 e->comparison == COMPARE_AT_LEAST ? "at least"
							   : "at most",
			 limit);
	sheet_wrap(sheet, width, heading, line);
}

void explain_verdict(const struct ui *ui, struct sheet *sheet, int width)
{
	const struct verdict *v;
	const struct glossary_entry *entry;

	if (!ui->snapshot || !ui->snapshot->verdict.rule)
		return;
	v = &ui->snapshot->verdict;
	entry = glossary_find(v->rule);
	sheet_wrap(sheet, width, "Now", text_str(v->text));
	sheet_wrap(sheet, width, "Rule", v->rule);
	if (entry)
		sheet_wrap(sheet, width, "", entry->text);
	for (size_t i = 0; i < VERDICT_EVIDENCE && v->evidence[i].name; i++)
		add_evidence(sheet, width, &v->evidence[i], i ? "" : "Figures");
	if (entry)
		sheet_wrap(sheet, width, glossary_headings[GLOSSARY_DO],
			   glossary_part(entry, GLOSSARY_DO));
	if (v->advice)
		sheet_wrap(sheet, width, "Try", text_str(v->advice));
	if (entry)
		sheet_wrap(sheet, width, glossary_headings[GLOSSARY_MISLEADS],
			   glossary_part(entry, GLOSSARY_MISLEADS));
}
