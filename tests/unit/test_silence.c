/* SPDX-License-Identifier: MIT
 *
 * Ten minutes each of what looks like trouble and is none, second by second
 * through the judges: no sample may warn, and no event either.  Figures are
 * those that real machines had.  The table is printed; the same on real
 * kernels, for a shorter time, is in tests/vm.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine.h"

#define MINUTES_10 600

static struct machine m;
static uint32_t random_state;

/* About 1, give or take so much. */
static double about(double scatter)
{
	random_state = random_state * 1664525 + 1013904223;
	return 1 + scatter * ((double)(random_state >> 7) / (1 << 24) - 1);
}

static void set_file_reclaim(double pages)
{
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_STEAL_KSWAPD] = pages;
	m.flow[FLOW_SCAN_FILE] = m.flow[FLOW_SCAN_KSWAPD] = 1.05 * pages;
}

/* ---- what is read and written -------------------------------------------- */

/* A mapped file that nobody has read before, 16,000 major faults a second:
 * nothing is reclaimed, what was free becomes cache. */
static void cold_reader(unsigned second)
{
	m.free = 38 - 36 * second / (double)MINUTES_10;
	m.active_file = 2 + 36 * second / (double)MINUTES_10;
	m.processes[1].faults = m.flow[FLOW_MAJOR_FAULTS] = 16000 * about(.1);
	m.io_some = 60 * about(.2);
}

/* A gigabyte a second, by a file system that reads ahead: as much is dropped,
 * and nothing of it comes back. */
static void streaming_read(unsigned second)
{
	(void)second;
	m.free = .8 * about(.2);
	set_file_reclaim(250000 * about(.1));
	m.io_some = 70 * about(.2);
	m.mem_some = .1;
}

/* … that is slowed down and let go again, as by a backup. */
static void bursts_of_reading(unsigned second)
{
	double pages = second % 40 < 25 ? 200000 * about(.2) : 0;

	m.free = .7;
	set_file_reclaim(pages);
	m.flow[FLOW_MAJOR_FAULTS] = pages / 32;
	m.io_some = pages > 0 ? 80 : 2;
}

/* The kernel holds a writer where nine tenths of what may be dirty are; it
 * waits for the disk, not for memory. */
static void streaming_write(unsigned second)
{
	(void)second;
	m.free = .8 * about(.2);
	m.dirty = 8 * .86 * about(.03);
	set_file_reclaim(120000 * about(.2));
	m.io_some = 85 * about(.1);
	m.io_full = 60 * about(.2);
	m.mem_some = .3;
}

/* A container reads through its limit of 100 MiB at full speed. */
static void cgroup_full_of_cache(unsigned second)
{
	(void)second;
	m.groups[0] = (struct machine_group){
		.path = "/system.slice/backup.service",
		.max = 100,
		.anon = 12,
		.file = 88,
		.max_hits = 2000,
		.some = .1,
	};
	m.flow[FLOW_SCAN_FILE] = m.flow[FLOW_STEAL_FILE] = 60000 * about(.2);
	m.io_some = 60;
	m.mem_some = .1;
}

/* What slept is pushed out for cache, and goes on sleeping. */
static void benign_swap_out(unsigned second)
{
	double rate = second < 500 ? 3000 * about(.3) : 0;

	m.flow[FLOW_SWAP_OUT] = m.flow[FLOW_STEAL_ANON] = rate;
	m.flow[FLOW_SCAN_ANON] = m.flow[FLOW_SCAN_KSWAPD] = 1.3 * rate;
	m.flow[FLOW_STEAL_KSWAPD] = rate;
	m.swap_free -= rate * 4096 / (1 << 30);
	m.processes[0].swap += rate * 4096 / (1 << 20);
	m.processes[0].anon -= rate * 4096 / (1 << 20);
	m.mem_some = rate > 0 ? .2 : 0;
}

/* ---- programs ------------------------------------------------------------ */

/* As many jobs as processors, each some hundred MiB for some seconds: use goes
 * up and down by a tenth of RAM, sources are read, objects are written. */
