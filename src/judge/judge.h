/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: what a rule is, what is remembered about each, and the
 * state of the fold.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include <string.h>

#include "facts.h"
#include "killers.h"
#include "memtop/base.h"
#include "memtop/format.h"
#include "memtop/ledger.h"
#include "memtop/verdict.h"
#include "moods.h"
#include "people.h"
#include "reader.h"
#include "window.h"

struct cgroup;
struct list;
struct oom_limit;
struct trend;
struct verdict_judge;
struct finding;

/* ---- rules --------------------------------------------------------------- */

/* Kinds of evidence: a pressure rule needs two of them above NOTE, because a
 * level alone never proves trouble. */
enum family {
	FAMILY_NONE = 0, /* a circumstance, no evidence */
	FAMILY_LEVEL = 1,
	FAMILY_RECLAIM = 2,
	FAMILY_STALL = 4,
	FAMILY_REFAULT = 8,
	FAMILY_GROWTH = 16,
};

/* At a level where a leg has this for a limit it is not asked. */
#define ANY NAN

/* One condition.  Legs of a group are alternatives, all groups must hold;
 * group 0 is evidence besides, which nothing depends on. */
struct leg {
	enum fact fact;
	enum family family;
	unsigned group;
	enum comparison comparison;
	double note, warn, crit;
	enum fact scale; /* the limits are multiples of it; FACT_NONE: not */
};

/* How long a condition has to hold, and to be gone. */
enum rule_class {
	CLASS_STALL,
	CLASS_RATE,
	CLASS_LEVEL,
	CLASS_IMMINENT,
	CLASS_SETUP,
	CLASS_TREND, /* judged about once a minute elsewhere */
	CLASS_FACT,  /* at once, and as long as its limits say */
	CLASS_CALM,  /* leads when nothing else does */
};

/* A line without its "for 14m (since …): ". */
struct words {
	char text[256], brief[96];
};

/* Who is to be named beside it. */
enum naming {
	NAME_GROWER,
	NAME_READER, /* who grows, else who reads from disks */
	NAME_SWAPPED,
	NAME_LARGEST,
	NAME_LEAKER,
	NAME_BOUND,
	NAME_HUGE, /* whose huge pages grow */
};

struct rule {
	const char *name;  /* "R05-stall" */
	const char *title; /* in lower case; capitals from WARN on */
	enum rule_class class;
	enum severity least, most;
	bool pressure; /* needs two families above NOTE */
	bool averages; /* the kernel's averages do before windows are full */
	bool inferred; /* says "probably" when only two families agree */
	bool grouped;  /* about a cgroup, one at a time */
	bool inner;    /* in a container about that, not about its host */
	bool kills;    /* what comes next is a kill in that cgroup */
	double ease;   /* an active one ends at this part of its limits */
	/* said while it clears, around the worst of this fact: "lost ", "41%",
	 * " of its time" */
	enum fact peak;
	const char *eased[2];
	unsigned up_s[4], down_s[4]; /* by severity; 0: those of the class */
	const struct leg *legs;
	size_t nlegs;
	void (*say)(const struct verdict_judge *judge,
		    const struct finding *finding, struct words *ret);
	const char *hides; /* "R03 R10": what it makes superfluous */
	unsigned rank;	   /* of equals the lowest leads: the most direct */
	enum naming naming;
	const char *todo, *todo_brief; /* which key or pane to turn to */
};

#define LEGS(array) .legs = (array), .nlegs = ARRAY_SIZE(array)

struct rule_set {
	const struct rule *rules;
	size_t count;
};
/* One for each topic, in files of their own. */
extern const struct rule_set rules_kernel, rules_names, rules_kills,
	rules_facts, rules_exhaustion, rules_swap, rules_pressure, rules_growth,
	rules_classes, rules_setup, rules_calm, rules_groups;

/* ---- state --------------------------------------------------------------- */

/* One moment on two clocks: durations are taken from the one that nobody can
 * set, and the other is what an admin finds in his logs. */
struct moment {
	uint64_t boottime_ns, realtime_ns;
};

struct level {
	bool active, pending, at_least;
	struct moment since; /* when it began to hold */
	uint64_t held_ns;    /* when it last held (boottime) */
};

#define GROUP_NAME_SIZE 128 /* as much of a cgroup's name as is said */

/* Of one rule and one subject. */
struct rule_state {
	const struct rule *rule;
	struct level levels[4]; /* by severity */
	unsigned families;	/* that agreed when it was last looked at */
	uint64_t group;		/* hash of the cgroup's path; 0: the machine */
	bool own;		/* it is the container that memtop is in */
	unsigned depth;		/* of the cgroup */
	char name[GROUP_NAME_SIZE]; /* of the cgroup: untrusted bytes */
	double values[FACT_GROUP_END - FACT_GROUP_FIRST]; /* its facts */
	double hard_most; /* bytes it could not give back, at most */
	double peak;	  /* of the rule's fact while it goes on */
	uint64_t seen_ns;
};

