/* SPDX-License-Identifier: MIT
 *
 * Settings worth trying that decide who gets memory and who is killed: what may
 * be promised, the killer's own, priorities, other killers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "memtop/cgroup.h"
#include "memtop/kill.h"
#include "memtop/list.h"

#define MONTH_NS (UINT64_C(30) * 24 * 3600 * NS_PER_S)
#define CROWDED	 50   /* processes in one scope: it would be lost whole */
#define THREADS	 1000 /* an allocator's arena for each is felt */

/* ---- promises ------------------------------------------------------------ */

/* The ratio that would cover the most that was promised so far, and a seventh
 * more; pools of huge pages are taken off before. */
static bool test_ratio(struct advising *a)
{
	const struct memory *m = &a->judge->snapshot->memory;
	double wanted =
		a->judge->memory.committed_most * 1.15 - (double)m->swap_total;
	double base = (double)m->total -
		      (m->hugetlb == UNKNOWN ? 0 : (double)m->hugetlb);
	double ratio = ceil(100 * wanted / base);

	if (advice_number(a, "vm.overcommit_kbytes") > 0 || !(ratio <= 150) ||
	    !(ratio > strtod(a->now, NULL)))
		return false;
	advice_set_to(a, ratio);
	return true;
}

static bool test_kbytes(struct advising *a)
{
	const struct memory *m = &a->judge->snapshot->memory;
	double wanted = (a->judge->memory.committed_most * 1.15 -
			 (double)m->swap_total) /
			KIB;

	if (!(strtod(a->now, NULL) > 0) || !(wanted > strtod(a->now, NULL)))
		return false;
	advice_set_to(a, wanted);
	return true;
}

/* It copies itself to save its data, and says so in its own log. */
static bool test_forks(struct advising *a)
{
	const struct person *data = &a->judge->people.most[MOST_DATA].who;

	if (!data->is_there || (strcmp(data->name, "redis-server") != 0 &&
				strcmp(data->name, "valkey-server") != 0))
		return false;
	person_text(data, a->it, sizeof(a->it));
	return true;
}

static bool is_set(struct advising *a)
{
	return strtod(a->now, NULL) > 0;
}

/* ---- one process --------------------------------------------------------- */

static bool take_process(struct advising *a, const struct person *person)
{
	const struct process *p = advice_process(a, person);

	if (!p || p->oom.state != STATE_OK)
		return false;
	person_text(person, a->it, sizeof(a->it));
	a->pid = p->key.pid;
	snprintf(a->now, sizeof(a->now), "%d", (int)p->oom_score_adj);
	return true;
}

static bool test_protect(struct advising *a)
{
	const struct victims *victims = &a->judge->people.victims;

	return victims->service != SERVICE_DATABASE &&
	       take_process(a, &victims->important) &&
	       strtod(a->now, NULL) > -900;
}

static bool take_unit(struct advising *a, const struct person *person)
{
	const char *dot = strrchr(person->unit, '.');

	if (!person->is_there || !dot || strcmp(dot, ".service") != 0)
		return false;
	advice_set_it(a, person->unit);
	return true;
}

/* What it has now may stay; nobody is made unkillable. */
static bool test_keep(struct advising *a)
{
	const struct victims *victims = &a->judge->people.victims;

	if (victims->service != SERVICE_DATABASE ||
	    !take_unit(a, &victims->important))
		return false;
	snprintf(a->to, sizeof(a->to), "%.0fM",
		 ceil((double)victims->important.size / (double)MIB));
	return true;
}

static bool test_build(struct advising *a)
{
	static const char *const names[] = { "cc1",    "cc1plus", "rustc",
					     "clang",  "clang++", "ld",
					     "ld.lld", "lto1",	  "javac",
					     "mold" };
	const struct person *grower = &a->judge->people.grower;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (grower->is_there && strcmp(grower->name, names[i]) == 0)
			return take_process(a, grower) &&
			       strtod(a->now, NULL) < 200;
	return false;
}