static void parallel_compile(unsigned second)
{
	m.flow[FLOW_MAJOR_FAULTS] = 200 * about(.5);
	set_file_reclaim(4000 * about(.5));
	m.io_some = 12;
	m.mem_some = .4 * about(.5);
	m.available = 34 + 3 * sin(second / 3.0) + 2 * sin(second / 17.0);
	m.anon = 58 - m.available;
}

/* A large process saves itself by a copy twice a minute. */
static void large_fork(unsigned second)
{
	struct machine_process *copy = &m.processes[MACHINE_PROCESSES - 1];

	m.processes[1].anon = 8 * 1024;
	*copy = m.processes[1];
	copy->ppid = m.processes[1].pid;
	copy->pid = 5000 + (pid_t)second / 30;
	copy->start_s = 5000 + second / 30 * 30;
	copy->gone = second % 30 >= 5;
}

/* It reads its tables, and fills its buffers up to the size it was given. */
static void database_warms_up(unsigned second)
{
	double filled = 16 * (1 - exp(-(double)second / 150));

	m.io_some = 50 * about(.3);
	m.flow[FLOW_MAJOR_FAULTS] = 3000 * exp(-(double)second / 150);
	m.processes[1].faults = m.flow[FLOW_MAJOR_FAULTS];
	m.processes[1].anon = 4000 + filled * 1024;
	m.available = 40 - filled;
	m.free = 28 - filled;
	m.anon = 20 + filled;
}

/* A tenth of RAM is allocated each minute and given back at once, by a process
 * that a container bounds: three quarters of it are taken at the most. */
static void saw_tooth(unsigned second)
{
	double tooth = 6.4 * (second % 60) / 60.0;

	m.available = 34 - tooth;
	m.anon = 26 + tooth;
	m.processes[0].anon = 12000 + tooth * 1024;
	m.processes[0].cgroup = "/docker/java";
	m.groups[0] = (struct machine_group){
		.path = "/docker/java",
		.max = 24 * 1024,
		.anon = m.processes[0].anon,
		.file = 2000,
	};
}

/* ---- what is odd about time and counters --------------------------------- */

/* The lid is closed for an hour, every two minutes; what is asked for on
 * waking up is read again. */
static void suspend_and_resume(unsigned second)
{
	bool wakes = second % 120 >= 60 && second % 120 < 68;

	m.slept = 3600.0 * ((second + 60) / 120);
	m.mem_some = wakes ? 60 : 0;
	m.mem_full = wakes ? 40 : 0;
	m.io_some = wakes ? 90 : 2;
	m.flow[FLOW_SCAN_KSWAPD] = m.flow[FLOW_STEAL_KSWAPD] = wakes ? 5000 : 0;
	m.flow[FLOW_REFAULT_FILE] = m.flow[FLOW_STEAL_FILE] = wakes ? 5000 : 0;
	m.flow[FLOW_SWAP_IN] = wakes ? 2000 : 0;
}

/* A leap, a time server, summer time, a dead battery; something goes on that
 * rates are worked out of. */
static void clock_jumps(unsigned second)
{
	static const double set[] = { 0, 1, -.7, 3600, -3600, 86400, -1e9, 0 };

	m.set = set[second / 45 % 8];
	parallel_compile(second);
}

/* Each minute they begin again: of the machine (as after a restore), then of a
 * cgroup that was made anew. */
static void counter_resets(unsigned second)
{
	parallel_compile(second);
	m.groups[0] = (struct machine_group){
		.path = "/system.slice/job.service",
		.max = 1000,
		.anon = 200,
		.file = 790,
		.max_hits = 20,
		.some = .5,
	};
	if (second % 120 == 60)
		memset(m.counter, 0, sizeof(m.counter));
	if (second % 120 == 119)
		memset(m.group_counter, 0, sizeof(m.group_counter));
	if (second % 120 == 90)
		memset(m.stalled_us, 0, sizeof(m.stalled_us));
}

/* ---- the runs ------------------------------------------------------------ */

