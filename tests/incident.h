/* SPDX-License-Identifier: MIT
 *
 * The recorded incidents of tests/incident: each a folder with a recording, the
 * screens that were seen while it was made, and the times of what was done.
 * tests/vm/incidents.sh makes them.
 */
#ifndef INCIDENT_H
#define INCIDENT_H

#include "memtop/event.h"
#include "recorded.h"

#define INCIDENTS "tests/incident"

struct incident {
	const char *kind;
	struct recorded recorded;
	struct replayed replayed;
	/* The same samples, judged again by the judges of now: what they find
	 * in an incident is tested, not what they once found.  A recording
	 * shows what was said then. */
	struct history *judged;
};

void incident_open(struct incident *incident, const char *kind);
void incident_close(struct incident *incident);

/* The last sample of that second of the day; 0: there is none. */
uint64_t incident_seq(const struct incident *incident, const char *clock);

/* The clock of a screen that was seen live; its rows go into ret_rows, as many
 * as there is room for. */
enum { LIVE_ROWS = 24, LIVE_ROW_SIZE = 512 };
struct live_screen {
	char rows[LIVE_ROWS][LIVE_ROW_SIZE];
	char clock[16];
};
void incident_live(const struct incident *incident, const char *name,
		   struct live_screen *ret);

/* The seconds of the day at which that was done for the i-th time; -1: not so
 * often. */
int incident_time(const struct incident *incident, const char *what, int i);

/* The i-th kill that was an event, copied; false: there were not so many. */
bool incident_kill(const struct incident *incident, int i, struct event *ret);

#endif
