/* SPDX-License-Identifier: MIT
 *
 * What dies next: whom the kernel would kill, how sure that is and how soon;
 * and while that is far away, how much room there is.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "memtop/text.h"
#include "seal.h"

/* A victim is not named while more than this part of RAM is left. */
#define ROOM_PERCENT 50
/* After a kill there is no hurry while so much is left. */
#define AFTER_PERCENT 15
#define RESTS_NS      (3 * NS_PER_S)
#define SOON_NS	      (3600 * (double)NS_PER_S)

/* Is it about a cgroup that the line is about, not where memtop is? */
static bool is_elsewhere(const struct verdict_judge *judge)
{
	return judge->victims != &judge->people.victims;
}

/* The machine's, or that of the cgroup's limit; NAN: no trend deserves one. */
static double eta_of(const struct verdict_judge *judge)
{
	return *judge->victims->limit ? judge->victims->eta_ns
				      : fact(judge, FACT_ETA);
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
		snprintf(full, 96, ", would free %s RAM", ram.text);
		snprintf(brief, 96, ", frees %s", ram.text);
		return;
	}
	snprintf(full, 96, ", would free %s RAM + %s swap", ram.text,
		 swap.text);
	snprintf(brief, 96, ", frees %s + %s", ram.text, swap.text);
}

/* "; at this rate b[2] overtakes it in ~40 s": before memory is full. */
static void write_overtaker(const struct verdict_judge *judge, char full[192],
			    char brief[192])
{
	const struct victims *victims = judge->victims;
	char name[96];

	*full = *brief = '\0';
	if (!victims->overtaker.is_there ||
	    !(victims->overtakes_ns < eta_of(judge)))
		return;
	person_text(&victims->overtaker, name, sizeof(name));
	snprintf(full, 192, "; at this rate %s overtakes it in %s", name,
		 figure_eta(victims->overtakes_ns).text);
	snprintf(brief, 192, ", in %s %s",
		 figure_eta(victims->overtakes_ns).text, name);
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
	else if (judge->victims->unread)
		*ret = (struct line){ "who would be killed is not known yet",
				      "victim not known yet" };
	else if (!judge->victims->list[0].is_there)
		*ret = (struct line){ "nothing that may be killed is known",
				      "no victim known" };
	else
		return false;
	return true;
}

/* "OOM kill in web.slice most likely: ", "OOM in web.slice most likely kills " */
static void write_how(const struct victims *victims, char full[128],
		      char brief[128])
{
	static const char *const how[] = {
		[OOM_UNTOLD] = " cannot be predicted, of what can be seen",
		[OOM_SEVERAL] = " of one of",
		[OOM_LIKELY] = " most likely",
		[OOM_CERTAIN] = "",
	};
	static const char *const kills[] = {
		[OOM_UNTOLD] = " may kill",
		[OOM_SEVERAL] = " kills",
		[OOM_LIKELY] = " most likely kills",
		[OOM_CERTAIN] = " kills",
	};
	const char *name = victims->limit;
	char limit[80];

	text_printable(limit, sizeof(limit), name, strlen(name), 40);
	snprintf(full, 128, "OOM kill%s%s%s", *limit ? " in " : "", limit,
		 how[victims->sure]);
	snprintf(brief, 128, "OOM%s%s", *limit ? " there" : "",
		 kills[victims->sure]);
}

/* "a[1]", "a[1] or b[2]", "a[1] and 3 more of its group" */
static void write_name(const struct victims *victims, char *buf, size_t size)
{
	char first[96], second[96], third[96];

	person_text(&victims->list[0], first, sizeof(first));
	person_text(&victims->list[1], second, sizeof(second));
	person_text(&victims->list[2], third, sizeof(third));
	if (victims->sure == OOM_SEVERAL && victims->rivals > 2 &&
	    victims->list[2].is_there)
		snprintf(buf, size, "%s, %s or %s", first, second, third);
	else if (victims->sure == OOM_SEVERAL && victims->list[1].is_there)
		snprintf(buf, size, "%s or %s", first, second);
	else if (victims->with)
		snprintf(buf, size, "%s and %zu more of its group", first,
			 victims->with);
	else
		snprintf(buf, size, "%s", first);
}

