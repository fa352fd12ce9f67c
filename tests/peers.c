/* SPDX-License-Identifier: MIT
 *
 * See peers.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "peers.h"

enum { TRIES = 20, TRY_MS = 100 };

struct tree peer_tree;

int peer_setup(void **state)
{
	(void)state;
	return tree_open(NULL, NULL, &peer_tree);
}

int peer_teardown(void **state)
{
	(void)state;
	tree_done(&peer_tree);
	return 0;
}

/* ---- reading ------------------------------------------------------------- */

static struct snapshot *look(const struct collector *const *which)
{
	struct snapshot *s = snapshot_new();

	assert_non_null(s);
	for (; *which; which++) {
		assert_int_equal((*which)->read(&peer_tree, s), 0);
		if ((*which)->finish)
			assert_int_equal((*which)->finish(&peer_tree, s), 0);
	}
	return s;
}

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

bool moment_take(struct moment *m, const char *command,
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

void moment_compare(struct moment *m, const char *what, uint64_t before,
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

void moment_check(look_at *once)
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

const char *peer_line(const char *text, const char *name)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (!strncmp(text, name, strlen(name)))
			return text;
	return NULL;
}

const char *peer_word(const char *line, unsigned n)
{
	for (line += strspn(line, " "); n > 0; n--) {
		line += strcspn(line, " \n");
		line += strspn(line, " ");
	}
	return *line == '\n' ? "" : line;
}

uint64_t peer_number(const char *line, unsigned n)
{
	return strtoull(peer_word(line, n), NULL, 10);
}
