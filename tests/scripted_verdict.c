/* SPDX-License-Identifier: MIT
 *
 * The verdict of the scripted snapshots.  Who it is and who would be killed is
 * what the real judge makes of the processes; the line is given, because one
 * snapshot is no series.
 */
#include <math.h>
#include <stdio.h>

#include "memtop/field.h"
#include "memtop/flags.h"
#include "memtop/format.h"
#include "memtop/verdict.h"
#include "scripted_private.h"

#define LASTED_S 867 /* 14m27 at step 0 */
#define LED_NS	 (31 * NS_PER_S)

struct script {
	enum severity severity;
	const char *rule, *text, *brief, *todo, *todo_brief;
	struct evidence evidence[VERDICT_EVIDENCE];
	struct also also; /* without its text */
	const char *also_text;
	bool also_swap; /* ends in what is left of swap */
};

/* clang-format off */
#define DO_SWAP \
	"3 Swap shows what goes in and out; 4 OOM the ranking and what-if; K " \
	"ends a process, asks first", \
	"3 Swap: in and out; 4 OOM: ranking; K ends one"
#define DO_OOM \
	"4 OOM for the ranking and what-if; K ends a process, asks first; o " \
	"adjusts who goes first", \
	"4 OOM: ranking, what-if; K ends a process"
#define AT_LEAST(what, in, is, most) { what, in, COMPARE_AT_LEAST, is, most }
#define AT_MOST(what, in, is, most)  { what, in, COMPARE_AT_MOST, is, most }
#define NEAR .also = { .rule = "R12-out-of-memory", .severity = SEVERITY_WARN }, \
	.also_text = "OUT OF MEMORY NEAR for 2m (since 14:00:37): only 1.6G " \
		     "available (3%), ", \
	.also_swap = true
#define SWAPS \
	AT_LEAST("swap_in", UNIT_COUNT_PER_SECOND, 15600, 64), \
	AT_LEAST("swap_out", UNIT_COUNT_PER_SECOND, 16900, 16), \
	AT_LEAST("anon_return_ratio", UNIT_PERCENT, 76.3, 30)

static const struct script thrash = {
	SEVERITY_CRIT, "R07-swap-thrash",
	"THRASHING for 14m (since 13:48:10): some task waits for memory 41% "
	"of the time, all of them at once 23%",
	"THRASHING 14m (since 13:48): some task waits 41%, all 23%", DO_SWAP,
	{ SWAPS, AT_LEAST("memory_full_10s", UNIT_PERCENT, 22.7, 20),
	  AT_LEAST("memory_some_10s", UNIT_PERCENT, 41.2, 30) }, NEAR };

/* Without stall figures the rule stands on the disk that is waited for. */
static const struct script no_psi = {
	SEVERITY_WARN, "R04-direct-reclaim",
	"DIRECT RECLAIM for 14m (since 13:48:10): programs wait while the "
	"kernel frees memory for them: 412/s direct reclaims, 8% of what is "
	"looked at can be freed",
	"DIRECT RECLAIM 14m (since 13:48): 412/s direct, 8% freed",
	"2 Processes by GROW/m shows who takes the memory",
	"2 Processes by GROW/m: who takes it",
	{ AT_LEAST("allocstall", UNIT_COUNT_PER_SECOND, 412, 10),
	  AT_LEAST("direct_share", UNIT_PERCENT, 29.5, 10) }, NEAR };

static const struct script no_swap = {
	SEVERITY_CRIT, "R12-out-of-memory",
	"OUT OF MEMORY NEAR for 14m (since 13:48:10): only 1.6G available "
	"(3%), there is no swap",
	"OUT OF MEMORY NEAR: 1.6G available (3%), no swap", DO_OOM,
	{ AT_MOST("available_of_anon", UNIT_PERCENT, 3.25, 5),
	  AT_MOST("swap_free_percent", UNIT_PERCENT, 0, 5) },
	.also = { .rule = "R05-stall", .severity = SEVERITY_CRIT },
	.also_text = "MEMORY STALLS for 14m (since 13:48:10): some task waits "
		     "for memory 41% of the time, all of them at once 23%" };

