/* SPDX-License-Identifier: MIT
 *
 * From a snapshot to the rows of a table: filter, group, tree, sort.  Pure:
 * the same snapshot and query always give the same rows.
 */
#ifndef MEMTOP_ROWS_H
#define MEMTOP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/field.h"
#include "memtop/snapshot.h"

struct list;

/* ---- filter -------------------------------------------------------------- */

/*
 * "cg:celery swap>100M !bulk_": terms are ANDed, '!' negates, a bare word is
 * a case-smart part of the command or comm; NAME:text matches a text field,
 * NAME>number, NAME<number, NAME=number a numeric one (any field name or
 * alias; sizes with a unit).  user: cg: cmd: state: are aliases of fields.
 * "double quotes" hold blanks.
 */
struct filter;

struct filter_error {
	size_t at; /* byte in the expression */
	char what[80];
};

/* 0; -EINVAL with *error filled; -ENOMEM.  An empty expression gives NULL. */
int filter_parse(const char *expression, struct filter **ret,
		 struct filter_error *error);
/* The same for rows of another entity: a bare word is a part of any of their
 * texts. */
int filter_parse_for(const struct entity *entity, const char *expression,
		     struct filter **ret, struct filter_error *error);
void filter_free(struct filter *filter);
/* NULL matches everything.  A value that is not known (an upper bound is no
 * value) matches no numeric term, negated or not. */
bool filter_match(const struct filter *filter, const struct process *process);
/* row is of the entity that the filter was parsed for. */
bool filter_match_row(const struct filter *filter, const void *row);

/* ---- views --------------------------------------------------------------- */

/* The panes that screens and batch output share: the columns of their tables
 * of processes, their order, whom they leave out; and what else they show. */
/* clang-format off */
enum view_id { VIEW_PROCESSES, VIEW_OVERVIEW, VIEW_SWAP, VIEW_OOM, VIEW_THP,
	       VIEW_CGROUPS, VIEW_KERNEL, VIEW_EVENTS, VIEW_RAM,
	       VIEW_COUNT };
/* clang-format on */

/* What is known of an entity other than processes, single or a list. */
struct view_list {
	enum entity_id entity;
	/* names of fields, ended by NULL; NULL: all that have a title */
	const char *const *columns;
	const char *const *drop; /* as below; may be NULL */
	const char *sort;	 /* NULL: in the order of the list */
	/* A new reference to rows that are made of others; NULL, or the
	 * result of it: no memory. */
	const struct list *(*derive)(const struct snapshot *snapshot);
};

struct view {
	const char *name; /* of --pane */
	const char *help;
	/* Above the table; the first one is the main one of a view without */
	const struct view_list *lists;
	size_t nlists;
	const uint8_t *columns; /* enum process_field, in order */
	size_t ncolumns;	/* 0: no table of processes */
	const uint8_t *drop; /* columns given up when narrow, first one first */
	size_t ndrop;
	uint8_t sort;	  /* default */
	uint8_t group;	  /* enum group_by, default */
	uint8_t active;	  /* a field that must not be 0 for a row to be
			     "active"; NO_FIELD: all are */
	bool active_only; /* default of the `a` key */
};
extern const struct view views[VIEW_COUNT];
const struct view *view_find(const char *name);

/* What rows --columns and --sort speak of: ENTITY_PROCESS, or the main list of
 * a view that has no table of processes. */
const struct entity *view_entity(const struct view *view);

/* The rows of a list of a view: a new reference; NULL: it has not been read,
 * or there is no memory. */
const struct list *view_list_rows(const struct view_list *list,
				  const struct snapshot *snapshot);

/* ---- rows ---------------------------------------------------------------- */

/* clang-format off */
enum group_by { GROUP_NONE, GROUP_USER, GROUP_COMMAND, GROUP_CGROUP,
		GROUP_COUNT };
/* clang-format on */
const char *group_name(enum group_by group);

struct rows_query {
	const struct filter *filter; /* may be NULL */
	const char *user;	     /* name or number, or NULL */
	const char *cgroup;	     /* that path and below, or NULL */
	const pid_t *pids;
	size_t npids; /* 0: all */
	enum group_by group;
	bool tree;    /* ignored with a group */
	uint8_t sort; /* enum process_field */
	bool reverse;
	bool kernel_threads; /* else left out (always there in a tree) */
	uint8_t active;	     /* field that must not be 0, or NO_FIELD; what is
				not known is not taken for 0 */
	size_t top;	     /* 0: all */
	/* tree: keys of the collapsed ones; groups: not used */
	const struct process_key *collapsed;
	size_t ncollapsed;
};

struct row {
	/* The process itself, or the figures of a group or a collapsed
	 * subtree, made with each field's aggregate: those belong to the
	 * rows and are never referenced.  A group of one is that process; a
	 * larger one has pid -1; a subtree goes by the name of its root. */
	const struct process *process;
	struct process_key key; /* of the process, or of the group's largest
				   member */
	size_t count;		/* members; 1 for a process */
	size_t denied;		/* members whose PSS is not permitted */
	const struct process *largest; /* member of a group */
	const char *label;   /* group: its name, untrusted, or "-" "?" ".."
				   for those without; else NULL */
	uint64_t label_hash; /* of that name, the same in every build */
	/* tree */
	const struct process *subtree; /* totals of it and all below; NULL
					  without a tree */
	uint64_t rails; /* bit d, 0 < d < depth: a line goes on at depth d */
	uint16_t depth;
	bool last; /* no younger sibling is shown */
	bool has_children, collapsed;
	/* of all: what it is sorted by does not apply to it, a process without
	 * memory any more */
	bool has_none;
};

struct rows {
	struct row *list;
	size_t count;
	size_t total;	/* processes before the filter */
	size_t matched; /* processes after it */
	void *private_; /* what the rows point to */
};

/*
 * Fills ret; rows point into snapshot and hold a reference to it.  A struct
 * rows may be used again and ends with rows_done().  Used again it costs less:
 * what the last build found out about records that are in this snapshot too
 * is not found out anew.  0 or -ENOMEM (then the rows of before stand).
 */
int rows_build(const struct snapshot *snapshot, const struct rows_query *query,
	       struct rows *ret);
/* Lets go of the snapshot, the rows and their memory; it may be built again. */
void rows_done(struct rows *rows);

/* The index of the row for key: its own, that of its group, or that of the
 * collapsed ancestor that hides it; -1 when there is none. */
ptrdiff_t rows_find(const struct rows *rows, struct process_key key);

#endif
