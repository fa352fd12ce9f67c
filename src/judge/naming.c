/* SPDX-License-Identifier: MIT
 *
 * Who: the line about whoever causes it and whoever suffers, and the subjects
 * for programs.  How sure each is goes with it.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"
#include "memtop/text.h"
#include "seal.h"

#define SHARE_TWO 70
/* Who grew so long before it began may have nothing to do with it. */
#define TOOK_BEFORE_NS (60 * NS_PER_S)
/* Of the largest. */
#define TOOK_PART 4

static bool explains(const struct finding *finding)
{
	return finding->rule->naming == NAME_GROWER ||
	       finding->rule->naming == NAME_READER || finding_is_kill(finding);
}

/* What is small among large ones was the last straw at most; but a kill at a
 * limit has to do with those below it only. */
static bool is_too_small(const struct people *people,
			 const struct finding *finding)
{
	return !finding_is_kill(finding) && !finding->rule->grouped &&
	       people->took.size < people->largest.size / TOOK_PART;
}

/* The one that took the memory, when it does not grow any more. */
static const struct person *find_taker(const struct verdict_judge *judge,
				       const struct finding *finding)
{
	const struct people *people = &judge->people;
	uint64_t lasts = passed(judge, finding->level->since);
	uint64_t ago =
		sub_floor(judge->snapshot->monotonic_ns, people->took_ns);

	if (!people->took.is_there || finding->severity < SEVERITY_WARN ||
	    ago > lasts + TOOK_BEFORE_NS || is_too_small(people, finding))
		return NULL;
	/* it still grows, and too little to be the one */
	if (people->took_ns == people->looked_ns && !taker_explains(judge))
		return NULL;
	return &people->took;
}

/* Who is behind it: the grower when growth explains it. */
static const struct person *find_culprit(const struct verdict_judge *judge,
					 const struct finding *finding,
					 enum certainty *ret)
{
	const struct people *people = &judge->people;
	const struct person *taker;

	*ret = CERTAINTY_NONE;
	if (finding->rule->naming == NAME_LEAKER && judge->leaker.is_there) {
		*ret = finding->severity >= SEVERITY_WARN ? CERTAINTY_LIKELY
							  : CERTAINTY_MAYBE;
		return &judge->leaker;
	}
	taker = explains(finding) ? taker_now(judge, ret) : NULL;
	if (taker)
		return taker;
	taker = explains(finding) ? find_taker(judge, finding) : NULL;
	if (taker) {
		*ret = CERTAINTY_LIKELY;
		return taker;
	}
	if (finding->rule->naming == NAME_READER &&
	    judge->reading.who.is_there) {
		*ret = judge->reading.who.share >= SHARE_SURE
			       ? CERTAINTY_SURE
			       : CERTAINTY_LIKELY;
		return &judge->reading.who;
	}
	if (finding->rule->naming == NAME_SWAPPED && people->swapped.is_there) {
		*ret = CERTAINTY_LIKELY;
		return &people->swapped;
	}
	if (finding->rule->naming == NAME_BOUND && people->bound.is_there) {
		*ret = CERTAINTY_LIKELY;
		return &people->bound;
	}
	if (finding->rule->naming == NAME_HUGE &&
	    people->huge_grower.is_there) {
		*ret = CERTAINTY_LIKELY;
		return &people->huge_grower;
	}
	if (finding->severity > SEVERITY_OK && people->largest.is_there)
		*ret = CERTAINTY_MAYBE;
	return &people->largest;
}

struct figures {
	char full[112], brief[96];
};

