/* SPDX-License-Identifier: MIT
 *
 * The details pages: what they look like, and what stays when the process
 * exits, is not permitted, or was not there yet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "../src/ui/details.h"
#include "stage.h"

static const char *const page_names[PAGE_COUNT] = {
	"summary", "mappings", "history", "oom", "limits",
};

/* Every page of java at one size. */
static void all_pages(int rows, int cols)
{
	struct stage stage;

	stage_begin(&stage, SCRIPTED_THRASH, 60, rows, cols);
	stage_keys(&stage, "<enter>");
	for (int page = 0; page < PAGE_COUNT; page++) {
		const char key[] = { (char)('1' + page), '\0' };
		char name[64];

		stage_keys(&stage, key);
		snprintf(name, sizeof(name), "details-%s-%dx%d",
			 page_names[page], cols, rows);
		stage_expect_details(&stage, name);
	}
	stage_end(&stage);
}

static void pages_at_120x36(void **state)
{
	(void)state;
	all_pages(36, 120);
}

static void pages_at_80x24(void **state)
{
	(void)state;
	all_pages(24, 80);
}

/* Nothing to compare: they must only survive. */
static void pages_survive_any_size(void **state)
{
	static const int sizes[][2] = {
		{ 1, 1 },   { 1, 80 },	{ 24, 1 },   { 4, 20 },	   { 10, 30 },
		{ 10, 40 }, { 15, 60 }, { 60, 200 }, { 100, 300 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct stage stage;

		stage_begin(&stage, SCRIPTED_THRASH, 10, sizes[i][0],
			    sizes[i][1]);
		stage_keys(&stage, "<enter>12*jjjj3+-m<left>m45");
		stage_keys(&stage, "?<esc>h<esc>A<esc>w<esc>K<esc>o<esc>");
		stage_end(&stage);
	}
}

static void not_permitted(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_NOBODY, 5, 24, 80);
	stage_keys(&stage, "<enter>");
	stage_expect_details(&stage, "details-summary-nobody");
	stage_keys(&stage, "2");
	assert_true(stage_shows(&stage, "Mappings: not permitted"));
	stage_keys(&stage, "4");
	assert_true(stage_shows(&stage, "PSS not permitted"));
	assert_true(stage_shows(&stage, "rank 1 of"));
	stage_keys(&stage, "5");
	assert_true(stage_shows(&stage, "Limits: not permitted"));
	stage_end(&stage);
}

static void exited_keeps_the_last_values(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 24, 80);
	stage_keys(&stage, "<enter>");
	stage_push_without(&stage, SCRIPTED_JAVA);
	assert_true(stage_shows(&stage, "EXITED 14:02:42"));
	assert_true(stage_shows(&stage, "PSS            31.2G"));
	stage_expect_details(&stage, "details-exited");
	/* stepping back finds it alive again */
	stage_keys(&stage, "[");
	assert_false(stage_shows(&stage, "EXITED"));
	stage_end(&stage);
}

/* Exited and not waited for: it has no figures any more, its page has. */
static void a_zombie_keeps_the_last_values(void **state)
{
	static struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 24, 80);
	stage_keys(&stage, "<enter>1");
	stage_push_zombie(&stage, SCRIPTED_JAVA);
	assert_true(stage_shows(&stage, "EXITED 14:0"));
	assert_true(stage_shows(&stage, "RSS            31.4G"));
	stage_keys(&stage, "K");
	assert_null(stage.ui.popup);
	stage_end(&stage);
}

static void actions_are_off_after_the_exit(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 24, 80);
	stage_keys(&stage, "<enter>");
	stage_push_without(&stage, SCRIPTED_JAVA);
	stage_keys(&stage, "K");
	assert_false(stage_shows(&stage, "Send a signal"));
	stage_keys(&stage, "y");
	assert_int_equal(scripted_source_log(stage.source)->signals, 0);
	stage_end(&stage);
}

static void parent_opens(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 24, 80);
	stage_keys(&stage, "<enter><enter>");
	assert_true(stage_shows(&stage, "systemd[1]"));
	assert_true(stage_shows(&stage, "child"));
	stage_keys(&stage, "4");
	assert_true(stage_shows(&stage, "never kills the first process"));
	stage_end(&stage);
}

/* A graph whose figure is refused does not promise it for later. */
static void refused_is_not_pending(void **state)
{
	static struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_NOBODY, 5, 24, 80);
	stage_keys(&stage, "<enter>3");
	assert_true(stage_shows(&stage, "| ?\n"));
	stage_end(&stage);
	stage_begin(&stage, SCRIPTED_STARTING, 1, 24, 80);
	stage_keys(&stage, "A");
	assert_true(stage_shows(&stage, "0 of 312       ..       -"));
	stage_end(&stage);
}

