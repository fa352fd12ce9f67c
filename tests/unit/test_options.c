/* SPDX-License-Identifier: MIT
 *
 * The command line: what is understood, what is refused and with which words,
 * and that usage text and completions know every option.
 */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/config.h"
#include "memtop/options.h"

static char error[2048];

static int parse(const char *line, struct options *ret)
{
	static char copy[512];
	static char name[] = "memtop";
	char *argv[64] = { name };
	int argc = 1;
	char *save;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	return options_parse(argc, argv, ret, error, sizeof(error));
}

static struct options good(const char *line)
{
	struct options options;

	if (parse(line, &options) < 0)
		fail_msg("%s: %s", line, error);
	return options;
}

static void test_defaults(void **state)
{
	struct options o = good("");

	(void)state;
	assert_int_equal(o.mode, RUN_SCREEN);
	assert_ptr_equal(o.view, &views[VIEW_OVERVIEW]);
	assert_int_equal(o.delay_ns, NS_PER_S);
	assert_true(o.budget_percent == 1);
	assert_int_equal(o.history.bytes, history_default_limits.bytes);
	assert_int_equal(o.query.group, GROUP_COMMAND);
	options_done(&o);
}

static void test_values(void **state)
{
	struct options o = good("-d 0.5 -s majflt --reverse --top 7 -p 1,48213 "
				"-p 9 -u alice -f swap>1M --cgroup /a "
				"--columns PID,grow --budget 2.5 "
				"--history 64M --history 4h --theme mono "
				"--ascii --no-color --no-mlock --config f "
				"--pane oom");

	(void)state;
	assert_int_equal(o.mode, RUN_SCREEN);
	assert_int_equal(o.delay_ns, NS_PER_S / 2);
	assert_int_equal(o.query.sort, PROCESS_MAJOR_FAULT_RATE);
	assert_true(o.query.reverse);
	assert_int_equal(o.query.top, 7);
	assert_int_equal(o.query.npids, 3);
	assert_int_equal(o.query.pids[1], 48213);
	assert_int_equal(o.query.pids[2], 9);
	assert_string_equal(o.query.user, "alice");
	assert_string_equal(o.query.cgroup, "/a");
	assert_string_equal(o.filter_text, "swap>1M");
	assert_non_null(o.query.filter);
	assert_int_equal(o.ncolumns, 2);
	assert_int_equal(o.columns[1], PROCESS_GROWTH_RATE);
	assert_true(o.budget_percent == 2.5);
	assert_int_equal(o.history.bytes, 64 * MIB);
	assert_int_equal(o.history.duration_ns, 4 * 3600 * NS_PER_S);
	assert_true(o.ascii && o.no_color && o.no_mlock && o.has_theme);
	assert_string_equal(o.config_path, "f");
	assert_ptr_equal(o.view, &views[VIEW_OOM]);
	options_done(&o);
}

static void test_modes(void **state)
{
	struct options o = good("--json");

	(void)state;
	assert_int_equal(o.mode, RUN_ONCE);
	assert_ptr_equal(o.format, &output_json);
	assert_ptr_equal(o.view, &views[VIEW_PROCESSES]);
	options_done(&o);
	o = good("-b -n 3 --csv --pane overview");
	assert_int_equal(o.mode, RUN_BATCH);
	assert_int_equal(o.samples, 3);
	/* machines get processes, people the groups of the pane */
	assert_int_equal(o.query.group, GROUP_NONE);
	options_done(&o);
	o = good("-1 --pane overview");
	assert_int_equal(o.mode, RUN_ONCE);
	assert_ptr_equal(o.format, &output_text);
	assert_int_equal(o.query.group, GROUP_COMMAND);
	options_done(&o);
	o = good("-1 --tree --group none");
	assert_true(o.query.tree);
	options_done(&o);
	o = good("--explain pss");
	assert_int_equal(o.mode, RUN_EXPLAIN);
	assert_string_equal(o.explain, "pss");
	o = good("--explain=uss");
	assert_string_equal(o.explain, "uss");
	o = good("--explain");
	assert_null(o.explain);
	o = good("--completion fish");
	assert_int_equal(o.mode, RUN_COMPLETION);
	assert_int_equal(o.shell, SHELL_FISH);
	assert_int_equal(good("-h").mode, RUN_HELP);
	assert_int_equal(good("--version").mode, RUN_VERSION);
}

