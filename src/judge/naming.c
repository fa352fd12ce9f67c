/* SPDX-License-Identifier: MIT
 *
 * Who: the line about whoever causes it and whoever suffers, the one about
 * whom the kernel would kill, and the subjects for programs.  How sure each
 * is goes with it.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "memtop/flags.h"
#include "seal.h"

/* A grower explains it from this share of all growth on. */
#define SHARE_ONE  50
#define SHARE_SURE 70
#define SHARE_TWO  70
/* A victim is not named while more than this part of RAM is left. */
#define ROOM_PERCENT 50

static bool counts_as_grower(const struct verdict_judge *judge,
			     const struct person *p)
{
	return p->is_there &&
	       p->growth >= growth_that_matters(&judge->snapshot->memory);
}

/* Who is behind it: the grower when growth explains it. */
static const struct person *find_culprit(const struct verdict_judge *judge,
					 const struct finding *finding,
					 enum certainty *ret)
{
	const struct people *people = &judge->people;

	*ret = CERTAINTY_NONE;
	if (finding->rule->naming == NAME_LEAKER && judge->leaker.is_there) {
		*ret = finding->severity >= SEVERITY_WARN ? CERTAINTY_LIKELY
							  : CERTAINTY_MAYBE;
		return &judge->leaker;
	}
	if (finding->rule->naming == NAME_GROWER &&
	    counts_as_grower(judge, &people->grower) &&
	    people->grower.share >= SHARE_ONE) {
		*ret = people->grower.share >= SHARE_SURE ? CERTAINTY_SURE
							  : CERTAINTY_LIKELY;
		return &people->grower;
	}
	if (finding->rule->naming == NAME_SWAPPED && people->swapped.is_there) {
		*ret = CERTAINTY_LIKELY;
		return &people->swapped;
	}
	if (finding->severity > SEVERITY_OK && people->largest.is_there)
		*ret = CERTAINTY_MAYBE;
	return &people->largest;
}

struct figures {
	char full[112], brief[96];
};

/* "31.2G PSS = 50% of RAM, +276M/min" */
static void write_figures(const struct verdict_judge *judge,
			  const struct person *p, struct figures *ret)
{
	double total = fact(judge, FACT_TOTAL);
	struct figure size = figure_of((double)p->size, UNIT_BYTES);
	struct figure part =
		figure_of(100 * (double)p->size / total, UNIT_PERCENT);
	const char *kind = p->is_pss ? "PSS" : "RSS";
	char grows[FORMAT_SIZE + 16] = ", steady", signed_size[FORMAT_SIZE];

	if (isnan(p->growth))
		grows[0] = '\0';
	else if (fabs(p->growth) * 60 >= (double)MIB)
		snprintf(grows, sizeof(grows), ", %s/min",
			 format_bytes_signed(signed_size, p->growth * 60,
					     FORMAT_AUTO));
	snprintf(ret->full, sizeof(ret->full), "%s %s = %s of RAM%s", size.text,
		 kind, part.text, grows);
	snprintf(ret->brief, sizeof(ret->brief), "%s %s%s", size.text, kind,
		 grows);
}

void write_who(const struct verdict_judge *judge, const struct finding *finding,
	       struct line *ret)
{
	const struct people *people = &judge->people;
	enum certainty certainty;
	const struct person *p = find_culprit(judge, finding, &certainty);
	const struct person *w = &people->waiter;
	char name[96], unit[80] = "", waits[128] = "", other[96] = "";
	const char *how = certainty >= CERTAINTY_LIKELY ? "" : "largest: ";
	struct figures figures;

	*ret = (struct line){ "-", "-" };
	if (!p->is_there)
		return;
	person_text(p, name, sizeof(name));
	text_printable(unit, sizeof(unit), p->unit, strlen(p->unit), 40);
	write_figures(judge, p, &figures);
	if (p == &people->grower && p->share < SHARE_TWO &&
	    counts_as_grower(judge, &people->second_grower) &&
	    p->share + people->second_grower.share >= SHARE_TWO) {
		char second[64];

		person_text(&people->second_grower, second, sizeof(second));
		snprintf(other, sizeof(other), "; %s grows too", second);
	}
	if (finding->severity >= SEVERITY_WARN && w->is_there &&
	    (w->pid != p->pid || w->count > 1)) {
		person_text(w, waits, sizeof(waits));
		memmove(waits + 2, waits, strlen(waits) + 1);
		memcpy(waits, "; ", 2);
	}
	snprintf(ret->full, sizeof(ret->full), "%s%s%s%s  %s%s%s%s", how, name,
		 *unit ? "  " : "", unit, figures.full, other, waits,
		 *waits ? " waits most on swap" : "");
	snprintf(ret->brief, sizeof(ret->brief), "%s%s %s%s%s", how, name,
		 figures.brief, waits, *waits ? " waits most" : "");
}

