/* SPDX-License-Identifier: MIT
 *
 * The lines of the Mappings page: sums, order, search, and what two reads have
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

/* The row's figures. */
static struct map_item item(const struct map_list *list, size_t row)
{
	struct map_item it;

	assert_true(row < list->count);
	map_list_item(list, row, &it);
	return it;
}

static bool change_of(const struct map_list *list, size_t row,
		      enum map_column column, double *ret)
{
	struct map_item it = item(list, row);

	return map_change(&it, column, ret);
}

static int build(struct reply *now, struct reply *before,
		 const struct map_query *query, struct map_list *list)
{
	mapping_classify(now->mappings, now->nmappings);
	if (before)
		mapping_classify(before->mappings, before->nmappings);
	return map_list_build(now, before, false, query, list);
}

static void groups_sum_and_sort(void **state)
{
	struct map_query query = { .group = MAP_BY_KIND };
	struct map_list list = { 0 };
	struct reply *reply = reply_new(4);

	(void)state;
	add(reply, 1 * MIB, "rw-p", "[heap]", 25);
	add(reply, 2 * MIB, "rw-p", NULL, 10);
	add(reply, 4 * MIB, "rw-p", NULL, 20);
	reply->mappings[0].swap = UNKNOWN;
	assert_int_equal(build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.mappings, 3);
	assert_int_equal(list.index.groups_now, 2);
	assert_string_equal(item(&list, 0).label, "anonymous (mmap)");
	assert_int_equal(item(&list, 0).now.value[MAP_PSS], 30);
	assert_int_equal(item(&list, 0).now.count, 2);
	assert_true(item(&list, 1).now.value[MAP_SWAP] == UNKNOWN);

	query.reverse = true;
	assert_int_equal(build(reply, NULL, &query, &list), 0);
	assert_string_equal(item(&list, 0).label, "[heap]");

	query.reverse = false;
	map_query_toggle(&query, item(&list, 1).id);
	assert_int_equal(build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 4);
	assert_true(item(&list, 0).group && item(&list, 0).expanded);
	assert_int_equal(item(&list, 1).mapping->start, 4 * MIB);
	assert_int_equal(item(&list, 2).mapping->start, 2 * MIB);
	assert_true(item(&list, 3).group);
	map_query_toggle(&query, item(&list, 0).id);
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
	assert_int_equal(build(now, before, &query, &list), 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(item(&list, 0).mapping->start, 1 * MIB);
	assert_true(change_of(&list, 0, MAP_PSS, &change));
	assert_true(change == 30);
	assert_true(change_of(&list, 1, MAP_PSS, &change));
	assert_true(change == 20);
	assert_int_equal(item(&list, 2).now.count, 0);
	assert_true(change_of(&list, 2, MAP_PSS, &change));
	assert_true(change == -50);
	now->mappings[0].pss = UNKNOWN;
	assert_int_equal(build(now, before, &query, &list), 0);
	for (size_t i = 0; i < list.count; i++)
		if (item(&list, i).mapping->start == 1 * MIB)
			assert_false(change_of(&list, i, MAP_PSS, &change));
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
	assert_int_equal(build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 0);
	map_list_done(&list);
	reply_free(reply);
}

/* Members stand in order below their group. */
static void check_order(const struct map_list *list, enum map_column column,
			bool reverse)
{
	for (size_t i = 1; i < list->count; i++) {
		struct map_item a = item(list, i - 1), b = item(list, i);
		uint64_t x = a.now.value[column], y = b.now.value[column];

		if (a.group || b.group)
			continue;
		assert_true(reverse ? x <= y : x >= y);
		if (x == y)
			assert_true(a.mapping->start < b.mapping->start);
	}
}

static void many_mappings(void **state)
{
	struct map_query query = { .group = MAP_BY_FILE, .expand_all = true };
	struct map_list list = { 0 };
	struct reply *reply = reply_new(20000);

	(void)state;
	for (uint64_t i = 0; i < 20000; i++)
		add(reply, i * MIB, "rw-p", i % 3 ? NULL : "/x",
		    i * 7919 % 20000);
	assert_int_equal(build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 20002);
	assert_true(item(&list, 0).group);
	check_order(&list, MAP_PSS, false);
	query.reverse = true;
	query.sort = MAP_RSS;
	assert_int_equal(map_list_build(reply, NULL, true, &query, &list), 0);
	check_order(&list, MAP_RSS, true);
	query.group = MAP_SINGLE;
	assert_int_equal(map_list_build(reply, NULL, true, &query, &list), 0);
	assert_int_equal(list.count, 20000);
	check_order(&list, MAP_RSS, true);
	map_list_done(&list);
	reply_free(reply);
}

static void rows_are_found(void **state)
{
	struct map_query query = { .expand_all = true };
	struct reply *reply = reply_new(4);
	struct map_list list = { 0 };

	(void)state;
	add(reply, 0x7f0000000000, "r-xp", "/usr/lib/libSSL.so", 9);
	add(reply, 0x7f0000100000, "rw-p", NULL, 5);
	add(reply, 0x7f0000200000, "rw-s", "/memfd:wayland", 1);
	assert_int_equal(build(reply, NULL, &query, &list), 0);
	assert_int_equal(list.count, 6);
	assert_int_equal(map_list_find(&list, "libssl", 0, 1), 1);
	assert_int_equal(map_list_find(&list, "libSSL", 0, 1), 1);
	assert_int_equal(map_list_find(&list, "LIBSSL", 0, 1), -1);
	assert_int_equal(map_list_find(&list, "7f0000100", 0, 1), 3);
	/* a group by its kind; around the end in both directions */
	assert_int_equal(map_list_find(&list, "code", 2, 1), 0);
	assert_int_equal(map_list_find(&list, "wayland", 0, -1), 5);
	assert_int_equal(map_list_find(&list, "nowhere", 0, 1), -1);
	/* the file is said by the group alone */
	query.group = MAP_BY_FILE;
	assert_int_equal(build(reply, NULL, &query, &list), 0);
	assert_int_equal(map_list_find(&list, "libssl", 0, 1), 0);
	assert_int_equal(map_list_find(&list, "libssl", 1, 1), 0);
	map_list_done(&list);
	reply_free(reply);
}

/* The kind may change between two reads: each side counts where it was. */
static void kind_changes(void **state)
{
	struct map_query query = { .group = MAP_BY_KIND, .difference = true };
	struct reply *before = reply_new(1), *now = reply_new(1);
	struct map_list list = { 0 };
	double change;

	(void)state;
	add(before, MIB, "---p", NULL, 0);
	add(now, MIB, "rw-p", NULL, 70);
	assert_int_equal(build(now, before, &query, &list), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.index.groups_now, 1);
	assert_string_equal(item(&list, 0).label, "anonymous (mmap)");
	assert_true(change_of(&list, 0, MAP_PSS, &change));
	assert_true(change == 70);
	assert_int_equal(item(&list, 1).now.count, 0);
	map_list_done(&list);
	reply_free(before);
	reply_free(now);
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
		cmocka_unit_test(groups_sum_and_sort),
		cmocka_unit_test(two_reads_are_matched),
		cmocka_unit_test(nothing_is_mapped),
		cmocka_unit_test(many_mappings),
		cmocka_unit_test(rows_are_found),
		cmocka_unit_test(kind_changes),
		cmocka_unit_test(many_open_groups),
	};

	return cmocka_run_group_tests_name("mappings list", tests, NULL, NULL);
}
