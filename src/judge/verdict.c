/* SPDX-License-Identifier: MIT
 *
 * The verdict line: the most severe rule that holds, in words, with its
 * figures and since when.  A fold over snapshots: no clock, no I/O, so that
 * live samples, recordings and tests give the same line.
 *
 * So far only facts that one sample proves by itself: the kernel's own stall
 * averages, what is available, and the OOM kill counter.
 */
#include "memtop/verdict.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/format.h"

/* A kill leads the line for this long. */
#define KILL_HEADLINE_NS (300 * NS_PER_S)
/* A state that has ended is dropped after this long: no flicker. */
#define CLEAR_AFTER_NS (10 * NS_PER_S)
/* The averages cover this much of the past by themselves. */
#define AVG60_NS  (60 * NS_PER_S)
#define AVG300_NS (300 * NS_PER_S)

struct line {
	char text[256], brief[96];
};

struct verdict_judge;

struct rule {
	const char *name;
	enum severity severity;
	/* `active`: it holds already, the lower limit counts */
	bool (*holds)(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, bool active);
	void (*say)(const struct verdict_judge *judge,
		    const struct snapshot *snapshot, const char *since,
		    struct line *line);
	/* how long it has held at least before the first sample; NULL: it
	 * begins when it is first seen */
	uint64_t (*held_before_ns)(const struct snapshot *snapshot);
};

enum {
	RULE_OOM_KILL,
	RULE_EMPTY,
	RULE_STALLED,
	RULE_STALLS,
	RULE_LOW,
	RULE_STALLS_SOME,
	RULE_TIGHT,
	RULE_HEALTHY,
	RULE_UNKNOWN,
	RULE_COUNT
};

/* One moment on two clocks: durations are taken from the one that nobody can
 * set, and the other is what an admin finds in his logs. */
struct moment {
	uint64_t boottime_ns, realtime_ns;
};

struct verdict_judge {
	struct {
		bool active, at_least;
		struct moment since;
		uint64_t held_ns; /* when it last held (boottime) */
	} rules[RULE_COUNT];
	bool started, counted;
	uint64_t last_ns;	      /* boottime of the sample before */
	uint64_t kills, kills_before; /* counter now, and at the start */
	uint64_t new_kills;	      /* in the headline; 0: none */
	struct moment killed;	      /* the last one */
};

static struct moment moment_of(const struct snapshot *snapshot)
{
	return (struct moment){ snapshot->boottime_ns, snapshot->realtime_ns };
}

static uint64_t passed(const struct snapshot *snapshot, struct moment since)
{
	return snapshot->boottime_ns - since.boottime_ns;
}

__attribute__((format(printf, 3, 4))) static void
write_line(char *buf, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(buf, size, format, arguments);
	va_end(arguments);
}

/* ---- facts --------------------------------------------------------------- */

static double share(uint64_t part, uint64_t whole)
{
	return part == UNKNOWN || whole == UNKNOWN || !whole
		       ? NAN
		       : 100.0 * (double)part / (double)whole;
}

static bool has_psi(const struct snapshot *snapshot)
{
	return snapshot->pressure.memory_block.state == STATE_OK;
}

static bool knows_memory(const struct snapshot *snapshot)
{
	return snapshot->memory.block.state == STATE_OK &&
	       snapshot->memory.total != UNKNOWN &&
	       snapshot->memory.available != UNKNOWN;
}

/* No swap, or none left worth the name. */
static bool swap_exhausted(const struct snapshot *snapshot)
{
	const struct memory *m = &snapshot->memory;

	if (m->swap_total == UNKNOWN || m->swap_free == UNKNOWN)
		return false;
	return m->swap_free <= m->swap_total / 20;
}

/* "Available" is low below `percent`, but never more than cap_gib plus a tenth
 * of the percentage: 10 % of a terabyte is no emergency. */
static bool available_below(const struct snapshot *snapshot, unsigned percent,
			    unsigned cap_gib, bool active)
{
	uint64_t total = snapshot->memory.total;
	uint64_t limit;

	if (!knows_memory(snapshot))
		return false;
	limit = min_u64(total / 100 * percent,
			cap_gib * GIB + total / 1000 * percent);
	if (active)
		limit += limit / 2;
	return snapshot->memory.available < limit;
}