static const struct scene {
	const char *name;
	void (*move)(unsigned second);
} scenes[] = {
	{ "cold start of a file reader", cold_reader },
	{ "streaming read", streaming_read },
	{ "reading in bursts", bursts_of_reading },
	{ "streaming write", streaming_write },
	{ "cgroup full of its cache", cgroup_full_of_cache },
	{ "benign swap-out", benign_swap_out },
	{ "parallel compile", parallel_compile },
	{ "forks of a large process", large_fork },
	{ "database warming up", database_warms_up },
	{ "garbage collector's saw-tooth", saw_tooth },
	{ "suspend and resume", suspend_and_resume },
	{ "clock jumps", clock_jumps },
	{ "counter resets", counter_resets },
};

struct heard {
	unsigned samples, loud; /* so many warn */
	enum severity worst;
	char what[256];
};

static void listen(struct heard *heard)
{
	enum severity now = m.verdict.severity;

	if (m.event_severity > now)
		now = m.event_severity;
	heard->samples++;
	heard->loud += now >= SEVERITY_WARN;
	if (now <= heard->worst)
		return;
	heard->worst = now;
	snprintf(heard->what, sizeof(heard->what), "%3.0f s: %s", m.second,
		 m.event_severity > m.verdict.severity
			 ? m.event_what
			 : text_str(m.verdict.text));
}

/* Ten calm seconds, so that the first look is not all there is. */
static struct heard run(const struct scene *scene)
{
	struct heard heard = { .worst = SEVERITY_OK };

	random_state = 1;
	machine_init(&m);
	machine_run(&m, 10);
	for (unsigned i = 0; i < MINUTES_10; i++) {
		scene->move(i);
		machine_step(&m, 1);
		listen(&heard);
	}
	machine_done(&m);
	return heard;
}

static const char *name_of(enum severity severity)
{
	static const char *const names[] = { "OK", "NOTE", "WARN", "CRIT" };

	return names[severity];
}

static void test_silence(void **state)
{
	unsigned loud = 0;

	(void)state;
	printf("%-30s %9s %9s\n", "silence: ten minutes of", "samples",
	       "worst");
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		struct heard heard = run(&scenes[i]);

		printf("%-30s %9u %9s\n", scenes[i].name, heard.samples,
		       name_of(heard.worst));
		if (heard.loud)
			printf("! %u samples, the first at %s\n", heard.loud,
			       heard.what);
		assert_int_equal(heard.samples, MINUTES_10);
		loud += heard.loud;
	}
	assert_int_equal(loud, 0);
}

/* ---- and what is none of these is heard ---------------------------------- */

/* The streaming reader reads the same again: one condition less. */
static void read_again(unsigned second)
{
	streaming_read(second);
	m.flow[FLOW_REFAULT_FILE] = .95 * m.flow[FLOW_STEAL_FILE];
}

/* What was pushed out is needed after all. */
static void swap_out_of_use(unsigned second)
{
	benign_swap_out(second % 400);
	m.flow[FLOW_SWAP_IN] = m.flow[FLOW_REFAULT_ANON] =
		.8 * m.flow[FLOW_SWAP_OUT];
	m.mem_some = 20;
	m.mem_full = 10;
}

/* The container's cache is not what fills it. */
static void cgroup_full_of_programs(unsigned second)
{
	cgroup_full_of_cache(second);
	m.groups[0].anon = 95;
	m.groups[0].file = 5;
}

/* The teeth are not given back. */
static void no_collector(unsigned second)
{
	saw_tooth(0);
	m.available = 34 - 32 * second / (double)MINUTES_10;
	m.anon = 60 - m.available;
}

/* Awake, and it does not end. */
static void stall_without_sleep(unsigned second)
{
	suspend_and_resume(second);
	m.slept = 0;
	m.mem_some = 60;
	m.mem_full = 40;
	m.flow[FLOW_SCAN_KSWAPD] = 5000;
}

static void test_trouble(void **state)
{
	static const struct scene loud[] = {
		{ "reading the same again", read_again },
		{ "swap that is needed", swap_out_of_use },
		{ "cgroup full of programs", cgroup_full_of_programs },
		{ "growth without a collector", no_collector },
		{ "stalls without a sleep", stall_without_sleep },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(loud) / sizeof(*loud); i++) {
		struct heard heard = run(&loud[i]);

		if (heard.loud < 60)
			print_message("%s: %u samples, %s\n", loud[i].name,
				      heard.loud, heard.what);
		assert_true(heard.loud >= 60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
