/* SPDX-License-Identifier: MIT
 *
 * The views that panes and --pane share: their columns exist, and each has a
 * word for help.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/list.h"
#include "memtop/rows.h"
#include "sample.h"

static void assert_fields(const struct entity *entity, const char *const *names,
			  const char *const *among)
{
	for (size_t i = 0; names && names[i]; i++) {
		bool found = !among;

		assert_non_null(field_find(entity, names[i]));
		for (size_t j = 0; among && among[j]; j++)
			found = found || !strcmp(names[i], among[j]);
		assert_true(found);
	}
}

static void test_lists_of_views(void **state)
{
	struct snapshot *s = sample_snapshot(1);

	(void)state;
	for (size_t i = 0; i < VIEW_COUNT; i++) {
		const struct view *view = &views[i];

		assert_true(view->ncolumns > 0 || view->nlists > 0);
		if (view->ncolumns)
			assert_ptr_equal(view_entity(view),
					 &entities[ENTITY_PROCESS]);
		else
			assert_true(view_entity(view)->repeated);
		for (size_t l = 0; l < view->nlists; l++) {
			const struct view_list *of = &view->lists[l];
			const struct entity *entity = &entities[of->entity];

			assert_fields(entity, of->columns, NULL);
			assert_fields(entity, of->drop, of->columns);
			if (of->sort)
				assert_non_null(field_find(entity, of->sort));
			if (entity->repeated)
				list_unref(view_list_rows(of, s));
		}
	}
	snapshot_unref(s);
}

static void test_views(void **state)
{
	(void)state;
	for (size_t i = 0; i < VIEW_COUNT; i++) {
		const struct view *view = &views[i];

		assert_ptr_equal(view_find(view->name), view);
		assert_non_null(view->help);
		if (!view->ncolumns)
			continue;
		for (size_t c = 0; c < view->ncolumns; c++)
			assert_non_null(sample_field(view->columns[c])->title);
		for (size_t d = 0; d < view->ndrop; d++)
			assert_non_null(memchr(view->columns, view->drop[d],
					       view->ncolumns));
		assert_non_null(
			memchr(view->columns, view->sort, view->ncolumns));
		assert_null(memchr(view->drop, view->sort, view->ndrop));
	}
	assert_null(view_find("none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_of_views),
		cmocka_unit_test(test_views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
