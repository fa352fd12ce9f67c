/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: what the files that find events share.  A finder looks
 * at two samples and tells; what is told is kept here as long as it may still
 * change.
 */
#ifndef JUDGE_EVENTS_H
#define JUDGE_EVENTS_H

#include <stdarg.h>
#include <stdbool.h>

#include "memtop/base.h"
#include "memtop/event.h"
#include "memtop/events.h"
#include "memtop/format.h"
#include "moods.h"

/* Events that may still change.  When there are more, the oldest is left as
 * it is. */
#define OPEN_MAX 96

/* An event that may still change. */
struct open_event {
	struct event event;  /* its texts are owned; id 0: a free place */
	bool is_open;	     /* false: released after this step */
	bool told;	     /* as it is now, it has been written */
	uint64_t changed_ns; /* boottime of the last change */
};

/* A process that is not there any more, and how things were before. */
#define GONE_MAX       32
#define GONE_BEFORE_NS (3 * NS_PER_S) /* a kill is counted so long after, … */
#define GONE_AFTER_NS  (5 * NS_PER_S) /* … or before */
struct gone {
	const struct process *process; /* its last record, a reference */
	uint64_t seen_ns;     /* boottime of the first sample without */
	uint64_t realtime_ns; /* of the same */
	uint64_t available;   /* before it went */
	uint64_t best;	      /* the most since */
	int64_t points;	      /* as the kernel counts them */
	bool was_first;	      /* in the kill order */
	bool blamed;	      /* is some kill's victim */
	bool told;	      /* its exit has been */
};

/* A kill that is still looked into. */
#define KILLS_MAX 16
struct kill {
	size_t open;	     /* its event; OPEN_MAX: this place is free */
	uint64_t counted_ns; /* boottime when the counter moved */
	uint64_t available;  /* before it; UNKNOWN */
	uint64_t best;	     /* the most since */
	bool has_victim, is_settled, has_scope;
	bool is_logged;		       /* the kernel's log tells of it */
	const struct snapshot *before; /* it was counted; a reference */
	const struct text *limit;      /* name of the cgroup whose limit it
					* was; NULL */
	const struct text *limit_path; /* the same; NULL */
};

/* A rule that holds, or did until a moment ago. */
struct mood_event {
	size_t open;	  /* its event; OPEN_MAX: this place is free */
	const char *rule; /* static */
	uint64_t group;
	uint64_t began_ns, told_ns; /* boottime */
	uint64_t left_ns;	    /* when it ended; 0: it goes on */
	const char *figure;	    /* static; NULL */
	enum unit unit;
	double peak, told_peak; /* the worst of that figure */
	/* how sure it is whom the event names, and that in words */
	enum certainty certainty;
	char taken[56];
	bool heard; /* in this step */
};

/* Counters of /proc/vmstat that only go up. */
enum event_counter {
	COUNT_OOM_KILL,
	COUNT_DROP_PAGECACHE,
	COUNT_DROP_SLAB,
	COUNT_COUNT
};

struct events_judge {
	const struct snapshot *before; /* a reference; NULL at first */
	struct snapshot *now;
	struct list *list;  /* what is told in this step */
	struct list *quiet; /* an empty one */
	uint64_t last_id;
	struct open_event open[OPEN_MAX];
	/* UNKNOWN; and where they stand among those names */
	uint64_t counted[COUNT_COUNT], counted_before[COUNT_COUNT];
	const struct counter_names *names; /* a reference */
	size_t places[COUNT_COUNT];

	/* kills.c */
	struct gone gone[GONE_MAX];
	struct kill kills[KILLS_MAX];

	/* kills_log.c */
	bool log_known;		  /* what stood in it at first has been told */
	uint64_t log_sequence;	  /* of the last record that was told */
	uint64_t log_id;	  /* of the last event of the past */
	uint64_t ahead, ahead_ns; /* kills that are told and not yet counted,
				     the last of them when */

