/* SPDX-License-Identifier: MIT
 *
 * Which samples a recording has, and where reading each of them begins.  In a
 * damaged file: those before the damage, and those behind it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "db.h"
#include "memtop/base.h"
#include "reader.h"

/* No row takes less: more of them than fit into the file are a loop in a
 * damaged tree. */
#define ROW_BYTES 24

/* A keyframe comes at least every ten minutes, a sample at most ten times a
 * second. */
#define RUN_MAX 10000

struct list {
	struct moment *list;
	int64_t *keyframes; /* their numbers in the file */
	size_t count, room, max;
};

static int add(struct list *list, sqlite3_stmt *stmt, int64_t after,
	       int64_t before)
{
	int64_t sample = sqlite3_column_int64(stmt, 0);
	uint64_t keyframe, realtime;

	if (sample <= after || sample >= before || list->count == list->max ||
	    row_read_u64(stmt, 1, &keyframe) < 0 ||
	    row_read_u64(stmt, 2, &realtime) < 0 || keyframe == UNKNOWN ||
	    realtime == UNKNOWN)
		return -EBADMSG;
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 1024;
		struct moment *moments =
			reallocarray(list->list, room, sizeof(*list->list));
		int64_t *keyframes;

		if (!moments)
			return -ENOMEM;
		list->list = moments;
		keyframes = reallocarray(list->keyframes, room,
					 sizeof(*list->keyframes));
		if (!keyframes)
			return -ENOMEM;
		list->keyframes = keyframes;
		list->room = room;
	}
	list->list[list->count] =
		(struct moment){ .sample = sample, .realtime_ns = realtime };
	list->keyframes[list->count++] = (int64_t)keyframe;
	return 0;
}

/* From the beginning, or from the end back to what is there already; as far
 * as it can be read. */
static int scan(struct reader *reader, struct list *list, bool backwards)
{
	sqlite3_stmt *stmt;
	int64_t low = INT64_MIN, high = INT64_MAX;
	int r = db_prepare(reader->db,
			   backwards ? "SELECT sample, keyframe, realtime_ns "
				       "FROM samples ORDER BY sample DESC"
				     : "SELECT sample, keyframe, realtime_ns "
				       "FROM samples ORDER BY sample",
			   &stmt);

	if (r < 0)
		return r;
	if (backwards && list->count)
		low = list->list[list->count - 1].sample;
	while ((r = reader_step(reader, stmt)) == 1) {
		r = add(list, stmt, low, high);
		if (r < 0)
			break;
		if (backwards)
			high = list->list[list->count - 1].sample;
		else
			low = list->list[list->count - 1].sample;
		reader_budget(reader); /* what bounds this is max */
	}
	sqlite3_finalize(stmt);
	return r;
}

static void reverse(struct list *list, size_t from)
{
	for (size_t i = from, k = list->count; i + 1 < k; i++) {
		struct moment moment = list->list[i];
		int64_t keyframe = list->keyframes[i];

		k--;
		list->list[i] = list->list[k];
		list->keyframes[i] = list->keyframes[k];
		list->list[k] = moment;
		list->keyframes[k] = keyframe;
	}
}

/* From numbers in the file to indexes: keyframes rise with their samples.
 * Who has none that is there, or that memtop would have put there, begins
 * with himself, and fails when he is read. */
static void link_keyframes(struct list *list)
{
	size_t last = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->list[i].sample == list->keyframes[i])
			last = i;
		list->list[i].keyframe =
			list->list[last].sample == list->keyframes[i] &&
					i - last < RUN_MAX
				? last
				: i;
	}
}

int reader_find_moments(struct reader *reader, uint64_t file_bytes)
{
	struct list list = { .max = file_bytes / ROW_BYTES + 1 };
	size_t before_damage;
	int r = scan(reader, &list, false);

	if (r < 0 && r != -ENOMEM) {
		snprintf(reader->note, sizeof(reader->note),
			 "damaged: some samples can not be read");
		before_damage = list.count;
		scan(reader, &list, true);
		reverse(&list, before_damage);
		r = 0;
	}
	if (r == 0 && list.count == 0)
		r = -ENODATA;
	if (r < 0) {
		free(list.list);
		free(list.keyframes);
		return r;
	}
	link_keyframes(&list);
	free(list.keyframes);
	reader->moments = list.list;
	reader->count = list.count;
	return 0;
}