static bool test_arenas(struct advising *a)
{
	const struct process *p = advice_process(a, &a->judge->leaker);

	if (!p || p->status.state != STATE_OK || p->threads == UNKNOWN ||
	    p->threads < THREADS)
		return false;
	person_text(&a->judge->leaker, a->it, sizeof(a->it));
	return true;
}

static bool test_locked(struct advising *a)
{
	const struct person *who = &a->judge->people.most[MOST_LOCKED].who;

	if (!(fact(a->judge, FACT_AVAILABLE_PERCENT) < 10) ||
	    !take_unit(a, who))
		return false;
	snprintf(a->to, sizeof(a->to), "%.0fM",
		 ceil(a->judge->people.most[MOST_LOCKED].amount / 2 /
		      (double)MIB));
	return true;
}

/* A database that waits for its own pages: they have to stay in RAM. */
static bool test_no_swap(struct advising *a)
{
	const struct person *waiter = &a->judge->people.waiter;
	const struct process *p = advice_process(a, waiter);

	return p && advice_is_database(waiter->name) && take_unit(a, waiter) &&
	       p->status.state == STATE_OK && p->swap != UNKNOWN &&
	       (double)p->swap < fact(a->judge, FACT_AVAILABLE) / 2;
}

/* ---- the machine --------------------------------------------------------- */

static bool test_no_psi(struct advising *a)
{
	return a->judge->snapshot->pressure.memory_block.state == STATE_ABSENT;
}

/* A scope of so many would be killed whole. */
static bool is_sane(const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (strcmp(row->kind, "scope") == 0 &&
		    row->processes != UNKNOWN && row->processes > CROWDED)
			return false;
	}
	return list_count(list) > 0;
}

/* The kernel killed lately, or the cache was thrashed: it comes too late. */
static bool was_bad(const struct advising *a)
{
	const struct snapshot *s = a->judge->snapshot;
	const struct list *kills = snapshot_list(s, ENTITY_KILL);
	const struct log_kill *last;

	if (advice_times(a, 9, SEVERITY_CRIT) || a->judge->news.kills.new_kills)
		return true;
	if (!list_count(kills))
		return false;
	last = list_row(kills, list_count(kills) - 1);
	return last->time_ns != UNKNOWN &&
	       sub_floor(s->realtime_ns, last->time_ns) < MONTH_NS;
}

static bool test_killer(struct advising *a)
{
	return a->judge->people.has_desktop && !a->judge->people.has_killer &&
	       was_bad(a) && is_sane(a->judge->snapshot);
}

static bool test_user(struct advising *a)
{
	struct killer_stalls stalls;

	killer_stalls(a->judge->snapshot, &stalls);
	return a->judge->people.has_desktop && a->judge->people.has_oomd &&
	       was_bad(a) && is_sane(a->judge->snapshot) &&
	       !killer_stalls_has(&stalls, "user@.service");
}

static bool test_dropped(struct advising *a)
{
	return a->judge->notices.drops >= 2;
}

#define SYSCTL(name)                                                        \
	.command = "sysctl " name "={to}", .back = "sysctl " name "={now}", \
	.effect = ADVICE_AT_ONCE
#define ADJ(value)                                                \
	.to = value, .command = "choom -n " value " -p {pid}",    \
	.back = "choom -n {now} -p {pid}",                        \
	.effect = "at once, until it ends; OOMScoreAdjust=" value \
		  " in its unit keeps it"

