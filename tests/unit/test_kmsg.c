/* SPDX-License-Identifier: MIT
 *
 * OOM kills in the kernel's log: the lines of several versions, records that
 * are none, clocks, and what stays from one look to the next.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/collect/kmsg.h"
#include "kernel_tree.h"

#define NOW_S 1790000000

static struct temporary_tree temporary;
static struct tree tree;
static const struct snapshot *last;

static void begin(void)
{
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "../dev");
	last = NULL;
}

static void end(void)
{
	tree.before = NULL;
	snapshot_unref(last);
	kernel_tree_remove(&temporary, &tree);
}

/* The next look, so many seconds after boot, of which it slept some. */
static const struct list *look(uint64_t second, uint64_t slept)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot->realtime_ns = (NOW_S + second) * NS_PER_S;
	snapshot->boottime_ns = second * NS_PER_S;
	snapshot->monotonic_ns = (second - slept) * NS_PER_S;
	tree.before = last;
	assert_int_equal(collect_kmsg.read(&tree, snapshot), 0);
	snapshot_unref(last);
	last = snapshot;
	return snapshot_list(snapshot, ENTITY_KILL);
}

static const struct log_kill *row(const struct list *list, size_t i)
{
	assert_true(i < list_count(list));
	return list_row(list, i);
}

static void write_log(const char *text)
{
	kernel_tree_write(&temporary, "../dev/kmsg", text);
}