static void test_refused(void **state)
{
	static const struct {
		const char *line, *error;
	} cases[] = {
		{ "--sort x", "--sort: unknown field 'x' (try one of pid, " },
		{ "--columns pid,x,pss", "--columns: unknown field 'x' (" },
		{ "--columns ,", "--columns: no field is named" },
		{ "-1 --columns pid --pane cgroups",
		  "--columns: unknown field 'pid' (try one of path, " },
		{ "--csv --pane ram -s pss",
		  "--sort: unknown field 'pss' (try one of name, " },
		{ "--pane kernel -s size", "--sort, --columns: on the screen" },
		{ "--pane kernel --columns size", "--sort, --columns: on" },
		{ "-1 --pane events --user x", "--tree, --group, --pid, " },
		{ "-1 --pane events -p 1", "--tree, --group, --pid, --user" },
		{ "-1 --pane events -u 1", "--tree, --group, --pid, --user" },
		{ "-1 --pane events --cgroup /", "--tree, --group, --pid" },
		{ "-1 --pane events --tree", "--tree, --group, --pid, --user" },
		{ "-1 --pane events --group user", "--tree, --group, --pid" },
		{ "--pane x", "--pane: unknown pane 'x' (try one of proc" },
		{ "--group x",
		  "--group: unknown group 'x' (try one of none, " },
		{ "--theme x",
		  "--theme: unknown theme 'x' (try one of auto, " },
		{ "-d 0.05", "--delay: '0.05' is not a number of seconds" },
		{ "-d 3601", "--delay: '3601' is not" },
		{ "-d 1x", "--delay: '1x' is not" },
		{ "-d -1", "--delay: '-1' is not" },
		{ "-d 1,5", "--delay: '1,5' is not" },
		{ "--top 0", "--top: '0' is not a whole number" },
		{ "--top 3x", "--top: '3x' is not" },
		{ "-b -n -1", "--samples: '-1' is not" },
		{ "-b -n 99999999999999999999", "--samples: '9999" },
		{ "-p 1,x", "--pid: no process id at 'x'" },
		{ "-p 0", "--pid: no process id" },
		{ "-p 1,", "--pid: no process id" },
		{ "-p 4294967297", "--pid: no process id" },
		{ "--cgroup a", "--cgroup: 'a' does not begin" },
		{ "--budget 101", "--budget: '101' is not" },
		{ "--budget 1.", "--budget: '1.' is not" },
		{ "--history 5", "--history: '5' is neither" },
		{ "--history 10K", "--history: '10K' is not a size" },
		{ "-f rss>x", "--filter: " },
		{ "-1 --pane cgroups -f rss>1", "--filter: " },
		{ "--json --csv", "--csv: only one output format" },
		{ "-1 -b", "--once: not together with --batch" },
		{ "-n 3", "--samples: only together with --batch" },
		{ "--tree --group user", "--tree: not together with --group" },
		{ "--append", "--append: only together with --write" },
		{ "--write-max 8M", "--write-max: only together with" },
		{ "-w f --write-max 1M", "--write-max: '1M' is not a size" },
		{ "--no-cmdline", "--no-cmdline: only together with" },
		{ "-w f -r g", "--write: not together with --replay" },
		{ "--at 13:48", "--at, --from, --to: only together with" },
		{ "-r f --at 25:00", "--at: '25:00' is no time" },
		{ "-r f --from 1:2 -1", "--from, --to: not together with" },
		{ "--nope", "unknown or ambiguous option --nope" },
		{ "--co 1", "unknown or ambiguous option --co" },
		{ "-x", "unknown option -x" },
		{ "--sort", "--sort: needs FIELD" },
		{ "-s", "--sort: needs FIELD" },
		{ "--once=1", "--once: takes no value" },
		{ "word", "unexpected argument 'word'" },
		{ "--explain a b", "unexpected argument 'a'" },
		{ "--completion tcsh", "--completion: unknown shell 'tcsh'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct options options;

		if (parse(cases[i].line, &options) != -EINVAL)
			fail_msg("%s was accepted", cases[i].line);
		if (strncmp(error, cases[i].error, strlen(cases[i].error)))
			fail_msg("%s: %s", cases[i].line, error);
		assert_null(strchr(error, '\n'));
	}
}

/* A list that does not fit ends like one. */
static void test_short_error(void **state)
{
	static char name[] = "memtop", sort[] = "--sort=x";
	char *argv[] = { name, sort, NULL };
	struct options options;
	char brief[64];

	(void)state;
	assert_int_equal(options_parse(2, argv, &options, brief, sizeof(brief)),
			 -EINVAL);
	assert_string_equal(brief, "--sort: unknown field 'x' (try one of "
				   "pid, ppid, ...)");
}

static void test_too_many_columns(void **state)
{
	char line[512] = "--columns pid";
	struct options options;

	(void)state;
	for (size_t i = 0; i < PROCESS_FIELD_COUNT; i++)
		strcat(line, ",pid");
	assert_int_equal(parse(line, &options), -EINVAL);
	assert_string_equal(error,
			    "--columns: more columns than there are fields");
}

/* Panes without processes. */
static void test_list_panes(void **state)
{
	struct options o = good("-1 --columns path,max --pane cgroups -s max");

	(void)state;
	assert_ptr_equal(o.view, &views[VIEW_CGROUPS]);
	assert_int_equal(o.ncolumns, 2);
	assert_int_equal(o.columns[1], CGROUP_MAX);
	assert_int_equal(o.query.sort, CGROUP_MAX);
	assert_int_equal(good("-1 --pane cgroups").query.sort, NO_FIELD);
	/* an object has all lists, and processes are chosen */
	o = good("--json --pane cgroups --columns pid -s pss");
	assert_ptr_equal(o.view, &views[VIEW_PROCESSES]);
	assert_int_equal(o.columns[0], PROCESS_PID);
	assert_int_equal(o.query.sort, PROCESS_PSS);
	/* other panes of the screen have processes */
	options_done(&o);
	o = good("--pane cgroups -f java");
	assert_ptr_equal(o.view, &views[VIEW_CGROUPS]);
	options_done(&o);
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		assert_true(entities[i].nfields <= OUTPUT_COLUMNS);
}

static void test_locale(void **state)
{
	struct options o;

	(void)state;
	/* where it is installed: a decimal comma must not change anything */
	setlocale(LC_ALL, "de_DE.UTF-8");
	o = good("-d 0.5 --budget 0.25");
	assert_int_equal(o.delay_ns, NS_PER_S / 2);
	assert_true(o.budget_percent == 0.25);
	setlocale(LC_ALL, "C");
}

static char *printed(void (*print)(FILE *stream, enum shell shell),
		     enum shell shell)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	print(stream, shell);
	fclose(stream);
	return text;
}

