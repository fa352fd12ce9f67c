/* SPDX-License-Identifier: MIT
 *
 * What memtop and other tools both show of devices, mounts, nodes and control
 * groups: both figures are printed side by side and must agree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "memtop/cgroup.h"
#include "memtop/kernel.h"
#include "memtop/ramfiles.h"
#include "memtop/swap.h"
#include "peers.h"
#include "zram.h"

/* The tool itself takes memory, and so do others meanwhile. */
#define MOVES (16 * MIB)

/* ---- swapon, df, ipcs ---------------------------------------------------- */

static bool swapon_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_swaps, NULL };
	const struct list *before, *after;

	if (!moment_take(m,
			 "swapon --show=SIZE,USED,PRIO,NAME --bytes "
			 "--noheadings --raw",
			 which))
		return false;
	before = snapshot_list(m->before, ENTITY_SWAP);
	after = snapshot_list(m->after, ENTITY_SWAP);
	for (size_t i = 0; i < list_count(after); i++) {
		const struct swap *b = list_row(after, i);
		const struct swap *a = list_find(before, text_str(b->name));
		const char *at = strstr(m->peer, text_str(b->name));

		while (at && at > m->peer && at[-1] != '\n')
			at--;
		if (!a || !at)
			continue;
		/* swapon counts the page of the header */
		moment_compare(m, "swapon: size", a->size, b->size,
			       peer_number(at, 0), 64 * KIB);
		moment_compare(m, "swapon: used", a->used, b->used,
			       peer_number(at, 1), MOVES);
	}
	return true;
}

static bool df_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_tmpfs, NULL };
	const struct list *after;

	if (!moment_take(m,
			 "df -B1 --output=size,used,iused,target -t tmpfs "
			 "-t devtmpfs",
			 which))
		return false;
	after = snapshot_list(m->after, ENTITY_TMPFS);
	for (size_t i = 0; i < list_count(after); i++) {
		const struct tmpfs *b = list_row(after, i);
		const struct tmpfs *a =
			list_find(snapshot_list(m->before, ENTITY_TMPFS),
				  text_str(b->path));
		char what[96], end[160];
		const char *at;

		snprintf(end, sizeof(end), " %.150s\n", text_str(b->path));
		at = strstr(m->peer, end);
		while (at && at > m->peer && at[-1] != '\n')
			at--;
		if (!a || !at || b->size == UNKNOWN)
			continue;
		snprintf(what, sizeof(what), "df: size of %.60s",
			 text_str(b->path));
		moment_compare(m, what, a->size, b->size, peer_number(at, 0),
			       0);
		snprintf(what, sizeof(what), "df: used of %.60s",
			 text_str(b->path));
		moment_compare(m, what, a->used, b->used, peer_number(at, 1),
			       MIB);
		snprintf(what, sizeof(what), "df: files of %.60s",
			 text_str(b->path));
		moment_compare(m, what, a->files, b->files, peer_number(at, 2),
			       2);
	}
	return true;
}

/* A segment of our own, so that there is one. */
static int segment = -1;

static bool ipcs_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_shared,
							 NULL };
	const struct shared *a, *b;
	char name[32], id[16];
	const char *line = NULL;

	if (!moment_take(m, "ipcs -m", which))
		return false;
	snprintf(id, sizeof(id), "%d", segment);
	snprintf(name, sizeof(name), "sysv %d", segment);
	/* key, shmid, owner, perms, bytes, nattch */
	for (line = m->peer; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(peer_word(line, 1), id, strlen(id)) &&
		    peer_word(line, 1)[strlen(id)] == ' ')
			break;
	}
	a = list_find(snapshot_list(m->before, ENTITY_SHARED), name);
	b = list_find(snapshot_list(m->after, ENTITY_SHARED), name);
	if (!line || !*line)
		return false;
	assert_non_null(a);
	assert_non_null(b);
	moment_compare(m, "ipcs: bytes", a->size, b->size, peer_number(line, 4),
		       0);
	moment_compare(m, "ipcs: attached", a->attached, b->attached,
		       peer_number(line, 5), 0);
	return true;
}

/* ---- numastat ------------------------------------------------------------ */

/* "numa_hit   76557759   92126519": a column for each node, in order. */
static bool numastat_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_nodes, NULL };
	static const struct {
		const char *name;
		size_t offset;
	} rows[] = {
		{ "numa_hit", offsetof(struct node, hit) },
		{ "numa_miss", offsetof(struct node, miss) },
		{ "numa_foreign", offsetof(struct node, foreign) },
		{ "local_node", offsetof(struct node, local) },
		{ "other_node", offsetof(struct node, other) },
	};
	const struct list *before, *after;

	if (!moment_take(m, "numastat", which) || !strstr(m->peer, "node0"))
		return false;
	before = snapshot_list(m->before, ENTITY_NODE);
	after = snapshot_list(m->after, ENTITY_NODE);
	for (size_t i = 0; i < list_count(after); i++)
		for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
			const char *line = peer_line(m->peer, rows[r].name);
			const char *b = list_row(after, i);
			const char *a = list_row(before, i);
			uint64_t low, high;
			char what[64];

			if (!line)
				continue;
			memcpy(&low, a + rows[r].offset, sizeof(low));
			memcpy(&high, b + rows[r].offset, sizeof(high));
			snprintf(what, sizeof(what), "numastat: node %zu %s", i,
				 rows[r].name);
			moment_compare(m, what, low, high,
				       peer_number(line, 1 + (unsigned)i), 0);
		}
	return true;
}