/* ", +276M/min", ", grew +276M/min until 14:02:11" */
static void write_growth(const struct verdict_judge *judge,
			 const struct person *p, struct figures *ret)
{
	const struct people *people = &judge->people;
	char rate[FORMAT_SIZE], when[2][FORMAT_SIZE];

	*ret = (struct figures){ ", steady", ", steady" };
	if (isnan(p->growth)) {
		*ret = (struct figures){ "", "" };
		return;
	}
	if (fabs(p->growth) * 60 < (double)MIB)
		return;
	format_bytes_signed(rate, p->growth * 60, FORMAT_AUTO);
	snprintf(ret->full, sizeof(ret->full), ", %s/min", rate);
	strcpy(ret->brief, ret->full);
	if (p != &people->took)
		return;
	format_when(when[0], people->took_realtime_ns, judge->now.realtime_ns,
		    true);
	format_when(when[1], people->took_realtime_ns, judge->now.realtime_ns,
		    false);
	snprintf(ret->full, sizeof(ret->full), ", grew %s/min until %s%s", rate,
		 when[0], people->took_is_gone ? ", is gone" : "");
	snprintf(ret->brief, sizeof(ret->brief), ", %s/min until %s%s", rate,
		 when[1], people->took_is_gone ? ", gone" : "");
}

/* ", reads 120M/s = 83% of all that is read" */
static void write_reads(const struct verdict_judge *judge, struct figures *ret)
{
	const struct reading *reading = &judge->reading;
	struct figure rate = figure_of(reading->rate, UNIT_BYTES);
	struct figure part = figure_of(reading->who.share, UNIT_PERCENT);

	snprintf(ret->full, sizeof(ret->full),
		 ", reads %s/s = %s of all that is read from disks", rate.text,
		 part.text);
	snprintf(ret->brief, sizeof(ret->brief), ", reads %s/s", rate.text);
}

/* "31.2G PSS = 50% of RAM, +276M/min", "48M RSS, <1% of RAM" */
static void write_figures(const struct verdict_judge *judge,
			  const struct person *p, struct figures *ret)
{
	double total = fact(judge, FACT_TOTAL);
	struct figure size = figure_of((double)p->size, UNIT_BYTES);
	struct figure part =
		figure_of(100 * (double)p->size / total, UNIT_PERCENT);
	const char *kind = p->is_pss ? "PSS" : "RSS";
	struct figures grows;
	char of_ram[FORMAT_SIZE + 16] = "";

	if (p == &judge->reading.who)
		write_reads(judge, &grows);
	else
		write_growth(judge, p, &grows);
	if (!isnan(total))
		snprintf(of_ram, sizeof(of_ram), "%s %s of RAM",
			 *part.text == '<' ? "," : " =", part.text);
	snprintf(ret->full, sizeof(ret->full), "%s %s%s%s", size.text, kind,
		 of_ram, grows.full);
	snprintf(ret->brief, sizeof(ret->brief), "%s %s%s", size.text, kind,
		 grows.brief);
}

/* Whoever waits for what the file cache lost reads, and swap is no part of
 * it. */
static const char *waits_for(const struct verdict_judge *judge,
			     const struct finding *finding)
{
	bool is_files = finding->rule->naming == NAME_READER;

	return judge->snapshot->memory.swap_total && !is_files
		       ? " on swap"
		       : " on reads from disk";
}

/* "; celery x16 waits most" */
static void write_waiter(const struct verdict_judge *judge,
			 const struct finding *finding, const struct person *p,
			 char *buf, size_t size)
{
	const struct person *w = &judge->people.waiter;
	char name[96];

	*buf = '\0';
	if (finding->severity < SEVERITY_WARN || !w->is_there ||
	    (w->pid == p->pid && w->count == 1))
		return;
	person_text(w, name, sizeof(name));
	snprintf(buf, size, "; %s waits most", name);
}