static void append(const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/dev/kmsg", temporary.root);
	file = fopen(path, "a");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A kill at that second after boot. */
static void append_kill(unsigned sequence, unsigned second)
{
	char line[256];

	snprintf(line, sizeof(line),
		 "3,%u,%u000000,-;Out of memory: Killed process %u (hog) "
		 "total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, "
		 "UID:7 pgtables:4kB oom_score_adj:0\n",
		 sequence, second, 1000 + sequence);
	append(line);
}

/* ---- what kernels write -------------------------------------------------- */

static void test_since_5_4(void **state)
{
	const struct list *list;
	const struct log_kill *kill;

	(void)state;
	kernel_tree_open("linux-6.1", &tree);
	last = NULL;
	tree.whole = true;
	list = look(7200, 0);
	assert_int_equal(list_state(list), STATE_OK);
	assert_int_equal(list_count(list), 2);
	kill = row(list, 0);
	assert_int_equal(kill->sequence, 409);
	assert_int_equal(kill->log_us, 21500350);
	assert_int_equal(kill->pid, 131);
	assert_string_equal(kill->comm, "grower");
	assert_int_equal(kill->uid, 0);
	assert_int_equal(kill->vsize, 41280 * KIB);
	assert_int_equal(kill->anon, 38912 * KIB);
	assert_int_equal(log_kill_rss(kill), (38912 + 1136) * KIB);
	assert_int_equal(kill->page_tables, 116 * KIB);
	assert_string_equal(kill->scope, "cgroup");
	assert_string_equal(text_str(kill->limit), "/box");
	assert_string_equal(text_str(kill->cgroup), "/box/a");
	kill = row(list, 1);
	assert_int_equal(kill->pid, 48213);
	assert_int_equal(kill->uid, 998);
	assert_true(kill->adj == -300);
	assert_string_equal(kill->scope, "global");
	assert_null(kill->limit);
	assert_string_equal(text_str(kill->cgroup),
			    "/system.slice/app.service");
	tree.before = NULL;
	snapshot_unref(last);
	tree_done(&tree);
}

static void test_before_5_2(void **state)
{
	const struct list *list;
	const struct log_kill *kill;

	(void)state;
	kernel_tree_open("linux-4.19", &tree);
	last = NULL;
	tree.whole = true;
	list = look(7200, 0);
	assert_int_equal(list_count(list), 2);
	kill = row(list, 0);
	assert_int_equal(kill->pid, 2210);
	assert_int_equal(kill->anon, 64100 * KIB);
	assert_int_equal(kill->page_tables, UNKNOWN);
	assert_int_equal(kill->uid, UNKNOWN);
	assert_true(isnan(kill->adj));
	assert_string_equal(kill->scope, "cgroup");
	assert_string_equal(text_str(kill->limit), "/box");
	assert_string_equal(text_str(kill->cgroup), "/box/a");
	/* the limit of the one before is not this one's */
	kill = row(list, 1);
	assert_string_equal(kill->comm, "hog two");
	assert_string_equal(kill->scope, "global");
	assert_null(kill->limit);
	tree.before = NULL;
	snapshot_unref(last);
	tree_done(&tree);
}

static void test_group(void **state)
{
	const struct list *list;

	(void)state;
	begin();
	tree.whole = true;
	write_log("6,1,1000000,-;oom-kill:constraint=CONSTRAINT_MEMCG,"
		  "nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/box,"
		  "task_memcg=/box/b,task=one,pid=11,uid=0\n"
		  "3,2,1000001,-;Memory cgroup out of memory: Killed process "
		  "11 (one) total-vm:9kB, anon-rss:4kB, file-rss:0kB, "
		  "shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n"
		  "6,3,1000002,-;Tasks in /box are going to be killed due to "
		  "memory.oom.group set\n"
		  "3,4,1000003,-;Memory cgroup out of memory: Killed process "
		  "12 (two) total-vm:9kB, anon-rss:4kB, file-rss:0kB, "
		  "shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n"
		  "6,5,2000000,-;oom-kill:constraint=CONSTRAINT_CPUSET,"
		  "nodemask=(null),cpuset=a,mems_allowed=1,global_oom,"
		  "task_memcg=/c,task=three,pid=13,uid=0\n"
		  "3,6,2000001,-;Out of memory: Killed process 13 (three) "
		  "total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, "
		  "UID:0 pgtables:4kB oom_score_adj:0\n");
	list = look(100, 0);
	assert_int_equal(list_count(list), 3);
	assert_string_equal(row(list, 0)->scope, "group");
	assert_string_equal(text_str(row(list, 0)->cgroup), "/box/b");
	assert_string_equal(row(list, 1)->scope, "group");
	assert_string_equal(text_str(row(list, 1)->limit), "/box");
	assert_string_equal(row(list, 2)->scope, "cpuset");
	assert_string_equal(text_str(row(list, 2)->cgroup), "/c");
	end();
}

/* The kernel leaves lines out when there are many; what it said of one kill
 * says nothing of a later one. */
static void test_lines_left_out(void **state)
{
	const struct list *list;

	(void)state;
	begin();
	tree.whole = true;
	write_log("6,1,1000000,-;oom-kill:constraint=CONSTRAINT_NONE,"
		  "nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
		  "task_memcg=/box/b,task=one,pid=11,uid=0\n"
		  "3,2,1000001,-;Out of memory: Killed process "
		  "11 (one) total-vm:9kB, anon-rss:4kB, file-rss:0kB, "
		  "shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n"
		  "6,3,1000002,-;Tasks in /box are going to be killed due to "
		  "memory.oom.group set\n"
		  "3,4,1000003,-;Out of memory: Killed process "
		  "12 (two) total-vm:9kB, anon-rss:4kB, file-rss:0kB, "
		  "shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n"
		  "3,6,4000001,-;Memory cgroup out of memory: Killed process "
		  "13 (three) total-vm:9kB, anon-rss:4kB, file-rss:0kB, "
		  "shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n");
	list = look(100, 0);
	assert_int_equal(list_count(list), 3);
	assert_string_equal(row(list, 0)->scope, "group");
	assert_string_equal(row(list, 1)->scope, "group");
	assert_string_equal(text_str(row(list, 1)->cgroup), "/box");
	assert_string_equal(row(list, 2)->scope, "cgroup");
	assert_null(row(list, 2)->cgroup);
	end();
}

/* ---- allocations that failed --------------------------------------------- */

static const struct list *failures(void)
{
	return snapshot_list(last, ENTITY_PAGE_FAILURE);
}

static const struct page_failure *failure(size_t i)
{
	assert_true(i < list_count(failures()));
	return list_row(failures(), i);
}

static void test_failures(void **state)
{
	(void)state;
	begin();
	tree.page_size = 4096;
	write_log("4,7,5000000,-;kworker/u8:2: page allocation failure: "
		  "order:4, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), "
		  "nodemask=(null),cpuset=/,mems_allowed=0\n"
		  "4,8,5000001,-;CPU: 1 PID: 72 Comm: kworker/u8:2\n"
		  "4,9,6000000,-;\\x1bx\\x5c: page allocation failure: "
		  "order:9, mode:0x480020\n"
		  /* a program's, not the kernel's */
		  "12,10,6000001,-;x: page allocation failure: order:3, mode\n"
		  /* of no order that there is */
		  "4,11,6000002,-;x: page allocation failure: order:21, m\n"
		  "4,12,6000003,-;x: page allocation failure: order:3\n"
		  "4,13,6000004,-;x: page allocation failure: order:, m\n");
	look(100, 0);
	assert_int_equal(list_state(failures()), STATE_PENDING);
	look(101, 0);
	assert_int_equal(list_state(failures()), STATE_OK);
	assert_int_equal(list_count(failures()), 2);
	assert_int_equal(failure(0)->sequence, 7);
	assert_int_equal(failure(0)->log_us, 5000000);
	assert_int_equal(failure(0)->order, 4);
	assert_int_equal(failure(0)->size, 65536);
	assert_string_equal(failure(0)->comm, "kworker/u8:2");
	assert_string_equal(failure(0)->mode,
			    "GFP_KERNEL|__GFP_COMP|__GFP_ZERO");
	assert_int_equal(failure(0)->time_ns, (NOW_S + 5) * NS_PER_S);
	assert_true(page_failure_is_scatter(failure(0)));
	assert_int_equal(failure(1)->order, 9);
	assert_string_equal(failure(1)->comm, "\x1bx\\");
	assert_string_equal(failure(1)->mode, "");
	assert_false(page_failure_is_scatter(failure(1)));
	assert_int_equal(list_count(snapshot_list(last, ENTITY_KILL)), 0);
	end();
}

/* A program makes the kernel say its words: in front of them stands more than
 * a name, however it is written. */
static void test_failures_forged(void **state)
{
	(void)state;
	begin();
	tree.page_size = 4096;
	write_log("3,7,5000000,-;tmpfs: Unknown parameter 'x: page allocation "
		  "failure: order:3, mode:0x40820(GFP_ATOMIC)'\n"
		  "4,8,5000001,-;sixteen letters.: page allocation failure: "
		  "order:3, mode:0x0()\n"
		  "4,9,5000002,-;fifteen letter\\x5c: page allocation failure: "
		  "order:3, mode:0x0()\n");
	look(100, 0);
	look(101, 0);
	assert_int_equal(list_count(failures()), 1);
	assert_string_equal(failure(0)->comm, "fifteen letter\\");
	end();
}

/* One of the lists stays what it is while the other gets a row; none grows for
 * ever. */
static void test_failures_follow(void **state)
{
	const struct list *kills, *same;
	char line[128];

	(void)state;
	begin();
	tree.page_size = 4096;
	write_log("");
	append_kill(1, 40);
	look(100, 0);
	look(101, 0);
	kills = snapshot_list(last, ENTITY_KILL);
	for (unsigned i = 0; i < PAGE_FAILURES_MAX + 3; i++) {
		snprintf(line, sizeof(line),
			 "4,%u,101000000,-;eth: page allocation failure: "
			 "order:3, mode:0x1(GFP_ATOMIC), nodemask=(null)\n",
			 100 + i);
		append(line);
	}
	look(102, 0);
	assert_ptr_equal(snapshot_list(last, ENTITY_KILL), kills);
	assert_int_equal(list_count(failures()), PAGE_FAILURES_MAX);
	assert_int_equal(failure(0)->sequence, 103);
	same = failures();
	append_kill(300, 102);
	look(103, 0);
	assert_ptr_equal(failures(), same);
	assert_int_equal(list_count(snapshot_list(last, ENTITY_KILL)), 2);
	end();
}

/* ---- what must not be believed ------------------------------------------- */

static void test_hostile(void **state)
{
	static const char *const lines[] = {
		/* a program's, not the kernel's */
		"11,1,5,-;Out of memory: Killed process 1 (init) total-vm:9kB,"
		" anon-rss:1kB, file-rss:0kB, shmem-rss:0kB\n",
		/* inside of another line */
		"3,2,5,-;x Out of memory: Killed process 1 (init) total-vm:9kB"
		"\n",
		" Out of memory: Killed process 1 (init) total-vm:9kB\n",
		"3,3,5,-;Out of memory: Killed process (init) total-vm:9kB\n",
		"3,4,5,-;Out of memory: Killed process 99999999999999999999 "
		"(x) total-vm:9kB\n",
		"3,5,5,-;Out of memory: Killed process 7 (x\n",
		"3,-1,5,-;Out of memory: Killed process 7 (x) total-vm:9kB\n",
		"3;Out of memory: Killed process 7 (x) total-vm:9kB\n",
		"\n",
		";;;\n",
		"3,,,;\n",
		"\xff\xfe,\x01;\x1b[2J\n",
	};
	const struct list *list;
	const struct log_kill *kill;
	char *flood = malloc(20001);

	(void)state;
	begin();
	tree.whole = true;
	write_log("");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		append(lines[i]);
	memset(flood, 'x', 20000);
	flood[20000] = '\0';
	append(flood);
	append("\n");
	/* named by whoever wants to be taken for another; escaped */
	append("3,8,5,-;Out of memory: Killed process 7 (a) total-vm:1kB "
	       "\\x1b[2J) total-vm:80kB, anon-rss:40kB, file-rss:8kB, "
	       "shmem-rss:99999999999999999999kB, UID:1 pgtables:4kB "
	       "oom_score_adj:99999999999999999999\n");
	/* without an end: not whole yet */
	append("3,9,5,-;Out of memory: Killed process 8 (b) total-vm:1kB");
	free(flood);
	list = look(100, 0);
	assert_int_equal(list_count(list), 1);
	kill = row(list, 0);
	assert_int_equal(kill->pid, 7);
	assert_string_equal(kill->comm, "a) total-vm:1kB \x1b[2J");
	assert_int_equal(kill->vsize, 80 * KIB);
	assert_int_equal(kill->shmem, UNKNOWN);
	append(", anon-rss:4kB\n");
	list = look(101, 0);
	assert_int_equal(list_count(list), 2);
	assert_int_equal(row(list, 1)->pid, 8);
	end();
}

static void test_any_bytes(void **state)
{
	char text[4096];
	uint32_t seed = 12345;

	(void)state;
	for (int round = 0; round < 200; round++) {
		static const char words[] = "0123456789,;-() :kB=/\\x\n"
					    "Killed process Tasks in Out of ";

		begin();
		tree.whole = true;
		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = words[(seed >> 16) % (sizeof(words) - 1)];
		}
		text[sizeof(text) - 1] = '\0';
		write_log(text);
		assert_int_equal(list_state(look(100, 0)), STATE_OK);
		end();
	}
}

