/* SPDX-License-Identifier: MIT
 *
 * What memtop and other tools both show of memory and of processes: both
 * figures are printed side by side and must agree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/kernel.h"
#include "peers.h"

/* ---- free, vmstat -------------------------------------------------------- */

/* The tool itself takes memory, and so do others meanwhile. */
#define MOVES (16 * MIB)

static bool free_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_meminfo,
							 NULL };
	const char *ram, *swap;
	const struct memory *a, *b;

	if (!moment_take(m, "free -b -w", which))
		return false;
	ram = peer_line(m->peer, "Mem:");
	swap = peer_line(m->peer, "Swap:");
	if (!ram || !swap)
		return false;
	a = &m->before->memory;
	b = &m->after->memory;
	moment_compare(m, "free: total", a->total, b->total,
		       peer_number(ram, 1), 0);
	moment_compare(m, "free: free", a->free, b->free, peer_number(ram, 3),
		       MOVES);
	moment_compare(m, "free: shared", a->shmem, b->shmem,
		       peer_number(ram, 4), MIB);
	moment_compare(m, "free: buffers", a->buffers, b->buffers,
		       peer_number(ram, 5), MIB);
	moment_compare(m, "free: cache", a->cached + a->slab_reclaimable,
		       b->cached + b->slab_reclaimable, peer_number(ram, 6),
		       MOVES);
	moment_compare(m, "free: available", a->available, b->available,
		       peer_number(ram, 7), MOVES);
	moment_compare(m, "free: swap total", a->swap_total, b->swap_total,
		       peer_number(swap, 1), 0);
	moment_compare(m, "free: swap free", a->swap_free, b->swap_free,
		       peer_number(swap, 3), MOVES);
	return true;
}

/* "    614380 K active memory": the number before these words. */
static uint64_t statistic(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	while (at && at > text && at[-1] != '\n')
		at--;
	return at ? peer_number(at, 0) : UNKNOWN;
}

static void compare_counter(struct moment *m, const char *name,
			    const char *words)
{
	const struct counter *a = snapshot_counter(m->before, name);
	const struct counter *b = snapshot_counter(m->after, name);
	uint64_t peer = statistic(m->peer, words);
	char what[64];

	snprintf(what, sizeof(what), "vmstat -s: %s", words);
	if (a && b && peer != UNKNOWN)
		moment_compare(m, what, a->value, b->value, peer, 0);
}

static bool vmstat_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_meminfo,
							 &collect_vmstat,
							 NULL };
	const struct memory *a, *b;

	if (!moment_take(m, "vmstat -s", which))
		return false;
	a = &m->before->memory;
	b = &m->after->memory;
	if (statistic(m->peer, "K active memory") == UNKNOWN)
		return false;
	moment_compare(m, "vmstat -s: active memory",
		       a->active_anon + a->active_file,
		       b->active_anon + b->active_file,
		       statistic(m->peer, "K active memory") * KIB, MOVES);
	moment_compare(m, "vmstat -s: inactive memory",
		       a->inactive_anon + a->inactive_file,
		       b->inactive_anon + b->inactive_file,
		       statistic(m->peer, "K inactive memory") * KIB, MOVES);
	compare_counter(m, "pswpin", "pages swapped in");
	compare_counter(m, "pswpout", "pages swapped out");
	compare_counter(m, "pgpgin", "K paged in");
	compare_counter(m, "pgpgout", "K paged out");
	return true;
}

/* ---- slabtop ------------------------------------------------------------- */

/* Sizes are those of caches; half of one may come and go. */
static void compare_slab(struct moment *m, const char *line)
{
	char name[64], what[96];
	const struct slab *a, *b;

	snprintf(name, sizeof(name), "%.*s",
		 (int)strcspn(peer_word(line, 7), " \n"), peer_word(line, 7));
	a = list_find(snapshot_list(m->before, ENTITY_SLAB), name);
	b = list_find(snapshot_list(m->after, ENTITY_SLAB), name);
	if (!a || !b)
		return;
	snprintf(what, sizeof(what), "slabtop: %s size", name);
	moment_compare(m, what, a->size, b->size, peer_number(line, 6) * KIB,
		       MIB + a->size / 50);
	snprintf(what, sizeof(what), "slabtop: %s objects", name);
	moment_compare(m, what, a->objects, b->objects, peer_number(line, 0),
		       1000 + a->objects / 50);
}