/* An active rule. */
struct finding {
	const struct rule_state *state;
	const struct rule *rule;
	enum severity severity; /* as it is shown */
	enum severity limits;	/* the one that is active, or was lately */
	const struct level *level;
	bool easing; /* it does not hold any more … */
	bool over;   /* … not even as a lesser one */
};

/* What became of a rule with that number, all its rows together. */
struct standing {
	int now;	   /* severity; -1: it does not hold */
	unsigned times[4]; /* how often it became as severe or worse */
};
#define RULE_NUMBERS 45 /* R01 to R44 */

#define RULES_MAX    96
#define GROUPS_MAX   48 /* rules about cgroups that are going on */
#define FINDINGS_MAX (RULES_MAX + GROUPS_MAX)

/* What happened, for rules that are facts (news.c). */
struct change {
	struct moment at;
	char name[64];
	pid_t pid;
	uint64_t start_ns;
	double bytes, more;
	int before, after;
	bool is_there;
};

/* Kills, as the counter of the kernel has them and the events of the sample
 * before explain them (news_kills.c). */
#define KILLS_KEPT 32
struct kill_news {
	bool counted;
	uint64_t kills, kills_before; /* counter now, and at the start */
	uint64_t new_kills;	      /* in the headline; 0: none */
	uint64_t at_once;	      /* of the last moment of them */
	struct change killed;	      /* the last one */
	char sure[9];		      /* that it was that one, see event.h */
	char scope[8];
	char limit[GROUP_NAME_SIZE]; /* whose limit; untrusted; "": nobody's */
	double max;		     /* that limit; NAN */
	struct change by_user;	     /* by a program in user space, … */
	char killer[64];	     /* … this one */
	/* by systemd-oomd for certain: so many in that cgroup; 0: not known */
	uint64_t by_oomd;
	char by_oomd_group[GROUP_NAME_SIZE]; /* untrusted */
	/* by cgroup, so that one which is killed again and again shows */
	struct kill_place {
		uint64_t group, ns; /* hash of its path; boottime */
	} places[KILLS_KEPT];
	unsigned nplaces; /* ever */
};

struct news {
	const struct snapshot *last; /* referenced */
	struct kill_news kills;
	struct change adjusted, ended, forked, jumped, gap;
	unsigned copies;      /* children of the forked one, while they live */
	double alone, copied; /* bytes each has for itself, at least; since */
	struct change gained, lost; /* most, lately */
	struct change resized;	    /* a pool of huge pages, or a balloon */
	enum gap gap_kind;
	struct change leaving; /* went, and what it frees is not yet known */
	double leaving_available;
};

/* What was done to the machine while memtop looked: notices.c. */
enum notice { NOTICE_DROPPED, NOTICE_SWAP, NOTICE_SETTING };
struct notices {
	struct change last; /* bytes: that came, or went */
	enum notice kind;
	char from[48], to[48]; /* of a setting, whose name is in last */
	unsigned drops;	       /* of caches, so far */
};

/* The limit at which the fall of memory ends. */
struct bound {
	char name[GROUP_NAME_SIZE]; /* of its cgroup, untrusted; "": none */
	double eta_ns;
};

/* Where RAM was: every ten seconds for two minutes. */
#define PARTS_KEPT 13
struct parts {
	struct ledger kept[PARTS_KEPT];
	uint64_t at_ns[PARTS_KEPT]; /* monotonic */
	unsigned count;		    /* kept so far, ever */
};

struct verdict_judge {
	bool waive; /* durations count for nothing: --once, --check */
	bool started;
	struct moment now;
	uint64_t muted_until_ns; /* boottime: rates and stalls say nothing */
	struct window window;
	struct fact_memory memory;
	struct facts facts;
	struct rule_state states[RULES_MAX];
	size_t nstates;
	struct rule_state groups[GROUPS_MAX];
	size_t ngroups;	    /* of them that are in use */
	uint64_t groups_ns; /* when the list they are from was read */
	/* referenced: of ten to twenty seconds ago, and the one that will be
	 * that in time */
	const struct list *groups_before, *groups_next;
	struct standing standings[RULE_NUMBERS];
	struct news news;
	struct notices notices;
	struct killers killers;
	/* of the last step */
	struct mood moods[MOODS_MAX];
	size_t nmoods;
	enum gap gap;
	struct people people;
	struct reading reading;
	struct bound bound;
	struct parts parts;
	struct person leaker;		 /* of the line, when it is about one */
	struct victims there;		 /* in the cgroup that leads the line */
	const struct victims *victims;	 /* those that the line is about */
	const struct snapshot *snapshot; /* during a step */
	const struct cgroup *container; /* whose limit applies to memtop; during
					  * a step; NULL: none */
	const struct rule *leader;	/* of the last line, … */
	uint64_t leader_ns;		/* … since when */
	enum severity leads;		/* … how bad */
	const struct text *last_texts[VERDICT_TEXTS];
};

/* ---- between the files --------------------------------------------------- */

static inline double fact(const struct verdict_judge *judge, enum fact id)
{
	return judge->facts.value[id];
}

static inline uint64_t passed(const struct verdict_judge *judge,
			      struct moment since)
{
	return sub_floor(judge->now.boottime_ns, since.boottime_ns);
}

/* Does it lead because somebody was killed?  The memory that ran out is free
 * again then. */
