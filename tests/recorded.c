/* SPDX-License-Identifier: MIT
 *
 * Recordings for tests.
 */
#include "recorded.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/field.h"
#include "memtop/list.h"
#include "rendered.h"
#include "scripted_private.h"

void recorded_init(struct recorded *recorded)
{
	strcpy(recorded->directory, "/tmp/memtop-test-XXXXXX");
	if (!mkdtemp(recorded->directory))
		abort();
	snprintf(recorded->path, sizeof(recorded->path), "%s/recording",
		 recorded->directory);
}

void recorded_done(struct recorded *recorded)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", recorded->directory);
	if (system(command) != 0)
		abort();
}

static void finish(struct recorder *recorder, uint64_t count)
{
	struct record_status status;

	do {
		usleep(1000);
		recorder_status(recorder, &status);
		if (status.error)
			fail_msg("%s", record_error_text(&status));
	} while (status.samples + status.lost < count);
	assert_int_equal(status.lost, 0);
	recorder_stop(recorder);
}

static const struct history_limits no_limits = { UINT64_MAX, SIZE_MAX };

static void record(const struct recorded *recorded, struct history *history,
		   uint64_t count, const struct record_options *options)
{
	struct record_options own = { 0 };
	struct recorder *recorder;
	char why[256] = "";

	if (options)
		own = *options;
	own.path = recorded->path;
	if (recorder_start(history, &own, &recorder, why, sizeof(why)) < 0)
		fail_msg("%s", why);
	finish(recorder, count);
	history_free(history);
}

int recorded_setup(void **state)
{
	struct recorded *recorded = malloc(sizeof(*recorded));

	recorded_init(recorded);
	*state = recorded;
	return 0;
}

int recorded_teardown(void **state)
{
	recorded_done(*state);
	free(*state);
	return 0;
}

void recorded_write(const struct recorded *recorded, enum scripted_case which,
		    unsigned step, unsigned count,
		    const struct record_options *options)
{
	struct history *history;

	assert_int_equal(history_new(&no_limits, &history), 0);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(
			history_push(history,
				     scripted_snapshot(which, step + i)),
			0);
	record(recorded, history, count, options);
}

/* The history takes them in its own form, so the originals can be compared
 * with what comes out in the end. */