static bool stalls_above(const struct snapshot *snapshot, double some,
			 double full, bool active)
{
	const struct pressure *p = &snapshot->pressure;
	double factor = active ? 0.5 : 1;

	return has_psi(snapshot) && (p->memory_some.avg10 >= some * factor ||
				     p->memory_full.avg10 >= full * factor);
}

/* What the longer averages prove about the time before memtop. */
static uint64_t stalled_before(const struct snapshot *snapshot, double some,
			       double full)
{
	const struct pressure *p = &snapshot->pressure;

	if (p->memory_some.avg300 >= some || p->memory_full.avg300 >= full)
		return AVG300_NS;
	if (p->memory_some.avg60 >= some || p->memory_full.avg60 >= full)
		return AVG60_NS;
	return 0;
}

static const char *available(const struct snapshot *snapshot,
			     char buf[FORMAT_SIZE])
{
	return format_bytes(buf, snapshot->memory.available, FORMAT_AUTO);
}

/* ---- rules --------------------------------------------------------------- */

static bool oom_kill_holds(const struct verdict_judge *judge,
			   const struct snapshot *snapshot, bool active)
{
	(void)active;
	return judge->new_kills &&
	       passed(snapshot, judge->killed) < KILL_HEADLINE_NS;
}

static void oom_kill_say(const struct verdict_judge *judge,
			 const struct snapshot *snapshot, const char *since,
			 struct line *line)
{
	char clock[FORMAT_SIZE], ago[FORMAT_SIZE];

	(void)since;
	format_clock(clock, judge->killed.realtime_ns, false);
	format_duration(ago, passed(snapshot, judge->killed));
	write_line(line->text, sizeof(line->text),
		   "OOM KILL at %s (%s ago): the kernel killed %" PRIu64
		   " process%s for memory, %" PRIu64 " since boot",
		   clock, ago, judge->new_kills,
		   judge->new_kills == 1 ? "" : "es", judge->kills);
	write_line(line->brief, sizeof(line->brief),
		   "OOM KILL %s (%s ago): %" PRIu64 " killed", clock, ago,
		   judge->new_kills);
}

static bool empty_holds(const struct verdict_judge *judge,
			const struct snapshot *snapshot, bool active)
{
	(void)judge;
	return available_below(snapshot, 3, 1, active) &&
	       swap_exhausted(snapshot);
}

static void empty_say(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, const char *since,
		      struct line *line)
{
	char a[FORMAT_SIZE], s[FORMAT_SIZE], p[FORMAT_SIZE];
	const struct memory *m = &snapshot->memory;

	(void)judge;
	available(snapshot, a);
	format_percent(p, share(m->available, m->total));
	format_bytes(s, m->swap_free, FORMAT_AUTO);
	write_line(line->text, sizeof(line->text),
		   "OUT OF MEMORY NEAR %s: only %s available (%s), %s", since,
		   a, p, m->swap_total ? "swap is full" : "there is no swap");
	write_line(line->brief, sizeof(line->brief),
		   "OUT OF MEMORY NEAR: avail %s %s, swap %s", a, p,
		   m->swap_total ? s : "none");
}

static bool stalled_holds(const struct verdict_judge *judge,
			  const struct snapshot *snapshot, bool active)
{
	(void)judge;
	return stalls_above(snapshot, 50, 20, active);
}

static uint64_t stalled_before_ns(const struct snapshot *snapshot)
{
	return stalled_before(snapshot, 50, 20);
}

static void stalls_say(const struct verdict_judge *judge,
		       const struct snapshot *snapshot, const char *since,
		       struct line *line)
{
	const struct pressure *p = &snapshot->pressure;

	(void)judge;
	write_line(line->text, sizeof(line->text),
		   "MEMORY STALLS %s: some task waits for memory %.0f%% of "
		   "the time, all of them at once %.0f%%",
		   since, p->memory_some.avg10, p->memory_full.avg10);
	write_line(line->brief, sizeof(line->brief),
		   "MEMORY STALLS: some task waits %.0f%%, all %.0f%%",
		   p->memory_some.avg10, p->memory_full.avg10);
}

static bool stalls_holds(const struct verdict_judge *judge,
			 const struct snapshot *snapshot, bool active)
{
	(void)judge;
	return stalls_above(snapshot, 10, 5, active);
}

static uint64_t stalls_before_ns(const struct snapshot *snapshot)
{
	return stalled_before(snapshot, 10, 5);
}