/* "45.3% of RAM+swap", "counted as 52.3% of RAM+swap (adj 500)": what an
 * oom_score_adj adds or takes, nobody has. */
static void write_counted(const struct victims *victims, char *buf, size_t size)
{
	const struct person *p = &victims->list[0];
	const char *whole = *victims->limit ? "its limit" : "RAM+swap";

	if (p->adj)
		snprintf(buf, size, "counted as %.1f%% of %s (adj %d)",
			 p->share, whole, p->adj);
	else
		snprintf(buf, size, "%.1f%% of %s", p->share, whole);
}

/* Who acts before the kernel, and may choose another. */
static void write_killer(const struct victims *victims, char *buf, size_t size)
{
	char name[96];

	*buf = '\0';
	if (!victims->has_killer)
		return;
	person_text(&victims->killer, name, sizeof(name));
	snprintf(buf, size, "; %s may act first", name);
}

/* Who dies and when counts for more than what that gives back, and that for
 * more than how sure it is. */
static void write_brief(struct line *ret, const char *kills, const char *name,
			const char *percent, const char *frees,
			const char *then, const char *soon)
{
	if (*then)
		frees = "";
	snprintf(ret->brief, sizeof(ret->brief), "%s %s%s%s%s%s", kills, name,
		 percent, frees, then, soon);
	if (text_cells(ret->brief) > BRIEF_CELLS)
		snprintf(ret->brief, sizeof(ret->brief), "%s %s%s%s%s", kills,
			 name, *then ? "" : percent, then, soon);
	if (text_cells(ret->brief) > BRIEF_CELLS)
		snprintf(ret->brief, sizeof(ret->brief), "OOM: %s%s%s", name,
			 then, soon);
}

static void write_victim(const struct verdict_judge *judge, struct line *ret)
{
	const struct victims *victims = judge->victims;
	const struct person *p = &victims->list[0];
	char name[320], full[96], brief[96], eta[80] = "", soon[48] = "";
	char percent[32];
	char how[128], kills[128], overtaker[192], then[192], killer[128];
	char counted[64];

	write_name(victims, name, sizeof(name));
	write_frees(p, full, brief);
	write_how(victims, how, kills);
	write_overtaker(judge, overtaker, then);
	write_killer(victims, killer, sizeof(killer));
	if (eta_of(judge) <= SOON_NS) {
		snprintf(eta, sizeof(eta), ". Full in %s at this rate",
			 figure_eta(eta_of(judge)).text);
		snprintf(soon, sizeof(soon), "; full %s",
			 figure_eta(eta_of(judge)).text);
	}
	write_counted(victims, counted, sizeof(counted));
	snprintf(ret->full, sizeof(ret->full), "%s: %s, %s%s%s%s%s%s", how,
		 name, counted, full,
		 victims->not_enough ? "; one kill will not be enough" : "",
		 overtaker, killer, eta);
	snprintf(percent, sizeof(percent), " (%.0f%%)", p->share);
	write_brief(ret, kills, name, percent, brief, then, soon);
}

/* The cgroup in which there is room or not; NULL: the machine. */
static const struct cgroup *room_of(const struct verdict_judge *judge)
{
	return is_elsewhere(judge) ? judge->victims->cgroup : judge->container;
}

/* Bytes left until the limit; UNKNOWN. */
static uint64_t left_in(const struct verdict_judge *judge,
			const struct cgroup *c)
{
	return c ? cgroup_available(c, &judge->snapshot->memory)
		 : judge->snapshot->memory.available;
}

