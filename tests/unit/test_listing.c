/* SPDX-License-Identifier: MIT
 *
 * Listings: order, cursor, filter, search, tree and narrowing on rows of a
 * list; and the boxes they stand in, key by key on the Kernel pane.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../src/ui/tiles.h"
#include "memtop/swap.h"
#include "stage.h"

static struct stage stage;
static struct listing listing;

/* What derive() makes next. */
struct given {
	const char *name;
	uint64_t used;
};
static const struct given *given;
static size_t ngiven;

static const struct list *derive(struct ui *ui, struct listing *of)
{
	struct list *list = list_new(ENTITY_SWAP);

	(void)ui;
	(void)of;
	for (size_t i = 0; i < ngiven; i++) {
		struct swap *swap = list_add(&list);

		swap->block.state = STATE_OK;
		swap->name = text_new(given[i].name, strlen(given[i].name));
		swap->used = given[i].used;
		swap->size = 1 << 30;
		swap->priority = -2;
		strcpy(swap->type, "file");
	}
	list->block.state = STATE_OK;
	return list;
}

/* Of "/a/b/c" that is "/a/b". */
static bool parent(const void *row, const char **ret_bytes, size_t *ret_len)
{
	const struct swap *swap = row;
	const char *slash = strrchr(text_str(swap->name), '/');

	if (!slash || slash == text_str(swap->name))
		return false;
	*ret_bytes = text_str(swap->name);
	*ret_len = (size_t)(slash - *ret_bytes);
	return true;
}

/* Each is the parent of the other. */
static bool circle(const void *row, const char **ret_bytes, size_t *ret_len)
{
	const struct swap *swap = row;

	*ret_bytes = strcmp(text_str(swap->name), "/a") ? "/a" : "/b";
	*ret_len = 2;
	return true;
}

static void label(const void *row, const char **ret_bytes, size_t *ret_len)
{
	const struct swap *swap = row;

	*ret_bytes = strrchr(text_str(swap->name), '/') + 1;
	*ret_len = strlen(*ret_bytes);
}

static const char *const columns[] = { "name", "type", "priority",
				       "size", "used", NULL };
static const char *const drop[] = { "type", "priority", NULL };
static struct listing_spec spec = {
	.title = "Things",
	.noun = "things",
	.entity = ENTITY_SWAP,
	.columns = columns,
	.drop = drop,
	.sort = "used",
	.active = "used",
	.derive = derive,
};

static void give(const struct given *rows, size_t count)
{
	given = rows;
	ngiven = count;
	listing_refresh(&stage.ui, &listing);
}
#define GIVE(rows) give(rows, ARRAY_SIZE(rows))

static void begin(void)
{
	stage_begin(&stage, SCRIPTED_THRASH, 2, 24, 80);
	listing_init(&listing, &spec);
}

static void end(void)
{
	listing_done(&listing);
	stage_end(&stage);
}

/* The names of the rows, in order: "c a b". */
static void expect_rows(const char *expected)
{
	char names[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < listing.count; i++) {
		const struct swap *swap = listing.rows[i].row;

		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
				       at ? " " : "", text_str(swap->name));
	}
	assert_string_equal(names, expected);
}

static const char *selected(void)
{
	const struct swap *swap = listing_selected(&listing);

	return swap ? text_str(swap->name) : NULL;
}

static const struct given three[] = { { "a", 10 }, { "b", 30 }, { "c", 20 } };
static const struct given grown[] = {
	{ "a", 90 }, { "b", 30 }, { "c", 20 }, { "d", 25 }
};

static void test_sorted_by_any_field(void **state)
{
	(void)state;
	begin();
	GIVE(three);
	expect_rows("b c a");
	listing.reverse = true;
	listing_rebuild(&stage.ui, &listing);
	expect_rows("a c b");
	listing_sort_by(&stage.ui, &listing, 0);
	expect_rows("a b c");
	end();
}

static void test_rows_hold_still_and_new_ones_come_in(void **state)
{
	(void)state;
	begin();
	GIVE(three);
	GIVE(grown); /* at once: no time to sort again */
	expect_rows("b c d a");
	stage_push(&stage, 4);
	listing_refresh(&stage.ui, &listing);
	expect_rows("a b d c");
	end();
}

