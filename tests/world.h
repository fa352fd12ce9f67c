/* SPDX-License-Identifier: MIT
 *
 * A machine of a few processes that goes on sample by sample, and what its
 * events tell; for the tests of events.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "../src/judge/moods.h"
#include "memtop/event.h"
#include "memtop/events.h"
#include "memtop/history.h"
#include "sample.h"

/* A machine of 16 GiB. */
struct world {
	struct events_judge *judge;
	struct history *history;
	struct host *host;
	struct counter_names *names;
	uint64_t second;
	uint64_t slept; /* seconds asleep so far */
	int64_t clock_set;
	uint64_t kills, available, swap_total, swap_free, hugetlb, total;
	uint64_t drops, slab_drops;
	const char *swappiness; /* NULL: settings are not known */
	bool reset;
	struct {
		pid_t pid;
		uint64_t mib;
		int64_t adj;
		uint64_t started; /* second */
		char state;
		const char *comm;
	} processes[24];
	/* what holds: a rule about the machine, with its figure; and cgroups
	 * that are starved */
	const char *rule;
	enum severity severity;
	double value;
	const char *starved[4];
	uint64_t starved_since[4];
	struct mood moods[5];
	struct {
		const char *path;
		uint64_t oom, killed, group;
		uint64_t oomd; /* killed by systemd-oomd */
		uint64_t owner;
	} cgroups[3];
	/* the kernel's log; 0: it may not be read */
	struct {
		uint64_t sequence, mib, error_s;
		pid_t pid;
		const char *comm, *limit;
		int64_t ago;
	} log[3];
	bool has_log;
};

void world_setup(struct world *w);
void world_teardown(struct world *w);
void world_add(struct world *w, int place, pid_t pid, const char *comm,
	       uint64_t mib);
void world_remove(struct world *w, int place);

/* The sample as things are, not yet seen by anybody. */
struct snapshot *world_snapshot(const struct world *w);
/* The next sample, so many seconds later. */
void world_step_by(struct world *w, uint64_t seconds);
/* So many, a second apart. */
void world_step(struct world *w, unsigned times);

/* How many of that kind there are; the last one. */
size_t world_told(const struct world *w, enum event_kind kind,
		  struct event *ret);
/* Everything but that kind, and what memtop says of itself. */
size_t world_told_others(const struct world *w, enum event_kind kind);

#endif