static inline bool finding_is_kill(const struct finding *finding)
{
	return strncmp(finding->rule->name, "R16", 3) == 0;
}

/* evaluate.c: how severe the legs of a rule are, and by which families. */
bool rule_holds(const struct rule *rule, const struct facts *facts,
		enum severity severity, bool active, unsigned *ret_families);
/* The limit of a leg at that severity, with its scale; NAN: not asked. */
double leg_limit(const struct leg *leg, const struct facts *facts,
		 enum severity severity);
/* Steps all levels of one rule. */
void state_step(struct verdict_judge *judge, struct rule_state *state,
		const struct facts *facts);
/* What is to be said of a state at that time; false: nothing. */
bool state_finding(const struct rule_state *state, uint64_t now_ns,
		   struct finding *ret);
/* Nothing of before can be compared any more. */
void state_forget(struct rule_state *state, bool keeps_levels);

/* news.c */
void news_step(struct verdict_judge *judge, const struct snapshot *snapshot,
	       enum gap gap);
void news_done(struct news *news);

/* facts_news.c: what happened, and what memtop's container has left. */
void facts_of_news(struct verdict_judge *judge,
		   const struct snapshot *snapshot);

/* notices.c; before news_step().  true: rates say nothing for a while. */
bool notices_step(struct verdict_judge *judge, const struct snapshot *snapshot);

/* taker.c: is what memory loses taken by the one that grows most?  The limit
 * it will hit before the machine is full, within minutes, and when; NULL:
 * none.  taker_step() writes judge->bound. */
bool taker_explains(const struct verdict_judge *judge);
/* The one, and how sure that is; NULL: nobody took a clear share. */
const struct person *taker_now(const struct verdict_judge *judge,
			       enum certainty *ret);
const struct cgroup *taker_limit(const struct verdict_judge *judge,
				 struct oom_limit *ret, double *ret_eta_ns);
void taker_step(struct verdict_judge *judge);

/* standings.c: which rules hold, by number, and how often they came. */
unsigned rule_number(const char *name); /* of "R07-swap-thrash", or "R07" */
void standings_step(struct verdict_judge *judge, const struct finding *findings,
		    size_t count);
/* How severe those were a step before. */
void facts_of_standings(struct verdict_judge *judge);

/* news_kills.c: after news.last is known, before it is replaced. */
void news_kills_step(struct verdict_judge *judge,
		     const struct snapshot *snapshot);
/* The cgroup at whose limit the last one was killed, in the snapshot of this
 * step; NULL: it was the machine's memory, or it is gone. */
const struct cgroup *news_kills_place(const struct verdict_judge *judge);
/* How often the cgroup that was killed last was killed in ten minutes, and
 * when first (boottime). */
unsigned news_kills_again(const struct verdict_judge *judge,
			  uint64_t *ret_first_ns);

/* news_fork.c: a process that is new; those that were noted. */
void news_fork_note(struct verdict_judge *judge,
		    const struct snapshot *snapshot, const struct process *p);
void news_fork_step(struct verdict_judge *judge,
		    const struct snapshot *snapshot);

/* groups.c: facts of each cgroup, and the rules about them. */
void groups_step(struct verdict_judge *judge, const struct snapshot *snapshot);
void groups_done(struct verdict_judge *judge);
uint64_t groups_hash(const struct text *path);
/* The cgroup that a state is about, in the snapshot of this step; NULL: it is
 * gone. */
const struct cgroup *groups_find(const struct verdict_judge *judge,
				 const struct rule_state *state);

/* The same one in a list of before, where it is likely to be at that place;
 * NULL: it is new. */
const struct cgroup *groups_find_before(const struct list *before,
					const struct cgroup *now, size_t place);

/* groups_chain.c: of groups one below the other, each with nearly all of the
 * stall above it, the deepest stands for all: the most that any of them has.
 * 0 for the others, and for one with less of what stalls above it. */
double groups_chain_stall(const struct verdict_judge *judge,
			  const struct list *list, const struct cgroup *row,
			  double full);

/* rules_growth.c: what grows for sure, then fastest; NULL: nothing. */
const struct trend *rules_worst_trend(const struct verdict_judge *judge,
				      const char *kind);

/* taking.c: who takes what a rule about growth of the machine tells of.  The
 * parts of RAM are kept for a while, to see which of them grows. */
void parts_step(struct parts *parts, const struct snapshot *snapshot, bool gap);
void taking_find(const struct verdict_judge *judge,
		 const struct finding *finding, struct taking *ret);

/* moods_make.c: those of the findings that are told on the line of time. */
size_t moods_make(const struct verdict_judge *judge,
		  const struct finding *findings, size_t count,
		  struct mood ret[MOODS_MAX]);

/* seal.c: the verdict in words. */
void seal_verdict(struct verdict_judge *judge, const struct finding *findings,
		  size_t count, struct snapshot *snapshot);

/* advice.c: a setting worth trying, for the first of these that there is one
 * for, or "". */
void advice_write(const struct verdict_judge *judge,
		  const struct finding *findings, size_t count, char *buf,
		  size_t size);

#endif