static void test_the_cursor_stays_with_its_row(void **state)
{
	(void)state;
	begin();
	GIVE(three);
	assert_string_equal(selected(), "b");
	listing_select(&listing, 2);
	listing_sort_by(&stage.ui, &listing, 0);
	assert_string_equal(selected(), "a");
	end();
}

static void test_what_is_gone_leaves_nothing_selected(void **state)
{
	static const struct given rest[] = { { "b", 30 }, { "c", 20 } };

	(void)state;
	begin();
	GIVE(three);
	listing_select(&listing, 2);
	GIVE(rest);
	assert_null(selected());
	GIVE(three);
	assert_string_equal(selected(), "a");
	end();
}

static void test_filter_by_word_and_field(void **state)
{
	char error[96];

	(void)state;
	begin();
	GIVE(three);
	listing_select(&listing, 2);
	assert_int_equal(listing_set_filter(&stage.ui, &listing, "used>15",
					    error, sizeof(error)),
			 0);
	expect_rows("b c");
	assert_int_equal(listing.total, 3);
	/* filtered away, not gone: the row near it */
	assert_string_equal(selected(), "c");
	assert_int_equal(listing_set_filter(&stage.ui, &listing, "!B", error,
					    sizeof(error)),
			 0);
	expect_rows("b c a");
	assert_int_equal(listing_set_filter(&stage.ui, &listing, "c", error,
					    sizeof(error)),
			 0);
	expect_rows("c");
	assert_int_equal(listing_set_filter(&stage.ui, &listing, "pss>1", error,
					    sizeof(error)),
			 -EINVAL);
	assert_string_equal(error, "there is no field \"pss\"");
	assert_true(listing_clear(&stage.ui, &listing));
	expect_rows("b c a");
	end();
}

static void test_only_active_rows(void **state)
{
	static const struct given idle[] = { { "a", 0 },
					     { "b", UNKNOWN },
					     { "c", 5 } };

	(void)state;
	begin();
	listing.active = true;
	GIVE(idle);
	/* what is not known is not taken for 0 */
	expect_rows("c b");
	end();
}

static void test_a_tree_with_sorted_siblings(void **state)
{
	static const struct given paths[] = { { "/a", 5 },   { "/b", 50 },
					      { "/a/x", 1 }, { "/a/y", 2 },
					      { "/b/z", 3 }, { "/q/w", 4 } };

	(void)state;
	spec.parent = parent;
	spec.label = label;
	begin();
	GIVE(paths);
	expect_rows("/b /b/z /a /a/y /a/x /q/w");
	assert_int_equal(listing.rows[1].depth, 1);
	assert_true(listing.rows[1].last);
	assert_true(listing.rows[2].has_children);
	assert_false(listing.rows[3].last);
	assert_int_equal(listing.rows[5].depth, 0); /* no parent is shown */
	listing_collapse(&listing, listing.rows[2].id, true);
	listing_rebuild(&stage.ui, &listing);
	expect_rows("/b /b/z /a /q/w");
	assert_true(listing.rows[2].collapsed);
	listing.tree = false;
	listing_rebuild(&stage.ui, &listing);
	expect_rows("/b /a /q/w /b/z /a/y /a/x");
	end();
	spec.parent = NULL;
	spec.label = NULL;
}

static void test_rails_lead_to_deep_rows(void **state)
{
	static const struct given paths[] = { { "/a", 9 },
					      { "/a/b", 8 },
					      { "/a/b/c", 7 },
					      { "/a/d", 6 },
					      { "/a/d/e", 5 } };

	(void)state;
	spec.parent = parent;
	begin();
	GIVE(paths);
	expect_rows("/a /a/b /a/b/c /a/d /a/d/e");
	assert_int_equal(listing.rows[2].rails, 1 << 1);
	assert_int_equal(listing.rows[4].rails, 0);
	end();
	spec.parent = NULL;
}

static void test_parents_in_a_circle_are_all_shown(void **state)
{
	static const struct given rows[] = { { "/a", 3 },
					     { "/b", 2 },
					     { "/c", 1 } };

	(void)state;
	spec.parent = circle;
	begin();
	GIVE(rows);
	assert_int_equal(listing.count, 3);
	end();
	spec.parent = NULL;
}

