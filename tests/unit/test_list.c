/* SPDX-License-Identifier: MIT
 *
 * Lists: rows, keys, texts, and one figure of one row over time.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/field.h"
#include "memtop/history.h"
#include "memtop/list.h"
#include "memtop/swap.h"
#include "sample.h"

static struct list *devices(const char *const *names, size_t count,
			    uint64_t used)
{
	struct list *list = list_new(ENTITY_SWAP);

	assert_non_null(list);
	list->block.state = STATE_OK;
	for (size_t i = 0; i < count; i++) {
		struct swap *swap = list_add(&list);

		assert_non_null(swap);
		assert_int_equal(swap->size, UNKNOWN);
		assert_int_equal(swap->block.state, STATE_PENDING);
		swap->block.state = STATE_OK;
		swap->name = text_new(names[i], strlen(names[i]));
		swap->used = used + i;
	}
	return list;
}

static void test_rows(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e",
					     "f", "g", "h", "i", "" };
	struct list *list = devices(names, 10, 100);
	const struct swap *swap;

	(void)state;
	assert_int_equal(list_count(list), 10);
	swap = list_find(list, "i");
	assert_non_null(swap);
	assert_int_equal(swap->used, 108);
	assert_null(list_find(list, "ii"));
	list_drop(list);
	list_drop(list);
	assert_null(list_find(list, "i"));
	assert_int_equal(list_count(list), 8);
	list_unref(list);
	assert_int_equal(list_count(NULL), 0);
	assert_int_equal(list_state(NULL), STATE_PENDING);
	assert_null(list_find(NULL, "a"));
}

/* Devices that change places, come and go. */
static void test_series(void **state)
{
	static const char *const one[] = { "a", "b" };
	static const char *const other[] = { "b", "a" };
	static const char *const alone[] = { "a" };
	const struct entity *entity = &entities[ENTITY_SWAP];
	const struct series_query query = {
		.entity = entity,
		.field = field_find(entity, "used"),
		.row = "b",
	};
	static const double expected[] = { NAN, 21, 21, 30, NAN, 51 };
	struct history *history;
	struct series_point points[8];

	(void)state;
	assert_int_equal(history_new(&history_default_limits, &history), 0);
	for (uint64_t i = 0; i < 6; i++) {
		struct snapshot *s = sample_snapshot(i);

		s->monotonic_ns = (i + 1) * NS_PER_S;
		if (i == 1)
			snapshot_set_list(s, devices(one, 2, 20));
		else if (i == 3)
			snapshot_set_list(s, devices(other, 2, 30));
		else if (i == 4)
			snapshot_set_list(s, devices(alone, 1, 40));
		else if (i == 5)
			snapshot_set_list(s, devices(one, 2, 50));
		if (i == 2) {
			const struct snapshot *last;

			assert_int_equal(history_at(history, 0, &last), 0);
			s->lists[ENTITY_SWAP - ENTITY_LIST_FIRST] =
				list_ref(snapshot_list(last, ENTITY_SWAP));
			snapshot_unref(last);
		}
		assert_int_equal(history_push(history, s), 0);
	}
	assert_int_equal(history_series(history, &query, points, 8), 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(isnan(expected[i])
				    ? isnan(points[i].value)
				    : points[i].value == expected[i]);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
