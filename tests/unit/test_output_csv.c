/* SPDX-License-Identifier: MIT
 *
 * CSV, read back by a small RFC 4180 reader that accepts nothing else.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/event.h"
#include "memtop/text.h"
#include "rendered.h"
#include "sample.h"

enum { ROWS_MAX = 400, CELLS_MAX = OUTPUT_COLUMNS };

struct table {
	char *cells[ROWS_MAX][CELLS_MAX];
	size_t ncells[ROWS_MAX];
	size_t nrows;
};

/* One cell at *p, malloc'ed; *p ends on what follows it. */
static char *read_cell(const char **p)
{
	char *cell = malloc(strlen(*p) + 1), *to = cell;

	assert_non_null(cell);
	if (**p != '"') {
		while (**p && !strchr(",\r\n\"", **p))
			*to++ = *(*p)++;
		*to = '\0';
		return cell;
	}
	for (++*p;; ++*p) {
		assert_true(**p != '\0');
		if (**p == '"' && *++*p != '"')
			break;
		*to++ = **p;
	}
	*to = '\0';
	return cell;
}

static void read_table(const char *text, struct table *table)
{
	memset(table, 0, sizeof(*table));
	while (*text) {
		size_t row = table->nrows++;

		assert_true(row < ROWS_MAX);
		for (;;) {
			size_t cell = table->ncells[row]++;

			assert_true(cell < CELLS_MAX);
			table->cells[row][cell] = read_cell(&text);
			if (*text != ',')
				break;
			text++;
		}
		assert_memory_equal(text, "\r\n", 2);
		text += 2;
		assert_int_equal(table->ncells[row], table->ncells[0]);
	}
}

static void free_table(struct table *table)
{
	for (size_t row = 0; row < table->nrows; row++)
		for (size_t cell = 0; cell < table->ncells[row]; cell++)
			free(table->cells[row][cell]);
}

static void read_case(enum scripted_case which,
		      const struct output_options *options, struct table *table)
{
	char *text = rendered(&output_csv, options, which, 0);

	read_table(text, table);
	free(text);
}

/* Of the row with that key. */
static const char *cell_of(const struct table *table, const char *key,
			   const char *value, const char *name)
{
	size_t key_column = 0, column = 0;

	for (size_t i = 0; i < table->ncells[0]; i++) {
		if (strcmp(table->cells[0][i], key) == 0)
			key_column = i;
		if (strcmp(table->cells[0][i], name) == 0)
			column = i;
	}
	for (size_t row = 1; row < table->nrows; row++)
		if (strcmp(table->cells[row][key_column], value) == 0)
			return table->cells[row][column];
	fail_msg("no %s of %s", name, value);
	return NULL;
}

static const char *cell(const struct table *table, const char *pid,
			const char *name)
{
	return cell_of(table, "pid", pid, name);
}

static struct table table;

static void test_figures(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);

	(void)state;
	read_case(SCRIPTED_THRASH, &options, &table);
	assert_int_equal(table.nrows, 313);
	assert_int_equal(table.ncells[0], options.view->ncolumns + 1);
	assert_string_equal(table.cells[0][0], "time");
	assert_string_equal(table.cells[1][0], "2026-11-22T14:02:37.000+00:00");
	assert_string_equal(cell(&table, "48213", "pss"), "33502003200");
	assert_string_equal(cell(&table, "48213", "growth_rate"), "4823449.6");
	assert_string_equal(cell(&table, "48213", "thp"), "10522460160");
	/* a negative figure is no formula */
	assert_int_equal(cell(&table, "52011", "growth_rate")[0], '-');
	free_table(&table);
}

static void test_unknown_is_empty(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);

	(void)state;
	read_case(SCRIPTED_NOBODY, &options, &table);
	assert_string_equal(cell(&table, "48213", "pss"), "");
	assert_string_not_equal(cell(&table, "48213", "rss"), "");
	assert_string_not_equal(cell(&table, "60114", "pss"), "");
	free_table(&table);
}