static void kill_order_starts_at_the_top(void **state)
{
	static struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 36, 120);
	stage_keys(&stage, ":48213<enter><enter>4");
	assert_true(stage_shows(&stage, ">    1 java[48213]"));
	stage_keys(&stage, "<esc>G<enter>");
	assert_true(stage_shows(&stage, "     1 java[48213]"));
	stage_expect_details(&stage, "details-oom-last");
	stage_end(&stage);
}

/* Trying another adj changes nothing but what is shown; `o` asks for it. */
static void what_if(void **state)
{
	static struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 36, 120);
	stage_keys(&stage, "4");
	assert_true(stage_shows(&stage, "java[48213]  adj 0   badness"));
	stage_keys(&stage, "-----");
	assert_true(stage_shows(&stage, "adj 0 -> -250   badness"));
	assert_true(stage_shows(&stage, "rank 1 of 307 -> 17 of 307"));
	assert_true(stage_shows(&stage, "dies first  celery[52011], frees"));
	stage_keys(&stage, "+");
	assert_true(stage_shows(&stage, "-> -200"));
	assert_true(stage_shows(&stage, "dies first  java[48213]"));
	/* it is of that process alone */
	stage_keys(&stage, "<down>");
	assert_true(stage_shows(&stage, "celery[52011]  adj 200   badness"));
	stage_keys(&stage, "<up><enter>4--");
	assert_true(stage_shows(&stage, "never"));
	assert_true(stage_shows(&stage, "   -300"));
	stage_keys(&stage, "o");
	assert_true(stage_shows(&stage, "new [-300"));
	stage_end(&stage);
}

static void mappings_open_and_sort(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 36, 120);
	stage_keys(&stage, "<enter>2<enter>j");
	stage_expect_details(&stage, "details-mappings-open");
	stage_keys(&stage, "bb");
	assert_true(stage_shows(&stage, "group none"));
	stage_keys(&stage, ">>>");
	assert_true(stage_shows(&stage, "sort SWAP v"));
	stage_keys(&stage, "<lt>R");
	assert_true(stage_shows(&stage, "sort RSS ^"));
	stage_end(&stage);
}

static void difference_needs_two_reads(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 36, 120);
	stage_keys(&stage, "<enter>2=");
	assert_true(stage_shows(&stage, "needs two reads"));
	stage_keys(&stage, "r=");
	assert_true(stage_shows(&stage, "DIFFERENCE of two reads"));
	stage_end(&stage);
}

/* A read that fails in between is not what the next is compared with. */
static void difference_skips_a_failed_read(void **state)
{
	struct reply *stuck = calloc(1, sizeof(*stuck));
	struct stage stage;

	(void)state;
	assert_non_null(stuck);
	stage_begin(&stage, SCRIPTED_THRASH, 5, 36, 120);
	stage_keys(&stage, "<enter>2");
	scripted_source_hold_replies(stage.source, true);
	stage_keys(&stage, "r");
	*stuck = (struct reply){
		.id = stage.ui.mappings_id,
		.kind = REQUEST_MAPPINGS,
		.key = stage.ui.subject,
		.state = STATE_STUCK,
	};
	details_reply(&stage.ui, stuck);
	scripted_source_hold_replies(stage.source, false);
	stage_keys(&stage, "r=");
	assert_true(stage_shows(&stage, "DIFFERENCE of two reads"));
	assert_non_null(stage.ui.mappings_before);
	assert_int_equal(stage.ui.mappings_before->state, STATE_OK);
	stage_end(&stage);
}

static void pending_reply_is_said(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 24, 80);
	scripted_source_hold_replies(stage.source, true);
	stage_keys(&stage, "<enter>2");
	assert_true(stage_shows(&stage, "Mappings: being read"));
	/* as the loop does while it waits */
	details_tick(&stage.ui);
	stage_keys(&stage, "j/<esc>");
	assert_true(stage.ui.details);
	assert_true(stage_shows(&stage, "Mappings: given up; r reads them"));
	assert_int_equal(scripted_source_log(stage.source)->cancelled, 1);
	stage_keys(&stage, "r");
	assert_true(stage_shows(&stage, "Mappings: being read"));
	details_tick(&stage.ui);
	stage_push(&stage, 1);
	assert_true(stage_shows(&stage, "123,456 so far, 12.0G of 31.4G"));
	/* who leaves has given up too, and Esc leaves when nothing is read */
	stage_keys(&stage, "q");
	assert_int_equal(scripted_source_log(stage.source)->cancelled, 2);
	scripted_source_hold_replies(stage.source, false);
	stage_keys(&stage, "<enter>2<esc>");
	assert_false(stage.ui.details);
	stage_end(&stage);
}

/* A second read that is given up leaves the first. */
static void giving_up_keeps_what_is_there(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 24, 80);
	stage_keys(&stage, "<enter>2");
	scripted_source_hold_replies(stage.source, true);
	stage_keys(&stage, "r<esc>");
	assert_true(stage.ui.details);
	assert_int_equal(scripted_source_log(stage.source)->cancelled, 1);
	assert_true(stage_shows(&stage, "Java heap"));
	stage_end(&stage);
}

