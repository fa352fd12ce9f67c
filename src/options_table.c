/* SPDX-License-Identifier: MIT
 *
 * THE table of options, and what each of them sets.  Values are checked here,
 * wholly and one by one; what options mean together is options.c's business.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memtop/base.h"
#include "memtop/format.h"
#include "memtop/kernfile.h"
#include "options_private.h"

/* Whole numbers from 1 on. */
static int parse_count(const char *s, uint64_t max, uint64_t *ret, char *error,
		       size_t size)
{
	const char *end;
	uint64_t count;

	if (!parse_u64(s, &end, &count) || *end || !count || count > max)
		return option_fail(error, size,
				   "'%s' is not a whole number from 1 to %llu",
				   s, (unsigned long long)max);
	*ret = count;
	return 0;
}

#define SETTER(name)                                                   \
	static int name(struct options *o, const char *s, char *error, \
			size_t size)

/* Flags have neither an argument nor errors. */
#define FLAG(name, action)                        \
	SETTER(name)                              \
	{                                         \
		(void)s, (void)error, (void)size; \
		action;                           \
		return 0;                         \
	}

FLAG(set_once, o->once = true)
FLAG(set_batch, o->batch = true)
FLAG(set_check, o->check = true)
FLAG(set_reverse, o->query.reverse = true)
FLAG(set_tree, o->query.tree = true)
FLAG(set_no_mlock, o->no_mlock = true)
FLAG(set_ascii, o->ascii = true)
FLAG(set_no_color, o->no_color = true)
FLAG(set_append, o->record.append = true)
FLAG(set_no_cmdline, o->record.no_cmdline = true)
FLAG(set_help, o->mode = RUN_HELP)
FLAG(set_version, o->mode = RUN_VERSION)

SETTER(set_delay)
{
	uint64_t delay;

	if (parse_duration(s, &delay) < 0 || delay < 100 * NS_PER_MS ||
	    delay > 3600 * NS_PER_S)
		return option_fail(
			error, size,
			"'%s' is not a number of seconds from 0.1 to 3600", s);
	o->delay_ns = delay;
	o->has_delay = true;
	return 0;
}

SETTER(set_samples)
{
	o->has_samples = true;
	return parse_count(s, UINT64_MAX - 1, &o->samples, error, size);
}

static int set_format(struct options *o, const struct output_format *format,
		      char *error, size_t size)
{
	if (o->format && o->format != format)
		return option_fail(error, size,
				   "only one output format at a time");
	o->format = format;
	return 0;
}

SETTER(set_json)
{
	(void)s;
	return set_format(o, &output_json, error, size);
}

SETTER(set_csv)
{
	(void)s;
	return set_format(o, &output_csv, error, size);
}

SETTER(set_pane)
{
	const struct view *view = view_find(s);

	if (!view)
		return option_fail_unknown(error, size, "pane", s,
					   (int)strlen(s), VALUES_VIEWS, NULL);
	o->view = view;
	o->has_view = true;
	return 0;
}

SETTER(set_sort)
{
	(void)error, (void)size;
	o->sort_text = s;
	o->has_sort = true;
	return 0;
}

SETTER(set_columns)
{
	(void)error, (void)size;
	o->columns_text = s;
	return 0;
}

SETTER(set_group)
{
	size_t group;
	int r = option_find_value(VALUES_GROUPS, "group", s, &group, error,
				  size);

	if (r < 0)
		return r;
	o->query.group = (enum group_by)group;
	o->has_group = true;
	return 0;
}

SETTER(set_top)
{
	uint64_t top = 0;
	int r = parse_count(s, INT_MAX, &top, error, size);

	if (r == 0)
		o->query.top = top;
	return r;
}

/* "48213,2210"; more than once adds up. */
SETTER(set_pids)
{
	do {
		uint64_t pid;
		pid_t *pids;

		if (!parse_u64(s, &s, &pid) || !pid || pid > INT_MAX ||
		    (*s && *s != ','))
			return option_fail(error, size, "no process id at '%s'",
					   s);
		pids = reallocarray(o->pids, o->query.npids + 1, sizeof(*pids));
		if (!pids)
			return -ENOMEM;
		pids[o->query.npids++] = (pid_t)pid;
		o->query.pids = o->pids = pids;
	} while (*s++ == ',');
	return 0;
}

SETTER(set_user)
{
	if (!*s)
		return option_fail(error, size, "no user is named");
	o->query.user = s;
	return 0;
}

SETTER(set_filter)
{
	(void)error, (void)size;
	o->filter_text = s;
	return 0;
}

SETTER(set_cgroup)
{
	if (*s != '/')
		return option_fail(error, size, "'%s' does not begin with '/'",
				   s);
	o->query.cgroup = s;
	return 0;
}

