/* SPDX-License-Identifier: MIT
 *
 * Reading the command line with the table of options, what options mean
 * together, and the usage text.  Prints nothing on its own.
 */
#include "memtop/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"

enum {
	OPTION_MAX = 64,
	LONG_ONLY = 0x100, /* getopt's value of row i without a letter is
			      LONG_ONLY + i */
};

/* getopt's two notations of the table. */
struct getopt_tables {
	struct option longs[OPTION_MAX + 1];
	char shorts[2 + 3 * OPTION_MAX];
};

static bool argument_is_optional(const struct option_row *row)
{
	return row->argument && row->argument[0] == '[';
}

static void fill_tables(struct getopt_tables *tables)
{
	char *letter = tables->shorts;

	memset(tables, 0, sizeof(*tables));
	/* unknown options are reported by us, and a missing argument as ':' */
	*letter++ = ':';
	for (size_t i = 0; i < option_count && i < OPTION_MAX; i++) {
		const struct option_row *row = &option_rows[i];
		int has = no_argument;

		if (argument_is_optional(row))
			has = optional_argument;
		else if (row->argument)
			has = required_argument;
		tables->longs[i] = (struct option){
			.name = row->name,
			.has_arg = has,
			.val = row->letter ? row->letter : LONG_ONLY + (int)i,
		};
		if (!row->letter)
			continue;
		*letter++ = row->letter;
		for (int colons = has; colons > 0; colons--)
			*letter++ = ':';
	}
}

/* getopt's value of an option, 0 of an unknown one. */
static const struct option_row *row_of(int value)
{
	for (size_t i = 0; i < option_count; i++)
		if ((value && value == option_rows[i].letter) ||
		    value == LONG_ONLY + (int)i)
			return &option_rows[i];
	return NULL;
}

static int apply(struct options *options, const struct option_row *row,
		 const char *argument, char *error, size_t size)
{
	size_t at;
	int r;

	snprintf(error, size, "--%s: ", row->name);
	at = strlen(error);
	r = row->set(options, argument, error + at, size - at);
	if (r == -ENOMEM)
		snprintf(error + at, size - at, "%s", strerror(ENOMEM));
	return r;
}

/* getopt's complaints: ':' lacks its argument, '?' is unknown, ambiguous, or
 * has an argument too many. */
static int complain(int complaint, char *const argv[], char *error, size_t size)
{
	const struct option_row *row = row_of(optopt);
	const char *word = argv[optind - 1];

	if (complaint == ':' && row)
		snprintf(error, size, "--%s: needs %s", row->name,
			 row->argument);
	else if (row)
		snprintf(error, size, "--%s: takes no value", row->name);
	else if (optopt)
		snprintf(error, size, "unknown option -%c (see --help)",
			 optopt);
	else
		snprintf(error, size,
			 "unknown or ambiguous option %s (see --help)", word);
	return -EINVAL;
}

/* What is no option: the field of --explain, and nothing else. */
static int take_words(struct options *options, int argc, char *const argv[],
		      char *error, size_t size)
{
	int left = argc - optind;

	if (options->mode == RUN_EXPLAIN && !options->explain && left == 1) {
		options->explain = argv[optind];
		return 0;
	}
	if (!left || options->mode == RUN_HELP || options->mode == RUN_VERSION)
		return 0;
	snprintf(error, size, "unexpected argument '%s' (see --help)",
		 argv[optind]);
	return -EINVAL;
}

/* Options that mean nothing, or nothing good, without or beside others. */
static const char *find_conflict(const struct options *o)
{
	bool range = o->from || o->to;

	if (o->once && o->batch)
		return "--once: not together with --batch";
	if (o->check && (o->once || o->batch || o->format || range))
		return "--check: not together with --once, --batch, --from, "
		       "--to or another output";
	if (o->has_samples && !o->batch)
		return "--samples: only together with --batch";
	if (o->query.tree && o->has_group && o->query.group != GROUP_NONE)
		return "--tree: not together with --group";
	if (!o->record.path && o->record.append)
		return "--append: only together with --write";
	if (!o->record.path && o->record.max_bytes)
		return "--write-max: only together with --write";
	if (!o->record.path && o->record.no_cmdline)
		return "--no-cmdline: only together with --write";
	if (o->record.path && o->replay_path)
		return "--write: not together with --replay";
	if (!o->replay_path && (o->at || range))
		return "--at, --from, --to: only together with --replay";
	if (range && (o->once || o->at))
		return "--from, --to: not together with --once or --at";
	return NULL;
}

