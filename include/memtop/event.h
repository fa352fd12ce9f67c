/* SPDX-License-Identifier: MIT
 *
 * What happened: a row of the list "events".  A judge writes a row into the
 * snapshot in which an event begins, changes or ends, the whole of it each
 * time; the history keeps the latest state of each (history_events()).
 */
#ifndef MEMTOP_EVENT_H
#define MEMTOP_EVENT_H

#include "memtop/list.h"
#include "memtop/snapshot.h"

enum event_kind {
	EVENT_OOMKILL, /* somebody was killed for memory */
	EVENT_THRASH,
	EVENT_PSI,    /* stalls */
	EVENT_LOWMEM, /* little can be handed out */
	EVENT_SWAP,   /* full, added, removed */
	EVENT_CGROUP, /* at a limit */
	EVENT_GROW,   /* a process, a cgroup or the kernel keeps growing */
	EVENT_STEP,   /* memory use jumped */
	EVENT_EXIT,   /* somebody large ended */
	EVENT_START,  /* somebody became large at once */
	EVENT_ADJ,    /* oom_score_adj changed */
	EVENT_FRAG,   /* free memory is scattered */
	EVENT_HUGE,   /* huge page pools */
	EVENT_RULE,   /* any other verdict */
	EVENT_RAM,    /* RAM was added or taken away */
	EVENT_SYSCTL, /* a setting was changed */
	EVENT_DROP,   /* somebody dropped caches */
	EVENT_GAP,    /* samples are missing, or clocks jumped */
	EVENT_MEMTOP, /* memtop began to look */
	EVENT_KIND_COUNT
};

/* "OOMKILL" */
const char *event_kind_name(enum event_kind kind);
/* The letter on a line of time: 'K'. */
char event_kind_mark(enum event_kind kind);
/* EVENT_KIND_COUNT: no such word, as from a newer memtop. */
enum event_kind event_kind_find(const char *name);

/* "INFO", "NOTE", "WARN", "CRIT" */
const char *event_severity_name(enum severity severity);
/* SEVERITY_OK for words that are not known. */
enum severity event_severity_find(const char *name);

/* Every pointer is a text with a row in the table of fields. */
struct event {
	struct block block;
	/* Rises with time: microseconds since 1970 at its beginning, or one
	 * more than the last one's.  So events of several runs in one
	 * recording differ. */
	uint64_t id;
	char kind[8];
	char severity[5];
	uint64_t begin_ns; /* realtime */
	uint64_t end_ns;   /* the same moment: it has no length; UNKNOWN: it
			      goes on */
	const struct text *who;	 /* "java[48213]", a cgroup, "(slab)",
				    "(system)" */
	const struct text *what; /* a sentence without a full stop; both hold
				    untrusted bytes */
	uint64_t count;		 /* how many it stands for */

	/* of a rule of the verdict, for as long as it holds */
	char rule[32];		 /* "R05-stall"; "" */
	const struct text *peak; /* its worst figure: "memory_some_10s 41%" */

	/* the process it is about; UNKNOWN and "" where it is about none */
	uint64_t pid, start_ns; /* of a struct process_key */
	char comm[64];
	uint64_t uid;
	const struct text *cgroup; /* or the cgroup it is about */
	uint64_t rss, swap;	   /* the last that was known of it */
	double adj;		   /* NAN: not known */
	double growth_rate;	   /* bytes per second */

	/* of kills, and the second of who takes memory as well */
	char scope[8];	 /* "global", "cgroup", "group", "user" space; "" */
	char sure[9];	 /* "certain", "probably", "perhaps"; "" */
	uint64_t freed;	 /* RAM that came back in the seconds after it */
	uint64_t log_us; /* time stamp of its line in the kernel's log */
};

/* One more row, a copy with references of its own; NULL: no memory. */
struct event *event_add(struct list **list, const struct event *event);

/*
 * A list with the rows of both, oldest first, the latest state of each and at
 * most HISTORY_EVENTS, the newest ones; before may be NULL.  Those that went
 * on when a new run began have ended there.  NULL: no memory.
 */
struct list *events_merge(const struct list *before, const struct list *news);

#endif