SETTER(set_explain)
{
	(void)error, (void)size;
	o->mode = RUN_EXPLAIN;
	o->explain = s;
	return 0;
}

/* Percent with at most three digits behind the point; strtod() would read
 * "0.5" as the locale likes. */
SETTER(set_budget)
{
	const char *end = s;
	uint64_t whole, milli = 0;
	bool good = parse_u64(s, &end, &whole) && whole <= 100;

	if (good && *end == '.') {
		good = isdigit((unsigned char)*++end);
		for (uint64_t unit = 100; isdigit((unsigned char)*end); end++) {
			milli += unit * (uint64_t)(*end - '0');
			unit /= 10;
		}
	}
	if (!good || *end)
		return option_fail(error, size, "'%s' is not a percentage", s);
	o->budget_percent = (double)whole + (double)milli / 1000;
	return 0;
}

/* Small letters are times (30m), capital ones sizes (64M). */
SETTER(set_history)
{
	const uint64_t shortest = 10 * NS_PER_S, smallest = MIB;
	uint64_t amount;

	if (strpbrk(s, "KMGTkgbB")) {
		if (parse_size(s, &amount) < 0 || amount < smallest)
			return option_fail(error, size,
					   "'%s' is not a size from 1M on", s);
		o->history.bytes = amount;
		return 0;
	}
	if (parse_duration(s, &amount) < 0 || amount < shortest)
		return option_fail(
			error, size,
			"'%s' is neither a duration from 10s on nor a size", s);
	o->history.duration_ns = amount;
	return 0;
}

SETTER(set_theme)
{
	size_t theme;
	int r = option_find_value(VALUES_THEMES, "theme", s, &theme, error,
				  size);

	if (r < 0)
		return r;
	o->theme = (int)theme;
	o->has_theme = true;
	return 0;
}

SETTER(set_config)
{
	if (!*s)
		return option_fail(error, size, "no file is named");
	o->config_path = s;
	return 0;
}

SETTER(set_write)
{
	if (!*s)
		return option_fail(error, size, "no file is named");
	o->record.path = s;
	return 0;
}

SETTER(set_write_max)
{
	const uint64_t smallest = 4 * MIB;

	if (parse_size(s, &o->record.max_bytes) < 0 ||
	    o->record.max_bytes < smallest)
		return option_fail(error, size, "'%s' is not a size from 4M on",
				   s);
	return 0;
}

SETTER(set_replay)
{
	if (!*s)
		return option_fail(error, size, "no file is named");
	o->replay_path = s;
	return 0;
}

/* What it means depends on the recording; here, whether it is a time. */
static int set_moment(const char **moment, const char *s, char *error,
		      size_t size)
{
	uint64_t ns;

	if (parse_moment(s, (uint64_t)time(NULL) * NS_PER_S, &ns) < 0)
		return option_fail(error, size,
				   "'%s' is no time (13:48, 13:48:10, "
				   "2026-11-22 13:48:10, -10m)",
				   s);
	*moment = s;
	return 0;
}

SETTER(set_at)
{
	return set_moment(&o->at, s, error, size);
}

SETTER(set_from)
{
	return set_moment(&o->from, s, error, size);
}

SETTER(set_to)
{
	return set_moment(&o->to, s, error, size);
}

SETTER(set_completion)
{
	size_t shell;
	int r = option_find_value(VALUES_SHELLS, "shell", s, &shell, error,
				  size);

	if (r < 0)
		return r;
	o->shell = (enum shell)shell;
	o->mode = RUN_COMPLETION;
	return 0;
}

