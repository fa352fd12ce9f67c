/* SPDX-License-Identifier: MIT
 *
 * The figures behind the History page: taken once each, dropped when they
 * leave the ring, averaged into cells.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/ui/tracks.h"
#include "scripted.h"

static struct process_key java_key(void)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 0);
	struct process_key key =
		snapshot_find_pid(snapshot, SCRIPTED_JAVA)->key;

	snapshot_unref(snapshot);
	return key;
}

static double pss(const struct moment *m)
{
	return m->value[TRACK_PSS];
}

static void push(struct history *history, unsigned first, unsigned count)
{
	for (unsigned i = first; i < first + count; i++)
		assert_int_equal(
			history_push(history,
				     scripted_snapshot(SCRIPTED_THRASH, i)),
			0);
}

static void takes_what_is_new(void **state)
{
	/* scripted snapshots share nothing: 300 of them are large */
	const struct history_limits limits = { .duration_ns = 3600 * NS_PER_S,
					       .bytes = GIB };
	struct tracks tracks = { 0 };
	struct history *history;

	(void)state;
	assert_int_equal(history_new(&limits, &history), 0);
	tracks_update(&tracks, history, java_key());
	assert_int_equal(tracks.count, 0);
	push(history, 0, 300);
	tracks_update(&tracks, history, java_key());
	assert_int_equal(tracks.count, 300);
	push(history, 300, 10);
	tracks_update(&tracks, history, java_key());
	tracks_update(&tracks, history, java_key());
	assert_int_equal(tracks.count, 310);
	for (size_t i = 0; i < tracks.count; i++) {
		assert_int_equal(tracks.list[i].seq, i + 1);
		assert_false(isnan(tracks.list[i].value[TRACK_PSS]));
		assert_true(tracks.list[i].value[TRACK_THREADS] == 212);
	}
	tracks_done(&tracks);
	history_free(history);
}

static void drops_what_left_the_ring(void **state)
{
	const struct history_limits limits = { .duration_ns = 20 * NS_PER_S,
					       .bytes = 32 * MIB };
	struct tracks tracks = { 0 };
	struct history_span span;
	struct history *history;

	(void)state;
	assert_int_equal(history_new(&limits, &history), 0);
	push(history, 0, 15);
	tracks_update(&tracks, history, java_key());
	push(history, 15, 100); /* more than the ring holds, unseen */
	tracks_update(&tracks, history, java_key());
	history_span(history, &span);
	assert_int_equal(tracks.list[0].seq, span.first_seq);
	assert_int_equal(tracks.list[tracks.count - 1].seq, span.last_seq);
	assert_int_equal(tracks.count, span.last_seq - span.first_seq + 1);
	tracks_done(&tracks);
	history_free(history);
}

static void cells_are_means_and_hold(void **state)
{
	struct moment list[] = {
		{ .realtime_ns = 10 * NS_PER_S, .value = { 1 } },
		{ .realtime_ns = 11 * NS_PER_S, .value = { 3 } },
		{ .realtime_ns = 14 * NS_PER_S, .value = { NAN } },
		{ .realtime_ns = 20 * NS_PER_S, .value = { 7 } },
	};
	const struct tracks tracks = { .list = list,
				       .count = ARRAY_SIZE(list) };
	const struct track_window window = { .from_ns = 10 * NS_PER_S,
					     .to_ns = 20 * NS_PER_S,
					     .hold_ns = 2 * NS_PER_S,
					     .cells = 10 };
	double cells[10];

	(void)state;
	tracks_cells(&tracks, pss, &window, cells);
	assert_true(cells[0] == 2);			 /* 10 and 11 */
	assert_true(cells[1] == 3 && cells[2] == 3);	 /* held */
	assert_true(isnan(cells[3]) && isnan(cells[4])); /* known unknown */
	assert_true(isnan(cells[8]));
	assert_true(cells[9] == 7);
	assert_ptr_equal(tracks_at(&tracks, 13 * NS_PER_S), &list[1]);
	assert_null(tracks_at(&tracks, 9 * NS_PER_S));
}

/* Samples every five seconds, then one a second, then none for a while: the
 * delay was changed, and memtop was stopped. */
static void a_slower_pace_is_no_gap(void **state)
{
	static const unsigned at[] = { 0, 5, 10, 15, 16, 17, 18, 38, 39, 40 };
	struct moment list[ARRAY_SIZE(at)];
	const struct tracks tracks = { .list = list, .count = ARRAY_SIZE(at) };
	const struct track_window window = {
		.from_ns = 100 * NS_PER_S,
		.to_ns = 140 * NS_PER_S,
		.hold_ns = 5 * NS_PER_S / 2, /* for one a second */
		.cells = 40,
	};
	double cells[40];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		list[i] = (struct moment){ .realtime_ns =
						   (100 + at[i]) * NS_PER_S,
					   .value = { 1 } };
	tracks_cells(&tracks, pss, &window, cells);
	for (size_t i = 0; i < 19; i++)
		if (isnan(cells[i]))
			fail_msg("a gap at %zu s", i + 1);
	for (size_t i = 22; i < 37; i++)
		assert_true(isnan(cells[i]));
	assert_false(isnan(cells[37]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_new),
		cmocka_unit_test(drops_what_left_the_ring),
		cmocka_unit_test(cells_are_means_and_hold),
		cmocka_unit_test(a_slower_pace_is_no_gap),
	};

	return cmocka_run_group_tests_name("tracks", tests, NULL, NULL);
}