static void print_help(FILE *stream, enum shell shell)
{
	(void)shell;
	options_print_help(stream);
}

static void test_help(void **state)
{
	char *text = printed(print_help, SHELL_BASH), *save;

	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", option_rows[i].name);
		assert_non_null(strstr(text, name));
	}
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		assert_true(strlen(line) < 80);
	free(text);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		assert_non_null(option_rows[i].set);
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(option_rows[i].name,
						option_rows[j].name);
			assert_true(!option_rows[i].letter ||
				    option_rows[i].letter !=
					    option_rows[j].letter);
		}
	}
}

static void test_completions(void **state)
{
	(void)state;
	for (size_t shell = 0; shell < SHELL_COUNT; shell++) {
		char *text =
			printed(options_print_completion, (enum shell)shell);

		for (size_t i = 0; i < option_count; i++)
			assert_non_null(strstr(text, option_rows[i].name));
		for (size_t i = 0; option_value(VALUES_FIELDS, i); i++)
			assert_non_null(
				strstr(text, option_value(VALUES_FIELDS, i)));
		free(text);
	}
}

/* The command line wins over the file, the file over the defaults. */
static void test_config(void **state)
{
	const struct config config = {
		.has_delay = true,
		.delay_ns = 5 * NS_PER_S,
		.has_theme = true,
		.theme = 1,
		.view = &views[VIEW_SWAP],
	};
	struct options o = good("");

	(void)state;
	config_apply(&config, &o);
	assert_int_equal(o.delay_ns, 5 * NS_PER_S);
	assert_int_equal(o.theme, 1);
	assert_ptr_equal(o.view, &views[VIEW_SWAP]);
	assert_int_equal(o.query.sort, PROCESS_SWAP);
	assert_int_equal(o.query.group, views[VIEW_SWAP].group);
	o = good("-d 1 --pane oom --theme auto");
	config_apply(&config, &o);
	assert_int_equal(o.delay_ns, NS_PER_S);
	assert_int_equal(o.theme, 0);
	assert_ptr_equal(o.view, &views[VIEW_OOM]);
	/* what a script prints does not hang on a setting */
	o = good("-1");
	config_apply(&config, &o);
	assert_ptr_equal(o.view, &views[VIEW_PROCESSES]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_short_error),
		cmocka_unit_test(test_too_many_columns),
		cmocka_unit_test(test_list_panes),
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_completions),
		cmocka_unit_test(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