static void test_hostile(void **state)
{
	static const uint8_t columns[] = { PROCESS_PID, PROCESS_COMM,
					   PROCESS_COMMAND, PROCESS_CGROUP,
					   PROCESS_USER };
	struct output_options options = rendered_options(VIEW_PROCESSES);

	(void)state;
	options.columns = columns;
	options.ncolumns = ARRAY_SIZE(columns);
	read_case(SCRIPTED_HOSTILE, &options, &table);
	for (size_t row = 1; row < table.nrows; row++) {
		for (size_t i = 0; i < table.ncells[row]; i++) {
			const char *c = table.cells[row][i];

			assert_false(*c && strchr("=+-@\t\r", *c));
			for (; *c; c++)
				assert_false(iscntrl((unsigned char)*c) &&
					     (unsigned char)*c < 0x80);
		}
	}
	assert_string_equal(cell(&table, "105", "command"),
			    "'=cmd|' /C calc'!A0");
	assert_string_equal(cell(&table, "105", "cgroup"), "'@SUM(A1)");
	assert_string_equal(cell(&table, "106", "command"), "'-2+3,\"q\"");
	assert_string_equal(cell(&table, "106", "comm"), "?-2");
	assert_string_equal(cell(&table, "103", "comm"), "c1?2J");
	assert_string_equal(cell(&table, "102", "comm"),
			    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(cell(&table, "104", "comm"),
			    "\xe6\xbc\xa2\xe5\xad\x97");
	/* right to left from here on */
	assert_non_null(strstr(cell(&table, "104", "command"), " ?ltr"));
	free_table(&table);
}

/* What the first character of a spreadsheet's formula is in disguise. */
static void test_formulas(void **state)
{
	static const char *const names[] = { "  =1", "\xef\xbc\x9d",
					     "\xef\xbc\xa0" };
	static const uint8_t columns[] = { PROCESS_PID, PROCESS_COMM };
	struct output_options options = rendered_options(VIEW_PROCESSES);

	(void)state;
	options.columns = columns;
	options.ncolumns = ARRAY_SIZE(columns);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct snapshot *snapshot = sample_snapshot(9);
		char *text;

		sample_add(snapshot, sample_process(7, 1, names[i]));
		text = rendered_snapshot(&output_csv, &options, snapshot);
		read_table(text, &table);
		assert_int_equal(cell(&table, "7", "comm")[0], '\'');
		assert_string_equal(cell(&table, "7", "comm") + 1, names[i]);
		free_table(&table);
		free(text);
		snapshot_unref(snapshot);
	}
}

static void test_groups(void **state)
{
	struct output_options options = rendered_options(VIEW_OVERVIEW);

	(void)state;
	read_case(SCRIPTED_THRASH, &options, &table);
	assert_string_equal(table.cells[0][1], "group");
	assert_string_equal(table.cells[2][1], "postgres");
	assert_string_equal(table.cells[2][2], "64");
	free_table(&table);
}

/* A pane without processes: all fields of its main list. */
static void test_lists(void **state)
{
	struct output_options options = rendered_options(VIEW_CGROUPS);
	const char *celery = "/system.slice/celery.slice", *key = "path";

	(void)state;
	read_case(SCRIPTED_THRASH, &options, &table);
	assert_int_equal(table.ncells[0], CGROUP_FIELD_COUNT + 1);
	assert_string_equal(table.cells[0][1], "path");
	/* by their size */
	assert_string_equal(table.cells[1][1], "/");
	assert_string_equal(table.cells[2][1], "/system.slice");
	assert_string_equal(cell_of(&table, key, celery, "max"), "6979321856");
	assert_string_equal(cell_of(&table, key, "/docker", "max"), "max");
	assert_string_equal(cell_of(&table, key, "/docker", "peak"), "");
	assert_string_equal(cell_of(&table, key, "/docker", "max_percent"), "");
	free_table(&table);
}

static void test_chosen_of_list(void **state)
{
	static const uint8_t columns[] = { CGROUP_PATH, CGROUP_PROCESSES };
	struct output_options options = rendered_options(VIEW_CGROUPS);

	(void)state;
	options.columns = columns;
	options.ncolumns = ARRAY_SIZE(columns);
	options.query.sort = CGROUP_PROCESSES;
	options.query.reverse = true;
	options.query.top = 3;
	read_case(SCRIPTED_THRASH, &options, &table);
	assert_int_equal(table.nrows, 4);
	assert_int_equal(table.ncells[0], 3);
	assert_string_equal(table.cells[1][2], "1");
	assert_string_equal(table.cells[3][2], "1");
	free_table(&table);
}

/* Moments are written as such; what has not been read has no rows. */
/* A filter is of the rows that are printed. */
static void test_filtered_list(void **state)
{
	struct output_options options = rendered_options(VIEW_CGROUPS);
	struct filter *filter = NULL;
	struct filter_error error;

	(void)state;
	assert_int_equal(filter_parse_for(&entities[ENTITY_CGROUP],
					  "kind:slice current>2G", &filter,
					  &error),
			 0);
	options.query.filter = filter;
	read_case(SCRIPTED_THRASH, &options, &table);
	assert_true(table.nrows > 1 && table.nrows < 8);
	for (size_t i = 1; i < table.nrows; i++)
		assert_string_equal(table.cells[i][1 + CGROUP_KIND], "slice");
	free_table(&table);
	filter_free(filter);
}

static void test_events(void **state)
{
	struct output_options options = rendered_options(VIEW_EVENTS);
	struct list *list = list_new(ENTITY_EVENT);
	struct event *event = list_add(&list);

	(void)state;
	read_case(SCRIPTED_THRASH, &options, &table);
	assert_int_equal(table.nrows, 1);
	free_table(&table);
	event->block.state = list->block.state = STATE_OK;
	event->begin_ns = 1795356157 * NS_PER_S;
	event->who = text_new("=java", 5);
	options.events = list;
	read_case(SCRIPTED_THRASH, &options, &table);
	assert_int_equal(table.nrows, 2);
	assert_string_equal(cell_of(&table, "who", "'=java", "begin"),
			    "2026-11-22T14:02:37.000+00:00");
	assert_string_equal(cell_of(&table, "who", "'=java", "end"), "");
	free_table(&table);
	list_unref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_unknown_is_empty),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_formulas),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_chosen_of_list),
		cmocka_unit_test(test_filtered_list),
		cmocka_unit_test(test_events),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