/* "4.1G swap" after what RAM it gives back; "" when there is none. */
static void write_frees(const struct person *p, char full[96], char brief[96])
{
	struct figure ram =
		figure_of(p->frees_ram == UNKNOWN ? NAN : (double)p->frees_ram,
			  UNIT_BYTES);
	struct figure swap = figure_of(
		p->frees_swap == UNKNOWN ? NAN : (double)p->frees_swap,
		UNIT_BYTES);

	*full = *brief = '\0';
	if (p->frees_ram == UNKNOWN)
		return;
	if (p->frees_swap == UNKNOWN || !p->frees_swap) {
		snprintf(full, 96, ", frees %s RAM", ram.text);
		snprintf(brief, 96, ", frees %s", ram.text);
		return;
	}
	snprintf(full, 96, ", frees %s RAM + %s swap", ram.text,
		 swap.text);
	snprintf(brief, 96, ", frees %s + %s", ram.text, swap.text);
}

/* "; at this rate b[2] overtakes it in ~40 s": before memory is full. */
static void write_overtaker(const struct verdict_judge *judge, char *buf,
			    size_t size)
{
	const struct victims *victims = judge->victims;
	char name[96];

	*buf = '\0';
	if (!victims->overtaker.is_there ||
	    !(victims->overtakes_ns < fact(judge, FACT_ETA)))
		return;
	person_text(&victims->overtaker, name, sizeof(name));
	snprintf(buf, size, "; at this rate %s overtakes it in %s", name,
		 figure_eta(victims->overtakes_ns).text);
}

/* Where no order of kills applies; false: it does. */
static bool write_no_order(const struct verdict_judge *judge, struct line *ret)
{
	const struct load *load = &judge->snapshot->load;
	bool is_machine = !*judge->victims->limit;

	if (load->panic_on_oom != UNKNOWN &&
	    load->panic_on_oom >= (is_machine ? 1 : 2))
		*ret = (struct line){ "out of memory would be a panic of the "
				      "machine (panic_on_oom)",
				      "OOM: the machine panics" };
	else if (is_machine && load->oom_kill_allocating_task != UNKNOWN &&
		 load->oom_kill_allocating_task)
		*ret = (struct line){ "OOM kills whoever asks for memory then "
				      "(oom_kill_allocating_task)",
				      "OOM kills whoever asks" };
	else if (!judge->victims->list[0].is_there)
		*ret = (struct line){ "nothing that may be killed is known",
				      "no victim known" };
	else
		return false;
	return true;
}

/* "java[1] would most likely be killed", "one of a[1], b[2] or c[3] would be
 * killed" */
static void write_how(const struct victims *victims, char *buf, size_t size)
{
	size_t count = min_u64(max_u64(victims->rivals, 2), VICTIMS), len = 0;
	char name[96];

	person_text(&victims->list[0], name, sizeof(name));
	if (victims->sure == OOM_UNTOLD) {
		snprintf(buf, size,
			 "the victim cannot be predicted; of what can be seen "
			 "%s has most points",
			 name);
		return;
	}
	if (victims->sure != OOM_SEVERAL || !victims->list[1].is_there) {
		snprintf(buf, size, "%s would %sbe killed", name,
			 victims->sure == OOM_CERTAIN ? "" : "most likely ");
		return;
	}
	for (size_t i = 0; i < count && len < size; i++) {
		if (!victims->list[i].is_there)
			break;
		person_text(&victims->list[i], name, sizeof(name));
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					i == 0		 ? "one of "
					: i + 1 == count ? " or "
							 : ", ",
					name);
	}
	if (len < size)
		snprintf(buf + len, size - len, " would be killed");
}

/* Who acts before the kernel, and may choose another. */
static void write_killer(const struct victims *victims, char *buf, size_t size)
{
	char name[96], choice[48];

	*buf = '\0';
	if (!victims->has_killer)
		return;
	person_text(&victims->killer, name, sizeof(name));
	text_printable(choice, sizeof(choice), victims->choice,
		       strlen(victims->choice), 40);
	snprintf(buf, size, "; %s may act first%s%s", name,
		 *choice ? ", on " : "", choice);
}