/* ---- from one look to the next ------------------------------------------- */

static void test_follows(void **state)
{
	const struct list *list, *same;

	(void)state;
	begin();
	write_log("");
	append_kill(1, 40);
	/* the first sample is not held up by it */
	assert_int_equal(list_state(look(100, 0)), STATE_PENDING);
	list = look(101, 0);
	assert_int_equal(list_state(list), STATE_OK);
	assert_int_equal(list_count(list), 1);
	same = look(102, 0);
	assert_ptr_equal(same, list);
	append_kill(2, 102);
	list = look(103, 0);
	assert_int_equal(list_count(list), 2);
	assert_int_equal(row(list, 0)->pid, 1001);
	assert_int_equal(row(list, 1)->pid, 1002);
	end();
}

/* A full log is shared by several samples, unless there is but one. */
static void test_full_log(void **state)
{
	enum { LINES = 6000 };
	const struct list *list;
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	for (int i = 0; i < LINES; i++)
		fprintf(stream, "6,%d,%d,-;eth0: link is up\n", i, i);
	fclose(stream);
	begin();
	write_log(text);
	append_kill(LINES, 40);
	look(100, 0);
	assert_int_equal(list_state(look(101, 0)), STATE_PENDING);
	list = look(102, 0);
	assert_int_equal(list_state(list), STATE_OK);
	assert_int_equal(list_count(list), 1);
	end();
	begin();
	tree.whole = true;
	write_log(text);
	append_kill(LINES, 40);
	assert_int_equal(list_count(look(100, 0)), 1);
	end();
	free(text);
}