/* clang-format off */
const struct option_row option_rows[] = {
	{ .name = "delay", .letter = 'd', .argument = "SECONDS",
	  .heading = "Live screen (without -1 or -b)",
	  .help = "time between two samples, 0.1 to 3600 (1)",
	  .set = set_delay },
	{ .name = "theme", .argument = "NAME", .values = VALUES_THEMES,
	  .help = "colours: auto or mono", .set = set_theme },
	{ .name = "ascii", .set = set_ascii,
	  .help = "no characters beyond ASCII for bars, trees and frames" },
	{ .name = "no-color", .set = set_no_color,
	  .help = "no colours, as with NO_COLOR in the environment" },
	{ .name = "history", .argument = "DURATION|SIZE", .set = set_history,
	  .help = "how much of the past is kept: 30m, 4h, 64M (1h, 32M or 1 "
		  "percent of RAM, whichever is least)" },

	{ .name = "once", .letter = '1', .set = set_once,
	  .heading = "Output for scripts",
	  .help = "print one complete sample (two reads a second apart, so "
		  "that rates exist), then exit" },
	{ .name = "check", .set = set_check,
	  .help = "look for five seconds, print one line, exit as monitoring "
		  "plugins do: 0 OK, 1 WARN, 2 CRIT, 3 unknown" },
	{ .name = "batch", .letter = 'b', .set = set_batch,
	  .help = "print one sample after another" },
	{ .name = "samples", .letter = 'n', .argument = "N",
	  .set = set_samples, .help = "with --batch: exit after N samples" },
	{ .name = "json", .set = set_json,
	  .help = "JSON, one object a sample and line; implies --once unless "
		  "--batch is given" },
	{ .name = "csv", .set = set_csv,
	  .help = "CSV with a header, one line a process; implies --once "
		  "unless --batch is given" },

	{ .name = "pane", .argument = "NAME", .values = VALUES_VIEWS,
	  .heading = "What is shown, and how", .set = set_pane,
	  .help = "the pane to start with, or to print" },
	{ .name = "sort", .letter = 's', .argument = "FIELD",
	  .values = VALUES_FIELDS, .set = set_sort,
	  .help = "sort by FIELD, largest first" },
	{ .name = "reverse", .set = set_reverse,
	  .help = "smallest first" },
	{ .name = "columns", .argument = "LIST", .values = VALUES_FIELDS,
	  .set = set_columns,
	  .help = "show these fields, as in pid,user,pss,command" },
	{ .name = "group", .argument = "BY", .values = VALUES_GROUPS,
	  .set = set_group,
	  .help = "one line for each user, command or cgroup" },
	{ .name = "tree", .set = set_tree,
	  .help = "children below their parents" },
	{ .name = "top", .argument = "N", .set = set_top,
	  .help = "only the first N lines" },

	{ .name = "pid", .letter = 'p', .argument = "LIST", .set = set_pids,
	  .heading = "Which processes",
	  .help = "only these process ids, as in 1,48213" },
	{ .name = "user", .letter = 'u', .argument = "USER",
	  .values = VALUES_USERS, .set = set_user,
	  .help = "only this user's, by name or number" },
	{ .name = "filter", .letter = 'f', .argument = "EXPRESSION",
	  .set = set_filter,
	  .help = "only those that match, as in 'cg:celery swap>100M !bulk'" },
	{ .name = "cgroup", .argument = "PATH", .set = set_cgroup,
	  .help = "only this control group and those below" },

	{ .name = "write", .letter = 'w', .argument = "FILE",
	  .heading = "Recordings", .values = VALUES_FILES, .set = set_write,
	  .help = "record to FILE (SQLite) while showing; with --batch and no "
		  "output format: only record" },
	{ .name = "append", .set = set_append,
	  .help = "continue FILE where there is one already" },
	{ .name = "write-max", .argument = "SIZE", .set = set_write_max,
	  .help = "the oldest goes when FILE becomes larger, as in 200M" },
	{ .name = "no-cmdline", .set = set_no_cmdline,
	  .help = "record no command lines: they may hold secrets" },

	{ .name = "replay", .letter = 'r', .argument = "FILE",
	  .values = VALUES_FILES, .set = set_replay,
	  .help = "show a recording instead of this machine" },
	{ .name = "at", .argument = "TIME", .set = set_at,
	  .help = "with --replay: begin at, or print, that moment (13:48, "
		  "13:48:10, -10m before the end)" },
	{ .name = "from", .argument = "TIME", .set = set_from,
	  .help = "with --replay: print all samples from then on" },
	{ .name = "to", .argument = "TIME", .set = set_to,
	  .help = "with --replay: print all samples until then" },

	{ .name = "budget", .argument = "PERCENT", .set = set_budget,
	  .heading = "How memtop works",
	  .help = "CPU of one core that measuring PSS may take (1); 0: no "
		  "limit" },
	{ .name = "no-mlock", .set = set_no_mlock,
	  .help = "do not lock memtop's own memory" },
	{ .name = "config", .argument = "FILE", .values = VALUES_FILES,
	  .set = set_config, .help = "settings from FILE" },

	{ .name = "explain", .argument = "[FIELD]", .values = VALUES_FIELDS,
	  .heading = "Help", .set = set_explain,
	  .help = "what a figure means, and when to worry" },
	{ .name = "completion", .argument = "SHELL", .values = VALUES_SHELLS,
	  .set = set_completion,
	  .help = "print a completion script for bash, zsh or fish" },
	{ .name = "help", .letter = 'h', .set = set_help,
	  .help = "print this text" },
	{ .name = "version", .letter = 'V', .set = set_version,
	  .help = "print the version" },
};
/* clang-format on */

const size_t option_count = ARRAY_SIZE(option_rows);