bool next_is_named(const struct verdict_judge *judge,
		   const struct finding *finding)
{
	const struct cgroup *c = room_of(judge);
	uint64_t left;

	if (is_elsewhere(judge) && !finding_is_kill(finding))
		return true;
	if (!c)
		return fact(judge, FACT_HEADROOM_PERCENT) <= ROOM_PERCENT;
	left = left_in(judge, c);
	return left != UNKNOWN && left < c->max / 100 * ROOM_PERCENT &&
	       judge->victims->list[0].is_there;
}

/* Does nothing say that it will happen soon?  A kill has made room. */
static bool is_calm(const struct verdict_judge *judge,
		    const struct finding *finding)
{
	const struct cgroup *c = room_of(judge);
	uint64_t left = left_in(judge, c);

	/* the figures of cgroups may still be those of before */
	if (finding_is_kill(finding) &&
	    passed(judge, judge->news.kills.killed.at) < RESTS_NS)
		return true;
	if (eta_of(judge) <= SOON_NS)
		return false;
	if (finding->severity < SEVERITY_WARN || finding->easing)
		return true;
	if (!finding_is_kill(finding))
		return false;
	if (c)
		return left != UNKNOWN && left > c->max / 100 * AFTER_PERCENT;
	return fact(judge, FACT_HEADROOM_PERCENT) > AFTER_PERCENT;
}

/* "38.2G + 15.6G swap", in a container below its limit */
static void write_left(const struct verdict_judge *judge, char *buf,
		       size_t size)
{
	const struct memory *m = &judge->snapshot->memory;
	const struct cgroup *c = room_of(judge);
	uint64_t left = left_in(judge, c);
	struct figure room = figure_of((double)left, UNIT_BYTES);
	struct figure swap = figure_of((double)m->swap_free, UNIT_BYTES);
	char name[80];

	if (c && is_elsewhere(judge)) {
		const char *limit = judge->victims->limit;

		text_printable(name, sizeof(name), limit, strlen(limit), 24);
		snprintf(buf, size, "%s in %s",
			 left == UNKNOWN ? "?" : room.text, name);
	} else if (c) {
		snprintf(buf, size, "%s below the container's limit",
			 left == UNKNOWN ? "?" : room.text);
	} else if (m->swap_total && m->swap_total != UNKNOWN) {
		snprintf(buf, size, "%s + %s swap", room.text, swap.text);
	} else {
		snprintf(buf, size, "%s, no swap", room.text);
	}
}

static void write_room(const struct verdict_judge *judge,
		       const struct finding *finding, struct line *ret)
{
	bool presses =
		finding->severity >= SEVERITY_WARN || finding->rule->pressure;
	const char *risk = presses ? "no OOM soon" : "no OOM risk now";
	double share = judge->victims->list[0].share;
	char left[128], name[224], first[416] = "", brief[416] = "";
	char counted[64];

	write_left(judge, left, sizeof(left));
	if (next_is_named(judge, finding) && judge->victims->list[0].is_there) {
		write_name(judge->victims, name, sizeof(name));
		write_counted(judge->victims, counted, sizeof(counted));
		snprintf(first, sizeof(first), "; first would be %s, %s", name,
			 counted);
		snprintf(brief, sizeof(brief), "; first: %s (%.0f%%)", name,
			 share);
	}
	snprintf(ret->full, sizeof(ret->full), "%s%s; room left %s", risk,
		 first, left);
	snprintf(ret->brief, sizeof(ret->brief), "%s%s; room left %s", risk,
		 brief, left);
	if (text_cells(ret->brief) > BRIEF_CELLS)
		snprintf(ret->brief, sizeof(ret->brief), "%s%s; %s left", risk,
			 brief, left);
}

void write_next(const struct verdict_judge *judge,
		const struct finding *finding, struct line *ret)
{
	if (isnan(fact(judge, FACT_AVAILABLE))) {
		*ret = (struct line){ "", "" };
		return;
	}
	if (next_is_named(judge, finding) && write_no_order(judge, ret))
		return;
	if (!next_is_named(judge, finding) || is_calm(judge, finding))
		write_room(judge, finding, ret);
	else
		write_victim(judge, ret);
}
