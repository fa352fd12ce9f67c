/* SPDX-License-Identifier: MIT
 *
 * The mappings of a process beside what pmap -X says of the same process: all
 * of them, those of one file, the heap and memory without a name.
 */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../src/ui/mappings.h"
#include "memtop/text.h"
#include "peers.h"

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
		execl("/proc/self/exe", "test_peers_mappings", hold_word,
		      (char *)NULL);
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
	for (unsigned i = 0; *peer_word(line, i); i++)
		if (!strncmp(peer_word(line, i), name, strlen(name)) &&
		    strchr(" \n", peer_word(line, i)[strlen(name)]))
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

	for (const char *line = lines; line && *peer_word(line, last - 1);) {
		const char *name = peer_word(line, last);
		size_t len = strcspn(name, "\n");

		if (!file || (len == strlen(file) && !strncmp(name, file, len)))
			sum += peer_number(line, column);
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
		moment_compare(m, what, a, b,
			       peer_sum_of(lines, file, at, last), slack);
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
	assert_int_equal(procfile_mappings(&peer_tree, dir, NULL, &before), 0);
	there = moment_take(m, command, none);
	assert_int_equal(procfile_mappings(&peer_tree, dir, NULL, &after), 0);
	titles = strchr(m->peer, '\n');
	lines = titles ? strchr(titles + 1, '\n') : NULL;
	if (there && lines && after.state == STATE_OK) {
		titles++;
		lines++;
		compare_file(m, &before, &after, NULL, lines, titles);
		compare_file(m, &before, &after, "", lines, titles);
		compare_file(m, &before, &after, "test_peers_mappings", lines,
			     titles);
		compare_file(m, &before, &after, "libc.so.6", lines, titles);
		compare_file(m, &before, &after, "[heap]", lines, titles);
	}
	reply_done(&before);
	reply_done(&after);
	return there;
}

static void test_against_pmap(void **state)
{
	(void)state;
	moment_check(pmap_once);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_against_pmap, begin_hold,
						end_hold),
	};

	if (argc > 1 && !strcmp(argv[1], hold_word))
		return hold();
	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
