/* SPDX-License-Identifier: MIT
 *
 * What memtop and other tools both show, of this machine at the same moment:
 * both figures are printed side by side and must agree.  memtop reads before
 * and after the other tool, so its figure must lie between the two reads; what
 * moves in between or is rounded by the tool is allowed for row by row.  A
 * busy machine is looked at again.
 */
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/collect/collect.h"
#include "../src/ui/mappings.h"
#include "memtop/kernel.h"
#include "memtop/ramfiles.h"
#include "memtop/swap.h"
#include "memtop/text.h"

enum { TRIES = 20, TRY_MS = 100, OUTPUT_MAX = 64 << 10 };

static struct tree tree;

/* memtop's reads around a peer's. */
struct moment {
	struct snapshot *before, *after;
	char peer[OUTPUT_MAX]; /* what it printed */
	char report[OUTPUT_MAX];
	size_t reported;
	unsigned compared, differ;
};

/* ---- reading ------------------------------------------------------------- */

static struct snapshot *look(const struct collector *const *which)
{
	struct snapshot *s = snapshot_new();

	assert_non_null(s);
	for (; *which; which++)
		assert_int_equal((*which)->read(&tree, s), 0);
	return s;
}

/* false: the tool is not there, or not as we know it, or may not. */
static bool ask(const char *command, char *ret, size_t size)
{
	char line[256];
	FILE *pipe;
	size_t n;

	snprintf(line, sizeof(line), "LC_ALL=C %s 2>/dev/null </dev/null",
		 command);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	n = fread(ret, 1, size - 1, pipe);
	ret[n] = '\0';
	return pclose(pipe) == 0 && n > 0;
}

static bool moment_take(struct moment *m, const char *command,
			const struct collector *const *which)
{
	bool there;

	m->before = look(which);
	there = ask(command, m->peer, sizeof(m->peer));
	m->after = look(which);
	m->compared = m->differ = 0;
	m->reported = 0;
	return there;
}

static void moment_done(struct moment *m)
{
	snapshot_unref(m->before);
	snapshot_unref(m->after);
}

/* slack: what may have moved between the reads and back, and rounding. */
static void compare(struct moment *m, const char *what, uint64_t before,
		    uint64_t after, uint64_t peer, uint64_t slack)
{
	uint64_t low = before < after ? before : after;
	uint64_t high = before < after ? after : before;
	bool same = peer + slack >= low && peer <= high + slack;
	size_t room = sizeof(m->report) - m->reported;
	int n = snprintf(m->report + m->reported, room,
			 "# %-40.40s memtop %15" PRIu64 "  peer %15" PRIu64
			 "  +-%" PRIu64 "%s\n",
			 what, after, peer, slack, same ? "" : "  DIFFERS");

	m->reported += (size_t)n < room ? (size_t)n : 0;
	m->compared++;
	m->differ += !same;
}

/* One look at both sides; false: there is no such peer here. */
typedef bool look_at(struct moment *m);

static void check(look_at *once)
{
	struct moment *m = malloc(sizeof(*m));
	bool there = true, same = false;
	unsigned compared = 0;

	assert_non_null(m);
	for (int i = 0; i < TRIES && there && !same; i++) {
		if (i)
			usleep(TRY_MS * 1000);
		there = once(m);
		same = !m->differ;
		compared = m->compared;
		moment_done(m);
	}
	if (there)
		fputs(m->report, stdout);
	free(m);
	if (!there || !compared)
		skip();
	assert_true(same);
}

/* ---- lines of words ------------------------------------------------------ */

/* The line that begins with name, or NULL. */
static const char *line_of(const char *text, const char *name)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (!strncmp(text, name, strlen(name)))
			return text;
	return NULL;
}

/* Word number n of a line, the first being 0; "" when there are fewer. */
static const char *word(const char *line, unsigned n)
{
	for (line += strspn(line, " "); n > 0; n--) {
		line += strcspn(line, " \n");
		line += strspn(line, " ");
	}
	return *line == '\n' ? "" : line;
}

static uint64_t number(const char *line, unsigned n)
{
	return strtoull(word(line, n), NULL, 10);
}

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
	ram = line_of(m->peer, "Mem:");
	swap = line_of(m->peer, "Swap:");
	if (!ram || !swap)
		return false;
	a = &m->before->memory;
	b = &m->after->memory;
	compare(m, "free: total", a->total, b->total, number(ram, 1), 0);
	compare(m, "free: free", a->free, b->free, number(ram, 3), MOVES);
	compare(m, "free: shared", a->shmem, b->shmem, number(ram, 4), MIB);
	compare(m, "free: buffers", a->buffers, b->buffers, number(ram, 5),
		MIB);
	compare(m, "free: cache", a->cached + a->slab_reclaimable,
		b->cached + b->slab_reclaimable, number(ram, 6), MOVES);
	compare(m, "free: available", a->available, b->available,
		number(ram, 7), MOVES);
	compare(m, "free: swap total", a->swap_total, b->swap_total,
		number(swap, 1), 0);
	compare(m, "free: swap free", a->swap_free, b->swap_free,
		number(swap, 3), MOVES);
	return true;
}