static void draw(int cols, char *header, char *first, int size)
{
	struct canvas screen = term_begin_frame(), c;

	c = canvas_part(&screen, 0, 0, 6, cols);
	for (int row = 0; row < 6; row++)
		draw_fill(&c, row, STYLE_NORMAL);
	listing_draw(&stage.ui, &listing, &c, true);
	term_end_frame();
	term_read_row(1, header, size);
	term_read_row(2, first, size);
	header[cols] = first[cols] = '\0';
}

static void test_columns_are_given_up_in_their_order(void **state)
{
	char header[256], first[256];

	(void)state;
	begin();
	GIVE(three);
	draw(60, header, first, sizeof(header));
	assert_non_null(strstr(header, "DEVICE     TYPE      PRIO"));
	assert_non_null(strstr(first, ">b"));
	draw(32, header, first, sizeof(header));
	assert_null(strstr(header, "TYPE"));
	assert_non_null(strstr(header, "PRIO"));
	draw(24, header, first, sizeof(header));
	assert_null(strstr(header, "PRIO"));
	assert_non_null(strstr(header, "USEDv"));
	for (int cols = 1; cols < 24; cols++)
		draw(cols, header, first, sizeof(header));
	end();
}

/* ---- on the Kernel pane -------------------------------------------------- */

static uint8_t id_of(const char *name)
{
	const struct entity *entity = &entities[ENTITY_SWAP];

	return (uint8_t)(field_find(entity, name) - entity->fields);
}

/* As the settings file has them; the first column says whose row it is. */
static void test_columns_that_were_saved(void **state)
{
	const uint8_t saved[] = { id_of("used"), id_of("name"), id_of("size") };
	struct table_options options = { 0 };

	(void)state;
	begin();
	assert_true(listing_is_default(&listing));
	listing_set_up(&listing, &options);
	assert_true(listing_is_default(&listing));
	options.columns = saved;
	options.ncolumns = ARRAY_SIZE(saved);
	options.has_sort = options.has_reverse = options.reverse = true;
	options.sort = id_of("size");
	listing_set_up(&listing, &options);
	assert_false(listing_is_default(&listing));
	assert_int_equal(listing.ncolumns, 3);
	assert_int_equal(listing.columns[0], id_of("name"));
	assert_int_equal(listing.columns[1], id_of("used"));
	assert_int_equal(listing.columns[2], id_of("size"));
	assert_int_equal(listing.column, 2);
	assert_int_equal(listing.sort, id_of("size"));
	assert_true(listing.reverse);
	end();
}

static void test_counters_that_nobody_knows_are_shown(void **state)
{
	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 4, 36, 120);
	stage_keys(&stage, "7");
	assert_true(stage_shows(&stage, "[7 Kernel]"));
	assert_true(stage_shows(&stage, "pswpin"));
	stage_end(&stage);
}

static void test_no_process_is_selected_here(void **state)
{
	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 4, 36, 120);
	stage_keys(&stage, "7K");
	assert_null(stage.ui.popup);
	assert_null(ui_selected(&stage.ui));
	assert_true(stage_shows(&stage, "there are no processes"));
	stage_keys(&stage, "2");
	assert_non_null(ui_selected(&stage.ui));
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted_by_any_field),
		cmocka_unit_test(test_rows_hold_still_and_new_ones_come_in),
		cmocka_unit_test(test_the_cursor_stays_with_its_row),
		cmocka_unit_test(test_what_is_gone_leaves_nothing_selected),
		cmocka_unit_test(test_filter_by_word_and_field),
		cmocka_unit_test(test_only_active_rows),
		cmocka_unit_test(test_a_tree_with_sorted_siblings),
		cmocka_unit_test(test_rails_lead_to_deep_rows),
		cmocka_unit_test(test_parents_in_a_circle_are_all_shown),
		cmocka_unit_test(test_columns_are_given_up_in_their_order),
		cmocka_unit_test(test_columns_that_were_saved),
		cmocka_unit_test(test_counters_that_nobody_knows_are_shown),
		cmocka_unit_test(test_no_process_is_selected_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
