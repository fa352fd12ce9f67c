/* SPDX-License-Identifier: MIT
 *
 * For tests that hold memtop's figures against those of another tool, of this
 * machine at the same moment: memtop reads before and after it, so its figure
 * must lie between the two reads; what moves in between or is rounded by the
 * tool is allowed for row by row.  Both are printed side by side.  A busy
 * machine is looked at again.
 */
#ifndef TESTS_PEERS_H
#define TESTS_PEERS_H

#include "../src/collect/collect.h"

enum { PEER_OUTPUT_MAX = 64 << 10 };

/* This machine; opened and closed around a group of tests. */
extern struct tree peer_tree;
int peer_setup(void **state);
int peer_teardown(void **state);

/* memtop's reads around a peer's. */
struct moment {
	struct snapshot *before, *after;
	char peer[PEER_OUTPUT_MAX]; /* what it printed */
	char report[PEER_OUTPUT_MAX];
	size_t reported;
	unsigned compared, differ;
};

/* Runs the tool between reads of these collectors (NULL behind the last).
 * false: it is not there, or not as we know it, or may not. */
bool moment_take(struct moment *m, const char *command,
		 const struct collector *const *which);

/* slack: what may have moved between the reads and back, and rounding. */
void moment_compare(struct moment *m, const char *what, uint64_t before,
		    uint64_t after, uint64_t peer, uint64_t slack);

/* One look at both sides; false: there is no such peer here. */
typedef bool look_at(struct moment *m);
/* Looks until both agree; skips where there is no such peer. */
void moment_check(look_at *once);

/* The line that begins with name, or NULL. */
const char *peer_line(const char *text, const char *name);
/* Word number n of a line, the first being 0; "" when there are fewer. */
const char *peer_word(const char *line, unsigned n);
uint64_t peer_number(const char *line, unsigned n);

#endif