/* "    614380 K active memory": the number before these words. */
static uint64_t statistic(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	while (at && at > text && at[-1] != '\n')
		at--;
	return at ? number(at, 0) : UNKNOWN;
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
		compare(m, what, a->value, b->value, peer, 0);
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
	compare(m, "vmstat -s: active memory", a->active_anon + a->active_file,
		b->active_anon + b->active_file,
		statistic(m->peer, "K active memory") * KIB, MOVES);
	compare(m, "vmstat -s: inactive memory",
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

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word(line, 7), " \n"),
		 word(line, 7));
	a = list_find(snapshot_list(m->before, ENTITY_SLAB), name);
	b = list_find(snapshot_list(m->after, ENTITY_SLAB), name);
	if (!a || !b)
		return;
	snprintf(what, sizeof(what), "slabtop: %s size", name);
	compare(m, what, a->size, b->size, number(line, 6) * KIB,
		MIB + a->size / 50);
	snprintf(what, sizeof(what), "slabtop: %s objects", name);
	compare(m, what, a->objects, b->objects, number(line, 0),
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
		compare(m, "swapon: size", a->size, b->size, number(at, 0),
			64 * KIB);
		compare(m, "swapon: used", a->used, b->used, number(at, 1),
			MOVES);
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
		compare(m, what, a->size, b->size, number(at, 0), 0);
		snprintf(what, sizeof(what), "df: used of %.60s",
			 text_str(b->path));
		compare(m, what, a->used, b->used, number(at, 1), MIB);
		snprintf(what, sizeof(what), "df: files of %.60s",
			 text_str(b->path));
		compare(m, what, a->files, b->files, number(at, 2), 2);
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
		if (!strncmp(word(line, 1), id, strlen(id)) &&
		    word(line, 1)[strlen(id)] == ' ')
			break;
	}
	a = list_find(snapshot_list(m->before, ENTITY_SHARED), name);
	b = list_find(snapshot_list(m->after, ENTITY_SHARED), name);
	if (!line || !*line)
		return false;
	assert_non_null(a);
	assert_non_null(b);
	compare(m, "ipcs: bytes", a->size, b->size, number(line, 4), 0);
	compare(m, "ipcs: attached", a->attached, b->attached, number(line, 5),
		0);
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
	assert_int_equal(procfile_statm(&tree, dir, process), 0);
	before = process->rss;
	if (!moment_take(m, command, none)) {
		process_unref(process);
		return false;
	}
	assert_int_equal(procfile_statm(&tree, dir, process), 0);
	assert_int_equal(procfile_status(&tree, dir, process), 0);
	/* read through the first time, and counted per processor */
	compare(m, "ps: rss", before, process->rss, number(m->peer, 0) * KIB,
		MIB);
	compare(m, "ps: vsz", process->vsize, process->vsize,
		number(m->peer, 1) * KIB, MIB);
	process_unref(process);
	return true;
}

/* ---- pmap ---------------------------------------------------------------- */

/* A program of its own that holds still: this file again, with an argument. */
static pid_t held;

static const char hold_word[] = "hold";

static int hold(void)
{
	static char page[64 * KIB];
	char *anon = malloc(20 * MIB);
	char *shared = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!anon || shared == MAP_FAILED)
		return 1;
	memset(anon, 1, 20 * MIB);
	memset(shared, 1, 3 * MIB);
	memset(page, 1, sizeof(page));
	if (write(STDOUT_FILENO, ".", 1) != 1)
		return 1;
	pause();
	return 0;
}

static int begin_hold(void **state)
{
	int ends[2];
	char c;

	(void)state;
	if (pipe(ends) < 0)
		return -1;
	held = fork();
	if (held == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/proc/self/exe", "test_peers", hold_word, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	return held > 0 && read(ends[0], &c, 1) == 1 ? close(ends[0]) : -1;
}

static int end_hold(void **state)
{
	(void)state;
	return kill(held, SIGKILL) || waitpid(held, NULL, 0) != held;
}

/* The number of that word of a line; UNKNOWN: it has none. */
static unsigned word_index(const char *line, const char *name)
{
	for (unsigned i = 0; *word(line, i); i++)
		if (!strncmp(word(line, i), name, strlen(name)) &&
		    strchr(" \n", word(line, i)[strlen(name)]))
			return i;
	return UINT_MAX;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Of the mappings of one file, or of all for NULL. */
static uint64_t sum_of(const struct reply *reply, const char *file,
		       enum map_column column)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < reply->nmappings; i++) {
		const struct mapping *m = &reply->mappings[i];

		if (!file || !strcmp(base_name(text_str(m->path)), file))
			sum += map_value(m, column);
	}
	return sum;
}