static bool low_holds(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, bool active)
{
	(void)judge;
	return available_below(snapshot, 10, 4, active);
}

static void low_say(const struct verdict_judge *judge,
		    const struct snapshot *snapshot, const char *since,
		    struct line *line)
{
	char a[FORMAT_SIZE], t[FORMAT_SIZE], p[FORMAT_SIZE];
	const struct memory *m = &snapshot->memory;

	(void)judge;
	available(snapshot, a);
	format_bytes(t, m->total, FORMAT_AUTO);
	format_percent(p, share(m->available, m->total));
	write_line(line->text, sizeof(line->text),
		   "LOW MEMORY %s: %s of %s can still be handed out (%s)",
		   since, a, t, p);
	write_line(line->brief, sizeof(line->brief),
		   "LOW MEMORY: %s available (%s)", a, p);
}

static bool some_holds(const struct verdict_judge *judge,
		       const struct snapshot *snapshot, bool active)
{
	(void)judge;
	return stalls_above(snapshot, 1, 100, active);
}

static uint64_t some_before_ns(const struct snapshot *snapshot)
{
	return stalled_before(snapshot, 1, 100);
}

static void some_say(const struct verdict_judge *judge,
		     const struct snapshot *snapshot, const char *since,
		     struct line *line)
{
	char a[FORMAT_SIZE];

	(void)judge;
	available(snapshot, a);
	write_line(line->text, sizeof(line->text),
		   "some waiting %s: a task waits for memory %.1f%% of the "
		   "time; %s available",
		   since, snapshot->pressure.memory_some.avg10, a);
	write_line(line->brief, sizeof(line->brief),
		   "some waiting %.1f%%; %s available",
		   snapshot->pressure.memory_some.avg10, a);
}

static bool tight_holds(const struct verdict_judge *judge,
			const struct snapshot *snapshot, bool active)
{
	(void)judge;
	return available_below(snapshot, 15, 6, active);
}

static bool healthy_holds(const struct verdict_judge *judge,
			  const struct snapshot *snapshot, bool active)
{
	(void)judge;
	(void)active;
	return knows_memory(snapshot);
}

static void healthy_say(const struct verdict_judge *judge,
			const struct snapshot *snapshot, const char *since,
			struct line *line)
{
	char a[FORMAT_SIZE];
	const char *stalls = has_psi(snapshot) ? "nothing waits for memory"
					       : "no stall data on this kernel";

	(void)judge;
	(void)since;
	available(snapshot, a);
	write_line(line->text, sizeof(line->text), "%s: %s available, %s",
		   has_psi(snapshot) ? "healthy" : "no sign of pressure", a,
		   stalls);
	write_line(line->brief, sizeof(line->brief), "%s available, %s", a,
		   stalls);
}

static bool unknown_holds(const struct verdict_judge *judge,
			  const struct snapshot *snapshot, bool active)
{
	(void)judge;
	(void)snapshot;
	(void)active;
	return true;
}

static void unknown_say(const struct verdict_judge *judge,
			const struct snapshot *snapshot, const char *since,
			struct line *line)
{
	(void)judge;
	(void)snapshot;
	(void)since;
	write_line(line->text, sizeof(line->text),
		   "cannot tell: /proc/meminfo is not readable here");
	write_line(line->brief, sizeof(line->brief),
		   "cannot tell: no /proc/meminfo");
}

/* The first that holds leads. */
/* clang-format off */
static const struct rule rules[] = {
	[RULE_OOM_KILL] = { .name = "oom-kill", .severity = SEVERITY_CRIT,
			    .holds = oom_kill_holds, .say = oom_kill_say },
	[RULE_EMPTY] = { .name = "out-of-memory", .severity = SEVERITY_CRIT,
			 .holds = empty_holds, .say = empty_say },
	[RULE_STALLED] = { .name = "stalled", .severity = SEVERITY_CRIT,
			   .holds = stalled_holds, .say = stalls_say,
			   .held_before_ns = stalled_before_ns },
	[RULE_STALLS] = { .name = "stalls", .severity = SEVERITY_WARN,
			  .holds = stalls_holds, .say = stalls_say,
			  .held_before_ns = stalls_before_ns },
	[RULE_LOW] = { .name = "available-low", .severity = SEVERITY_WARN,
		       .holds = low_holds, .say = low_say },
	[RULE_STALLS_SOME] = { .name = "some-stalls",
			       .severity = SEVERITY_NOTE,
			       .holds = some_holds, .say = some_say,
			       .held_before_ns = some_before_ns },
	[RULE_TIGHT] = { .name = "available-tight", .severity = SEVERITY_NOTE,
			 .holds = tight_holds, .say = low_say },
	[RULE_HEALTHY] = { .name = "healthy", .severity = SEVERITY_OK,
			   .holds = healthy_holds, .say = healthy_say },
	[RULE_UNKNOWN] = { .name = "cannot-tell", .severity = SEVERITY_NOTE,
			   .holds = unknown_holds, .say = unknown_say },
};
/* clang-format on */
static_assert(ARRAY_SIZE(rules) == RULE_COUNT, "a rule without a row");

