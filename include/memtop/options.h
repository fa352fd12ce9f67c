/* SPDX-License-Identifier: MIT
 *
 * The command line.  One table of options makes the parser, the usage text,
 * the completions and the check of the manual; nothing about an option is
 * typed twice.  Main thread only.
 */
#ifndef MEMTOP_OPTIONS_H
#define MEMTOP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "memtop/history.h"
#include "memtop/output.h"
#include "memtop/record.h"
#include "memtop/rows.h"

/* What to do: one of these. */
enum run_mode {
	RUN_SCREEN,
	RUN_ONCE,
	RUN_BATCH,
	RUN_CHECK,
	RUN_EXPLAIN,	/* explain: a field, or NULL for all */
	RUN_COMPLETION, /* shell */
	RUN_HELP,
	RUN_VERSION,
};

enum shell { SHELL_BASH, SHELL_ZSH, SHELL_FISH, SHELL_COUNT };

/* Everything as asked for, with the defaults where nothing was; has_… tells
 * them apart, for settings that a file may give as well. */
struct options {
	enum run_mode mode;
	const struct output_format *format; /* of RUN_ONCE and RUN_BATCH; NULL:
					       only record */
	uint64_t samples;		    /* of RUN_BATCH; 0: no end */
	const char *explain;		    /* borrowed from argv, or NULL */
	enum shell shell;

	const struct view *view;
	/* Fields of view_entity(), as is the sort of the query. */
	uint8_t columns[OUTPUT_COLUMNS];
	size_t ncolumns; /* 0: those of the view */
	/* Query of the rows; its filter, user, cgroup and pids belong to the
	 * options.  Sort and group are those of the view unless has_… */
	struct rows_query query;
	const char *filter_text; /* borrowed, already checked; NULL: none */

	uint64_t delay_ns;
	double budget_percent;
	struct history_limits history;
	bool no_mlock;
	int theme; /* enum theme */
	bool ascii, no_color;
	const char *config_path; /* borrowed; NULL: the usual place */

	struct record_options record; /* path borrowed; NULL: do not record */

	const char *replay_path; /* borrowed; NULL: this machine, now */
	/* borrowed, checked by parse_moment(): NULL where not asked for */
	const char *at, *from, *to;

	bool has_delay, has_view, has_sort, has_group, has_theme;

	/* private: what has to be freed or is checked when all is read */
	struct filter *filter;
	pid_t *pids;
	const char *sort_text, *columns_text; /* which pane, is known last */
	bool once, batch, check, has_samples;
};

/*
 * Reads argv.  0; -EINVAL with a sentence in error ("--sort: unknown field
 * 'x' (try one of …)"); -ENOMEM.  After 0 the caller owns *ret and ends it
 * with options_done(); on failure nothing is left.
 */
int options_parse(int argc, char *const argv[], struct options *ret,
		  char *error, size_t error_size);
void options_done(struct options *options);

/* The query and columns of another view take the place of the ones before,
 * as far as they were not asked for. */
void options_set_view(struct options *options, const struct view *view);

/* What --sort and --columns name among the fields of the view; error as of
 * options_parse().  0 or -EINVAL. */
int options_find_fields(struct options *options, char *error, size_t size);

/* The usage text, at most 80 columns wide. */
void options_print_help(FILE *stream);

/* A completion script for that shell. */
void options_print_completion(FILE *stream, enum shell shell);

/* The table, for the check of the manual: what follows --. */
enum option_values { /* what a value may be, for completions */
		     VALUES_NONE,
		     VALUES_FIELDS,
		     VALUES_VIEWS,
		     VALUES_GROUPS,
		     VALUES_THEMES,
		     VALUES_SHELLS,
		     VALUES_FILES,
		     VALUES_USERS,
};
struct option_row {
	const char *name;
	char letter;	      /* or 0 */
	const char *argument; /* "SECONDS"; "[FIELD]" may be left out; NULL */
	const char *help;
	const char *heading; /* first of a group: its heading, else NULL */
	enum option_values values;
	/* Applies it; argument is NULL where none was given.  0; -EINVAL with
	 * why in error (without the option's name); -ENOMEM. */
	int (*set)(struct options *options, const char *argument, char *error,
		   size_t error_size);
};
extern const struct option_row option_rows[];
extern const size_t option_count;

/* The i-th word of a kind; NULL behind the last (and for files, users). */
const char *option_value(enum option_values values, size_t i);

#endif