/* What is left where the one that took it is gone, or who grows besides. */
static void write_others(const struct verdict_judge *judge,
			 const struct person *p, char *buf, size_t size)
{
	const struct people *people = &judge->people;
	char name[96];

	*buf = '\0';
	if (p == &people->took && people->took_is_gone &&
	    people->largest.is_there) {
		person_text(&people->largest, name, sizeof(name));
		snprintf(buf, size, "; largest now %s %s", name,
			 figure_of((double)people->largest.size, UNIT_BYTES)
				 .text);
	} else if (p == &people->grower && p->share < SHARE_TWO &&
		   people_is_grower(&people->second_grower, judge->snapshot) &&
		   p->share + people->second_grower.share >= SHARE_TWO) {
		person_text(&people->second_grower, name, sizeof(name));
		snprintf(buf, size, "; %s grows too", name);
	}
}

void write_who(const struct verdict_judge *judge, const struct finding *finding,
	       struct line *ret)
{
	enum certainty certainty;
	const struct person *p = find_culprit(judge, finding, &certainty);
	char name[96], unit[80] = "", waits[128], others[160];
	const char *how = certainty >= CERTAINTY_LIKELY ? "" : "largest: ";
	struct figures figures;

	*ret = (struct line){ "", "" };
	if (!p->is_there)
		return;
	person_text(p, name, sizeof(name));
	text_printable(unit, sizeof(unit), p->unit, strlen(p->unit), 40);
	write_figures(judge, p, &figures);
	write_others(judge, p, others, sizeof(others));
	write_waiter(judge, finding, p, waits, sizeof(waits));
	snprintf(ret->full, sizeof(ret->full), "%s%s%s%s  %s%s%s%s", how, name,
		 *unit ? "  " : "", unit, figures.full, others, waits,
		 *waits ? waits_for(judge, finding) : "");
	snprintf(ret->brief, sizeof(ret->brief), "%s%s %s%s", how, name,
		 figures.brief, *others == ';' && !*waits ? others : waits);
	/* as much as the narrow screen has room for, and no half of it */
	if (text_cells(ret->brief) > BRIEF_CELLS)
		snprintf(ret->brief, sizeof(ret->brief), "%s%s %s", how, name,
			 figures.brief);
}

static void put_subject(struct verdict *verdict, size_t *count,
			const struct person *p, enum subject_role role,
			enum certainty certainty)
{
	if (!p->is_there || certainty == CERTAINTY_NONE)
		return;
	verdict->subjects[(*count)++] = (struct subject){
		.pid = p->pid,
		.start_ns = p->start_ns,
		.role = role,
		.certainty = certainty,
	};
}

void put_subjects(const struct verdict_judge *judge,
		  const struct finding *finding, struct verdict *verdict)
{
	static const enum certainty sure[] = {
		[OOM_CERTAIN] = CERTAINTY_SURE,
		[OOM_LIKELY] = CERTAINTY_LIKELY,
		[OOM_SEVERAL] = CERTAINTY_MAYBE,
		[OOM_UNTOLD] = CERTAINTY_MAYBE,
	};
	const struct people *people = &judge->people;
	enum certainty certainty;
	const struct person *culprit = find_culprit(judge, finding, &certainty);
	size_t count = 0;

	put_subject(verdict, &count, culprit, SUBJECT_CULPRIT, certainty);
	put_subject(verdict, &count, &judge->victims->list[0], SUBJECT_VICTIM,
		    next_is_named(judge, finding) ? sure[judge->victims->sure]
						  : CERTAINTY_NONE);
	put_subject(verdict, &count, &people->waiter, SUBJECT_WAITER,
		    finding->severity >= SEVERITY_WARN ? CERTAINTY_LIKELY
						       : CERTAINTY_NONE);
}

const char *subject_name(const struct verdict_judge *judge,
			 const struct finding *finding,
			 const struct verdict *verdict, size_t i)
{
	const struct subject *subject = &verdict->subjects[i];
	enum certainty certainty;

	if (!subject->pid)
		return "";
	switch ((enum subject_role)subject->role) {
	case SUBJECT_VICTIM:
		return judge->victims->list[0].name;
	case SUBJECT_WAITER:
		return judge->people.waiter.name;
	case SUBJECT_CULPRIT:
		break;
	}
	return find_culprit(judge, finding, &certainty)->name;
}