static const struct script healthy = {
	SEVERITY_OK, "R01-healthy",
	"healthy: 38.2G available, nothing waits for memory, swap idle",
	"healthy: 38.2G available", NULL, NULL,
	{ AT_LEAST("available", UNIT_BYTES, 4.1e10, 0),
	  AT_MOST("memory_some_60s", UNIT_PERCENT, 0, .5) }, .also_text = NULL };

static const struct script first_look = {
	SEVERITY_CRIT, "R05-stall",
	"MEMORY STALLS for at least 5m (5m average: some 19%, full 10%)",
	"MEMORY STALLS for at least 5m",
	"2 Processes by MAJ/s shows who waits; K ends or freezes a process, "
	"asks first", "2 Processes by MAJ/s: who waits; K ends one",
	{ AT_LEAST("memory_full_10s", UNIT_PERCENT, 22.7, 20),
	  AT_LEAST("scan_kswapd", UNIT_COUNT_PER_SECOND, NAN, 1) },
	.also_text = NULL };
/* clang-format on */

static const struct script *script_of(enum scripted_case which, unsigned step)
{
	if (which == SCRIPTED_HEALTHY || which == SCRIPTED_CONTAINER)
		return &healthy;
	if (which == SCRIPTED_NO_PSI)
		return &no_psi;
	if (which == SCRIPTED_NO_SWAP)
		return &no_swap;
	return which == SCRIPTED_STARTING && step == 0 ? &first_look : &thrash;
}

/* Now, and half a minute ago: whoever has led so long is sure to. */
static void judge(struct snapshot *s)
{
	struct verdict_judge *judge = scripted_must(verdict_judge_new());

	s->monotonic_ns -= LED_NS;
	s->boottime_ns -= LED_NS;
	verdict_judge_step(judge, s);
	verdict_unref_texts(&s->verdict);
	memset(&s->verdict, 0, sizeof(s->verdict));
	s->monotonic_ns += LED_NS;
	s->boottime_ns += LED_NS;
	verdict_judge_step(judge, s);
	verdict_judge_free(judge);
}

static void put(const struct text **member, const char *text)
{
	text_unref(*member);
	*member = scripted_text(text);
}

void scripted_letters(struct snapshot *s)
{
	struct letters letters = { .lost = false };

	letters_write(&letters, s);
	letters_done(&letters);
}

void scripted_verdict(struct snapshot *s, enum scripted_case which,
		      unsigned step)
{
	const struct script *script = script_of(which, step);
	char also[256], left[FORMAT_SIZE];
	struct verdict *v = &s->verdict;

	judge(s);
	v->severity = script->severity;
	v->rule = script->rule;
	v->at_least = script == &first_look;
	v->since_realtime_ns = s->realtime_ns - (LASTED_S + step) * NS_PER_S;
	if (v->at_least)
		v->since_realtime_ns = s->realtime_ns - 300 * NS_PER_S;
	else if (script == &healthy)
		v->since_realtime_ns = UNKNOWN;
	put(&v->text, script->text);
	put(&v->brief, script->brief);
	put(&v->todo, script->todo);
	put(&v->todo_brief, script->todo_brief);
	put(&v->advice, NULL);
	memcpy(v->evidence, script->evidence, sizeof(v->evidence));
	for (size_t i = 0; i < VERDICT_ALSO; i++) {
		text_unref(v->also[i].text);
		v->also[i] = (struct also){ .text = NULL };
	}
	if (!script->also_text)
		return;
	v->also[0] = script->also;
	v->also[0].since_realtime_ns = s->realtime_ns - 120 * NS_PER_S;
	format_bytes(left, s->memory.swap_free, FORMAT_AUTO);
	snprintf(also, sizeof(also), "%s%s%s", script->also_text,
		 script->also_swap ? left : "",
		 script->also_swap ? " of swap left" : "");
	v->also[0].text = scripted_text(also);
}