/* ---- the fold ------------------------------------------------------------ */

static void count_kills(struct verdict_judge *judge,
			const struct snapshot *snapshot)
{
	const struct counter *c = snapshot_counter(snapshot, "oom_kill");

	if (!c || c->value == UNKNOWN)
		return;
	if (!judge->counted || c->value < judge->kills)
		judge->kills_before = c->value;
	if (judge->counted && c->value > judge->kills) {
		if (!oom_kill_holds(judge, snapshot, true))
			judge->kills_before = judge->kills;
		judge->killed = moment_of(snapshot);
	}
	judge->counted = true;
	judge->kills = c->value;
	judge->new_kills = judge->kills - judge->kills_before;
}

static bool step_rule(struct verdict_judge *judge, size_t i,
		      const struct snapshot *snapshot)
{
	bool active = judge->rules[i].active;
	uint64_t held = 0;

	if (rules[i].holds(judge, snapshot, active)) {
		if (!active && !judge->started && rules[i].held_before_ns)
			held = rules[i].held_before_ns(snapshot);
		if (!active) {
			judge->rules[i].active = true;
			judge->rules[i].at_least = !judge->started;
			judge->rules[i].since = (struct moment){
				sub_floor(snapshot->boottime_ns, held),
				sub_floor(snapshot->realtime_ns, held),
			};
		}
		judge->rules[i].held_ns = snapshot->boottime_ns;
		return true;
	}
	if (active && rules[i].severity > SEVERITY_OK && i != RULE_OOM_KILL &&
	    snapshot->boottime_ns < judge->rules[i].held_ns + CLEAR_AFTER_NS)
		return true;
	judge->rules[i].active = false;
	return false;
}

static void since_words(const struct verdict_judge *judge, size_t i,
			const struct snapshot *snapshot, char *buf, size_t size)
{
	char duration[FORMAT_SIZE], clock[FORMAT_SIZE];

	format_duration(duration, passed(snapshot, judge->rules[i].since));
	format_clock(clock, judge->rules[i].since.realtime_ns, false);
	if (judge->rules[i].at_least)
		write_line(buf, size, "for at least %s", duration);
	else
		write_line(buf, size, "for %s (since %s)", duration, clock);
}

void verdict_judge_step(void *state, struct snapshot *snapshot)
{
	struct verdict_judge *judge = state;
	struct line line = { .text = "" };
	size_t leading = RULE_UNKNOWN;
	char since[96];

	/* a recording goes on after a restart: nothing of before holds */
	if (snapshot->boottime_ns < judge->last_ns)
		*judge = (struct verdict_judge){ 0 };
	judge->last_ns = snapshot->boottime_ns;
	count_kills(judge, snapshot);
	for (size_t i = RULE_COUNT; i-- > 0;)
		if (step_rule(judge, i, snapshot))
			leading = i;
	judge->started = true;
	since_words(judge, leading, snapshot, since, sizeof(since));
	rules[leading].say(judge, snapshot, since, &line);

	struct verdict *verdict = &snapshot->verdict;

	verdict->severity = rules[leading].severity;
	verdict->rule = rules[leading].name;
	verdict->text = text_new(line.text, strlen(line.text));
	verdict->brief = text_new(line.brief, strlen(line.brief));
	verdict->since_realtime_ns =
		leading == RULE_OOM_KILL
			? judge->killed.realtime_ns
			: judge->rules[leading].since.realtime_ns;
	verdict->at_least = judge->rules[leading].at_least;
}

struct verdict_judge *verdict_judge_new(void)
{
	return calloc(1, sizeof(struct verdict_judge));
}

void verdict_judge_free(struct verdict_judge *judge)
{
	free(judge);
}