void recorded_write_snapshots(const struct recorded *recorded,
			      const struct snapshot *const *snapshots,
			      size_t count,
			      const struct record_options *options)
{
	struct history *history;

	assert_int_equal(history_new(&no_limits, &history), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(
			history_push(history, (struct snapshot *)snapshot_ref(
						      snapshots[i])),
			0);
	record(recorded, history, count, options);
}

char *recorded_sql(const char *path, const char *sql)
{
	char command[1024], *text = NULL;
	size_t size = 0;
	FILE *pipe;

	snprintf(command, sizeof(command), "sqlite3 %s \"%s\" 2>&1", path, sql);
	pipe = popen(command, "r");
	if (!pipe || getdelim(&text, &size, '\0', pipe) < 0) {
		free(text);
		text = NULL;
	}
	if (!pipe || pclose(pipe) != 0 || !text) {
		free(text);
		return NULL;
	}
	text[strcspn(text, "\n")] = '\0';
	return text;
}

void replayed_open(struct replayed *replayed, const char *path)
{
	char why[256] = "";

	if (replay_open(path, &replayed->source, &replayed->history, why,
			sizeof(why)) < 0)
		fail_msg("%s", why);
}

void replayed_close(struct replayed *replayed)
{
	replayed->source->ops->close(replayed->source);
	history_free(replayed->history);
}

/* ---- the same sample ----------------------------------------------------- */

static void same_block(const char *what, const struct block *a,
		       const struct block *b)
{
	if (a->state != b->state || a->read_ns != b->read_ns)
		fail_msg("%s: %s at %" PRIu64 ", found %s at %" PRIu64, what,
			 state_name(a->state), a->read_ns, state_name(b->state),
			 b->read_ns);
}

/* Exact, whatever the state of the block: what JSON hides counts too. */
static void same_row(const struct entity *entity, const void *a, const void *b)
{
	for (size_t i = 0; i < entity->nfields; i++) {
		struct field field = entity->fields[i];
		struct value x, y;

		if (field.block != NO_BLOCK)
			same_block(
				field.name,
				(const void *)((const char *)a + field.block),
				(const void *)((const char *)b + field.block));
		field.block = NO_BLOCK;
		field.bound = NO_FIELD;
		x = field_get(entity, &field, a);
		y = field_get(entity, &field, b);
		if (x.state != y.state)
			fail_msg("%s is %s, found %s", field.name,
				 state_name(x.state), state_name(y.state));
		if (x.state != STATE_OK)
			continue;
		if (x.kind == KIND_TEXT
			    ? x.text.len != y.text.len ||
				      memcmp(x.text.bytes, y.text.bytes,
					     x.text.len) != 0
			    : x.u64 != y.u64 && x.dbl != y.dbl)
			fail_msg("%s differs", field.name);
	}
}

static void same_counters(const struct snapshot *a, const struct snapshot *b)
{
	size_t count = a->vmstat_names ? a->vmstat_names->count : 0;

	assert_int_equal(b->vmstat_names ? b->vmstat_names->count : 0, count);
	for (size_t i = 0; i < count; i++) {
		const struct counter *x = &a->vmstat[i], *y = &b->vmstat[i];
		const char *name = a->vmstat_names->names[i];

		assert_string_equal(b->vmstat_names->names[i], name);
		if (x->value != y->value ||
		    (x->rate != y->rate && !(isnan(x->rate) && isnan(y->rate))))
			fail_msg("%s is %" PRIu64 " %f, found %" PRIu64 " %f",
				 name, x->value, x->rate, y->value, y->rate);
	}
}

static void same_json(const struct snapshot *a, const struct snapshot *b)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	char *x, *y;

	options.query.kernel_threads = true;
	options.query.group = GROUP_NONE;
	x = rendered_snapshot(&output_json, &options, a);
	y = rendered_snapshot(&output_json, &options, b);
	assert_string_equal(y, x);
	free(x);
	free(y);
}

static void same_list(const struct list *a, const struct list *b)
{
	assert_int_equal(!b, !a);
	if (!a)
		return;
	assert_int_equal(b->count, a->count);
	same_block(entities[a->entity].name, &a->block, &b->block);
	for (size_t i = 0; i < a->count; i++)
		same_row(&entities[a->entity], list_row(a, i), list_row(b, i));
}

void recorded_same(const struct snapshot *a, const struct snapshot *b)
{
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		if (!entities[i].repeated)
			same_row(&entities[i],
				 (const char *)a + entities[i].offset,
				 (const char *)b + entities[i].offset);
	for (size_t i = 0; i < LIST_COUNT; i++)
		same_list(a->lists[i], b->lists[i]);
	assert_int_equal(b->nprocesses, a->nprocesses);
	for (size_t i = 0; i < a->nprocesses; i++) {
		same_row(&entities[ENTITY_PROCESS], a->processes[i],
			 b->processes[i]);
		assert_int_equal(b->processes[i]->kernel,
				 a->processes[i]->kernel);
	}
	same_block("vmstat", &a->vmstat_block, &b->vmstat_block);
	same_block("processes", &a->processes_block, &b->processes_block);
	same_counters(a, b);
	assert_int_equal(b->realtime_ns, a->realtime_ns);
	assert_int_equal(b->monotonic_ns, a->monotonic_ns);
	assert_int_equal(b->boottime_ns, a->boottime_ns);
	assert_int_equal(b->interval_ns, a->interval_ns);
	assert_int_equal(b->period_ns, a->period_ns);
	assert_int_equal(b->complete, a->complete);
	assert_string_equal(b->host->name, a->host->name);
	assert_string_equal(b->host->boot_id, a->host->boot_id);
	assert_string_equal(b->host->user, a->host->user);
	assert_int_equal(b->host->sees_all, a->host->sees_all);
	same_json(a, b);
}