static void mappings_are_searched(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 36, 120);
	stage_keys(&stage, "<enter>2b*/libjvm");
	assert_true(stage_shows(&stage, "match 1 of 1, n N next"));
	stage_keys(&stage, "<enter>");
	assert_true(stage_shows(&stage, "> [-] /usr/share/opensearch/jdk"));
	stage_keys(&stage, "/7f2800000<enter>");
	assert_true(stage_shows(&stage, ">     7f2800000000"));
	stage_keys(&stage, "bb/a<esc>");
	assert_true(stage_shows(&stage, "7f2800000000-7f280bc00000"));
	stage_keys(&stage, "/nothing<enter>");
	assert_true(stage_shows(&stage, "no match for nothing"));
	stage_end(&stage);
}

/* `?` begins with what is sorted by, and knows the row. */
static void mappings_are_explained(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 36, 120);
	stage_keys(&stage, "<enter>2<enter>j?");
	assert_true(stage_shows(&stage, "Java heap: 28.9 GiB"));
	stage_keys(&stage, "N");
	assert_true(stage_shows(&stage, "likely Java heap (libjvm.so;"));
	stage_keys(&stage, "<esc>>>>?");
	assert_true(stage_shows(&stage, "SWAP of a mapping"));
	for (int i = 0; i < 17; i++)
		stage_keys(&stage, "n");
	assert_true(stage_shows(&stage, "hg, readable, writable"));
	stage_keys(&stage, "n");
	assert_true(stage_shows(&stage, "Java heap: default N0=15.1G"));
	stage_end(&stage);
}

static void history_moves_and_zooms(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 60, 36, 120);
	stage_keys(&stage, "<enter>3+<left><left><left><left>m"
			   "<left><left><left><left><left><left>");
	stage_expect_details(&stage, "details-history-span");
	stage_end(&stage);
}

/* Where a page is longer than the screen, its end can be reached. */
static void small_pages_scroll(void **state)
{
	static const struct {
		const char *page, *end;
	} cases[] = {
		{ "1", "> parent" },
		{ "4", "Kill order" },
		{ "5", "cgroup  /system.slice/opensearch.service" },
	};
	static const int sizes[][2] = { { 24, 80 }, { 15, 60 }, { 12, 40 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
			struct stage stage;

			stage_begin(&stage, SCRIPTED_THRASH, 5, sizes[i][0],
				    sizes[i][1]);
			stage_keys(&stage, "<enter>");
			stage_keys(&stage, cases[k].page);
			stage_keys(&stage, "G");
			if (!stage_shows(&stage, cases[k].end))
				fail_msg("%dx%d: the end of page %s is hidden",
					 sizes[i][1], sizes[i][0],
					 cases[k].page);
			stage_keys(&stage, "gj<pgdn>k");
			stage_end(&stage);
		}
}

/* It says that there is more, and moving to a relative shows it. */
static void scrolling_is_announced(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 5, 15, 60);
	stage_keys(&stage, "<enter>5");
	assert_true(stage_shows(&stage, " more rows (PgDn)"));
	assert_true(stage_shows(&stage, "Its own limits"));
	stage_keys(&stage, "<pgdn>");
	assert_false(stage_shows(&stage, "Its own limits"));
	assert_true(stage_shows(&stage, "Cgroup limits on the way up"));
	stage_keys(&stage, "G");
	assert_true(stage_shows(&stage, "End (PgUp)"));
	assert_false(stage_shows(&stage, "Its own limits"));
	/* another page begins at its top */
	stage_keys(&stage, "1");
	assert_true(stage_shows(&stage, "Memory now"));
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_at_120x36),
		cmocka_unit_test(pages_at_80x24),
		cmocka_unit_test(pages_survive_any_size),
		cmocka_unit_test(not_permitted),
		cmocka_unit_test(exited_keeps_the_last_values),
		cmocka_unit_test(a_zombie_keeps_the_last_values),
		cmocka_unit_test(actions_are_off_after_the_exit),
		cmocka_unit_test(parent_opens),
		cmocka_unit_test(refused_is_not_pending),
		cmocka_unit_test(kill_order_starts_at_the_top),
		cmocka_unit_test(what_if),
		cmocka_unit_test(mappings_open_and_sort),
		cmocka_unit_test(difference_needs_two_reads),
		cmocka_unit_test(difference_skips_a_failed_read),
		cmocka_unit_test(pending_reply_is_said),
		cmocka_unit_test(giving_up_keeps_what_is_there),
		cmocka_unit_test(mappings_are_searched),
		cmocka_unit_test(mappings_are_explained),
		cmocka_unit_test(history_moves_and_zooms),
		cmocka_unit_test(small_pages_scroll),
		cmocka_unit_test(scrolling_is_announced),
	};

	return cmocka_run_group_tests_name("details", tests, NULL, NULL);
}