/* Those that speak of processes, where none are printed. */
static const char *find_list_conflict(const struct options *o)
{
	if (o->view->ncolumns || o->check)
		return NULL;
	if (o->mode == RUN_SCREEN)
		return o->sort_text || o->columns_text
			       ? "--sort, --columns: on the screen only for a "
				 "pane of processes"
			       : NULL;
	if (o->query.tree || (o->has_group && o->query.group != GROUP_NONE) ||
	    o->query.npids || o->query.user || o->query.cgroup)
		return "--tree, --group, --pid, --user, --cgroup: not for a "
		       "pane without processes";
	return NULL;
}

/* What options mean together. */
static int resolve(struct options *o, char *error, size_t size)
{
	const char *conflict = find_conflict(o);

	if (o->mode == RUN_SCREEN && o->check)
		o->mode = RUN_CHECK;
	else if (o->mode == RUN_SCREEN && (o->batch || o->from || o->to))
		o->mode = RUN_BATCH;
	else if (o->mode == RUN_SCREEN && (o->once || o->format))
		o->mode = RUN_ONCE;
	/* an object has all lists; what is chosen there are processes */
	if (o->format == &output_json && !o->view->ncolumns)
		o->view = &views[VIEW_PROCESSES];
	if (!conflict)
		conflict = find_list_conflict(o);
	if (conflict) {
		snprintf(error, size, "%s", conflict);
		return -EINVAL;
	}
	if (!o->format && !(o->mode == RUN_BATCH && o->record.path))
		o->format = &output_text;
	options_set_view(o, o->view);
	return options_find_fields(o, error, size);
}

void options_set_view(struct options *options, const struct view *view)
{
	bool machine =
		options->mode != RUN_SCREEN && options->format != &output_text;

	options->view = view;
	if (!options->has_sort)
		options->query.sort = view->sort;
	/* machines get processes unless groups were asked for */
	if (!options->has_group)
		options->query.group = options->query.tree || machine
					       ? GROUP_NONE
					       : (enum group_by)view->group;
	options->query.active = view->active_only ? view->active : NO_FIELD;
}

static void set_defaults(struct options *options)
{
	*options = (struct options){
		.mode = RUN_SCREEN,
		.view = &views[VIEW_OVERVIEW],
		.delay_ns = NS_PER_S,
		.budget_percent = 1,
		.history = history_default_limits,
		.query = { .active = NO_FIELD },
	};
}

/* The screen starts with the overview; a listing is of processes. */
static void choose_view(struct options *options)
{
	if (!options->has_view &&
	    (options->once || options->batch || options->format ||
	     options->from || options->to))
		options->view = &views[VIEW_PROCESSES];
}

int options_parse(int argc, char *const argv[], struct options *ret,
		  char *error, size_t error_size)
{
	struct getopt_tables tables;
	struct options options;
	int value, r = 0;

	fill_tables(&tables);
	set_defaults(&options);
	opterr = 0;
	optind = 0; /* glibc: start anew, tests parse more than once */
	while (r == 0 && (value = getopt_long(argc, argv, tables.shorts,
					      tables.longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			r = complain(value, argv, error, error_size);
		else
			r = apply(&options, row_of(value), optarg, error,
				  error_size);
	}
	if (r == 0)
		r = take_words(&options, argc, argv, error, error_size);
	if (r == 0) {
		choose_view(&options);
		r = resolve(&options, error, error_size);
	}
	if (r < 0) {
		options_done(&options);
		return r;
	}
	*ret = options;
	return 0;
}

void options_done(struct options *options)
{
	filter_free(options->filter);
	free(options->pids);
	options->filter = NULL;
	options->pids = NULL;
}

/* Help texts are wrapped into this column and width. */
enum { HELP_COLUMN = 28, HELP_WIDTH = 79 };

static void print_wrapped(FILE *stream, const char *text)
{
	int column = HELP_COLUMN;

	while (*text) {
		int len = (int)strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + len > HELP_WIDTH) {
			fprintf(stream, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			fputc(' ', stream);
			column++;
		}
		fprintf(stream, "%.*s", len, text);
		column += len;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', stream);
}

void options_print_help(FILE *stream)
{
	fputs("Usage: memtop [OPTION]...\n"
	      "top for memory: what is wrong, who it is, what dies next.\n",
	      stream);
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_rows[i];
		char letter[] = { '-', row->letter, ',', '\0' };
		int len;

		if (row->heading)
			fprintf(stream, "\n%s:\n", row->heading);
		len = fprintf(stream, "  %3s --%s%s%s",
			      row->letter ? letter : "", row->name,
			      row->argument ? " " : "",
			      row->argument ? row->argument : "");
		if (len >= HELP_COLUMN - 1)
			fprintf(stream, "\n%*s", HELP_COLUMN, "");
		else
			fprintf(stream, "%*s", HELP_COLUMN - len, "");
		print_wrapped(stream, row->help);
	}
	fputs("\nExit status: 0 fine, 1 a failure, 2 wrong usage; "
	      "with\n--check 3 for both.\n",
	      stream);
}