/* ---- zramctl ------------------------------------------------------------- */

/* One of our own, so that there is one. */
static int disk = -1;

static bool zramctl_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_swaps,
							 &collect_zram, NULL };
	const struct list *before, *after;

	if (!moment_take(m,
			 "zramctl --bytes --noheadings --raw --output "
			 "NAME,DISKSIZE,DATA,COMPR,TOTAL,MEM-LIMIT",
			 which))
		return false;
	before = snapshot_list(m->before, ENTITY_ZRAM);
	after = snapshot_list(m->after, ENTITY_ZRAM);
	for (size_t i = 0; i < list_count(after); i++) {
		const struct zram *b = list_row(after, i);
		const struct zram *a = list_find(before, text_str(b->name));
		char name[48];
		const char *line;

		snprintf(name, sizeof(name), "/dev/%.32s ", text_str(b->name));
		line = peer_line(m->peer, name);
		if (!a || !line)
			continue;
		moment_compare(m, "zramctl: DISKSIZE", a->size, b->size,
			       peer_number(line, 1), 0);
		moment_compare(m, "zramctl: DATA", a->original, b->original,
			       peer_number(line, 2), MIB);
		moment_compare(m, "zramctl: COMPR", a->compressed,
			       b->compressed, peer_number(line, 3), MIB);
		moment_compare(m, "zramctl: TOTAL", a->used, b->used,
			       peer_number(line, 4), MIB);
	}
	return true;
}

/* ---- systemd-cgtop ------------------------------------------------------- */

static bool cgtop_once(struct moment *m)
{
	static const struct collector *const which[] = { &collect_cgroups,
							 NULL };
	const struct list *after;

	if (!moment_take(m,
			 "systemd-cgtop --batch --iterations=1 --raw "
			 "--order=memory",
			 which))
		return false;
	after = snapshot_list(m->after, ENTITY_CGROUP);
	for (size_t i = 0; i < list_count(after) && m->compared < 12; i++) {
		const struct cgroup *b = list_row(after, i);
		const struct cgroup *a =
			list_find(snapshot_list(m->before, ENTITY_CGROUP),
				  text_str(b->path));
		char name[200], what[64];
		const char *line;

		/* of the root it takes the machine's figure on v2; without
		 * processes a group is no line */
		snprintf(name, sizeof(name), "%.190s ", text_str(b->path) + 1);
		line = peer_line(m->peer, name);
		if (!line) {
			snprintf(name, sizeof(name), "%.190s ",
				 text_str(b->path));
			line = peer_line(m->peer, name);
		}
		if (!a || !line || b->depth == 0 || *peer_word(line, 3) == '-')
			continue;
		snprintf(what, sizeof(what), "systemd-cgtop: %.40s",
			 text_str(b->name));
		moment_compare(m, what, a->current, b->current,
			       peer_number(line, 3), 8 * MIB);
	}
	return true;
}

/* ---- all ----------------------------------------------------------------- */

static void test_against_swapon(void **state)
{
	(void)state;
	moment_check(swapon_once);
}

static void test_against_zramctl(void **state)
{
	(void)state;
	disk = zram_make(16 * MIB);
	moment_check(zramctl_once);
}

static int remove_disk(void **state)
{
	(void)state;
	zram_remove(disk);
	return 0;
}

static void test_against_df(void **state)
{
	(void)state;
	moment_check(df_once);
}

static void test_against_ipcs(void **state)
{
	(void)state;
	segment = shmget(IPC_PRIVATE, 192 * KIB, IPC_CREAT | 0600);
	if (segment < 0)
		skip();
	moment_check(ipcs_once);
}

static int remove_segment(void **state)
{
	(void)state;
	return segment < 0 ? 0 : shmctl(segment, IPC_RMID, NULL);
}

static void test_against_numastat(void **state)
{
	(void)state;
	moment_check(numastat_once);
}

static void test_against_cgtop(void **state)
{
	(void)state;
	moment_check(cgtop_once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_swapon),
		cmocka_unit_test_teardown(test_against_zramctl, remove_disk),
		cmocka_unit_test(test_against_df),
		cmocka_unit_test_teardown(test_against_ipcs, remove_segment),
		cmocka_unit_test(test_against_numastat),
		cmocka_unit_test(test_against_cgtop),
	};

	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