/* clang-format off */
static const struct advice rows[] = {
	{ .rules = "R27", .least = SEVERITY_CRIT, .knob = "vm.overcommit_ratio",
	  .test = test_ratio,
	  .because = "that covers what was promised at most so far, with the "
		     "pools of huge pages taken off",
	  SYSCTL("vm.overcommit_ratio") },
	{ .rules = "R27", .least = SEVERITY_CRIT, .knob = "vm.overcommit_kbytes",
	  .test = test_kbytes,
	  .because = "that covers what was promised at most so far",
	  SYSCTL("vm.overcommit_kbytes") },
	{ .rules = "R27", .least = SEVERITY_WARN, .knob = "vm.overcommit_memory",
	  .to = "1", .test = test_forks,
	  .because = "{it} forks to save its data, and the whole of it must be "
		     "promised then", SYSCTL("vm.overcommit_memory") },
	{ .rules = "R30", .least = SEVERITY_WARN, .knob = "vm.panic_on_oom",
	  .to = "0", .test = is_set,
	  .because = "one program that takes too much stops the whole machine "
		     "(unless a cluster relies on it)",
	  SYSCTL("vm.panic_on_oom") },
	{ .rules = "R30", .knob = "vm.oom_kill_allocating_task", .to = "0",
	  .test = is_set,
	  .because = "the kernel then kills whoever asks, however small",
	  SYSCTL("vm.oom_kill_allocating_task") },
	{ .rules = "R31", .test = test_protect,
	  .because = "{it} would be killed among the first and others depend "
		     "on it", ADJ("-900") },
	{ .rules = "R31", .test = test_keep,
	  .because = "{it} is large by design, and a promise is better than to "
		     "let others die for it",
	  .command = "systemctl set-property {it} MemoryLow={to}",
	  .back = "systemctl set-property {it} MemoryLow=0",
	  .effect = "at once, and kept" },
	{ .rules = "R12 R03 R21", .least = SEVERITY_WARN, .test = test_build,
	  .because = "{it} takes the memory and can be started again",
	  ADJ("200") },
	{ .rules = "R07", .least = SEVERITY_WARN, .lasting_s = 300,
	  .to = "0", .test = test_no_swap,
	  .because = "{it} waits most for its own pages, and there is room for "
		     "them",
	  .command = "systemctl set-property {it} MemorySwapMax=0",
	  .back = "systemctl set-property {it} MemorySwapMax=infinity",
	  .effect = "at once, and kept" },
	{ .rules = "R01 R02 R08 R27", .test = test_no_psi,
	  .because = "stalls cannot be seen here",
	  .command = "boot with psi=1", .back = "without it",
	  .effect = "after a reboot" },
	{ .rules = "R16 R09", .test = test_killer,
	  .because = "the kernel acts too late for a desktop",
	  .command = "install one of systemd-oomd and earlyoom, not both",
	  .back = "systemctl disable --now it", .effect = "at once" },
	{ .rules = "R16 R09", .test = test_user,
	  .because = "systemd-oomd does not watch the sessions of users",
	  .command = "systemctl edit user@.service: [Service] "
		     "ManagedOOMMemoryPressure=kill "
		     "ManagedOOMMemoryPressureLimit=40%",
	  .back = "systemctl revert user@.service",
	  .effect = "after the next login" },
	{ .rules = "R17", .test = test_arenas,
	  .because = "{it} has thousands of threads, and glibc keeps memory "
		     "apart for them",
	  .command = "MALLOC_ARENA_MAX=2 in its environment",
	  .back = "without it", .effect = "after a restart of it" },
	{ .rules = "R42", .test = test_dropped,
	  .because = "dropping caches only hides the symptom, and all of it is "
		     "read again",
	  .command = "leave vm.drop_caches alone", .back = "nothing to undo",
	  .effect = "at once" },
	{ .rules = "R28", .least = SEVERITY_WARN, .test = test_locked,
	  .because = "{it} locks most, and a tenth of RAM is not left",
	  .command = "systemctl edit {it}: [Service] LimitMEMLOCK={to}",
	  .back = "systemctl revert {it}",
	  .effect = "after a restart of the service" },
};
/* clang-format on */

const struct advice_set advice_kill = { rows, ARRAY_SIZE(rows) };