static void test_latest_are_kept(void **state)
{
	const struct list *list;

	(void)state;
	begin();
	tree.whole = true;
	write_log("");
	for (unsigned i = 0; i < LOG_KILLS_MAX + 10; i++)
		append_kill(i, 40);
	list = look(100, 0);
	assert_int_equal(list_count(list), LOG_KILLS_MAX);
	assert_int_equal(row(list, 0)->sequence, 10);
	append_kill(500, 100);
	list = look(101, 0);
	assert_int_equal(list_count(list), LOG_KILLS_MAX);
	assert_int_equal(row(list, 0)->sequence, 11);
	assert_int_equal(row(list, LOG_KILLS_MAX - 1)->sequence, 500);
	for (unsigned i = 0; i < 3 * LOG_KILLS_MAX; i++)
		append_kill(1000 + i, 101);
	list = look(102, 0);
	assert_int_equal(list_count(list), LOG_KILLS_MAX);
	assert_int_equal(row(list, LOG_KILLS_MAX - 1)->sequence,
			 1000 + 3 * LOG_KILLS_MAX - 1);
	end();
}

static void test_time(void **state)
{
	const struct log_kill *kill;
	const struct list *list;

	(void)state;
	begin();
	tree.whole = true;
	write_log("");
	append_kill(1, 40);
	/* awake for 100000 s since boot, asleep for 50 */
	list = look(100050, 50);
	kill = row(list, 0);
	assert_int_equal(kill->time_ns, (NOW_S + 90) * NS_PER_S);
	assert_true(kill->time_error >= 50 * NS_PER_S);
	assert_true(kill->time_error < 65 * NS_PER_S);
	/* it came since the last look, whatever its stamp says */
	append_kill(2, 99000);
	kill = row(look(100052, 50), 1);
	assert_int_equal(kill->time_ns, (NOW_S + 100050) * NS_PER_S);
	assert_int_equal(kill->time_error, 2 * NS_PER_S);
	/* ahead of our clock */
	append_kill(3, 200000);
	kill = row(look(100053, 50), 2);
	assert_int_equal(kill->time_ns, (NOW_S + 100053) * NS_PER_S);
	end();
}

static void test_no_log(void **state)
{
	const struct list *list;

	(void)state;
	begin();
	look(100, 0);
	list = look(101, 0);
	assert_int_equal(list_state(list), STATE_ABSENT);
	assert_ptr_equal(look(102, 0), list);
	end();
}

static void test_denied(void **state)
{
	bool was_root = geteuid() == 0;
	char path[64];

	(void)state;
	begin();
	write_log("");
	snprintf(path, sizeof(path), "%s/dev/kmsg", temporary.root);
	assert_int_equal(chmod(path, 0), 0);
	look(100, 0);
	if (was_root) /* to whom nothing is denied */
		assert_int_equal(seteuid(65534), 0);
	assert_int_equal(list_state(look(101, 0)), STATE_DENIED);
	if (was_root)
		assert_int_equal(seteuid(0), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_since_5_4),
		cmocka_unit_test(test_before_5_2),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_failures_forged),
		cmocka_unit_test(test_failures_follow),
		cmocka_unit_test(test_lines_left_out),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_full_log),
		cmocka_unit_test(test_latest_are_kept),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_no_log),
		cmocka_unit_test(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