/* The same of pmap's lines, the file being their last word. */
static uint64_t peer_sum_of(const char *lines, const char *file,
			    unsigned column, unsigned last)
{
	uint64_t sum = 0;

	for (const char *line = lines; line && *word(line, last - 1);) {
		const char *name = word(line, last);
		size_t len = strcspn(name, "\n");

		if (!file || (len == strlen(file) && !strncmp(name, file, len)))
			sum += number(line, column);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return sum * KIB;
}

static const struct {
	const char *name;
	enum map_column column;
} pmap_columns[] = {
	{ "Size", MAP_SIZE },
	{ "Rss", MAP_RSS },
	{ "Pss", MAP_PSS },
	{ "Referenced", MAP_REFERENCED },
	{ "Anonymous", MAP_ANON_PAGES },
	{ "LazyFree", MAP_LAZY_FREE },
	{ "KSM", MAP_KSM },
	{ "ShmemPmdMapped", MAP_SHMEM_THP },
	{ "FilePmdMapped", MAP_FILE_THP },
	{ "Swap", MAP_SWAP },
	{ "SwapPss", MAP_SWAP_PSS },
	{ "Locked", MAP_LOCK },
};

static void compare_file(struct moment *m, const struct reply *before,
			 const struct reply *after, const char *file,
			 const char *lines, const char *titles)
{
	unsigned last = word_index(titles, "Mapping");

	for (size_t i = 0; i < ARRAY_SIZE(pmap_columns); i++) {
		unsigned at = word_index(titles, pmap_columns[i].name);
		uint64_t a = sum_of(before, file, pmap_columns[i].column);
		uint64_t b = sum_of(after, file, pmap_columns[i].column);
		char what[64];
		uint64_t slack = 0;

		if (at == UINT_MAX || last == UINT_MAX)
			continue;
		/* pmap itself has a share of the libraries while it runs */
		if (pmap_columns[i].column == MAP_PSS && (!file || *file))
			slack = (b - sum_of(after, file, MAP_ANON_PAGES)) / 2 +
				KIB;
		snprintf(what, sizeof(what), "pmap -X: %s of %.30s",
			 pmap_columns[i].name,
			 !file	 ? "all"
			 : *file ? file
				 : "unnamed memory");
		compare(m, what, a, b, peer_sum_of(lines, file, at, last),
			slack);
	}
}

static void reply_done(struct reply *reply)
{
	for (size_t i = 0; i < reply->nmappings; i++) {
		text_unref(reply->mappings[i].path);
		text_unref(reply->mappings[i].flags);
		text_unref(reply->mappings[i].nodes);
	}
	free(reply->mappings);
}

static bool pmap_once(struct moment *m)
{
	static const struct collector *const none[] = { NULL };
	struct reply before = { 0 }, after = { 0 };
	const char *titles, *lines;
	char command[64], dir[16];
	bool there;

	snprintf(dir, sizeof(dir), "%d", (int)held);
	snprintf(command, sizeof(command), "pmap -X %s", dir);
	assert_int_equal(procfile_mappings(&tree, dir, NULL, &before), 0);
	there = moment_take(m, command, none);
	assert_int_equal(procfile_mappings(&tree, dir, NULL, &after), 0);
	titles = strchr(m->peer, '\n');
	lines = titles ? strchr(titles + 1, '\n') : NULL;
	if (there && lines && after.state == STATE_OK) {
		titles++;
		lines++;
		compare_file(m, &before, &after, NULL, lines, titles);
		compare_file(m, &before, &after, "", lines, titles);
		compare_file(m, &before, &after, "test_peers", lines, titles);
		compare_file(m, &before, &after, "libc.so.6", lines, titles);
		compare_file(m, &before, &after, "[heap]", lines, titles);
	}
	reply_done(&before);
	reply_done(&after);
	return there;
}

/* ---- all ----------------------------------------------------------------- */

static void test_against_free(void **state)
{
	(void)state;
	check(free_once);
}

static void test_against_vmstat(void **state)
{
	(void)state;
	check(vmstat_once);
}

static void test_against_slabtop(void **state)
{
	(void)state;
	check(slabtop_once);
}

static void test_against_swapon(void **state)
{
	(void)state;
	check(swapon_once);
}

static void test_against_df(void **state)
{
	(void)state;
	check(df_once);
}

static void test_against_ipcs(void **state)
{
	(void)state;
	segment = shmget(IPC_PRIVATE, 192 * KIB, IPC_CREAT | 0600);
	if (segment < 0)
		skip();
	check(ipcs_once);
}

static int remove_segment(void **state)
{
	(void)state;
	return segment < 0 ? 0 : shmctl(segment, IPC_RMID, NULL);
}

static void test_against_ps(void **state)
{
	(void)state;
	check(ps_once);
}

static void test_against_pmap(void **state)
{
	(void)state;
	check(pmap_once);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_free),
		cmocka_unit_test(test_against_vmstat),
		cmocka_unit_test(test_against_slabtop),
		cmocka_unit_test(test_against_swapon),
		cmocka_unit_test(test_against_df),
		cmocka_unit_test_teardown(test_against_ipcs, remove_segment),
		cmocka_unit_test(test_against_ps),
		cmocka_unit_test_setup_teardown(test_against_pmap, begin_hold,
						end_hold),
	};
	int failed;

	if (argc > 1 && !strcmp(argv[1], hold_word))
		return hold();
	if (tree_open(NULL, NULL, &tree) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	tree_done(&tree);
	return failed;
}
