/* SPDX-License-Identifier: MIT
 *
 * The lines of the Mappings page: kinds, sums, order, and what two reads have
 * in common.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../src/ui/mappings.h"

static struct reply *reply_new(size_t count)
{
	struct reply *reply = calloc(1, sizeof(*reply));

	assert_non_null(reply);
	reply->state = STATE_OK;
	reply->mappings = calloc(count + 1, sizeof(*reply->mappings));
	assert_non_null(reply->mappings);
	return reply;
}

static void add(struct reply *reply, uint64_t start, const char *perms,
		const char *path, uint64_t pss)
{
	struct mapping *m = &reply->mappings[reply->nmappings++];

	*m = (struct mapping){ .start = start,
			       .end = start + MIB,
			       .block = { .state = STATE_OK, .read_ns = 1 },
			       .size = MIB,
			       .rss = pss,
			       .pss = pss };
	strcpy(m->perms, perms);
	if (path)
		m->path = text_new(path, strlen(path));
}

static void kinds(void **state)
{
	static const struct {
		const char *perms, *path, *kind;
	} cases[] = {
		{ "rw-p", NULL, "anonymous (mmap)" },
		{ "rw-s", NULL, "shared anonymous" },
		{ "rw-p", "[heap]", "[heap]" },
		{ "rw-p", "[stack]", "[stack]" },
		{ "r--p", "[vvar]", "[vdso] [vvar]" },
		{ "rw-s", "/dev/zero (deleted)", "shared anonymous" },
		{ "rw-s", "/SYSV00000000 (deleted)", "SysV shared memory" },
		{ "rw-s", "/dev/shm/x", "POSIX shared memory" },
		{ "rw-s", "/memfd:x (deleted)", "memfd" },
		{ "r-xp", "/usr/bin/x", "programs and libraries" },
		{ "rw-p", "/usr/lib/libx.so.6", "programs and libraries" },
		{ "r--s", "/var/x.jar", "files, shared" },
		{ "r--p", "/usr/share/x", "files, private" },
	};
	struct reply *reply = reply_new(ARRAY_SIZE(cases));

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		add(reply, i * MIB, cases[i].perms, cases[i].path, 0);
		assert_string_equal(map_kind(&reply->mappings[i]),
				    cases[i].kind);
	}
	reply_free(reply);
}

static void groups_sum_and_sort(void **state)
{
	struct map_query query = { .group = MAP_BY_KIND };
	struct map_list list = { 0 };
	struct reply *reply = reply_new(4);

	(void)state;
	add(reply, 4 * MIB, "rw-p", NULL, 10);
	add(reply, 1 * MIB, "rw-p", "[heap]", 25);
	add(reply, 2 * MIB, "rw-p", NULL, 20);
	reply->mappings[1].swap = UNKNOWN;
	assert_int_equal(map_list_build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.mappings, 3);
	assert_int_equal(list.groups, 2);
	assert_string_equal(list.items[0].label, "anonymous (mmap)");
	assert_int_equal(list.items[0].now.value[MAP_PSS], 30);
	assert_int_equal(list.items[0].now.count, 2);
	assert_true(list.items[1].now.value[MAP_SWAP] == UNKNOWN);

	query.reverse = true;
	assert_int_equal(map_list_build(reply, NULL, &query, &list), 0);
	assert_string_equal(list.items[0].label, "[heap]");

	query.reverse = false;
	map_query_toggle(&query, list.items[1].id);
	assert_int_equal(map_list_build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 4);
	assert_true(list.items[0].group && list.items[0].expanded);
	assert_int_equal(list.items[1].mapping->start, 2 * MIB);
	assert_int_equal(list.items[2].mapping->start, 4 * MIB);
	assert_true(list.items[3].group);
	map_query_toggle(&query, list.items[0].id);
	assert_int_equal(query.nexpanded, 0);
	map_list_done(&list);
	reply_free(reply);
}

static void two_reads_are_matched(void **state)
{
	struct map_query query = { .group = MAP_SINGLE, .difference = true };
	struct reply *before = reply_new(3), *now = reply_new(3);
	struct map_list list = { 0 };
	double change;

	(void)state;
	add(before, 1 * MIB, "rw-p", NULL, 100);
	add(before, 2 * MIB, "rw-p", NULL, 50); /* goes */
	add(now, 1 * MIB, "rw-p", NULL, 130);
	add(now, 3 * MIB, "rw-p", NULL, 20); /* comes */
	assert_int_equal(map_list_build(now, before, &query, &list), 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.items[0].mapping->start, 1 * MIB);
	assert_true(map_change(&list.items[0], MAP_PSS, &change));
	assert_true(change == 30);
	assert_true(map_change(&list.items[1], MAP_PSS, &change));
	assert_true(change == 20);
	assert_int_equal(list.items[2].now.count, 0);
	assert_true(map_change(&list.items[2], MAP_PSS, &change));
	assert_true(change == -50);
	now->mappings[0].pss = UNKNOWN;
	assert_int_equal(map_list_build(now, before, &query, &list), 0);
	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].mapping->start == 1 * MIB)
			assert_false(
				map_change(&list.items[i], MAP_PSS, &change));
	map_list_done(&list);
	reply_free(before);
	reply_free(now);
}

static void nothing_is_mapped(void **state)
{
	struct map_query query = { .expand_all = true };
	struct map_list list = { 0 };
	struct reply *reply = reply_new(0);

	(void)state;
	assert_int_equal(map_list_build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 0);
	map_list_done(&list);
	reply_free(reply);
}

static void many_mappings(void **state)
{
	struct map_query query = { .group = MAP_BY_FILE, .expand_all = true };
	struct map_list list = { 0 };
	struct reply *reply = reply_new(20000);

	(void)state;
	for (uint64_t i = 0; i < 20000; i++)
		add(reply, (i * 7919 % 20000) * MIB, "rw-p",
		    i % 3 ? NULL : "/x", i);
	assert_int_equal(map_list_build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 20002);
	assert_true(list.items[0].group);
	map_list_done(&list);
	reply_free(reply);
}

/* Opening more groups than are remembered closes the oldest. */
static void many_open_groups(void **state)
{
	struct map_query query = { .group = MAP_BY_FILE };

	(void)state;
	for (uint64_t id = 1; id <= MAP_EXPANDED_MAX + 3; id++)
		map_query_toggle(&query, id);
	assert_int_equal(query.nexpanded, MAP_EXPANDED_MAX);
	assert_false(map_query_expanded(&query, 1));
	assert_true(map_query_expanded(&query, MAP_EXPANDED_MAX + 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(groups_sum_and_sort),
		cmocka_unit_test(two_reads_are_matched),
		cmocka_unit_test(nothing_is_mapped),
		cmocka_unit_test(many_mappings),
		cmocka_unit_test(many_open_groups),
	};

	return cmocka_run_group_tests_name("mappings list", tests, NULL, NULL);
}