/* What else is known of such a kill. */
static void write_more(const struct verdict_judge *judge, char *buf,
		       size_t size)
{
	const struct victims *victims = judge->victims;
	double ns = *victims->limit ? NAN : fact(judge, FACT_ETA);
	char overtaker[192], killer[176], eta[80] = "";

	write_overtaker(judge, overtaker, sizeof(overtaker));
	write_killer(victims, killer, sizeof(killer));
	if (ns <= 3600 * (double)NS_PER_S)
		snprintf(eta, sizeof(eta), ". Full in %s at this rate",
			 figure_eta(ns).text);
	snprintf(buf, size, "%s%s%s%s",
		 victims->not_enough ? "; one kill will not be enough" : "",
		 overtaker, killer, eta);
}

static void write_victim(const struct verdict_judge *judge, struct line *ret)
{
	const struct victims *victims = judge->victims;
	const struct person *p = &victims->list[0];
	char name[96], full[96], brief[96], how[320], more[512], limit[80];
	char other[112] = "";
	double ns = *victims->limit ? NAN : fact(judge, FACT_ETA);
	bool soon = ns <= 3600 * (double)NS_PER_S;

	if (write_no_order(judge, ret))
		return;
	person_text(p, name, sizeof(name));
	text_printable(limit, sizeof(limit), victims->limit,
		       strlen(victims->limit), 24);
	write_frees(p, full, brief);
	write_how(victims, how, sizeof(how));
	write_more(judge, more, sizeof(more));
	snprintf(ret->full, sizeof(ret->full), "OOM%s%s: %s, %.1f%% of %s%s%s",
		 *limit ? " in " : "", limit, how, p->share,
		 *limit ? "its limit" : "RAM+swap", full, more);
	if (victims->sure == OOM_SEVERAL && victims->list[1].is_there) {
		strcpy(other, " or ");
		person_text(&victims->list[1], other + 4, sizeof(other) - 4);
	}
	snprintf(ret->brief, sizeof(ret->brief),
		 "OOM kills %s%s (%.0f%%)%s%s%s", name, other, p->share, brief,
		 soon ? "; full " : "", soon ? figure_eta(ns).text : "");
}

/* Has so much been taken that it matters who would die? */
static bool names_victim(const struct verdict_judge *judge)
{
	const struct cgroup *c = judge->container;
	uint64_t left;

	if (judge->victims != &judge->people.victims)
		return true;
	if (!c)
		return fact(judge, FACT_HEADROOM_PERCENT) <= ROOM_PERCENT;
	left = cgroup_available(c, &judge->snapshot->memory);
	return left != UNKNOWN && left < c->max / 100 * ROOM_PERCENT &&
	       judge->victims->list[0].is_there;
}

/* "38.2G + 15.6G swap", in a container below its limit */
static void write_room(const struct verdict_judge *judge, char *buf,
		       size_t size)
{
	const struct memory *m = &judge->snapshot->memory;
	const struct cgroup *c = judge->container;
	uint64_t left = c ? cgroup_available(c, m) : m->available;
	struct figure room = figure_of((double)left, UNIT_BYTES);
	struct figure swap = figure_of((double)m->swap_free, UNIT_BYTES);

	if (c)
		snprintf(buf, size, "%s below the container's limit",
			 left == UNKNOWN ? "?" : room.text);
	else if (m->swap_total && m->swap_total != UNKNOWN)
		snprintf(buf, size, "%s + %s swap", room.text, swap.text);
	else
		snprintf(buf, size, "%s, no swap", room.text);
}

void write_next(const struct verdict_judge *judge,
		const struct finding *finding, struct line *ret)
{
	const char *risk = finding->severity < SEVERITY_WARN ? "no OOM risk now"
							     : "no OOM soon";
	char left[80];

	if (isnan(fact(judge, FACT_AVAILABLE))) {
		*ret = (struct line){ "-", "-" };
		return;
	}
	if (names_victim(judge)) {
		write_victim(judge, ret);
		return;
	}
	write_room(judge, left, sizeof(left));
	snprintf(ret->full, sizeof(ret->full), "%s; room left %s", risk, left);
	snprintf(ret->brief, sizeof(ret->brief), "%s; room left %s", risk,
		 left);
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
		    names_victim(judge) ? sure[judge->victims->sure]
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