	/* failures.c */
	bool failures_known;	    /* as log_known */
	uint64_t failures_sequence; /* of the last record that was told */
	size_t last_failure;	    /* its event, while more may join it */

	/* moods.c */
	const struct mood *heard; /* of this step */
	size_t nheard;
	bool reset; /* a counter of the kernel began anew */
	struct mood_event moods[MOODS_MAX];

	/* changes.c: what was told last, to merge what follows soon */
	size_t last_exit, last_start, last_adj;
	uint64_t exit_bytes, start_bytes;

	/* system.c */
	uint64_t available_5s[6], available_at_ns[6]; /* a ring */
	size_t available_next;
	uint64_t step_told_ns;
	bool swap_was_full;
	uint64_t ready_ns; /* boottime of the first sample */
};

/* ---- telling (events.c) -------------------------------------------------- */

/* A new event that begins now and has no length; its place among the open
 * ones.  OPEN_MAX is never returned. */
size_t events_begin(struct events_judge *judge, enum event_kind kind,
		    enum severity severity);
/* For changing it: it is told again at the end of the step. */
struct event *events_change(struct events_judge *judge, size_t place);
/* Nothing will change any more. */
void events_close(struct events_judge *judge, size_t place);

__attribute__((format(printf, 2, 3))) void
event_set_text(const struct text **text, const char *format, ...);
/* Key, name, user, cgroup and last figures; who is "comm[pid]". */
void event_set_process(struct event *event, const struct process *process);
void event_set_severity(struct event *event, enum severity severity);

/* RAM and swap that only it has, as far as is known: what ends with it. */
uint64_t events_footprint(const struct process *process);
/* The larger of two, of which one may not be known. */
static inline uint64_t events_more(uint64_t a, uint64_t b)
{
	return a == UNKNOWN || (b != UNKNOWN && b > a) ? b : a;
}
/* What counts as large on this machine. */
uint64_t events_large(const struct snapshot *snapshot);

/* ---- finders, in the order in which they are called ---------------------- */

/* gaps.c: samples that are missing, clocks that jumped.  true: what the two
 * samples say can not be compared. */
bool gaps_step(struct events_judge *judge);
/* gone.c: who vanished; and that somebody of them is no victim after all. */
void gone_step(struct events_judge *judge);
void gone_done(struct events_judge *judge);
void gone_acquit(struct events_judge *judge, const struct event *event);
/* kills.c: a fact, whatever was missed around it */
void kills_step(struct events_judge *judge);
void kills_done(struct events_judge *judge);
/* kill_scope.c: what the cgroups' counters say of a kill between two lists of
 * cgroups; path: the victim's, or NULL.  false: nothing. */
struct cgroup;
struct kill_scope {
	const struct cgroup *victims; /* where somebody was killed */
	const struct cgroup *limit;   /* that was hit; NULL: the machine's */
	bool group;		      /* all in it died */
};
bool kill_scope_find(const struct list *before, const struct list *now,
		     const struct text *path, struct kill_scope *ret);
/* An event about so many kills, and the place where it is looked into. */
struct kill *kill_begin(struct events_judge *judge, uint64_t count);
/* Puts what is known of it into words. */
void kill_say(struct events_judge *judge, struct kill *kill);
/* Nothing is known of its victim any more. */
void kill_forget_victim(struct event *event);
/* kills_log.c: kills that the kernel's log tells of, after those that were
 * counted. */
void kills_log_step(struct events_judge *judge);
/* kills_marked.c: kills that systemd-oomd has put down at a cgroup, after
 * those of the kernel */
void kills_marked_step(struct events_judge *judge);
/* changes.c: exits, starts, oom_score_adj */
void changes_step(struct events_judge *judge);
/* system.c: steps, swap, RAM, pools, settings */
void system_step(struct events_judge *judge, bool is_gap);
/* failures.c: allocations that failed, by the kernel's log */
void failures_step(struct events_judge *judge);
/* growth.c: what keeps growing */
void growth_step(struct events_judge *judge);
/* moods.c: rules that hold */
void moods_step(struct events_judge *judge);

#endif
