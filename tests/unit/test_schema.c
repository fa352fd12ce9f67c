/* SPDX-License-Identifier: MIT
 *
 * The names in a recording: whoever queries it needs no quotes, though some
 * are words of SQL, and none stands for two things.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../src/record/schema.h"

static void run(sqlite3 *db, char *sql)
{
	assert_non_null(sql);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_free(sql);
}

/* A word that SQLite knows may stand in some places only. */
static void ask(sqlite3 *db, const char *table, const char *name)
{
	if (!sqlite3_keyword_check(name, (int)strlen(name)))
		return;
	run(db,
	    sqlite3_mprintf("SELECT %s, max(%s), t.%s AS %s FROM %s t "
			    "WHERE %s > 1 GROUP BY %s ORDER BY %s",
			    name, name, name, name, table, name, name, name));
	run(db, sqlite3_mprintf("SELECT CASE WHEN %s THEN %s ELSE -%s END, "
				"sum(%s) OVER (ORDER BY %s) FROM %s",
				name, name, name, name, name, table));
}

static void check_table(sqlite3 *db, unsigned table)
{
	struct column columns[COLUMNS_MAX];
	size_t count = table_columns(table, columns);

	assert_true(count > 0);
	for (unsigned other = 0; other < table; other++)
		assert_string_not_equal(table_name(other), table_name(table));
	assert_false(sqlite3_keyword_check(table_name(table),
					   (int)strlen(table_name(table))));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(columns[j].name,
						columns[i].name);
	run(db, schema_table_sql(table, columns, count));
	for (size_t i = 0; i < count; i++)
		ask(db, table_name(table), columns[i].name);
}

static void test_names(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (unsigned table = 0; table < TABLE_COUNT; table++)
		check_table(db, table);
	sqlite3_close(db);
}

/* What is read together in a row of a list or a process stands in one part
 * of it, and every field in some part. */
static void check_parts_of(const struct entity *entity, enum entity_id id)
{
	const struct field *fields[PART_FIELDS_MAX];

	for (size_t f = 0; f < entity->nfields; f++) {
		unsigned times = 0;

		for (size_t p = 0; p < PART_COUNT; p++) {
			size_t n = parts[p].entity == id
					   ? part_fields(&parts[p], fields)
					   : 0;

			while (n > 0)
				times += fields[--n] == &entity->fields[f];
		}
		if (times != 1)
			fail_msg("%s.%s is in %u tables", entity->name,
				 entity->fields[f].name, times);
	}
}

static void test_each_field_once(void **state)
{
	(void)state;
	for (unsigned id = ENTITY_LIST_FIRST; id < ENTITY_LIST_END; id++)
		check_parts_of(&entities[id], id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_each_field_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
