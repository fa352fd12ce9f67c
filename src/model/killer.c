/* SPDX-License-Identifier: MIT
 *
 * Programs that kill before the kernel has to: which is one, and how much of
 * RAM and swap may be left before it acts.  Whom they choose is in
 * killer_choice.c, what systemd-oomd follows besides in killer_stalls.c.
 */
#include "memtop/killer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "killer_private.h"
#include "memtop/base.h"

/* Percent left.  earlyoom: SIGTERM at 10 % of both; nohang: at 5 % and 10 %;
 * systemd-oomd: at 90 % in use. */
#define EARLYOOM_MEMORY 10
#define EARLYOOM_SWAP	10
#define NOHANG_MEMORY	5
#define NOHANG_SWAP	10
#define OOMD_USED	90

/* Users from here on are people, but for those that systemd makes for a
 * service (DynamicUser=, which Debian's earlyoom has). */
#define PERSON_FIRST  1000
#define DYNAMIC_FIRST 61184
#define DYNAMIC_LAST  65519

/* Anybody may call a program earlyoom: a person's can't end what others run. */
static bool is_service(const struct process *process)
{
	uint64_t uid = process->uid;

	return uid == UNKNOWN || uid < PERSON_FIRST ||
	       (uid >= DYNAMIC_FIRST && uid <= DYNAMIC_LAST);
}

/* All processes are asked in each ranking: one comparison at most. */
enum killer_kind killer_kind(const struct process *process)
{
	const char *name;
	enum killer_kind kind;

	switch (process->comm[0]) {
	case 'e':
		kind = KILLER_EARLYOOM, name = "earlyoom";
		break;
	case 'n':
		kind = KILLER_NOHANG, name = "nohang";
		break;
	case 's':
		kind = KILLER_SYSTEMD_OOMD, name = "systemd-oomd";
		break;
	case 'o':
		kind = KILLER_OOMD, name = "oomd";
		break;
	default:
		return KILLER_KINDS;
	}
	return strcmp(process->comm, name) == 0 && is_service(process)
		       ? kind
		       : KILLER_KINDS;
}

bool killer_is(const struct process *process)
{
	return killer_kind(process) != KILLER_KINDS;
}

static double known(uint64_t value)
{
	return value == UNKNOWN ? NAN : (double)value;
}

static double percent_of(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : NAN;
}

/* ---- its settings -------------------------------------------------------- */

/* -m PERCENT, -M KIB: whichever is less, when both are given. */
static double option_limit(const char *command, char percent_letter,
			   char kib_letter, double otherwise, double total)
{
	double share = killer_option(command, percent_letter);
	double kib = killer_option(command, kib_letter);
	double least = fmin(share, percent_of(kib * (double)KIB, total));

	return isnan(least) ? otherwise : least;
}

double killer_share(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text)
		return NAN;
	end += strspn(end, " ");
	if (strncmp(end, "\u2030", strlen("\u2030")) == 0)
		return value / 10;
	if (strncmp(end, "\u2031", strlen("\u2031")) == 0)
		return value / 100;
	return value;
}

/* "5 %", or "512 M" of a whole. */
static double file_limit(const struct snapshot *snapshot, const char *name,
			 double otherwise, double total)
{
	const struct tunable *row = killer_setting(snapshot, name);
	double value = row != NULL ? killer_share(row->value) : NAN;

	if (isnan(value))
		return otherwise;
	return strchr(row->value, 'M') != NULL
		       ? percent_of(value * (double)MIB, total)
		       : value;
}

/* ---- the tests ----------------------------------------------------------- */

/* How much of the way from nothing used to the limit is gone: twice as much as
 * the limit left is half of it. */
static double way_of(double left, double limit)
{
	if (isnan(left) || isnan(limit))
		return NAN;
	return left <= limit ? 100 : 100 * limit / left;
}

static struct killer_test finish(struct killer_test test, double whole)
{
	double memory = way_of(test.memory, test.memory_limit);
	double swap = way_of(test.swap, test.swap_limit);

	test.room = (test.memory - test.memory_limit) / 100 * whole;
	/* both have to be short; not fmin(), which forgets the unknown */
	test.way = isnan(memory) || isnan(swap) ? NAN : fmin(memory, swap);
	return test;
}

/* It leaves out what no kill gives back: of memory that is available or
 * anonymous. */
static struct killer_test test_earlyoom(const struct memory *m,
					struct killer_test test,
					const char *command)
{
	double available = known(m->available);
	double whole = available + known(m->anon_pages);

	test.memory = percent_of(available, whole);
	test.memory_limit = option_limit(command, 'm', 'M', EARLYOOM_MEMORY,
					 known(m->total));
	test.swap_limit = option_limit(command, 's', 'S', EARLYOOM_SWAP,
				       known(m->swap_total));
	return finish(test, whole);
}

static struct killer_test test_nohang(const struct snapshot *snapshot,
				      struct killer_test test)
{
	double total = known(snapshot->memory.total);

	test.memory_limit =
		file_limit(snapshot, "nohang.soft_threshold_min_mem",
			   NOHANG_MEMORY, total);
	test.swap_limit =
		file_limit(snapshot, "nohang.soft_threshold_min_swap",
			   NOHANG_SWAP, known(snapshot->memory.swap_total));
	return finish(test, total);
}

/* Used more than so much, of both; it never acts so when no unit asked. */
static struct killer_test test_oomd(const struct snapshot *snapshot,
				    struct killer_test test)
{
	double total = known(snapshot->memory.total);

	if (!killer_swap_asked(snapshot))
		return (struct killer_test){ NAN, NAN, NAN, NAN, NAN, NAN };
	test.memory_limit = test.swap_limit =
		100 -
		file_limit(snapshot, "oomd.SwapUsedLimit", OOMD_USED, total);
	return finish(test, total);
}

struct killer_test killer_test(const struct snapshot *snapshot,
			       const struct process *killer)
{
	const struct memory *m = &snapshot->memory;
	double swap_total = known(m->swap_total);
	struct killer_test test = {
		/* theirs has no cache of ZFS */
		.memory = percent_of(known(m->available), known(m->total)),
		/* what is not there is used up */
		.swap = swap_total == 0
				? 0
				: percent_of(known(m->swap_free), swap_total),
	};

	switch (killer_kind(killer)) {
	case KILLER_EARLYOOM:
		return test_earlyoom(m, test, text_str(killer->command));
	case KILLER_NOHANG:
		return test_nohang(snapshot, test);
	case KILLER_SYSTEMD_OOMD:
		return test_oomd(snapshot, test);
	case KILLER_OOMD:
	case KILLER_KINDS:
		break;
	}
	return (struct killer_test){ NAN, NAN, NAN, NAN, NAN, NAN };
}