static bool slabtop_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_slabs, NULL };
	const char *line;

	if (!moment_take(m, "slabtop -o -s c", which))
		return false;
	line = strstr(m->peer, "CACHE SIZE NAME");
	/* the largest ten */
	for (int i = 0; line && i < 10; i++) {
		line = strchr(line, '\n');
		if (!line || !*++line)
			break;
		compare_slab(m, line);
	}
	return true;
}

/* ---- ps ------------------------------------------------------------------ */

/* Of this very program, which does nothing meanwhile. */
static bool ps_once(struct moment *m)
{
	static const struct collector *const none[] = { NULL };
	struct process *process = process_new();
	char command[64], dir[16];
	uint64_t before;

	assert_non_null(process);
	snprintf(dir, sizeof(dir), "%d", (int)getpid());
	snprintf(command, sizeof(command), "ps -o rss=,vsz=,maj_flt= -p %s",
		 dir);
	assert_int_equal(procfile_statm(&peer_tree, dir, process), 0);
	before = process->rss;
	if (!moment_take(m, command, none)) {
		process_unref(process);
		return false;
	}
	assert_int_equal(procfile_statm(&peer_tree, dir, process), 0);
	assert_int_equal(procfile_status(&peer_tree, dir, process), 0);
	/* read through the first time, and counted per processor */
	moment_compare(m, "ps: rss", before, process->rss,
		       peer_number(m->peer, 0) * KIB, MIB);
	moment_compare(m, "ps: vsz", process->vsize, process->vsize,
		       peer_number(m->peer, 1) * KIB, MIB);
	process_unref(process);
	return true;
}

/* ---- smem ---------------------------------------------------------------- */

static bool smem_once(struct moment *m)
{
	static const struct collector *const none[] = { NULL };
	struct process *process = process_new();
	uint64_t pss, uss;
	const char *line;
	char dir[16];

	assert_non_null(process);
	snprintf(dir, sizeof(dir), "%d ", (int)getpid());
	dir[strlen(dir) - 1] = '\0';
	assert_int_equal(procfile_smaps(&peer_tree, dir, process), 0);
	pss = process->pss;
	uss = process->uss;
	if (!moment_take(m, "smem -H -P test_peers -c 'pid pss uss swap rss'",
			 none)) {
		process_unref(process);
		return false;
	}
	assert_int_equal(procfile_smaps(&peer_tree, dir, process), 0);
	for (line = m->peer; *line; line += *line == '\n') {
		if (peer_number(line, 0) == (uint64_t)getpid())
			break;
		line += strcspn(line, "\n");
	}
	if (*line) {
		moment_compare(m, "smem: PSS", pss, process->pss,
			       peer_number(line, 1) * KIB, 2 * MIB);
		moment_compare(m, "smem: USS", uss, process->uss,
			       peer_number(line, 2) * KIB, 2 * MIB);
		moment_compare(m, "smem: Swap", process->swap_pss,
			       process->swap_pss, peer_number(line, 3) * KIB,
			       MIB);
		moment_compare(m, "smem: RSS", process->smaps_rss,
			       process->smaps_rss, peer_number(line, 4) * KIB,
			       MIB);
	}
	process_unref(process);
	return true;
}

/* ---- all ----------------------------------------------------------------- */

static void test_against_free(void **state)
{
	(void)state;
	moment_check(free_once);
}

static void test_against_vmstat(void **state)
{
	(void)state;
	moment_check(vmstat_once);
}

static void test_against_slabtop(void **state)
{
	(void)state;
	moment_check(slabtop_once);
}

static void test_against_ps(void **state)
{
	(void)state;
	moment_check(ps_once);
}

static void test_against_smem(void **state)
{
	(void)state;
	moment_check(smem_once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_free),
		cmocka_unit_test(test_against_vmstat),
		cmocka_unit_test(test_against_slabtop),
		cmocka_unit_test(test_against_ps),
		cmocka_unit_test(test_against_smem),
	};

	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
